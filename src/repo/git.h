#ifndef REPO_GIT_H
#define REPO_GIT_H

#include <git2.h>
#include <string.h>

#include "repo/repo.h"

/** \file
 * What the files of repo/ share and nobody else sees: libgit2's handles behind
 * ours, and the one place where its failures become ours.
 */

/** The handle; stays the repo's. */
git_repository *repo_git(const struct repo *repo);

/** The object database; stays the repo's. */
git_odb *repo_odb(const struct repo *repo);

/** Write an object, into the open batch if there is one; libgit2's codes. */
int blob_put(git_oid *out, struct repo *repo, const void *bytes, size_t len);

/** `is_new`: it is hardly there yet, so do not look. */
int tree_put(git_oid *out, struct repo *repo, const void *bytes, size_t len,
	     bool is_new);

/** Where its objects are written; the caller's. */
char *repo_objects_dir(const struct repo *repo);

/** Where batch.c keeps what it knows of the repository; at first NULL. */
struct batch **repo_batch(struct repo *repo);

/**
 * Fill *err from libgit2's return `code` and its last message, with what was
 * being done in front ("ref 'x': ..."); return -1. To be called right after the
 * failed call, by the same thread.
 */
int err_set_git(struct err *err, int code, const char *fmt, ...) PRINTF(3, 4);

/** ERR_INVALID if the repository belongs to somebody else and the user has not
 * said that it is safe; says how to. */
MUST_CHECK int owner_check(git_repository *git, struct err *err);

/** The two have the same bytes. */
static inline git_oid oid_to_git(const struct oid *oid)
{
	git_oid id = { { 0 } };

	memcpy(id.id, oid->id, sizeof(id.id));
	return id;
}

static inline struct oid oid_from_git(const git_oid *id)
{
	struct oid oid = { { 0 } };

	memcpy(oid.id, id->id, sizeof(oid.id));
	return oid;
}

#endif /* REPO_GIT_H */
