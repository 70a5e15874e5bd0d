#ifndef CODE_SYMBOLS_H
#define CODE_SYMBOLS_H

#include <stdbool.h>
#include <stddef.h>

#include "code/outline.h"

/** \file
 * What a change does to the symbols of a file: which were added, removed or
 * declared differently. A symbol is found again by its kind and by what it is
 * declared in; of several with one name (overloads) those with the same
 * signature are one, the others are paired in order.
 */

enum symbol_change_kind {
	SYMBOL_ADDED,
	SYMBOL_REMOVED,
	SYMBOL_CHANGED, /* another signature or visibility */
};

struct symbol_change {
	enum symbol_change_kind kind;
	const struct symbol *before; /* NULL if added   */
	const struct symbol *after;  /* NULL if removed */
	bool is_public;              /* before or after */
};

struct symbol_changes {
	struct symbol_change *items; /* removed ones first, then in the order
					of the new file */
	size_t len, cap;
};

/** Changes borrow from both outlines; an empty one is fine for either. */
void symbol_changes_make(struct symbol_changes *out,
			 const struct outline *before,
			 const struct outline *after);
void symbol_changes_release(struct symbol_changes *changes);

#endif /* CODE_SYMBOLS_H */
