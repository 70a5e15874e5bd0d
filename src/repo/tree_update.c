/*
 * Writing trees. git_tree_create_updated() fails when what is to be removed is
 * not there and when a file takes the place of a folder; this does not.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"
#include "core/fault.h"
#include "core/limits.h"
#include "repo/git.h"
#include "repo/tree.h"

struct slot {
	const struct tree_change *change;
};

/* The slash before any other byte, so that all of a folder is together, right
 * behind a file of its name. */
static int rank(char ch)
{
	if (ch == '\0')
		return 0;
	return ch == '/' ? 1 : (unsigned char)ch + 2;
}

static int compare_changes(const void *a, const void *b)
{
	const struct slot *x = a, *y = b;
	const char *left = x->change->path, *right = y->change->path;

	while (*left && *left == *right)
		left++, right++;
	if (*left != *right)
		return rank(*left) - rank(*right);
	/* Of two for one path the last counts. */
	return x->change < y->change ? -1 : x->change > y->change;
}

static int check_path(const char *path, struct err *err)
{
	size_t depth = 0;

	if (strlen(path) > LIMIT_PATH_BYTES)
		return err_set(err, ERR_INVALID, "a path of over %ld bytes",
			       (long)LIMIT_PATH_BYTES);
	for (const char *p = path;; depth++) {
		size_t len = strcspn(p, "/");

		if (!len || (len == 1 && *p == '.') ||
		    (len == 2 && !strncmp(p, "..", 2)) ||
		    (len == 4 && !strncasecmp(p, ".git", 4)) ||
		    depth == LIMIT_TREE_DEPTH)
			return err_set(err, ERR_INVALID,
				       "'%s' cannot be a path in a tree", path);
		if (!p[len])
			return 0;
		p += len + 1;
	}
}

/* A run of changes that start with the same folders, `depth` bytes of them. */
struct slice {
	const struct slot *items;
	size_t count;
	size_t offset;
};

struct folder {
	struct repo *repo;
	git_treebuilder *builder;
};

static int write_folder(struct oid *out, size_t *entries, struct repo *repo,
			const git_oid *base, const struct slice *slice,
			struct err *err);

static int insert(struct folder *folder, const char *name,
		  const struct oid *oid, uint32_t mode, struct err *err)
{
	git_oid id = oid_to_git(oid);
	int code = git_treebuilder_insert(NULL, folder->builder, name, &id,
					  (git_filemode_t)mode);

	return code < 0 ? err_set_git(err, code, "'%s'", name) : 0;
}

static void remove_entry(struct folder *folder, const char *name)
{
	if (git_treebuilder_get(folder->builder, name))
		git_treebuilder_remove(folder->builder, name);
}

static int change_subfolder(struct folder *folder, const char *name,
			    const struct slice *below, struct err *err)
{
	const git_tree_entry *entry = git_treebuilder_get(folder->builder,
							  name);
	bool is_folder = entry &&
			 git_tree_entry_filemode(entry) == GIT_FILEMODE_TREE;
	git_oid base = { { 0 } };
	struct oid written;
	size_t entries;

	if (is_folder)
		base = *git_tree_entry_id(entry);
	if (write_folder(&written, &entries, folder->repo,
			 is_folder ? &base : NULL, below, err) < 0)
		return -1;
	if (entries)
		return insert(folder, name, &written, MODE_TREE, err);
	if (is_folder)
		remove_entry(folder, name);
	return 0;
}

static bool sets_something(const struct slice *slice)
{
	for (size_t i = 0; i < slice->count; i++)
		if (slice->items[i].change->id)
			return true;
	return false;
}

/* All changes at and below one name of a folder. */
static int change_name(struct folder *folder, const char *name,
		       const struct slice *slice, struct err *err)
{
	size_t len = strlen(name);
	struct slice below = *slice;
	const struct tree_change *leaf = NULL;

	while (below.count &&
	       !below.items[0].change->path[slice->offset + len]) {
		leaf = below.items++->change;
		below.count--;
	}
	below.offset += len + 1;
	if (leaf && leaf->id) {
		if (sets_something(&below))
			return err_set(err, ERR_INVALID,
				       "'%s' cannot be a file and a folder",
				       leaf->path);
		return insert(folder, name, leaf->id, leaf->mode, err);
	}
	if (leaf)
		remove_entry(folder, name);
	return below.count ? change_subfolder(folder, name, &below, err) : 0;
}

/* How many changes from `from` on are for the same name. */
static size_t count_same(const struct slice *slice, size_t from, size_t len)
{
	const char *name = slice->items[from].change->path + slice->offset;
	size_t i = from + 1;

	while (i < slice->count &&
	       !strncmp(slice->items[i].change->path + slice->offset, name,
			len) &&
	       strchr("/", slice->items[i].change->path[slice->offset + len]))
		i++;
	return i - from;
}

static int change_folder(struct folder *folder, const struct slice *slice,
			 struct err *err)
{
	for (size_t i = 0; i < slice->count;) {
		const char *start = slice->items[i].change->path +
				    slice->offset;
		size_t len = strcspn(start, "/");
		struct slice same = { .items = slice->items + i,
				      .count = count_same(slice, i, len),
				      .offset = slice->offset };
		char *name = xmemdup(start, len);
		int ret = change_name(folder, name, &same, err);

		free(name);
		if (ret < 0)
			return -1;
		i += same.count;
	}
	return 0;
}

static int write_folder(struct oid *out, size_t *entries, struct repo *repo,
			const git_oid *base, const struct slice *slice,
			struct err *err)
{
	struct folder folder = { .repo = repo };
	git_tree *source = NULL;
	git_oid id;
	int code = 0, ret = -1;

	if (base)
		code = git_tree_lookup(&source, repo_git(repo), base);
	if (!code)
		code = git_treebuilder_new(&folder.builder, repo_git(repo),
					   source);
	if (code < 0) {
		err_set_git(err, code, "reading a tree");
		goto out;
	}
	if (change_folder(&folder, slice, err) < 0)
		goto out;
	*entries = git_treebuilder_entrycount(folder.builder);
	fault_point("repo.object");
	code = tree_put(&id, repo, folder.builder);
	if (code < 0) {
		err_set_git(err, code, "writing a tree");
		goto out;
	}
	*out = oid_from_git(&id);
	ret = 0;
out:
	git_treebuilder_free(folder.builder);
	git_tree_free(source);
	return ret;
}

int tree_update(struct oid *out, struct repo *repo, const struct oid *base,
		const struct tree_change *changes, size_t count,
		struct err *err)
{
	struct slot *slots = xcalloc(count + 1, sizeof(*slots));
	struct slice all = { .items = slots, .count = count };
	git_oid id = { { 0 } };
	size_t entries;
	int ret = -1;

	for (size_t i = 0; i < count; i++) {
		if (check_path(changes[i].path, err) < 0)
			goto out;
		slots[i].change = &changes[i];
	}
	qsort(slots, count, sizeof(*slots), compare_changes);
	if (base)
		id = oid_to_git(base);
	ret = write_folder(out, &entries, repo, base ? &id : NULL, &all, err);
out:
	free(slots);
	return ret;
}
