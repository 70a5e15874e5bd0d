/*
 * Trees of notes. As for git, a note is a blob whose name, together with those
 * of the two-digit folders above it, is a commit's; everything else is none.
 */
#include "repo/fanout.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/fault.h"
#include "core/hex.h"
#include "core/limits.h"
#include "repo/git.h"
#include "repo/object.h"

#define DIGITS       (OID_HEX_SIZE - 1)
#define WRITE_DIGITS 4 /* of the folders we write notes in: ab/cd/... */

/* One note met or wanted, during an update. */
struct item {
	char hex[OID_HEX_SIZE];
	struct oid blob;
	bool is_wanted; /* by the caller: replaces what is there        */
	bool is_set;    /* false: wanted away                           */
};

struct items {
	struct item *items;
	size_t len, cap;
};

/* `digits` of the commit's name are those of the folders above. */
static bool is_note(const git_tree_entry *entry, size_t digits)
{
	const char *name = git_tree_entry_name(entry);

	return git_tree_entry_type(entry) == GIT_OBJECT_BLOB &&
	       strlen(name) == DIGITS - digits &&
	       strspn(name, "0123456789abcdefABCDEF") == DIGITS - digits;
}

static bool is_folder(const git_tree_entry *entry, size_t digits)
{
	unsigned char byte;

	return git_tree_entry_type(entry) == GIT_OBJECT_TREE &&
	       digits + 2 < DIGITS &&
	       hex_parse(&byte, 1, git_tree_entry_name(entry));
}

/* Adds what one folder has for the commit, and steps into the next: false when
 * there is none. */
static bool find_step(struct fanout_copies *out, const git_tree *folder,
		      git_oid *next, const char *hex, size_t digits)
{
	char name[3] = { hex[digits], hex[digits + 1], '\0' };
	const git_tree_entry *entry;

	entry = git_tree_entry_byname(folder, hex + digits);
	if (entry && is_note(entry, digits) && out->count < FANOUT_MAX_COPIES)
		out->blobs[out->count++] =
			oid_from_git(git_tree_entry_id(entry));
	entry = git_tree_entry_byname(folder, name);
	if (!entry || !is_folder(entry, digits))
		return false;
	*next = *git_tree_entry_id(entry);
	return true;
}

int fanout_find_all(struct fanout_copies *out, struct repo *repo,
		    const struct oid *tree, const struct oid *commit,
		    struct err *err)
{
	char hex[OID_HEX_SIZE];
	bool goes_on = tree != NULL;
	git_oid id;

	out->count = 0;
	oid_format(hex, commit);
	if (tree)
		id = oid_to_git(tree);
	for (size_t digits = 0; goes_on; digits += 2) {
		git_tree *folder = NULL;
		int code = git_tree_lookup(&folder, repo_git(repo), &id);

		if (code < 0)
			return err_set_git(err, code, "tree of notes");
		goes_on = find_step(out, folder, &id, hex, digits);
		git_tree_free(folder);
	}
	return 0;
}

int fanout_find(struct oid *out, struct repo *repo, const struct oid *tree,
		const struct oid *commit, struct err *err)
{
	struct fanout_copies copies;
	char hex[OID_HEX_SIZE];

	if (fanout_find_all(&copies, repo, tree, commit, err) < 0)
		return -1;
	if (copies.count) {
		*out = copies.blobs[0];
		return 0;
	}
	oid_format(hex, commit);
	return err_set(err, ERR_NOT_FOUND, "no note on %s", hex);
}

/* Walking all of it. */

struct visit {
	struct repo *repo;
	fanout_visit_fn *visit;
	void *payload;
	bool is_stopped;
	char hex[OID_HEX_SIZE];
};

static void visit_note(struct visit *visit, const git_tree_entry *entry,
		       size_t digits)
{
	struct oid commit, blob = oid_from_git(git_tree_entry_id(entry));

	memcpy(visit->hex + digits, git_tree_entry_name(entry),
	       DIGITS - digits);
	if (oid_parse(&commit, visit->hex))
		visit->is_stopped = !visit->visit(&commit, &blob,
						  visit->payload);
}

