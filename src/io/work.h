#ifndef IO_WORK_H
#define IO_WORK_H

#include "core/attr.h"
#include "core/err.h"
#include "io/cancel.h"
#include "io/loop.h"

/** \file
 * Blocking work on one of 32 worker threads, its end told on the loop's.
 */
struct work;

/** On a worker thread. Puts what it finds into `payload`, which nobody else
 * touches until work_done_fn; passes `cancel` to whatever waits. */
typedef void work_run_fn(void *payload, struct cancel *cancel);

/** On the loop's thread, exactly once. `err` is ERR_CANCELLED if work_run_fn
 * never ran, else NULL: how it went is in `payload`. */
typedef void work_done_fn(const struct err *err, void *payload);

/** `*out` is good until `done`; `out` may be NULL. ERR_CANCELLED while the loop
 * is being freed. */
MUST_CHECK int work_start(struct work **out, struct loop *loop,
			  work_run_fn *run, work_done_fn *done, void *payload,
			  struct err *err);

/** Asks it to end soon; `done` comes all the same. NULL is fine. */
void work_cancel(struct work *work);

#endif /* IO_WORK_H */
