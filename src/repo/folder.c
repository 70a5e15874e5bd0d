#include "repo/folder.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/limits.h"
#include "repo/git.h"

#define LEAST_ENTRY (sizeof("1 n") + GIT_OID_RAWSZ) /* bytes, as stored */
#define MODE_MAX    0177777

bool folder_entry_is_tree(const struct folder_entry *entry)
{
	return (entry->mode & 0170000) == GIT_FILEMODE_TREE;
}

/* git's order: a folder is sorted as if its name ended in a slash. */
static int compare_names(const char *a, bool a_is_tree, const char *b,
			 bool b_is_tree)
{
	int left, right;

	while (*a && *a == *b)
		a++, b++;
	left = *a || !a_is_tree ? (unsigned char)*a : '/';
	right = *b || !b_is_tree ? (unsigned char)*b : '/';
	return left - right;
}

static int compare_entries(const void *a, const void *b)
{
	const struct folder_entry *x = a, *y = b;

	return compare_names(x->name, folder_entry_is_tree(x), y->name,
			     folder_entry_is_tree(y));
}

static void sort(struct folder_entry *entries, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (compare_entries(&entries[i - 1], &entries[i]) > 0) {
			qsort(entries, count, sizeof(*entries),
			      compare_entries);
			return;
		}
}

/* "100644 name\0" and an id. Moves *at behind it; false: it is none. */
static bool parse_entry(struct folder_entry *out, const char **at,
			const char *end)
{
	const char *p = *at, *stop;
	unsigned mode = 0;

	for (; p < end && *p >= '0' && *p <= '7' && mode <= MODE_MAX; p++)
		mode = mode << 3 | (unsigned)(*p - '0');
	if (p == *at || p == end || *p != ' ' || mode > MODE_MAX)
		return false;
	out->name = ++p;
	stop = memchr(p, '\0', (size_t)(end - p));
	if (!stop || stop == p || end - stop <= GIT_OID_RAWSZ)
		return false;
	memcpy(out->id.id, stop + 1, GIT_OID_RAWSZ);
	out->mode = mode;
	out->is_gone = false;
	*at = stop + 1 + GIT_OID_RAWSZ;
	return true;
}

static bool parse(struct folder *folder)
{
	const char *at = git_odb_object_data(folder->raw);
	size_t len = git_odb_object_size(folder->raw);
	const char *end = at + len;

	folder->entries = xreallocarray(NULL, len / LEAST_ENTRY + 1,
					sizeof(*folder->entries));
	while (at < end)
		if (!parse_entry(&folder->entries[folder->count++], &at, end))
			return false;
	sort(folder->entries, folder->count);
	return true;
}

int folder_open(struct folder *out, struct repo *repo, const git_oid *id,
		struct err *err)
{
	char hex[OID_HEX_SIZE];
	int code;

	*out = (struct folder){ .repo = repo };
	if (!id)
		return 0;
	code = git_odb_read(&out->raw, repo_odb(repo), id);
	if (code < 0)
		return err_set_git(err, code, "reading a tree");
	if (git_odb_object_type(out->raw) == GIT_OBJECT_TREE && parse(out))
		return 0;
	git_oid_tostr(hex, sizeof(hex), id);
	return err_set(err, ERR_PROTOCOL, "%s is no tree that git wrote", hex);
}

void folder_release(struct folder *folder)
{
	strvec_release(&folder->names);
	free(folder->added);
	free(folder->entries);
	git_odb_object_free(folder->raw);
	memset(folder, 0, sizeof(*folder));
}

static struct folder_entry *search(const struct folder *folder,
				   const char *name, bool is_tree)
{
	size_t low = 0, high = folder->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		struct folder_entry *entry = &folder->entries[middle];
		int order = compare_names(entry->name,
					  folder_entry_is_tree(entry), name,
					  is_tree);

		if (!order)
			return entry->is_gone ? NULL : entry;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return NULL;
}

struct folder_entry *folder_find(const struct folder *folder, const char *name)
{
	struct folder_entry *entry = search(folder, name, true);

	return entry ? entry : search(folder, name, false);
}

static void take_out(struct folder *folder, struct folder_entry *entry)
{
	entry->is_gone = true;
	folder->gone_count++;
	folder->is_changed = true;
}

void folder_set(struct folder *folder, const char *name, unsigned mode,
		const git_oid *id)
{
	struct folder_entry *entry = folder_find(folder, name);

	if (entry && entry->mode == mode) {
		folder->is_changed |= !git_oid_equal(&entry->id, id);
		entry->id = *id;
		return;
	}
	if (entry)
		take_out(folder, entry); /* it may stand elsewhere now */
	strvec_add(&folder->names, name);
	ARRAY_GROW(folder->added, folder->added_count, folder->added_cap);
	folder->added[folder->added_count++] = (struct folder_entry){
		.name = folder->names.v[folder->names.len - 1],
		.id = *id,
		.mode = mode
	};
	folder->is_changed = true;
}

void folder_unset(struct folder *folder, const char *name)
{
	struct folder_entry *entry = folder_find(folder, name);

	if (entry)
		take_out(folder, entry);
}

size_t folder_count(const struct folder *folder)
{
	return folder->count - folder->gone_count + folder->added_count;
}

static void add_entry(struct buf *out, const struct folder_entry *entry)
{
	unsigned mode = entry->mode;
	char digits[8];
	size_t at = sizeof(digits);

	digits[--at] = ' ';
	for (; mode; mode >>= 3)
		digits[--at] = (char)('0' + (mode & 7));
	buf_add(out, digits + at, sizeof(digits) - at);
	buf_add(out, entry->name, strlen(entry->name) + 1);
	buf_add(out, entry->id.id, GIT_OID_RAWSZ);
}

/* What stays and what is new, both in order, as one. */
static void format(struct buf *out, struct folder *folder)
{
	const struct folder_entry *entry = folder->entries;
	const struct folder_entry *end = entry + folder->count;
	const struct folder_entry *added = folder->added;
	const struct folder_entry *added_end = added + folder->added_count;

	sort(folder->added, folder->added_count);
	while (entry < end || added < added_end)
		if (entry < end && entry->is_gone)
			entry++;
		else if (added == added_end ||
			 (entry < end && compare_entries(entry, added) < 0))
			add_entry(out, entry++);
		else
			add_entry(out, added++);
}

int folder_put(git_oid *out, struct folder *folder, struct err *err)
{
	struct buf text;
	int code;

	if (folder->raw && !folder->is_changed) {
		*out = *git_odb_object_id(folder->raw);
		return 0;
	}
	buf_init(&text, LIMIT_TREE_BYTES);
	format(&text, folder);
	if (buf_check(&text, "tree", err) < 0) {
		buf_release(&text);
		return -1;
	}
	code = tree_put(out, folder->repo, text.ptr, text.len,
			folder->raw != NULL);
	buf_release(&text);
	return code < 0 ? err_set_git(err, code, "writing a tree") : 0;
}
