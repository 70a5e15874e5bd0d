#include "repo/changeset.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "repo/attributes.h"
#include "repo/git.h"
#include "repo/hunks.h"
#include "repo/object.h"
#include "repo/renames.h"
#include "repo/tree.h"
#include "repo/tree_diff.h"

static const char letters[] = {
	[FILE_ADDED] = 'A',   [FILE_DELETED] = 'D', [FILE_MODIFIED] = 'M',
	[FILE_RENAMED] = 'R', [FILE_COPIED] = 'C',  [FILE_RETYPED] = 'T',
};

static const char *const reasons[] = {
	[OMIT_NOTHING] = "",
	[OMIT_BINARY] = "binary",
	[OMIT_OVERSIZED] = "larger than 1 MiB",
	[OMIT_SUBMODULE] = "a submodule",
	[OMIT_LFS] = "kept in large file storage",
	[OMIT_DIFF_LIMIT] = "past the limit of 1000000 lines or 64 MiB",
	[OMIT_ATTRIBUTE] = "-diff in .gitattributes",
};

char file_status_letter(enum file_status status)
{
	return letters[status];
}

const char *file_omitted_reason(enum file_omitted omitted)
{
	return reasons[omitted];
}

/* The commit's tree; ERR_NOT_FOUND names the commit. */
static int find_tree(struct oid *out, struct repo *repo,
		     const struct oid *commit, struct err *err)
{
	struct commit_info info = { 0 };

	if (commit_read(&info, repo, commit, err) < 0)
		return -1;
	*out = info.tree;
	commit_info_release(&info);
	return 0;
}

static int list_files(struct changeset *changeset, struct repo *repo,
		      struct err *err)
{
	struct file_list files = { 0 };
	struct oid old_tree, tree;
	int ret = 0;

	if (find_tree(&old_tree, repo, &changeset->base, err) < 0 ||
	    find_tree(&tree, repo, &changeset->head, err) < 0)
		return -1;
	ret = tree_diff(&files, repo, &old_tree, &tree, err);
	if (!ret)
		ret = renames_find(&files, &changeset->exact_renames_only, repo,
				   err);
	changeset->files = files.items;
	changeset->file_count = files.len;
	return ret;
}

static bool is_submodule(uint32_t mode)
{
	return mode == MODE_SUBMODULE;
}

/* Is either blob larger than what is looked into? */
static int is_oversized(bool *out, struct changed_file *file, struct repo *repo,
			struct err *err)
{
	const struct oid *ids[] = { &file->old_id, &file->id };
	uint32_t modes[] = { file->old_mode, file->mode };

	*out = false;
	for (size_t i = 0; i < ARRAY_LEN(ids); i++) {
		size_t size;

		if (oid_is_zero(ids[i]) || is_submodule(modes[i]))
			continue;
		if (blob_size(&size, repo, ids[i], err) < 0)
			return -1;
		*out |= size > (size_t)LIMIT_BLOB_BYTES;
	}
	return 0;
}

/* The commit of a submodule counts as one line, as git has it. */
static size_t count_side(const struct side *side, uint32_t mode)
{
	return is_submodule(mode) ? 1 : side_line_count(side);
}

static int compare_sides(struct changed_file *file, struct hunk_store *store,
			 const struct side *old, const struct side *new,
			 struct err *err)
{
	if (side_is_binary(old) || side_is_binary(new)) {
		file->omitted = OMIT_BINARY;
		return 0;
	}
	if (is_submodule(file->old_mode) || is_submodule(file->mode)) {
		file->omitted = OMIT_SUBMODULE;
		file->deletions = count_side(old, file->old_mode);
		file->additions = count_side(new, file->mode);
		return 0;
	}
	if (hunks_make(file, store, old, new, err) < 0)
		return -1;
	if (side_is_lfs(old) || side_is_lfs(new)) {
		hunks_drop(file);
		file->omitted = OMIT_LFS;
	}
	return 0;
}

static const struct oid *blob_of(const struct oid *id, uint32_t mode)
{
	static const struct oid none;

	return is_submodule(mode) ? &none : id;
}

/* Looks into one file. */
static int fill_file(struct changed_file *file, struct hunk_store *store,
		     struct repo *repo, struct err *err)
{
	struct side old = { 0 }, new = { 0 };
	bool oversized = false;
	int ret;

	if (oid_equal(&file->old_id, &file->id))
		return 0;
	if (is_oversized(&oversized, file, repo, err) < 0)
		return err_prefix(err, "'%s'", file->path);
	if (oversized) {
		file->omitted = OMIT_OVERSIZED;
		return 0;
	}
	ret = side_open(&old, repo, blob_of(&file->old_id, file->old_mode),
			err);
	if (!ret)
		ret = side_open(&new, repo, blob_of(&file->id, file->mode),
				err);
	if (ret < 0)
		err_prefix(err, "'%s'", file->path);
	else
		ret = compare_sides(file, store, &old, &new, err);
	side_close(&old);
	side_close(&new);
	return ret;
}

