#ifndef IO_LOOP_INTERNAL_H
#define IO_LOOP_INTERNAL_H

#include <stdbool.h>
#include <uv.h>

#include "io/loop.h"

/** \file
 * What the files of io/ share and nobody else sees: libuv's loop, and the list
 * of what must be cancelled before the loop may end.
 */

/** Embedded in whatever is under way; `cancel` asks it to end soon. */
struct loop_job {
	void (*cancel)(struct loop_job *job);
	struct loop_job *prev, *next;
};

struct child_watch;
struct loop_signal;

struct loop {
	uv_loop_t uv;
	bool ending;
	struct loop_job *jobs;
	struct child_watch *children; /* NULL until the first child */
	struct loop_signal *signals;
};

/** ERR_CANCELLED once loop_free() has begun; else adds the job. */
MUST_CHECK int loop_add_job(struct loop *loop, struct loop_job *job,
			    struct err *err);
void loop_remove_job(struct loop *loop, struct loop_job *job);

/** Closes a handle that was allocated by itself and frees it afterwards. */
void loop_close_and_free(uv_handle_t *handle);

/** libuv's error as ours. Returns -1. */
int loop_set_error(struct err *err, int code, const char *what);

/** Defined in child_loop.c. */
void child_watch_free(struct child_watch *watch);

#endif /* IO_LOOP_INTERNAL_H */
