#include "repo/tree_diff.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/limits.h"
#include "repo/git.h"
#include "repo/hunks.h"
#include "repo/tree.h"

/* A folder being compared; either tree may be NULL. */
struct frame {
	git_tree *old_tree, *tree;
	size_t old_at, at;
	size_t prefix_len; /* of its path, with the slash */
};

struct tree_walk {
	struct repo *repo;
	struct file_list *files;
	struct frame *frames;
	size_t len, cap;
	size_t trees_walked;
	struct buf path;
	struct err *err;
};

static bool is_tree(const git_tree_entry *entry)
{
	return git_tree_entry_filemode(entry) == GIT_FILEMODE_TREE;
}

/* As git orders a tree: by name, a folder as if a slash were behind it. */
static int compare(const git_tree_entry *a, const git_tree_entry *b)
{
	const char *a_name = git_tree_entry_name(a);
	const char *b_name = git_tree_entry_name(b);
	size_t a_len = strlen(a_name), b_len = strlen(b_name);
	size_t len = a_len < b_len ? a_len : b_len;
	int order = memcmp(a_name, b_name, len);
	int a_next, b_next;

	if (order)
		return order;
	a_next = a_len > len ? (unsigned char)a_name[len]
			     : (is_tree(a) ? '/' : 0);
	b_next = b_len > len ? (unsigned char)b_name[len]
			     : (is_tree(b) ? '/' : 0);
	return a_next - b_next;
}

static const git_tree_entry *entry_at(const git_tree *tree, size_t at)
{
	return tree ? git_tree_entry_byindex(tree, at) : NULL;
}

static int open_tree(git_tree **out, struct tree_walk *walk, const git_oid *id)
{
	struct oid oid = oid_from_git(id);
	char hex[OID_HEX_SIZE];
	int code;

	if (oid_is_zero(&oid))
		return 0;
	code = git_tree_lookup(out, repo_git(walk->repo), id);
	if (!code)
		return 0;
	oid_format(hex, &oid);
	if (code != GIT_ENOTFOUND)
		return err_set_git(walk->err, code, "tree %s of '%s'", hex,
				   walk->path.ptr);
	git_error_clear();
	return err_set(walk->err, ERR_NOT_FOUND,
		       "tree %s of '%s' is missing from the repository", hex,
		       walk->path.ptr);
}

/* The walk's path becomes the folder of the frame and `name` in it. */
static int set_path(struct tree_walk *walk, size_t prefix_len,
		    const git_tree_entry *entry)
{
	buf_truncate(&walk->path, prefix_len);
	buf_addstr(&walk->path, git_tree_entry_name(entry));
	if (is_tree(entry))
		buf_addch(&walk->path, '/');
	return buf_check(&walk->path, "a path", walk->err);
}

static int enter(struct tree_walk *walk, const git_oid *old_id,
		 const git_oid *id)
{
	struct frame frame = { .prefix_len = walk->path.len };

	if (walk->len >= LIMIT_TREE_DEPTH ||
	    ++walk->trees_walked > LIMIT_TREES_WALKED)
		return err_set(walk->err, ERR_TOO_LARGE,
			       "too many folders, at '%s'", walk->path.ptr);
	if ((old_id && open_tree(&frame.old_tree, walk, old_id) < 0) ||
	    (id && open_tree(&frame.tree, walk, id) < 0)) {
		git_tree_free(frame.old_tree);
		return -1;
	}
	ARRAY_GROW(walk->frames, walk->len, walk->cap);
	walk->frames[walk->len++] = frame;
	return 0;
}

static void leave(struct tree_walk *walk)
{
	struct frame *frame = &walk->frames[--walk->len];

	git_tree_free(frame->old_tree);
	git_tree_free(frame->tree);
}

