#ifndef IO_CHILD_PROCESS_H
#define IO_CHILD_PROCESS_H

#include <stdbool.h>
#include <sys/types.h>

#include "io/child.h"

/** \file
 * A running child and its three pipes: what blocking and asynchronous children
 * have in common. Private to io/.
 */

enum {
	CHILD_GRACE_MS = 2000,
	CHILD_LINGER_MS = 500, /* for pipes that outlive the child */
	CHILD_ERROR_BYTES = 64 * 1024,
};

enum child_pipe { PIPE_INPUT, PIPE_OUTPUT, PIPE_ERROR, PIPE_COUNT };

struct child_process {
	pid_t pid;
	int fd[PIPE_COUNT]; /* ours, not blocking; -1 once closed */
	struct buf input;   /* what is still to be written ...     */
	size_t input_at;    /* ... from here                       */
	struct child_result result;
	bool has_ended;
	int64_t started_ms, timeout_ms, ended_ms;
	int64_t active_ms, idle_ms; /* active: when bytes last moved */
};

/** Starts it; *process is to be released in either case. */
MUST_CHECK int child_process_spawn(struct child_process *process,
				   const struct child_command *command,
				   struct err *err);

/** Closes the pipes, frees the buffers. The child must have ended. */
void child_process_release(struct child_process *process);

/** Writes what the pipe takes now; closes it when all is written, if `close`
 * is set, and when the child does not read any more. */
void child_process_write(struct child_process *process, bool close);

/** Reads what is there now, closes the pipe at its end. ERR_TOO_LARGE. */
MUST_CHECK int child_process_read(struct child_process *process,
				  enum child_pipe which, struct err *err);

void child_process_close(struct child_process *process, enum child_pipe which);

/** Has it ended? Then kills what is left of its group, takes its status. */
bool child_process_reap(struct child_process *process);

/** Has it ended, and is its output complete? Somebody who left its group (a
 * shared ssh connection in the background) may hold its pipes for ever; that is
 * waited for only a moment. */
bool child_process_is_over(const struct child_process *process);

/** To its whole group. */
void child_process_signal(const struct child_process *process, int number);

#endif /* IO_CHILD_PROCESS_H */