/* Ends: each level takes two of the digits. */
static int visit_folder(struct visit *visit, const git_oid *id, size_t digits,
			struct err *err)
{
	git_tree *folder = NULL;
	int code = git_tree_lookup(&folder, repo_git(visit->repo), id);
	int ret = 0;

	if (code < 0)
		return err_set_git(err, code, "tree of notes");
	for (size_t i = 0;
	     !ret && !visit->is_stopped && i < git_tree_entrycount(folder);
	     i++) {
		const git_tree_entry *entry = git_tree_entry_byindex(folder, i);

		if (is_note(entry, digits)) {
			visit_note(visit, entry, digits);
		} else if (is_folder(entry, digits)) {
			memcpy(visit->hex + digits, git_tree_entry_name(entry),
			       2);
			ret = visit_folder(visit, git_tree_entry_id(entry),
					   digits + 2, err);
		}
	}
	git_tree_free(folder);
	return ret;
}

int fanout_each(struct repo *repo, const struct oid *tree,
		fanout_visit_fn *visit, void *payload, struct err *err)
{
	struct visit all = { .repo = repo, .visit = visit, .payload = payload };
	git_oid id;

	if (!tree)
		return 0;
	id = oid_to_git(tree);
	return visit_folder(&all, &id, 0, err);
}

/* Writing. */

static struct item *add_item(struct items *list)
{
	struct item *item;

	ARRAY_GROW(list->items, list->len, list->cap);
	item = &list->items[list->len++];
	memset(item, 0, sizeof(*item));
	return item;
}

/* `prefix` are the digits of the folders above, as they are written there. */
static void add_met(struct items *list, const git_tree_entry *entry,
		    const char *prefix, size_t digits)
{
	struct item *item = add_item(list);
	struct oid commit;

	memcpy(item->hex, prefix, digits);
	memcpy(item->hex + digits, git_tree_entry_name(entry), DIGITS - digits);
	if (oid_parse(&commit, item->hex))
		oid_format(item->hex, &commit); /* in lower case */
	item->blob = oid_from_git(git_tree_entry_id(entry));
	item->is_set = true;
}

/* By commit, what is wanted before what was met. */
static int compare_items(const void *a, const void *b)
{
	const struct item *x = a, *y = b;
	int order = strcmp(x->hex, y->hex);

	return order ? order : y->is_wanted - x->is_wanted;
}

/* Two notes on one commit, at different depths: both texts, as git joins them.
 */
static int join(struct oid *out, struct repo *repo, const struct oid *first,
		const struct oid *second, struct err *err)
{
	struct buf text;
	int ret = -1;

	if (oid_equal(first, second)) {
		*out = *first;
		return 0;
	}
	buf_init(&text, LIMIT_JOINED_NOTE_BYTES);
	if (blob_read(&text, repo, first, err) < 0)
		goto out;
	if (text.len && text.ptr[text.len - 1] == '\n')
		buf_truncate(&text, text.len - 1);
	buf_addstr(&text, "\n\n");
	if (blob_read(&text, repo, second, err) < 0)
		goto out;
	ret = blob_write(out, repo, text.ptr, text.len, err);
out:
	buf_release(&text);
	return ret;
}

/* One item a commit. */
static int unite(struct items *list, struct repo *repo, struct err *err)
{
	size_t kept = 0;

	if (!list->len)
		return 0;
	qsort(list->items, list->len, sizeof(*list->items), compare_items);
	for (size_t i = 0; i < list->len; i++) {
		struct item *last = kept ? &list->items[kept - 1] : NULL;

		if (!last || strcmp(last->hex, list->items[i].hex) != 0)
			list->items[kept++] = list->items[i];
		else if (!last->is_wanted &&
			 join(&last->blob, repo, &last->blob,
			      &list->items[i].blob, err) < 0)
			return -1;
	}
	list->len = kept;
	return 0;
}

