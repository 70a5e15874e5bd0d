#ifndef STORE_RUNS_H
#define STORE_RUNS_H

#include <stddef.h>
#include <stdint.h>

#include "repo/repo.h"
#include "store/record.h"

/** \file
 * Records in refs/referee/runs, found by what was judged: change key, workflow,
 * definition. What cannot be read, or is of a newer referee, is reported in the
 * log and left alone. Blocking, the repository's own thread.
 */

/**
 * Stores all of them in one commit, whoever else moves the ref meanwhile. A
 * record of the same change, workflow and definition is replaced, unless a
 * newer referee wrote it: ERR_INVALID then. ERR_INVALID also for a change key,
 * a workflow's or a generated file's name that cannot be.
 */
MUST_CHECK int runs_put(struct repo *repo,
			const struct run_record *const *records, size_t count,
			struct err *err);

/** The newest record of a workflow on a change, by whatever definition.
 * ERR_NOT_FOUND; ERR_INVALID: the only ones are of a newer referee. */
MUST_CHECK int runs_find(struct run_record *out, struct repo *repo,
			 const char *change_key, const char *workflow,
			 struct err *err);

struct run_list {
	struct run_record *items;
	size_t len, cap;
};

void run_list_release(struct run_list *list);

/** The newest record of each workflow on a change, by workflow. */
MUST_CHECK int runs_of_change(struct run_list *out, struct repo *repo,
			      const char *change_key, struct err *err);

/** The newest `max` records that were made at `since_ms` or later, newest
 * first. */
MUST_CHECK int runs_list(struct run_list *out, struct repo *repo,
			 int64_t since_ms, size_t max, struct err *err);

/** Removes the records made before `before_ms`; *removed says how many. */
MUST_CHECK int runs_expire(size_t *removed, struct repo *repo,
			   int64_t before_ms, struct err *err);

#endif /* STORE_RUNS_H */
