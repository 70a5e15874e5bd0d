#ifndef CODE_VIEW_H
#define CODE_VIEW_H

#include <stddef.h>

#include "code/lang.h"

/** \file
 * A file with what is not wanted blanked: each view has the length, the lines
 * and the columns of the text, so that an offset in one is an offset in all.
 *
 * Linear in the text whatever it holds; no allocation, no recursion.
 */

enum code_view {
	VIEW_RAW,  /* as it is */
	VIEW_STR,  /* comments blanked */
	VIEW_CODE, /* comments and the contents of strings blanked; quotes and
		      code inside an interpolation stay */
	VIEW_BARE, /* as VIEW_CODE, interpolated code blanked too */
};

/**
 * Writes the view of `text` to `out`, which has room for `len` bytes and does
 * not overlap it. Blanked bytes are spaces; '\n' and '\r' always stay.
 */
void code_view(char *out, const char *text, size_t len, enum lang lang,
	       enum code_view view);

#endif /* CODE_VIEW_H */