/* One folder of the tree while it is rewritten. */
struct level {
	struct repo *repo;
	git_treebuilder *builder;
	struct items items;
	size_t digits;
};

/* Items whose commits start with the same digits, as many as the folder that
 * they go into is deep. */
struct slice {
	const struct item *items;
	size_t count;
	size_t digits;
};

static int write_level(git_oid *out, size_t *entries, struct repo *repo,
		       const git_oid *base, const struct slice *slice,
		       struct err *err);

static int builder_new(git_treebuilder **out, git_tree **source,
		       struct repo *repo, const git_oid *base, struct err *err)
{
	int code = 0;

	*source = NULL;
	if (base)
		code = git_tree_lookup(source, repo_git(repo), base);
	if (!code)
		code = git_treebuilder_new(out, repo_git(repo), *source);
	return code < 0 ? err_set_git(err, code, "tree of notes") : 0;
}

/* Puts a rewritten folder into the one above, or takes it out when nothing is
 * left in it. */
static int put_folder(git_treebuilder *builder, const char *name,
		      const git_oid *id, size_t entries, struct err *err)
{
	int code = 0;

	if (entries)
		code = git_treebuilder_insert(NULL, builder, name, id,
					      GIT_FILEMODE_TREE);
	else if (git_treebuilder_get(builder, name))
		code = git_treebuilder_remove(builder, name);
	return code < 0 ? err_set_git(err, code, "tree of notes") : 0;
}

/* Takes every note out of a folder that is deeper than we write, and adds it
 * to `list`. What is no note stays. Ends: each level takes two digits. */
static int empty_folder(struct items *list, struct level *parent,
			const git_tree_entry *entry, char *prefix,
			size_t digits, struct err *err)
{
	struct level level = { .repo = parent->repo };
	git_tree *source = NULL;
	git_oid id;
	int ret = -1;

	memcpy(prefix + digits, git_tree_entry_name(entry), 2);
	digits += 2;
	if (builder_new(&level.builder, &source, level.repo,
			git_tree_entry_id(entry), err) < 0)
		goto out;
	for (size_t i = 0; i < git_tree_entrycount(source); i++) {
		const git_tree_entry *met = git_tree_entry_byindex(source, i);

		if (is_note(met, digits)) {
			add_met(list, met, prefix, digits);
			git_treebuilder_remove(level.builder,
					       git_tree_entry_name(met));
		} else if (is_folder(met, digits) &&
			   empty_folder(list, &level, met, prefix, digits,
					err) < 0) {
			goto out;
		}
	}
	if (tree_put(&id, level.repo, level.builder) < 0) {
		err_set_git(err, -1, "tree of notes");
		goto out;
	}
	ret = put_folder(parent->builder, git_tree_entry_name(entry), &id,
			 git_treebuilder_entrycount(level.builder), err);
out:
	git_treebuilder_free(level.builder);
	git_tree_free(source);
	return ret;
}

/* What stands at another depth than ours joins the items. */
static int collect_misplaced(struct level *level, const git_tree *source,
			     const char *prefix, struct err *err)
{
	bool is_last = level->digits == WRITE_DIGITS;
	char digits[OID_HEX_SIZE] = "";

	memcpy(digits, prefix, level->digits);
	for (size_t i = 0; source && i < git_tree_entrycount(source); i++) {
		const git_tree_entry *entry = git_tree_entry_byindex(source, i);

		if (!is_last && is_note(entry, level->digits)) {
			add_met(&level->items, entry, digits, level->digits);
			git_treebuilder_remove(level->builder,
					       git_tree_entry_name(entry));
		} else if (is_last && is_folder(entry, level->digits) &&
			   empty_folder(&level->items, level, entry, digits,
					level->digits, err) < 0) {
			return -1;
		}
	}
	return 0;
}

