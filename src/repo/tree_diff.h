#ifndef REPO_TREE_DIFF_H
#define REPO_TREE_DIFF_H

#include "repo/changeset.h"

/** \file
 * Which files two trees differ in. Within repo/ only. Done here rather than by
 * libgit2, whose diff obeys the repository's configuration.
 */

struct file_list {
	struct changed_file *items;
	size_t len, cap;
};

/** Added, deleted, modified and retyped files, by path; path and old_path are
 * the same. A zero oid is an empty tree. ERR_NOT_FOUND names a missing tree. */
MUST_CHECK int tree_diff(struct file_list *out, struct repo *repo,
			 const struct oid *old_tree, const struct oid *tree,
			 struct err *err);
void file_list_release(struct file_list *list);
void file_list_sort(struct file_list *list);

#endif /* REPO_TREE_DIFF_H */
