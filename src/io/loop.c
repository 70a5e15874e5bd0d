#include "io/loop.h"

#include <assert.h>
#include <curl/curl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <utlist.h>

#include "core/alloc.h"
#include "io/loop_internal.h"

struct loop_timer {
	struct loop_job job;
	uv_timer_t uv;
	struct loop *loop;
	loop_timer_fn *fire;
	void *payload;
	bool is_over; /* fired or cancelled; waits for libuv to close it */
};

struct loop_signal {
	uv_signal_t uv;
	loop_signal_fn *handle;
	void *payload;
	struct loop_signal *prev, *next;
};

static void setup_once(void)
{
	struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction usual = { .sa_handler = SIG_DFL };
	struct sigaction present;

	sigaction(SIGPIPE, &ignore, NULL);
	/* Whoever started us may have ignored it; then no child could be
	 * waited for. */
	if (!sigaction(SIGCHLD, NULL, &present) &&
	    present.sa_handler == SIG_IGN)
		sigaction(SIGCHLD, &usual, NULL);
	/* libuv reads it once, when its pool is first used. */
	setenv("UV_THREADPOOL_SIZE", "32", 0);
	curl_global_init(CURL_GLOBAL_ALL);
}

void io_setup(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, setup_once);
}

int loop_set_error(struct err *err, int code, const char *what)
{
	err_set(err, ERR_SYSTEM, "%s: %s", what, uv_strerror(code));
	err->detail = -code;
	return -1;
}

int loop_new(struct loop **out, struct err *err)
{
	struct loop *loop = xcalloc(1, sizeof(*loop));
	int code;

	io_setup();
	code = uv_loop_init(&loop->uv);
	if (code < 0) {
		free(loop);
		return loop_set_error(err, code, "event loop");
	}
	loop->uv.data = loop;
	*out = loop;
	return 0;
}

int loop_add_job(struct loop *loop, struct loop_job *job, struct err *err)
{
	if (loop->ending)
		return err_set(err, ERR_CANCELLED, "the program is ending");
	DL_APPEND(loop->jobs, job);
	return 0;
}

void loop_remove_job(struct loop *loop, struct loop_job *job)
{
	DL_DELETE(loop->jobs, job);
}

static void free_closed(uv_handle_t *handle)
{
	free(handle->data);
}

/* Each such struct is its handle's data, so one close callback serves all. */
void loop_close_and_free(uv_handle_t *handle)
{
	uv_close(handle, free_closed);
}

static void signals_free(struct loop *loop)
{
	struct loop_signal *watched, *next;

	for (watched = loop->signals; watched; watched = next) {
		next = watched->next;
		uv_ref((uv_handle_t *)&watched->uv);
		loop_close_and_free((uv_handle_t *)&watched->uv);
	}
}

/* Again and again: a loop_stop() from before, or in a last callback, ends one
 * round early. */
static void drain(struct loop *loop)
{
	while (uv_run(&loop->uv, UV_RUN_DEFAULT))
		;
}

void loop_free(struct loop *loop)
{
	struct loop_job *job, *next;

	if (!loop)
		return;
	loop->ending = true;
	/* A cancel only marks or removes its own job. */
	for (job = loop->jobs; job; job = next) {
		next = job->next;
		job->cancel(job);
	}
	drain(loop);
	assert(!loop->jobs);
	signals_free(loop);
	child_watch_free(loop->children);
	drain(loop);
	if (uv_loop_close(&loop->uv) < 0)
		assert(!"something is still open on the loop");
	free(loop);
}

void loop_run(struct loop *loop)
{
	uv_run(&loop->uv, UV_RUN_DEFAULT);
}

void loop_stop(struct loop *loop)
{
	uv_stop(&loop->uv);
}

static void timer_end(struct loop_timer *timer)
{
	timer->is_over = true;
	loop_remove_job(timer->loop, &timer->job);
	loop_close_and_free((uv_handle_t *)&timer->uv);
}

static void on_timer(uv_timer_t *uv)
{
	struct loop_timer *timer = uv->data;
	struct err cancelled = ERR_INIT;
	bool is_ending = timer->loop->ending;

	timer_end(timer);
	if (is_ending)
		err_set(&cancelled, ERR_CANCELLED, "the program is ending");
	timer->fire(is_ending ? &cancelled : NULL, timer->payload);
}

/* At the end of the loop: fires at once. */
static void hurry_timer(struct loop_job *job)
{
	struct loop_timer *timer = (struct loop_timer *)job;

	uv_timer_start(&timer->uv, on_timer, 0, 0);
}

int loop_timer_start(struct loop_timer **out, struct loop *loop,
		     int64_t delay_ms, loop_timer_fn *fire, void *payload,
		     struct err *err)
{
	struct loop_timer *timer = xcalloc(1, sizeof(*timer));

	timer->job.cancel = hurry_timer;
	timer->loop = loop;
	timer->fire = fire;
	timer->payload = payload;
	if (loop_add_job(loop, &timer->job, err) < 0) {
		free(timer);
		return -1;
	}
	uv_timer_init(&loop->uv, &timer->uv);
	timer->uv.data = timer;
	uv_update_time(&loop->uv);
	uv_timer_start(&timer->uv, on_timer,
		       delay_ms > 0 ? (uint64_t)delay_ms : 0, 0);
	if (out)
		*out = timer;
	return 0;
}

void loop_timer_cancel(struct loop_timer *timer)
{
	if (timer && !timer->is_over)
		timer_end(timer);
}

static void on_signal(uv_signal_t *uv, int number)
{
	struct loop_signal *watched = uv->data;

	watched->handle(number, watched->payload);
}

int loop_on_signal(struct loop *loop, int number, loop_signal_fn *handle,
		   void *payload, struct err *err)
{
	struct loop_signal *watched = xcalloc(1, sizeof(*watched));
	int code;

	watched->handle = handle;
	watched->payload = payload;
	uv_signal_init(&loop->uv, &watched->uv);
	watched->uv.data = watched;
	code = uv_signal_start(&watched->uv, on_signal, number);
	if (code < 0) {
		loop_close_and_free((uv_handle_t *)&watched->uv);
		return loop_set_error(err, code, "signal");
	}
	uv_unref((uv_handle_t *)&watched->uv);
	DL_APPEND(loop->signals, watched);
	return 0;
}
