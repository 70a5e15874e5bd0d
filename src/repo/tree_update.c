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
#include "repo/folder.h"
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

/* git's own folder, also by the names that other file systems take for it. */
static bool is_git_folder(const char *name, size_t len)
{
	static const char *const names[] = { ".git", "git~1" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		size_t named = strlen(names[i]);

		if (len >= named && !strncasecmp(name, names[i], named) &&
		    (len == named || strchr(" .:", name[named])))
			return true;
	}
	return false;
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
		    is_git_folder(p, len) || depth == LIMIT_TREE_DEPTH)
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

static int write_folder(git_oid *out, size_t *entries, struct repo *repo,
			const git_oid *base, const struct slice *slice,
			struct err *err);

static int change_subfolder(struct folder *folder, const char *name,
			    const struct slice *below, struct err *err)
{
	const struct folder_entry *entry = folder_find(folder, name);
	bool is_folder = entry && folder_entry_is_tree(entry);
	git_oid written;
	size_t entries;

	if (write_folder(&written, &entries, folder->repo,
			 is_folder ? &entry->id : NULL, below, err) < 0)
		return -1;
	if (entries)
		folder_set(folder, name, GIT_FILEMODE_TREE, &written);
	else if (is_folder)
		folder_unset(folder, name);
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
	git_oid id;

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
		id = oid_to_git(leaf->id);
		folder_set(folder, name, leaf->mode, &id);
		return 0;
	}
	if (leaf)
		folder_unset(folder, name);
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

static int write_folder(git_oid *out, size_t *entries, struct repo *repo,
			const git_oid *base, const struct slice *slice,
			struct err *err)
{
	struct folder folder;
	int ret = folder_open(&folder, repo, base, err);

	if (!ret)
		ret = change_folder(&folder, slice, err);
	if (!ret) {
		*entries = folder_count(&folder);
		fault_point("repo.object");
		ret = folder_put(out, &folder, err);
	}
	folder_release(&folder);
	return ret;
}

int tree_update(struct oid *out, struct repo *repo, const struct oid *base,
		const struct tree_change *changes, size_t count,
		struct err *err)
{
	struct slot *slots = xcalloc(count + 1, sizeof(*slots));
	struct slice all = { .items = slots, .count = count };
	git_oid from, id;
	size_t entries;
	int ret = -1;

	for (size_t i = 0; i < count; i++) {
		if (check_path(changes[i].path, err) < 0)
			goto out;
		slots[i].change = &changes[i];
	}
	qsort(slots, count, sizeof(*slots), compare_changes);
	if (base)
		from = oid_to_git(base);
	ret = write_folder(&id, &entries, repo, base ? &from : NULL, &all, err);
	if (!ret)
		*out = oid_from_git(&id);
out:
	free(slots);
	return ret;
}
