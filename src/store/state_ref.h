#ifndef STORE_STATE_REF_H
#define STORE_STATE_REF_H

#include "repo/repo.h"

/** \file
 * A ref whose tree is a small database: read at its tip, changed by a commit
 * on top of it.
 */

#define NOTES_REF    "refs/notes/referee"
#define RUNS_REF     "refs/referee/runs"
#define PULLS_REF    "refs/referee/pulls"
#define REQUESTS_REF "refs/referee/requests/"

/** Writes the tree that is to follow `base` (NULL: the ref does not exist).
 * May be called again with another base when somebody else was faster. */
typedef int state_edit_fn(struct oid *tree, struct repo *repo,
			  const struct oid *base, void *payload,
			  struct err *err);

struct state_edit {
	const char *ref;
	const char *message; /* of the commit; at least one line */
	state_edit_fn *edit;
	void *payload;
	const struct oid *second_parent; /* what is united with; or NULL */
};

/** One commit on the ref, by compare-and-swap, tried again while others move
 * it; none if the tree stays as it is (and nothing is united). ERR_CONFLICT
 * after too many tries. */
MUST_CHECK int state_ref_edit(struct repo *repo, const struct state_edit *edit,
			      struct err *err);

/** Tip and tree, each if not NULL; ERR_NOT_FOUND: there is no such ref. */
MUST_CHECK int state_ref_read(struct oid *tip, struct oid *tree,
			      struct repo *repo, const char *ref,
			      struct err *err);

#endif /* STORE_STATE_REF_H */