/* In a folder that holds notes. */
static int put_note(struct level *level, struct item *item, struct err *err)
{
	const char *name = item->hex + level->digits;
	const git_tree_entry *entry = git_treebuilder_get(level->builder, name);
	struct oid there;
	git_oid id;
	int code = 0;

	if (entry && !item->is_wanted) {
		there = oid_from_git(git_tree_entry_id(entry));
		if (join(&item->blob, level->repo, &there, &item->blob, err) <
		    0)
			return -1;
	}
	id = oid_to_git(&item->blob);
	if (item->is_set)
		code = git_treebuilder_insert(NULL, level->builder, name, &id,
					      GIT_FILEMODE_BLOB);
	else if (entry)
		code = git_treebuilder_remove(level->builder, name);
	return code < 0 ? err_set_git(err, code, "note on %s", item->hex) : 0;
}

/* In a folder of folders: `count` items that go into the same one. */
static int put_below(struct level *level, const struct slice *slice,
		     struct err *err)
{
	char name[3] = { slice->items->hex[level->digits],
			 slice->items->hex[level->digits + 1], '\0' };
	const git_tree_entry *entry = git_treebuilder_get(level->builder, name);
	git_oid base, id;
	size_t entries;

	if (entry && git_tree_entry_type(entry) != GIT_OBJECT_TREE)
		return err_set(err, ERR_INVALID,
			       "a file '%s' is in the way of notes", name);
	if (entry)
		base = *git_tree_entry_id(entry);
	if (write_level(&id, &entries, level->repo, entry ? &base : NULL, slice,
			err) < 0)
		return -1;
	return put_folder(level->builder, name, &id, entries, err);
}

static int put_items(struct level *level, struct err *err)
{
	struct item *items = level->items.items;
	size_t len = level->items.len;
	struct slice slice = { .digits = level->digits + 2 };

	for (size_t i = 0; i < len && level->digits == WRITE_DIGITS; i++)
		if (put_note(level, &items[i], err) < 0)
			return -1;
	for (size_t i = 0; i < len && level->digits < WRITE_DIGITS;
	     i += slice.count) {
		slice.items = &items[i];
		slice.count = 1;
		while (i + slice.count < len &&
		       !strncmp(items[i].hex, items[i + slice.count].hex,
				slice.digits))
			slice.count++;
		if (put_below(level, &slice, err) < 0)
			return -1;
	}
	return 0;
}

static int write_level(git_oid *out, size_t *entries, struct repo *repo,
		       const git_oid *base, const struct slice *slice,
		       struct err *err)
{
	struct level level = { .repo = repo, .digits = slice->digits };
	const char *prefix = slice->count ? slice->items->hex : "";
	git_tree *source = NULL;
	int ret = -1;

	if (builder_new(&level.builder, &source, repo, base, err) < 0)
		goto out;
	for (size_t i = 0; i < slice->count; i++)
		*add_item(&level.items) = slice->items[i];
	if (collect_misplaced(&level, source, prefix, err) < 0 ||
	    unite(&level.items, repo, err) < 0 || put_items(&level, err) < 0)
		goto out;
	*entries = git_treebuilder_entrycount(level.builder);
	fault_point("repo.object");
	if (tree_put(out, repo, level.builder) < 0) {
		err_set_git(err, -1, "tree of notes");
		goto out;
	}
	ret = 0;
out:
	free(level.items.items);
	git_treebuilder_free(level.builder);
	git_tree_free(source);
	return ret;
}

int fanout_update(struct oid *out, struct repo *repo, const struct oid *tree,
		  const struct fanout_change *changes, size_t count,
		  struct err *err)
{
	struct items wanted = { 0 };
	struct slice all = { .count = count };
	git_oid base, id;
	size_t entries;
	int ret;

	for (size_t i = 0; i < count; i++) {
		struct item *item = add_item(&wanted);

		oid_format(item->hex, &changes[i].commit);
		item->is_wanted = true;
		item->is_set = changes[i].blob != NULL;
		if (changes[i].blob)
			item->blob = *changes[i].blob;
	}
	all.items = wanted.items;
	if (tree)
		base = oid_to_git(tree);
	ret = write_level(&id, &entries, repo, tree ? &base : NULL, &all, err);
	free(wanted.items);
	if (!ret)
		*out = oid_from_git(&id);
	return ret;
}
