#include "sandbox.h"
#include "unit.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/clock.h"
#include "store/project_lock.h"

static struct sandbox box;
static struct err err;
static int64_t now_ms;

static int64_t now(void)
{
	return now_ms;
}

static void set_up(void)
{
	static const struct clock_source source = { now, now, now };

	sandbox_init(&box);
	clock_use(&source);
	now_ms = 1000000;
}

static void tear_down(void)
{
	clock_use(NULL);
	sandbox_release(&box);
}

TestSuite(project_lock, .init = set_up, .fini = tear_down);

Test(project_lock, is_held_by_one)
{
	struct project_lock *first, *second, *other;

	must(project_lock_take(&first, box.dir, "wallet-ios", 500, &err));
	must_fail(ERR_CONFLICT,
		  project_lock_take(&second, box.dir, "wallet-ios", 500, &err));
	must(project_lock_take(&other, box.dir, "wallet-kt", 500, &err));
	project_lock_free(first);
	must(project_lock_take(&second, box.dir, "wallet-ios", 500, &err));
	project_lock_free(second);
	project_lock_free(other);
}

Test(project_lock, has_a_higher_epoch_each_time)
{
	int64_t last = 0;

	for (int i = 0; i < 3; i++) {
		struct project_lock *lock;

		must(project_lock_take(&lock, box.dir, "p", 500, &err));
		cr_assert(gt(i64, project_lock_epoch(lock), last));
		last = project_lock_epoch(lock);
		project_lock_free(lock);
		if (i == 1)
			sandbox_run(&box, "echo rubbish >projects/p.epoch");
	}
}

Test(project_lock, runs_out)
{
	struct project_lock *lock;

	must(project_lock_take(&lock, box.dir, "p", 500, &err));
	now_ms += 400;
	cr_assert(eq(i64, project_lock_left_ms(lock), 100));
	now_ms += 100;
	cr_assert(eq(i64, project_lock_left_ms(lock), 0));
	project_lock_free(lock);
}

Test(project_lock, ends_with_the_process)
{
	struct project_lock *lock;
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(project_lock_take(&lock, box.dir, "p", 500, &err) < 0);
	waitpid(pid, &status, 0);
	cr_assert(eq(int, status, 0));
	must(project_lock_take(&lock, box.dir, "p", 500, &err));
	project_lock_free(lock);
}
