#ifndef CORE_TEXT_H
#define CORE_TEXT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"

/** \file
 * Text that came from outside: is it UTF-8, and may it reach a terminal, a note
 * or a comment?
 */

/** U+FFFD: what cannot be read. */
#define TEXT_REPLACEMENT "\xef\xbf\xbd"

/** Strictly: no overlong forms, no surrogates, nothing beyond U+10FFFF. */
bool text_is_utf8(const char *text, size_t len);

/** Length of the valid UTF-8 sequence at `text`, of `len` bytes; 0 if it is
 * none. *code_point is set otherwise. */
size_t text_sequence(const char *text, size_t len, unsigned *code_point);

/** A copy with U+FFFD for each byte that is not UTF-8; the caller frees it. */
char *text_utf8(const char *text, size_t len);

/** UTF-16 with its byte order mark as UTF-8, *out_len bytes, for the caller to
 * free; what is broken becomes U+FFFD. NULL if there is no such mark. */
char *text_from_utf16(const char *text, size_t len, size_t *out_len);

/**
 * Appends `text` as people may see it: valid UTF-8 without control characters
 * (escape sequences lose their ESC), invisible and direction-changing ones.
 * Line breaks and tabs stay if `lines`, else each becomes a space.
 */
void text_add_clean(struct buf *out, const char *text, size_t len, bool lines);

/** text_add_clean() into a new string; the caller frees it. */
char *text_clean(const char *text, bool lines);

/** Where to cut so that at most `max` bytes remain and no UTF-8 sequence is
 * broken. */
size_t text_cut(const char *text, size_t len, size_t max);

/**
 * The candidate that `word` was probably meant to be, or NULL if none is near.
 * `count` candidates; NULL ones are passed over.
 */
const char *text_closest(const char *word, const char *const *candidates,
			 size_t count);

/** Where each line begins: [1] to [*count], and at [*count + 1] one past the
 * text, as if a line followed. The caller frees it. */
size_t *text_line_starts(size_t *count, const char *text, size_t len);

#endif /* CORE_TEXT_H */
