#include "repo/tree.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/limits.h"
#include "repo/git.h"
#include "repo/object.h"

static int look_up(git_tree **out, struct repo *repo, const git_oid *id,
		   struct err *err)
{
	int code = git_tree_lookup(out, repo_git(repo), id);
	char hex[OID_HEX_SIZE];
	struct oid name = oid_from_git(id);

	if (code >= 0)
		return 0;
	oid_format(hex, &name);
	if (code != GIT_ENOTFOUND)
		return err_set_git(err, code, "tree %s", hex);
	git_error_clear();
	return err_set(err, ERR_NOT_FOUND, "tree %s is not here", hex);
}

int tree_of_commit(struct oid *out, struct repo *repo, const struct oid *commit,
		   struct err *err)
{
	git_oid id = oid_to_git(commit);
	git_commit *object = NULL;
	char hex[OID_HEX_SIZE];
	int code = git_commit_lookup(&object, repo_git(repo), &id);

	oid_format(hex, commit);
	if (code == GIT_ENOTFOUND) {
		git_error_clear();
		return err_set(err, ERR_NOT_FOUND, "commit %s is not here",
			       hex);
	}
	if (code < 0)
		return err_set_git(err, code, "commit %s", hex);
	*out = oid_from_git(git_commit_tree_id(object));
	git_commit_free(object);
	return 0;
}

int tree_find(struct tree_entry *out, struct repo *repo, const struct oid *tree,
	      const char *path, struct err *err)
{
	git_oid id = oid_to_git(tree);
	git_tree_entry *entry = NULL;
	git_tree *root = NULL;
	int code;

	memset(out, 0, sizeof(*out));
	if (look_up(&root, repo, &id, err) < 0)
		return -1;
	if (!*path) {
		out->mode = MODE_TREE;
		out->id = *tree;
		git_tree_free(root);
		return 0;
	}
	code = git_tree_entry_bypath(&entry, root, path);
	git_tree_free(root);
	if (code < 0)
		return err_set_git(err, code, "'%s'", path);
	out->mode = (uint32_t)git_tree_entry_filemode(entry);
	out->id = oid_from_git(git_tree_entry_id(entry));
	git_tree_entry_free(entry);
	return 0;
}

struct listing {
	struct tree_list *out;
	struct repo *repo;
	bool deep;
	size_t max;
	struct buf path; /* of the folder being read, with a slash at the end */
};

static int add_to_list(struct listing *listing, const git_tree_entry *entry,
		       struct err *err)
{
	struct tree_list *list = listing->out;
	struct tree_entry *item;

	if (list->len == listing->max)
		return err_set(err, ERR_TOO_LARGE,
			       "more than %zu files in a tree", listing->max);
	ARRAY_GROW(list->items, list->len, list->cap);
	item = &list->items[list->len++];
	item->path = xstrf("%s%s", listing->path.ptr,
			   git_tree_entry_name(entry));
	item->mode = (uint32_t)git_tree_entry_filemode(entry);
	item->id = oid_from_git(git_tree_entry_id(entry));
	return 0;
}

static int list_folder(struct listing *listing, const git_oid *id, int depth,
		       struct err *err)
{
	size_t len = listing->path.len;
	git_tree *tree = NULL;
	int ret = -1;

	if (depth > LIMIT_TREE_DEPTH)
		return err_set(err, ERR_TOO_LARGE,
			       "folders more than %d deep in a tree",
			       LIMIT_TREE_DEPTH);
	if (look_up(&tree, listing->repo, id, err) < 0)
		return -1;
	for (size_t i = 0; i < git_tree_entrycount(tree); i++) {
		const git_tree_entry *entry = git_tree_entry_byindex(tree, i);

		if (git_tree_entry_filemode(entry) != GIT_FILEMODE_TREE) {
			if (add_to_list(listing, entry, err) < 0)
				goto out;
			continue;
		}
		if (!listing->deep)
			continue;
		buf_addf(&listing->path, "%s/", git_tree_entry_name(entry));
		if (buf_check(&listing->path, "path in a tree", err) < 0 ||
		    list_folder(listing, git_tree_entry_id(entry), depth + 1,
				err) < 0)
			goto out;
		buf_truncate(&listing->path, len);
	}
	ret = 0;
out:
	git_tree_free(tree);
	return ret;
}

/* NOLINTNEXTLINE(readability-function-size): seven are what it takes */
int tree_list(struct tree_list *out, struct repo *repo, const struct oid *tree,
	      const char *folder, bool deep, size_t max, struct err *err)
{
	struct listing listing = {
		.out = out, .repo = repo, .deep = deep, .max = max
	};
	struct tree_entry root;
	git_oid id;
	int ret;

	memset(out, 0, sizeof(*out));
	if (tree_find(&root, repo, tree, folder, err) < 0) {
		if (err->code != ERR_NOT_FOUND || !object_exists(repo, tree))
			return -1;
		*err = (struct err)ERR_INIT;
		return 0;
	}
	if (root.mode != MODE_TREE)
		return 0;
	buf_init(&listing.path, LIMIT_PATH_BYTES);
	if (*folder)
		buf_addf(&listing.path, "%s/", folder);
	id = oid_to_git(&root.id);
	ret = list_folder(&listing, &id, 0, err);
	buf_release(&listing.path);
	if (ret < 0)
		tree_list_release(out);
	return ret;
}

void tree_list_release(struct tree_list *list)
{
	for (size_t i = 0; i < list->len; i++)
		free(list->items[i].path);
	free(list->items);
	memset(list, 0, sizeof(*list));
}
