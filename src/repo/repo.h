#ifndef REPO_REPO_H
#define REPO_REPO_H

#include <stdbool.h>

#include "core/attr.h"
#include "core/err.h"
#include "repo/oid.h"

/** \file
 * A git repository: somebody's clone, or a bare mirror of ours. The folder
 * repo/ is the only one that calls libgit2; everybody else sees these headers.
 *
 * One handle belongs to one thread at a time; a worker opens its own with
 * repo_reopen(). Blocking.
 */
struct repo;

/** Once per process, before any thread starts: libgit2's limits, caches, and
 * durable writes (fsync) for everything we write. */
void repo_setup(void);
void repo_teardown(void);

/** The repository that holds `dir`, looking upwards as git does; obeys GIT_DIR
 * when `dir` is NULL. ERR_NOT_FOUND: there is none. ERR_INVALID: it is of a
 * kind we cannot read (SHA-256 objects, unknown extensions), and says so. */
MUST_CHECK int repo_open(struct repo **out, const char *dir, struct err *err);

/** Exactly this git directory, not looking upwards. */
MUST_CHECK int repo_open_bare(struct repo **out, const char *git_dir,
			      struct err *err);

/** Opens the bare repository at `git_dir`, making it (and its parents) first
 * if there is none. */
MUST_CHECK int repo_init_bare(struct repo **out, const char *git_dir,
			      struct err *err);

/** Another handle on the same repository, for another thread. */
MUST_CHECK int repo_reopen(struct repo **out, const struct repo *repo,
			   struct err *err);
void repo_free(struct repo *repo);

/** The shared git directory (that of the main work tree), ending in a slash. */
const char *repo_git_dir(const struct repo *repo);

/** The URL of the remote `origin`, the caller's; NULL: there is none. */
char *repo_origin_url(const struct repo *repo);

/** Ending in a slash; NULL for a bare repository. */
const char *repo_work_dir(const struct repo *repo);

/** Is some of its history not here? */
bool repo_is_shallow(const struct repo *repo);

/** The commit a revision names (tags peeled). ERR_NOT_FOUND, or ERR_INVALID if
 * it names something else. */
MUST_CHECK int repo_resolve(struct oid *out, struct repo *repo,
			    const char *revision, struct err *err);

/** The tip of HEAD. ERR_NOT_FOUND: the branch has no commit yet. */
MUST_CHECK int repo_head(struct oid *out, struct repo *repo, struct err *err);

/** Short name of the branch HEAD is on; NULL when detached. The caller frees
 * it. */
char *repo_head_branch(struct repo *repo);

/**
 * What a change of this clone is compared with: the branch that origin/HEAD
 * points at, else the local branch main, else master. *name is its full ref
 * name, the caller's. ERR_NOT_FOUND: none of them exists.
 */
MUST_CHECK int repo_default_base(struct oid *out, char **name,
				 struct repo *repo, struct err *err);

/** ERR_NOT_FOUND: the two have no common history (in a shallow clone: none
 * that is here; the message says which). */
MUST_CHECK int repo_merge_base(struct oid *out, struct repo *repo,
			       const struct oid *a, const struct oid *b,
			       struct err *err);

/** Is every commit of `ancestor` also in `descendant`? Equal counts. */
MUST_CHECK int repo_is_ancestor(bool *out, struct repo *repo,
				const struct oid *ancestor,
				const struct oid *descendant, struct err *err);

/** Tracked files that differ from HEAD, or untracked ones that git would not
 * ignore. Always false for a bare repository. */
MUST_CHECK int repo_is_dirty(bool *out, struct repo *repo, struct err *err);

/** A value of the repository's git configuration; NULL if unset. The caller
 * frees it. */
char *repo_config(struct repo *repo, const char *key);

#endif /* REPO_REPO_H */
