#include <signal.h>
#include <stdlib.h>
#include <utlist.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "io/child_process.h"
#include "io/loop_internal.h"

/* One pipe of a child on the loop; frees itself once closed. */
struct pipe_watch {
	uv_poll_t poll;
	struct child *child;
	enum child_pipe which;
};

struct child {
	struct loop_job job;
	struct child_process process;
	struct loop *loop;
	struct pipe_watch *watches[PIPE_COUNT];
	uv_timer_t *timer; /* its time limit, later its grace; then the end */
	struct err failure;
	bool has_failed; /* `failure` is why it is being ended */
	child_done_fn *done;
	void *payload;
	struct child *prev, *next; /* in child_watch.running */
};

/** SIGCHLD of this loop, and whom to ask then. */
struct child_watch {
	uv_signal_t uv;
	struct child *running;
};

static void unwatch(struct child *child, enum child_pipe which)
{
	struct pipe_watch *watch = child->watches[which];

	if (watch) {
		uv_poll_stop(&watch->poll);
		loop_close_and_free((uv_handle_t *)&watch->poll);
	}
	child->watches[which] = NULL;
	child_process_close(&child->process, which);
}

static void finish(struct child *child)
{
	struct child_result *result = &child->process.result;

	for (int i = 0; i < PIPE_COUNT; i++)
		unwatch(child, i);
	child->timer->data = child->timer;
	loop_close_and_free((uv_handle_t *)child->timer);
	DL_DELETE(child->loop->children->running, child);
	if (!child->loop->children->running)
		uv_unref((uv_handle_t *)&child->loop->children->uv);
	loop_remove_job(child->loop, &child->job);
	child->done(child->has_failed ? NULL : result,
		    child->has_failed ? &child->failure : NULL, child->payload);
	child_process_release(&child->process);
	free(child);
}

static void on_finish(uv_timer_t *timer)
{
	finish(timer->data);
}

static void on_grace_over(uv_timer_t *timer)
{
	struct child *child = timer->data;

	child_process_signal(&child->process, SIGKILL);
}

/* Begins its end: nobody needs its output any more. */
static void give_up(struct child *child, const struct err *why)
{
	if (child->has_failed)
		return;
	child->has_failed = true;
	child->failure = *why;
	for (int i = 0; i < PIPE_COUNT; i++)
		unwatch(child, i);
	if (child->process.has_ended) {
		uv_timer_start(child->timer, on_finish, 0, 0);
		return;
	}
	child_process_signal(&child->process, SIGTERM);
	uv_timer_start(child->timer, on_grace_over, CHILD_GRACE_MS, 0);
}

static void on_time_over(uv_timer_t *timer)
{
	struct child *child = timer->data;
	struct err err = ERR_INIT;

	err_set(&err, ERR_TIMEOUT, "not done in %lld ms",
		(long long)child->process.timeout_ms);
	give_up(child, &err);
}

static void finish_if_over(struct child *child)
{
	if (!child->has_failed && child_process_is_over(&child->process))
		finish(child);
}

static void on_readable(uv_poll_t *poll, int status UNUSED, int events UNUSED)
{
	struct pipe_watch *watch = poll->data;
	struct child *child = watch->child;
	enum child_pipe which = watch->which;
	struct err err = ERR_INIT;

	if (child_process_read(&child->process, which, &err) < 0)
		give_up(child, &err);
	else if (child->process.fd[which] < 0)
		unwatch(child, which);
	finish_if_over(child);
}

static void on_writable(uv_poll_t *poll, int status UNUSED, int events UNUSED)
{
	struct pipe_watch *watch = poll->data;
	struct child *child = watch->child;

	child_process_write(&child->process, true);
	if (child->process.fd[PIPE_INPUT] < 0)
		unwatch(child, PIPE_INPUT);
}

/* Nothing more to read, or nobody who wants to. */
static bool is_complete(const struct child *child)
{
	return child->has_failed || (child->process.fd[PIPE_OUTPUT] < 0 &&
				     child->process.fd[PIPE_ERROR] < 0);
}

static void on_sigchld(uv_signal_t *uv, int number UNUSED)
{
	struct child_watch *watch = uv->data;
	struct child *child;

	/* Their ends come from their own timers: the list stays as it is. */
	DL_FOREACH (watch->running, child)
		if (!child->process.has_ended &&
		    child_process_reap(&child->process))
			uv_timer_start(child->timer, on_finish,
				       is_complete(child) ? 0 : CHILD_LINGER_MS,
				       0);
}

static int watch_children(struct loop *loop, struct err *err)
{
	struct child_watch *watch;
	int code;

	if (loop->children)
		return 0;
	watch = xcalloc(1, sizeof(*watch));
	uv_signal_init(&loop->uv, &watch->uv);
	watch->uv.data = watch;
	code = uv_signal_start(&watch->uv, on_sigchld, SIGCHLD);
	if (code < 0) {
		loop_close_and_free((uv_handle_t *)&watch->uv);
		return loop_set_error(err, code, "SIGCHLD");
	}
	uv_unref((uv_handle_t *)&watch->uv);
	loop->children = watch;
	return 0;
}

void child_watch_free(struct child_watch *watch)
{
	if (!watch)
		return;
	uv_ref((uv_handle_t *)&watch->uv);
	loop_close_and_free((uv_handle_t *)&watch->uv);
}

static void watch_pipe(struct child *child, enum child_pipe which)
{
	struct pipe_watch *watch = xcalloc(1, sizeof(*watch));
	bool is_input = which == PIPE_INPUT;

	watch->child = child;
	watch->which = which;
	uv_poll_init(&child->loop->uv, &watch->poll, child->process.fd[which]);
	watch->poll.data = watch;
	uv_poll_start(&watch->poll, is_input ? UV_WRITABLE : UV_READABLE,
		      is_input ? on_writable : on_readable);
	child->watches[which] = watch;
}

void child_cancel(struct child *child)
{
	struct err err = ERR_INIT;

	if (!child)
		return;
	err_set(&err, ERR_CANCELLED, "cancelled");
	give_up(child, &err);
}

static void cancel_job(struct loop_job *job)
{
	child_cancel((struct child *)job);
}

int child_start(struct child **out, struct loop *loop,
		const struct child_command *command, child_done_fn *done,
		void *payload, struct err *err)
{
	struct child *child = xcalloc(1, sizeof(*child));

	child->job.cancel = cancel_job;
	child->loop = loop;
	child->done = done;
	child->payload = payload;
	if (loop_add_job(loop, &child->job, err) < 0) {
		free(child);
		return -1;
	}
	if (watch_children(loop, err) < 0 ||
	    child_process_spawn(&child->process, command, err) < 0) {
		loop_remove_job(loop, &child->job);
		child_process_release(&child->process);
		free(child);
		return -1;
	}
	uv_ref((uv_handle_t *)&loop->children->uv);
	DL_APPEND(loop->children->running, child);
	for (int i = 0; i < PIPE_COUNT; i++)
		watch_pipe(child, i);
	child->timer = xcalloc(1, sizeof(*child->timer));
	uv_timer_init(&loop->uv, child->timer);
	child->timer->data = child;
	uv_update_time(&loop->uv);
	uv_timer_start(child->timer, on_time_over,
		       (uint64_t)child->process.timeout_ms, 0);
	if (out)
		*out = child;
	return 0;
}
