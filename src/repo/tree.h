#ifndef REPO_TREE_H
#define REPO_TREE_H

#include <stddef.h>
#include <stdint.h>

#include "repo/repo.h"

#define MODE_FILE       0100644
#define MODE_EXECUTABLE 0100755
#define MODE_SYMLINK    0120000
#define MODE_SUBMODULE  0160000
#define MODE_TREE       0040000

struct tree_entry {
	char *path; /* from the root of the tree it was asked of */
	uint32_t mode;
	struct oid id;
};

struct tree_list {
	struct tree_entry *items;
	size_t len, cap;
};

/** The tree of a commit. */
MUST_CHECK int tree_of_commit(struct oid *out, struct repo *repo,
			      const struct oid *commit, struct err *err);

/** What is at `path`; ERR_NOT_FOUND. Only mode and id are set. */
MUST_CHECK int tree_find(struct tree_entry *out, struct repo *repo,
			 const struct oid *tree, const char *path,
			 struct err *err);

/**
 * Files (not folders) below `folder` ("" is the root), whole paths, in git's
 * order; only those directly in it unless `deep`. No such folder: an empty
 * list. ERR_TOO_LARGE past `max` entries.
 */
MUST_CHECK int tree_list(struct tree_list *out, struct repo *repo,
			 const struct oid *tree, const char *folder, bool deep,
			 size_t max, struct err *err);
void tree_list_release(struct tree_list *list);

/** One path to be set, or removed where `id` is NULL. */
struct tree_change {
	const char *path;
	uint32_t mode;
	const struct oid *id;
};

/**
 * Writes the tree that results from `changes` on `base` (NULL: on nothing).
 * Folders left empty go away; removing what is not there is fine, removing a
 * folder takes all that is in it; a file may take the place of a folder and the
 * other way round. Of two changes of one path the later counts. ERR_INVALID: a
 * path that cannot be ("", "..", ".git" in it), or one that would be a file and
 * a folder.
 */
MUST_CHECK int tree_update(struct oid *out, struct repo *repo,
			   const struct oid *base,
			   const struct tree_change *changes, size_t count,
			   struct err *err);

#endif /* REPO_TREE_H */
