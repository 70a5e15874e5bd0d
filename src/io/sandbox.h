#ifndef IO_SANDBOX_H
#define IO_SANDBOX_H

#include <stdint.h>

#include "core/attr.h"
#include "core/err.h"
#include "core/strvec.h"
#include "io/cancel.h"

/** \file
 * A place for programs that nobody vouches for, made by bubblewrap: no network,
 * the system read-only, nothing of ours or of anybody's home, a /tmp and a
 * /dev/shm of its own (memory, at most 1 GiB each), no process that outlives
 * it. What runs there is a child like any other (io/child.h), whose time and
 * output are bounded.
 */

/** Zero: no limit of that kind. All but the first are of each process. */
struct sandbox_limits {
	int64_t processes;    /* of our user; the kernel spares root */
	int64_t memory_bytes; /* that it may write to */
	int64_t cpu_seconds;
	int64_t file_bytes; /* of one file it writes */
};

/** What the sandbox looks like. Borrowed. */
struct sandbox {
	const char *directory; /* of ours, may be written to: /work, where the
				  program starts; NULL: it starts in /tmp */
	struct sandbox_limits limits;
};

/**
 * Adds the words that come before a program's own to have it run in the
 * sandbox.
 */
void sandbox_add_words(struct strvec *argv, const struct sandbox *sandbox);

/**
 * Can a sandbox be made here? Tries it. ERR_UNAVAILABLE: bubblewrap is missing,
 * or may not make namespaces here, as in many containers; the message says
 * which. Blocking, any thread.
 */
MUST_CHECK int sandbox_check(struct cancel *cancel, struct err *err);

#endif /* IO_SANDBOX_H */
