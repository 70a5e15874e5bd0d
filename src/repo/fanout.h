#ifndef REPO_FANOUT_H
#define REPO_FANOUT_H

#include <stddef.h>

#include "repo/repo.h"

/** \file
 * Trees of notes: a blob for each commit, in folders by the commit's digits.
 * git and others write them at any depth and mixed; all depths are read. What
 * we write is 2/2/36, and what is met at another depth on the way is moved
 * there. Where that brings two notes of one commit together, their texts are
 * joined by an empty line, as git joins them.
 */

/** The note's blob of `commit`; ERR_NOT_FOUND. `tree` may be NULL (no notes).
 */
MUST_CHECK int fanout_find(struct oid *out, struct repo *repo,
			   const struct oid *tree, const struct oid *commit,
			   struct err *err);

#define FANOUT_MAX_COPIES 4

struct fanout_copies {
	struct oid blobs[FANOUT_MAX_COPIES];
	size_t count;
};

/** Every blob of `commit`, none too: more than one where somebody's tools wrote
 * it at several depths. The first FANOUT_MAX_COPIES of them. */
MUST_CHECK int fanout_find_all(struct fanout_copies *out, struct repo *repo,
			       const struct oid *tree, const struct oid *commit,
			       struct err *err);

/** One note to be set, or removed where `blob` is NULL. */
struct fanout_change {
	struct oid commit;
	const struct oid *blob;
};

/** Writes the tree that results from `changes` on `tree` (NULL: on nothing),
 * all in one go. Entries that are no notes stay as they are. */
MUST_CHECK int fanout_update(struct oid *out, struct repo *repo,
			     const struct oid *tree,
			     const struct fanout_change *changes, size_t count,
			     struct err *err);

/** Every note; `visit` returns false to stop. */
typedef bool fanout_visit_fn(const struct oid *commit, const struct oid *blob,
			     void *payload);
MUST_CHECK int fanout_each(struct repo *repo, const struct oid *tree,
			   fanout_visit_fn *visit, void *payload,
			   struct err *err);

#endif /* REPO_FANOUT_H */