static enum file_status status_of(const git_tree_entry *old,
				  const git_tree_entry *new)
{
	if (!old)
		return FILE_ADDED;
	if (!new)
		return FILE_DELETED;
	return (git_tree_entry_filemode(old) ^ git_tree_entry_filemode(new)) &
			       0170000
		       ? FILE_RETYPED
		       : FILE_MODIFIED;
}

static int add_file(struct tree_walk *walk, const git_tree_entry *old,
		    const git_tree_entry *new)
{
	struct changed_file file = { .status = status_of(old, new) };
	struct file_list *files = walk->files;

	if (files->len >= LIMIT_CHANGED_FILES)
		return err_set(walk->err, ERR_TOO_LARGE,
			       "more than %d files changed",
			       LIMIT_CHANGED_FILES);
	if (old) {
		file.old_mode = (uint32_t)git_tree_entry_filemode(old);
		file.old_id = oid_from_git(git_tree_entry_id(old));
	}
	if (new) {
		file.mode = (uint32_t)git_tree_entry_filemode(new);
		file.id = oid_from_git(git_tree_entry_id(new));
	}
	file.path = xstrdup(walk->path.ptr);
	file.old_path = xstrdup(walk->path.ptr);
	ARRAY_GROW(files->items, files->len, files->cap);
	files->items[files->len++] = file;
	return 0;
}

static bool is_same(const git_tree_entry *old, const git_tree_entry *new)
{
	return git_oid_equal(git_tree_entry_id(old), git_tree_entry_id(new)) &&
	       git_tree_entry_filemode(old) == git_tree_entry_filemode(new);
}

/* One entry, of one side or of both. */
static int visit(struct tree_walk *walk, size_t prefix_len,
		 const git_tree_entry *old, const git_tree_entry *new)
{
	const git_tree_entry *any = old ? old : new;

	if (old && new &&is_same(old, new))
		return 0;
	if (set_path(walk, prefix_len, any) < 0)
		return -1;
	if (!is_tree(any))
		return add_file(walk, old, new);
	return enter(walk, old ? git_tree_entry_id(old) : NULL,
		     new ? git_tree_entry_id(new) : NULL);
}

static int step(struct tree_walk *walk)
{
	struct frame *frame = &walk->frames[walk->len - 1];
	const git_tree_entry *old = entry_at(frame->old_tree, frame->old_at);
	const git_tree_entry *new = entry_at(frame->tree, frame->at);
	int order = old && new ? compare(old, new) : (old ? -1 : 1);

	if (!old && !new) {
		leave(walk);
		return 0;
	}
	frame->old_at += order <= 0;
	frame->at += order >= 0;
	return visit(walk, frame->prefix_len, order <= 0 ? old : NULL,
		     order >= 0 ? new : NULL);
}

int tree_diff(struct file_list *out, struct repo *repo,
	      const struct oid *old_tree, const struct oid *tree,
	      struct err *err)
{
	struct tree_walk walk = { .repo = repo, .files = out, .err = err };
	git_oid old_id = oid_to_git(old_tree), id = oid_to_git(tree);
	int ret;

	buf_init(&walk.path, LIMIT_PATH_BYTES);
	ret = oid_equal(old_tree, tree) ? 0 : enter(&walk, &old_id, &id);
	while (!ret && walk.len)
		ret = step(&walk);
	while (walk.len)
		leave(&walk);
	free(walk.frames);
	buf_release(&walk.path);
	file_list_sort(out);
	return ret;
}

static int by_path(const void *a, const void *b)
{
	const struct changed_file *left = a, *right = b;

	return strcmp(left->path, right->path);
}

void file_list_sort(struct file_list *list)
{
	if (list->len)
		qsort(list->items, list->len, sizeof(*list->items), by_path);
}

void file_list_release(struct file_list *list)
{
	for (size_t i = 0; i < list->len; i++) {
		free(list->items[i].path);
		free(list->items[i].old_path);
		hunks_drop(&list->items[i]);
	}
	free(list->items);
	*list = (struct file_list){ 0 };
}