/* What people review first, so that it is not what the limit hits. */
static int fill_files(struct changeset *changeset, struct repo *repo,
		      struct err *err)
{
	struct hunk_store store;
	int ret = 0;

	hunk_store_init(&store);
	for (int pass = 0; pass < 2; pass++)
		for (size_t i = 0; !ret && i < changeset->file_count; i++) {
			struct changed_file *file = &changeset->files[i];
			enum file_class by_path = class_of_path(file->path);

			if (class_is_reviewed(by_path) == (pass == 0))
				ret = fill_file(file, &store, repo, err);
		}
	changeset->text = store.blocks;
	return ret;
}

static enum file_class class_with(const char *path,
				  const struct path_attributes *said)
{
	enum file_class by_path = class_of_path(path);

	if (said->vendored == ATTRIBUTE_SET)
		return CLASS_VENDORED;
	if (said->generated == ATTRIBUTE_SET)
		return CLASS_GENERATED;
	if ((by_path == CLASS_VENDORED && said->vendored == ATTRIBUTE_UNSET) ||
	    (by_path == CLASS_GENERATED && said->generated == ATTRIBUTE_UNSET))
		return class_of_own(path);
	return by_path;
}

/* Last, as none of it may change the key. */
static int apply_attributes(struct changeset *changeset, struct repo *repo,
			    const struct oid *trusted, struct err *err)
{
	struct attributes *attributes;
	int ret = attributes_open(&attributes, repo, trusted, err);

	if (ret < 0)
		return -1;
	for (size_t i = 0; !ret && i < changeset->file_count; i++) {
		struct changed_file *file = &changeset->files[i];
		struct path_attributes said;

		ret = attributes_of(&said, attributes, file->path, err);
		if (ret < 0)
			break;
		file->file_class = class_with(file->path, &said);
		file->is_generated = file->file_class == CLASS_GENERATED;
		if (said.diff == ATTRIBUTE_UNSET && file->hunk_count) {
			hunks_drop(file);
			file->omitted = OMIT_ATTRIBUTE;
		}
	}
	attributes_free(attributes);
	return ret;
}

static void add_up(struct changeset *changeset)
{
	for (size_t i = 0; i < changeset->file_count; i++) {
		changeset->additions += changeset->files[i].additions;
		changeset->deletions += changeset->files[i].deletions;
	}
}

int changeset_make(struct changeset *out, struct repo *repo,
		   const struct oid *base, const struct oid *head,
		   const struct oid *trusted, struct err *err)
{
	struct changeset changeset = { .base_tip = *base, .head = *head };

	if (repo_merge_base(&changeset.base, repo, base, head, err) < 0)
		return -1;
	if (list_files(&changeset, repo, err) < 0 ||
	    fill_files(&changeset, repo, err) < 0) {
		changeset_release(&changeset);
		return -1;
	}
	change_key_make(changeset.change_key, &changeset);
	if (apply_attributes(&changeset, repo, trusted ? trusted : base, err) <
	    0) {
		changeset_release(&changeset);
		return -1;
	}
	add_up(&changeset);
	*out = changeset;
	return 0;
}

void changeset_release(struct changeset *changeset)
{
	struct file_list files = { .items = changeset->files,
				   .len = changeset->file_count };

	file_list_release(&files);
	text_blocks_free(changeset->text);
	*changeset = (struct changeset){ 0 };
}

static int by_path(const void *key, const void *item)
{
	const struct changed_file *file = item;

	return strcmp(key, file->path);
}

const struct changed_file *changeset_find(const struct changeset *changeset,
					  const char *path)
{
	const struct changed_file *file = NULL;

	if (changeset->file_count)
		file = bsearch(path, changeset->files, changeset->file_count,
			       sizeof(*changeset->files), by_path);
	return file && file->status != FILE_DELETED ? file : NULL;
}

/* The line of the head with this number, if a hunk holds it. */
static const struct diff_line *find_line(const struct changed_file *file,
					 int line)
{
	for (size_t i = 0; i < file->hunk_count; i++) {
		const struct hunk *hunk = &file->hunks[i];

		if (line < hunk->new_start ||
		    line - hunk->new_start >= hunk->new_count)
			continue;
		for (size_t j = 0; j < hunk->line_count; j++)
			if (hunk->lines[j].new_line == line)
				return &hunk->lines[j];
	}
	return NULL;
}

bool changed_file_has_line(const struct changed_file *file, int line)
{
	return line > 0 && find_line(file, line);
}
