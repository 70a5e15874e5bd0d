#ifndef APP_GENERATED_H
#define APP_GENERATED_H

#include "repo/object.h"
#include "repo/repo.h"
#include "store/record.h"
#include "workflow/generated.h"
#include "workflow/workflow.h"

/** \file
 * What agents wrote, as a commit on a branch of referee's: on top of the head
 * that was judged, never checked out, never on anybody else's branch.
 */

#define GENERATED_BRANCHES "referee/"

/** "refs/heads/referee/<workflow>/" and "pull-<number>", or without a pull the
 * first 10 digits of the head; the caller frees it. */
char *generated_ref(const char *workflow, int64_t pull, const struct oid *head);

/** Is it a commit of ours that nobody added to? */
bool generated_is_ours(const struct commit_info *info);

/** What became of a record's files. */
struct generated_branch {
	char *ref;         /* where they are; NULL: there are none */
	struct oid commit; /* its tip                              */
	struct generated_files files;
};

void generated_branch_release(struct generated_branch *branch);

/** Is there something to be put on a branch: files, of a run that did not fail,
 * of a workflow that says `create_files`? */
bool generated_is_wanted(const struct run_record *record,
			 const struct workflow *workflow);

/**
 * Commits the record's files on top of `head` and moves `ref` (the callee
 * copies it) there. The same files on the same head give the branch that is
 * there already; one that somebody added commits to is left alone and told:
 * ERR_CONFLICT. Blocking, the repository's own thread.
 */
MUST_CHECK int generated_commit(struct generated_branch *out, struct repo *repo,
				const char *ref, const struct oid *head,
				const struct run_record *record,
				struct err *err);

#endif /* APP_GENERATED_H */
