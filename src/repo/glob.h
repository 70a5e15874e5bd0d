#ifndef REPO_GLOB_H
#define REPO_GLOB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/attr.h"
#include "core/err.h"

/** \file
 * One compiled path pattern without braces; what pattern.h and attributes.h
 * are made of. Matching takes time linear in the path, whatever the pattern:
 * all ways through it are followed at once, none is tried again.
 */

enum glob_dialect {
	/** As pattern.h describes: `x?` is an optional x, `[..]+` repeats. */
	GLOB_ACTIONS,
	/** As gitattributes(5): `?` is any one byte but a slash. */
	GLOB_ATTRIBUTES,
};

struct glob_token;

/** Opaque to others than glob.c; zeroed is released. */
struct glob {
	struct glob_token *tokens; /* what lies between prefix and suffix */
	size_t token_count;
	unsigned char (*classes)[32]; /* sets of bytes, one bit each */
	size_t class_count;
	char *prefix, *suffix, *needle; /* literal; the path must hold them */
	size_t prefix_len, suffix_len, needle_len;
	bool has_slash;
};

/** ERR_INVALID says what is wrong with `text`, without repeating it. */
MUST_CHECK int glob_compile(struct glob *out, const char *text, size_t len,
			    enum glob_dialect dialect, struct err *err);
void glob_release(struct glob *glob);

/** Does the whole of `text` match? Any thread. */
bool glob_match(const struct glob *glob, const char *text, size_t len);

/** Length of the `[...]` at `text`, both brackets counted; 0 if it does not
 * end within `len` bytes. */
size_t glob_bracket_len(const char *text, size_t len);

#endif /* REPO_GLOB_H */
