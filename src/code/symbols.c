#include "code/symbols.h"

#include <stdlib.h>

#include "code/words.h"
#include "core/alloc.h"

struct key {
	uint64_t path, signature;
	const struct symbol *symbol;
	const struct symbol *other;
};

struct keys {
	struct key *items;
	size_t len;
};

#define KEY_BYTES 4096

static int by_path(const void *a, const void *b)
{
	const struct key *x = a, *y = b;

	if (x->path != y->path)
		return x->path < y->path ? -1 : 1;
	if (x->signature != y->signature)
		return x->signature < y->signature ? -1 : 1;
	return x->symbol < y->symbol ? -1 : x->symbol > y->symbol;
}

static int by_path_and_place(const void *a, const void *b)
{
	const struct key *x = a, *y = b;

	if (x->path != y->path)
		return x->path < y->path ? -1 : 1;
	return x->symbol < y->symbol ? -1 : x->symbol > y->symbol;
}

static void make_keys(struct keys *out, const struct outline *outline)
{
	struct buf text;

	buf_init(&text, KEY_BYTES);
	out->len = outline->len;
	out->items = xcalloc(outline->len + 1, sizeof(*out->items));
	for (size_t i = 0; i < outline->len; i++) {
		const struct symbol *symbol = &outline->items[i];
		struct key *key = &out->items[i];

		buf_reset(&text);
		buf_addch(&text, symbol_is_type(symbol) ? 't' : 'm');
		symbol_add_path(&text, outline, symbol);
		key->path = word_hash(text.ptr, text.len);
		buf_reset(&text);
		symbol_add_signature(&text, outline, symbol);
		buf_addch(&text, (char)('0' + symbol->visibility));
		key->signature = word_hash(text.ptr, text.len);
		key->symbol = symbol;
	}
	buf_release(&text);
}

/* Pairs what is equal by `same_signature`, or any two of one path. */
static void pair(struct keys *before, struct keys *after, bool same_signature)
{
	size_t i = 0, j = 0;

	qsort(before->items, before->len, sizeof(struct key),
	      same_signature ? by_path : by_path_and_place);
	qsort(after->items, after->len, sizeof(struct key),
	      same_signature ? by_path : by_path_and_place);
	while (i < before->len && j < after->len) {
		struct key *x = &before->items[i], *y = &after->items[j];

		if (x->other) {
			i++;
		} else if (y->other) {
			j++;
		} else if (x->path != y->path) {
			i += x->path < y->path;
			j += x->path > y->path;
		} else if (same_signature && x->signature != y->signature) {
			i += x->signature < y->signature;
			j += x->signature > y->signature;
		} else {
			x->other = y->symbol;
			y->other = x->symbol;
			i++;
			j++;
		}
	}
}

static int by_place(const void *a, const void *b)
{
	const struct key *x = a, *y = b;

	return x->symbol < y->symbol ? -1 : x->symbol > y->symbol;
}

static void add(struct symbol_changes *out, struct symbol_change change)
{
	ARRAY_GROW(out->items, out->len, out->cap);
	out->items[out->len++] = change;
}

void symbol_changes_make(struct symbol_changes *out,
			 const struct outline *before,
			 const struct outline *after)
{
	struct keys old, new;

	*out = (struct symbol_changes){ .items = NULL };
	make_keys(&old, before);
	make_keys(&new, after);
	pair(&old, &new, true);
	/* What is left has changed; what was paired keeps its `other`, but to
	 * know it apart the equal ones are marked as their own. */
	for (size_t i = 0; i < old.len; i++)
		if (old.items[i].other)
			old.items[i].other = old.items[i].symbol;
	for (size_t i = 0; i < new.len; i++)
		if (new.items[i].other)
			new.items[i].other = new.items[i].symbol;
	pair(&old, &new, false);
	qsort(old.items, old.len, sizeof(struct key), by_place);
	qsort(new.items, new.len, sizeof(struct key), by_place);
	for (size_t i = 0; i < old.len; i++)
		if (!old.items[i].other)
			add(out,
			    (struct symbol_change){
				    SYMBOL_REMOVED, old.items[i].symbol, NULL,
				    outline_is_public(before,
						      old.items[i].symbol) });
	for (size_t i = 0; i < new.len; i++) {
		const struct key *key = &new.items[i];
		bool is_public = outline_is_public(after, key->symbol);

		if (!key->other)
			add(out,
			    (struct symbol_change){ SYMBOL_ADDED, NULL,
						    key->symbol, is_public });
		else if (key->other != key->symbol)
			add(out,
			    (struct symbol_change){
				    SYMBOL_CHANGED, key->other, key->symbol,
				    is_public || outline_is_public(
							 before, key->other) });
	}
	free(old.items);
	free(new.items);
}

void symbol_changes_release(struct symbol_changes *changes)
{
	free(changes->items);
	*changes = (struct symbol_changes){ .items = NULL };
}
