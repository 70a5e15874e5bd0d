#ifndef REPO_MERGES_H
#define REPO_MERGES_H

#include <stddef.h>
#include <stdint.h>

#include "core/sha256.h"
#include "repo/repo.h"

/** \file
 * What a branch took in: pulls that were merged, squashed or rebased onto it,
 * read from history alone. Blocking; the repo's thread.
 */

/** One step of a branch along its first parents, as a change. */
struct merge {
	struct oid commit; /* on the branch                                 */
	struct oid base;   /* the branch before it                          */
	struct oid head;   /* what was merged; `commit` itself if it was
			      squashed, rebased or pushed                   */
	int64_t at_s;      /* when it was committed                         */
	char *author;      /* name and e-mail of who wrote `head`           */
	char *author_email;
	char *title; /* of the pull, as far as the message tells       */
};

struct merge_list {
	struct merge *items;
	size_t len, cap;
};

/**
 * The steps of `tip` committed at `since_s` or later, newest first, at most
 * `max`; further ones are left out. The first commit of all is none, nor is the
 * last one of a shallow clone.
 */
MUST_CHECK int merges_since(struct merge_list *out, struct repo *repo,
			    const struct oid *tip, int64_t since_s, size_t max,
			    struct err *err);
void merge_list_release(struct merge_list *list);

/** A change that may have landed on a branch. */
struct landing {
	const char *change_key;
	size_t commits;  /* of the change; 0: unknown                       */
	int64_t since_s; /* when the pull was opened; older ones are no use */
	size_t max;      /* steps to look at                                */
};

/**
 * The commit on the branch at `tip` that brought the change: the merge commit,
 * the squashed one, or the last of those it was rebased to. ERR_NOT_FOUND if
 * none of the steps is that change, byte for byte.
 */
MUST_CHECK int merges_find(struct oid *out, struct repo *repo,
			   const struct oid *tip, const struct landing *landing,
			   struct err *err);

#endif /* REPO_MERGES_H */
