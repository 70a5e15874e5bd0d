#ifndef AGENTS_DIFF_TEXT_H
#define AGENTS_DIFF_TEXT_H

#include "agents/sources.h"
#include "core/buf.h"

/** \file
 * One file of a change as agents read it: header, per hunk the new text with
 * absolute line numbers, then the old text without numbers.
 */

/** About how many bytes diff_text_add() appends. */
size_t diff_text_size(const struct changed_file *file);

/** Appends file `index` of the change, redacted as its source is; hunks past
 * `max` bytes are left out, and the text says so. */
void diff_text_add(struct buf *out, const struct sources *sources, size_t index,
		   size_t max);

#endif /* AGENTS_DIFF_TEXT_H */
