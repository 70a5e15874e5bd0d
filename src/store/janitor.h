#ifndef STORE_JANITOR_H
#define STORE_JANITOR_H

#include <stddef.h>
#include <stdint.h>

#include "core/attr.h"
#include "core/err.h"

struct janitor_report {
	size_t locks; /* of refs, packed-refs, HEAD, config, shallow */
	size_t packs; /* that were never finished */
	size_t objects;
};

/** Of a directory that is written without a lock of its own: git and libgit2
 * hold theirs for moments only. */
#define JANITOR_LOCKS_MS (60 * 1000L)

/**
 * Cleans what killed processes left in a git directory of ours, which nobody
 * but us writes to. Lock files that are older than `locks_ms` are stale, and
 * go; 0: all of them, because the caller holds the project's lock. Unfinished
 * packs and objects go when they are older than an hour (neither `git gc` nor
 * `git prune` takes the packs away). Nothing outside refs/ and objects/ but
 * these few names is touched. A file that cannot be removed is an error.
 */
MUST_CHECK int janitor_clean(struct janitor_report *out, const char *git_dir,
			     int64_t locks_ms, struct err *err);

/** Says what was cleaned, if anything was; `name`: where. */
void janitor_tell(const struct janitor_report *report, const char *name);

#endif /* STORE_JANITOR_H */
