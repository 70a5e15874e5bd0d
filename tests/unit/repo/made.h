#ifndef TESTS_UNIT_REPO_MADE_H
#define TESTS_UNIT_REPO_MADE_H

#include "repo/changeset.h"
#include "sandbox.h"

/** \file
 * A repository "work" in a sandbox, and the changesets of its commits.
 */
struct made {
	struct sandbox box;
	struct repo *repo;
	struct changeset changes;
};

void made_init(struct made *made);
void made_release(struct made *made);

/** Shell commands in the work tree. */
void made_run(const struct made *made, const char *commands);

/** made->changes becomes those from `base` to `head`, revisions; `trusted` may
 * be NULL. The test fails if that fails. */
void made_change(struct made *made, const char *base, const char *head,
		 const char *trusted);

/** The same, but failures are the caller's. */
int made_try(struct made *made, const char *base, const char *head,
	     struct err *err);

/** The change key from `base` to `head`; the caller frees it. */
char *made_key(struct made *made, const char *base, const char *head);

/** The changed file at `path`, deleted ones too; the test fails without. */
const struct changed_file *made_file(const struct made *made, const char *path);

/** The changeset as `git diff --raw --numstat -z -M` lists it, then all hunks,
 * with a line feed for each NUL. Copies are written as added, lines of binary
 * files as none. The caller frees it. */
char *made_listing(const struct made *made);
char *made_hunks(const struct made *made);

/** What git says of the same; the caller frees it. */
char *git_listing(const struct made *made, const char *base, const char *head);
char *git_hunks(const struct made *made, const char *base, const char *head);

#endif /* TESTS_UNIT_REPO_MADE_H */
