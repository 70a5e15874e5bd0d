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

/**
 * Cleans what killed processes left in a git directory of ours, which nobody
 * but us writes to. The caller holds the project's lock: so every lock file in
 * it is stale, and goes. Unfinished packs and objects go when they are older
 * than an hour (neither `git gc` nor `git prune` takes the packs away). Nothing
 * outside refs/ and objects/ but these few names is touched. A file that cannot
 * be removed is an error.
 */
MUST_CHECK int janitor_clean(struct janitor_report *out, const char *git_dir,
			     struct err *err);

#endif /* STORE_JANITOR_H */
