/* git_treebuilder_write() without what it asks of the object database. */
#include <stdlib.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/limits.h"
#include "repo/git.h"

struct entries {
	const git_tree_entry **items;
	size_t len;
};

static int on_entry(const git_tree_entry *entry, void *payload)
{
	struct entries *entries = payload;

	entries->items[entries->len++] = entry;
	return 0; /* it stays */
}

static int compare_entries(const void *a, const void *b)
{
	const git_tree_entry *const *x = a, *const *y = b;

	return git_tree_entry_cmp(*x, *y);
}

/* By hand: thousands of them are what a batch of notes consists of. */
static void add_entry(struct buf *out, const git_tree_entry *entry)
{
	unsigned mode = (unsigned)git_tree_entry_filemode_raw(entry);
	char digits[16];
	size_t at = sizeof(digits);

	digits[--at] = ' ';
	for (; mode; mode >>= 3)
		digits[--at] = (char)('0' + (mode & 7));
	buf_add(out, digits + at, sizeof(digits) - at);
	buf_addstr(out, git_tree_entry_name(entry));
	buf_addch(out, '\0');
	buf_add(out, git_tree_entry_id(entry)->id, GIT_OID_RAWSZ);
}

int tree_put(git_oid *out, struct repo *repo, git_treebuilder *builder)
{
	size_t count = git_treebuilder_entrycount(builder);
	struct entries entries = { xcalloc(count + 1, sizeof(git_tree_entry *)),
				   0 };
	struct buf text;
	int code;

	buf_init(&text, LIMIT_TREE_BYTES);
	code = git_treebuilder_filter(builder, on_entry, &entries);
	qsort(entries.items, entries.len, sizeof(*entries.items),
	      compare_entries);
	for (size_t i = 0; i < entries.len; i++)
		add_entry(&text, entries.items[i]);
	if (text.overflow) {
		git_error_set_str(GIT_ERROR_TREE, "the tree is too large");
		code = GIT_ERROR;
	}
	if (!code)
		code = object_put(out, repo, GIT_OBJECT_TREE, text.ptr,
				  text.len);
	buf_release(&text);
	free(entries.items);
	return code;
}
