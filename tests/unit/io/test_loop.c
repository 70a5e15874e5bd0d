#include "unit.h"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include "core/clock.h"
#include "io/loop.h"
#include "io/work.h"

struct count {
	struct loop *loop;
	int fired, cancelled;
};

static void on_time(const struct err *err, void *payload)
{
	struct count *count = payload;

	if (err && err->code == ERR_CANCELLED)
		count->cancelled++;
	else
		count->fired++;
}

Test(loop, fires_timers_and_forgets_cancelled_ones)
{
	struct err err = ERR_INIT;
	struct loop_timer *timer;
	struct count count = { 0 };

	must(loop_new(&count.loop, &err));
	must(loop_timer_start(NULL, count.loop, 5, on_time, &count, &err));
	must(loop_timer_start(NULL, count.loop, 0, on_time, &count, &err));
	must(loop_timer_start(&timer, count.loop, 1, on_time, &count, &err));
	cr_assert(eq(int, count.fired, 0));
	loop_timer_cancel(timer);
	loop_run(count.loop);
	loop_free(count.loop);
	cr_assert(eq(int, count.fired, 2));
	cr_assert(eq(int, count.cancelled, 0));
}

static void start_another(const struct err *err, void *payload)
{
	struct count *count = payload;
	struct err refused = ERR_INIT;

	on_time(err, payload);
	if (loop_timer_start(NULL, count->loop, 0, on_time, count, &refused) <
	    0)
		cr_assert(eq(int, refused.code, ERR_CANCELLED));
	else
		cr_fatal("something was started on a loop that ends");
}

Test(loop, ends_timers_at_its_own_end_and_takes_no_new_ones)
{
	struct err err = ERR_INIT;
	struct count count = { 0 };

	must(loop_new(&count.loop, &err));
	must(loop_timer_start(NULL, count.loop, 60000, start_another, &count,
			      &err));
	loop_stop(count.loop);
	loop_free(count.loop);
	cr_assert(eq(int, count.cancelled, 1));
	cr_assert(eq(int, count.fired, 0));
}

static void on_signal(int number UNUSED, void *payload)
{
	struct count *count = payload;

	count->fired++;
	loop_stop(count->loop);
}

Test(loop, hands_on_signals_and_stops)
{
	struct err err = ERR_INIT;
	struct count count = { 0 };

	must(loop_new(&count.loop, &err));
	must(loop_on_signal(count.loop, SIGHUP, on_signal, &count, &err));
	loop_run(count.loop); /* a signal alone keeps nothing going */
	must(loop_timer_start(NULL, count.loop, 60000, on_time, &count, &err));
	kill(getpid(), SIGHUP);
	loop_run(count.loop);
	cr_assert(eq(int, count.fired, 1));
	loop_free(count.loop);
	cr_assert(eq(int, count.cancelled, 1));
}

struct job {
	pthread_t runner;
	bool waits;
	int runs, ends, refused;
};

static void run_job(void *payload, struct cancel *cancel)
{
	struct job *job = payload;

	job->runner = pthread_self();
	job->runs++;
	while (job->waits && !cancel_is_wanted(cancel))
		usleep(1000);
}

static void on_job(const struct err *err, void *payload)
{
	struct job *job = payload;

	job->ends++;
	if (err)
		job->refused++;
}

Test(work, runs_elsewhere_and_ends_here)
{
	struct err err = ERR_INIT;
	struct loop *loop;
	struct job jobs[40] = { 0 };

	must(loop_new(&loop, &err));
	for (size_t i = 0; i < ARRAY_LEN(jobs); i++)
		must(work_start(NULL, loop, run_job, on_job, &jobs[i], &err));
	loop_run(loop);
	for (size_t i = 0; i < ARRAY_LEN(jobs); i++) {
		cr_assert(eq(int, jobs[i].runs, 1));
		cr_assert(eq(int, jobs[i].ends, 1));
		cr_assert(not(pthread_equal(jobs[i].runner, pthread_self())));
	}
	loop_free(loop);
}

static int count_runs(const struct job *jobs, size_t count)
{
	int runs = 0;

	for (size_t i = 0; i < count; i++)
		runs += __atomic_load_n(&jobs[i].runs, __ATOMIC_SEQ_CST);
	return runs;
}

Test(work, runs_32_at_once_and_ends_all_at_the_end_of_the_loop)
{
	struct err err = ERR_INIT;
	struct loop *loop;
	struct job jobs[40] = { 0 };
	int ran = 0, refused = 0;

	must(loop_new(&loop, &err));
	for (size_t i = 0; i < ARRAY_LEN(jobs); i++) {
		jobs[i].waits = true;
		must(work_start(NULL, loop, run_job, on_job, &jobs[i], &err));
	}
	/* 32 at the most; a slow machine needs a while to begin them. */
	for (int i = 0; i < 1000 && count_runs(jobs, ARRAY_LEN(jobs)) < 32; i++)
		usleep(10000);
	usleep(100000);
	loop_free(loop);
	for (size_t i = 0; i < ARRAY_LEN(jobs); i++) {
		cr_assert(eq(int, jobs[i].ends, 1));
		cr_assert(eq(int, jobs[i].runs + jobs[i].refused, 1));
		ran += jobs[i].runs;
		refused += jobs[i].refused;
	}
	cr_assert(eq(int, ran, 32));
	cr_assert(eq(int, refused, 8));
}

Test(work, ends_a_job_that_is_cancelled)
{
	struct err err = ERR_INIT;
	struct loop *loop;
	struct work *work;
	struct job job = { .waits = true };

	must(loop_new(&loop, &err));
	must(work_start(&work, loop, run_job, on_job, &job, &err));
	work_cancel(work);
	cr_assert(eq(int, job.ends, 0));
	loop_run(loop);
	cr_assert(eq(int, job.ends, 1));
	loop_free(loop);
}
