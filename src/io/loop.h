#ifndef IO_LOOP_H
#define IO_LOOP_H

#include <stdint.h>

#include "core/attr.h"
#include "core/err.h"

/** \file
 * The event loop. One thread runs it; all callbacks of io/ come on that thread
 * and only from inside loop_run() and loop_free().
 *
 * What holds for everything that is started on a loop: its callback comes
 * exactly once, never from inside the start, also after a cancel and at the
 * end of the loop. A start that fails calls nothing.
 */
struct loop;

/** What the process needs before any of io/ works: broken pipes are errors and
 * not signals, libcurl is ready, 32 worker threads are allowed. Done by itself
 * where needed; call it first thing in main(), before threads exist. */
void io_setup(void);

MUST_CHECK int loop_new(struct loop **out, struct err *err);

/** Cancels whatever is under way (each callback comes, with ERR_CANCELLED),
 * waits for workers and children to end, frees all. Starts fail meanwhile.
 * NULL is fine. Every struct http of the loop must be freed before. */
void loop_free(struct loop *loop);

/** Runs until nothing is under way any more, or until loop_stop(). */
void loop_run(struct loop *loop);

/** Makes loop_run() return soon; what is under way stays so. */
void loop_stop(struct loop *loop);

struct loop_timer;

/** `err` is NULL when the time has come, ERR_CANCELLED when the loop ends
 * first. The timer is gone before the call. */
typedef void loop_timer_fn(const struct err *err, void *payload);

/** `*out` is good until its callback or loop_timer_cancel(); `out` may be NULL.
 * Fails with ERR_CANCELLED while the loop is being freed. */
MUST_CHECK int loop_timer_start(struct loop_timer **out, struct loop *loop,
				int64_t delay_ms, loop_timer_fn *fire,
				void *payload, struct err *err);

/** The one cancel without a callback: whoever calls it knows already. NULL is
 * fine. */
void loop_timer_cancel(struct loop_timer *timer);

typedef void loop_signal_fn(int number, void *payload);

/** Calls `handle` for each signal `number` until the loop is freed. Does not
 * keep loop_run() going by itself. */
MUST_CHECK int loop_on_signal(struct loop *loop, int number,
			      loop_signal_fn *handle, void *payload,
			      struct err *err);

#endif /* IO_LOOP_H */
