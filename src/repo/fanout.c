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
#include "repo/folder.h"
#include "repo/git.h"
#include "repo/object.h"

#define NOTES_TREE   "tree of notes"
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
static bool is_note(const struct folder_entry *entry, size_t digits)
{
	return entry->mode != GIT_FILEMODE_COMMIT &&
	       !folder_entry_is_tree(entry) &&
	       strlen(entry->name) == DIGITS - digits &&
	       strspn(entry->name, "0123456789abcdefABCDEF") == DIGITS - digits;
}

static bool is_folder(const struct folder_entry *entry, size_t digits)
{
	unsigned char byte;

	return folder_entry_is_tree(entry) && digits + 2 < DIGITS &&
	       hex_parse(&byte, 1, entry->name);
}

/* Adds what one folder has for the commit, and steps into the next: false when
 * there is none. */
static bool find_step(struct fanout_copies *out, const struct folder *folder,
		      git_oid *next, const char *hex, size_t digits)
{
	char name[3] = { hex[digits], hex[digits + 1], '\0' };
	const struct folder_entry *entry = folder_find(folder, hex + digits);

	if (entry && is_note(entry, digits) && out->count < FANOUT_MAX_COPIES)
		out->blobs[out->count++] = oid_from_git(&entry->id);
	entry = folder_find(folder, name);
	if (!entry || !is_folder(entry, digits))
		return false;
	*next = entry->id;
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
		struct folder folder;
		int ret = folder_open(&folder, repo, &id, err);

		if (!ret)
			goes_on = find_step(out, &folder, &id, hex, digits);
		folder_release(&folder);
		if (ret < 0)
			return err_prefix(err, NOTES_TREE);
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

static void visit_note(struct visit *visit, const struct folder_entry *entry,
		       size_t digits)
{
	struct oid commit, blob = oid_from_git(&entry->id);

	memcpy(visit->hex + digits, entry->name, DIGITS - digits);
	if (oid_parse(&commit, visit->hex))
		visit->is_stopped = !visit->visit(&commit, &blob,
						  visit->payload);
}

/* Ends: each level takes two of the digits. */
static int visit_folder(struct visit *visit, const git_oid *id, size_t digits,
			struct err *err)
{
	struct folder folder;
	int ret = folder_open(&folder, visit->repo, id, err);

	if (ret < 0)
		err_prefix(err, NOTES_TREE);
	for (size_t i = 0; !ret && !visit->is_stopped && i < folder.count;
	     i++) {
		const struct folder_entry *entry = &folder.entries[i];

		if (is_note(entry, digits)) {
			visit_note(visit, entry, digits);
		} else if (is_folder(entry, digits)) {
			memcpy(visit->hex + digits, entry->name, 2);
			ret = visit_folder(visit, &entry->id, digits + 2, err);
		}
	}
	folder_release(&folder);
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
static void add_met(struct items *list, const struct folder_entry *entry,
		    const char *prefix, size_t digits)
{
	struct item *item = add_item(list);
	struct oid commit;

	memcpy(item->hex, prefix, digits);
	memcpy(item->hex + digits, entry->name, DIGITS - digits);
	if (oid_parse(&commit, item->hex))
		oid_format(item->hex, &commit); /* in lower case */
	item->blob = oid_from_git(&entry->id);
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
	struct folder folder;
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

/* Puts a rewritten folder into the one above, or takes it out when nothing is
 * left in it. */
static void put_folder(struct folder *above, const char *name,
		       const git_oid *id, size_t entries)
{
	if (entries)
		folder_set(above, name, GIT_FILEMODE_TREE, id);
	else
		folder_unset(above, name);
}

/* Takes every note out of a folder that is deeper than we write, and adds it
 * to `list`. What is no note stays. Ends: each level takes two digits. */
static int empty_folder(struct items *list, struct folder *above,
			const struct folder_entry *entry, char *prefix,
			size_t digits, struct err *err)
{
	struct folder folder;
	git_oid id;
	int ret = folder_open(&folder, above->repo, &entry->id, err);

	memcpy(prefix + digits, entry->name, 2);
	digits += 2;
	for (size_t i = 0; !ret && i < folder.count; i++) {
		const struct folder_entry *met = &folder.entries[i];

		if (is_note(met, digits)) {
			add_met(list, met, prefix, digits);
			folder_unset(&folder, met->name);
		} else if (is_folder(met, digits)) {
			ret = empty_folder(list, &folder, met, prefix, digits,
					   err);
		}
	}
	if (!ret)
		ret = folder_put(&id, &folder, err);
	if (!ret)
		put_folder(above, entry->name, &id, folder_count(&folder));
	folder_release(&folder);
	return ret;
}

/* What stands at another depth than ours joins the items. */
static int collect_misplaced(struct level *level, const char *prefix,
			     struct err *err)
{
	struct folder *folder = &level->folder;
	bool is_last = level->digits == WRITE_DIGITS;
	char digits[OID_HEX_SIZE] = "";

	memcpy(digits, prefix, level->digits);
	for (size_t i = 0; i < folder->count; i++) {
		const struct folder_entry *entry = &folder->entries[i];

		if (!is_last && is_note(entry, level->digits)) {
			add_met(&level->items, entry, digits, level->digits);
			folder_unset(folder, entry->name);
		} else if (is_last && is_folder(entry, level->digits) &&
			   empty_folder(&level->items, folder, entry, digits,
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
	const struct folder_entry *entry = folder_find(&level->folder, name);
	git_oid id;

	if (entry && !item->is_wanted) {
		struct oid there = oid_from_git(&entry->id);

		if (join(&item->blob, level->repo, &there, &item->blob, err) <
		    0)
			return -1;
	}
	id = oid_to_git(&item->blob);
	if (item->is_set)
		folder_set(&level->folder, name, GIT_FILEMODE_BLOB, &id);
	else
		folder_unset(&level->folder, name);
	return 0;
}

/* In a folder of folders: `count` items that go into the same one. */
static int put_below(struct level *level, const struct slice *slice,
		     struct err *err)
{
	char name[3] = { slice->items->hex[level->digits],
			 slice->items->hex[level->digits + 1], '\0' };
	const struct folder_entry *entry = folder_find(&level->folder, name);
	git_oid id;
	size_t entries;

	if (entry && !folder_entry_is_tree(entry))
		return err_set(err, ERR_INVALID,
			       "a file '%s' is in the way of notes", name);
	if (write_level(&id, &entries, level->repo, entry ? &entry->id : NULL,
			slice, err) < 0)
		return -1;
	put_folder(&level->folder, name, &id, entries);
	return 0;
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
	int ret = -1;

	if (folder_open(&level.folder, repo, base, err) < 0)
		goto out;
	for (size_t i = 0; i < slice->count; i++)
		*add_item(&level.items) = slice->items[i];
	if (collect_misplaced(&level, prefix, err) < 0 ||
	    unite(&level.items, repo, err) < 0 || put_items(&level, err) < 0)
		goto out;
	*entries = folder_count(&level.folder);
	fault_point("repo.object");
	ret = folder_put(out, &level.folder, err);
out:
	free(level.items.items);
	folder_release(&level.folder);
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
	if (ret < 0)
		return err_prefix(err, NOTES_TREE);
	*out = oid_from_git(&id);
	return 0;
}
