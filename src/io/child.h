#ifndef IO_CHILD_H
#define IO_CHILD_H

#include <stddef.h>
#include <stdint.h>

#include "core/attr.h"
#include "core/buf.h"
#include "core/err.h"
#include "core/secret.h"
#include "io/cancel.h"
#include "io/loop.h"

/** \file
 * Child processes. No shell, an environment of exactly what is named, no file
 * descriptor of ours but its three, bounded output, a time limit. Each child
 * leads a process group of its own; when its time is over, or it is cancelled,
 * the whole group gets SIGTERM, and SIGKILL 2 s later; what it leaves behind
 * when it ends by itself gets SIGKILL.
 */

/** One environment variable. Exactly one of `value` and `secret` is set. */
struct child_variable {
	const char *name;
	const char *value;
	const struct secret *secret;
};

/** What to run. Everything is copied; zero means the default. */
struct child_command {
	const char *const *argv; /* NULL at the end; argv[0] is looked up in our
				    own PATH unless it has a slash */
	const struct child_variable *variables;
	size_t variable_count;
	const char *directory; /* NULL: ours                          */
	const void *input;     /* its standard input; NULL: empty     */
	size_t input_len;
	int64_t timeout_ms;      /* required                            */
	int64_t idle_ms;         /* of a stream: longest time without a byte
				    in either direction; 0: no such limit */
	size_t max_output_bytes; /* 0: LIMIT_CHILD_OUTPUT_BYTES         */
	size_t max_error_bytes;  /* of standard error; 0: 64 KiB, what is
				    more is dropped silently            */
};

struct child_result {
	int exit_status; /* -1 if a signal ended it          */
	int signal;      /* 0 if it ended by itself          */
	struct buf output;
	struct buf error; /* not cleaned: see text_add_clean() */
	int64_t elapsed_ms;
};

void child_result_release(struct child_result *result);

/**
 * Runs it to its end; any thread, with or without a loop. Any exit status is a
 * success. `cancel` may be NULL.
 *
 * ERR_NOT_FOUND (no such program), ERR_TIMEOUT, ERR_TOO_LARGE (its output; it
 * is ended then), ERR_CANCELLED. *result must be released in each case; after
 * a failure `error` has what was said until then.
 */
MUST_CHECK int child_run(struct child_result *result,
			 const struct child_command *command,
			 struct cancel *cancel, struct err *err);

struct child;

/** The end of a child, exactly once; *result is valid until it returns, and
 * NULL if `err` is set. Errors as of child_run(). */
typedef void child_done_fn(struct child_result *result, const struct err *err,
			   void *payload);

/** `*out` is good until `done`; `out` may be NULL. ERR_NOT_FOUND: no such
 * program. */
MUST_CHECK int child_start(struct child **out, struct loop *loop,
			   const struct child_command *command,
			   child_done_fn *done, void *payload, struct err *err);

/** Ends it soon, with ERR_CANCELLED. NULL is fine. */
void child_cancel(struct child *child);

/** \name A conversation
 * A child whose input and output are streams of any length (an `ssh` that
 * carries a pack). Blocking, one thread. The time limit is for all of it, the
 * output limit for what the reader has not yet taken; `input` comes first.
 */
struct child_stream;

MUST_CHECK int child_stream_open(struct child_stream **out,
				 const struct child_command *command,
				 struct cancel *cancel, struct err *err);

/** Kills it if it still runs. NULL is fine. */
void child_stream_free(struct child_stream *stream);

/** Waits until all of it is written; takes in output meanwhile. */
MUST_CHECK int child_stream_write(struct child_stream *stream,
				  const void *bytes, size_t len,
				  struct err *err);

/** No more input will come. */
void child_stream_close_input(struct child_stream *stream);

/** At most `size` bytes as soon as there are any; *got is 0 only at the end of
 * its output. */
MUST_CHECK int child_stream_read(size_t *got, struct child_stream *stream,
				 void *bytes, size_t size, struct err *err);

/** Closes the input, drops the rest of the output, waits for the end.
 * *result is the stream's own and has no output. */
MUST_CHECK int child_stream_finish(const struct child_result **result,
				   struct child_stream *stream,
				   struct err *err);

/** What it has written to standard error so far. Valid until the next call. */
const char *child_stream_error_text(const struct child_stream *stream);

#endif /* IO_CHILD_H */
