#ifndef CODE_REGEX_H
#define CODE_REGEX_H

#include <stdbool.h>
#include <stddef.h>

#include "core/attr.h"
#include "core/err.h"

/** \file
 * Regular expressions with bounds, over PCRE2. A pattern of a stranger may be
 * slow, but never slower than linear in the text, and then it ends with an
 * error that says so.
 *
 * Text is UTF-8 as far as it goes: bytes that are none match nothing, and do
 * no harm. `^` and `$` are the ends of the text unless REGEX_LINES.
 * A compiled pattern is never changed: any number of threads may use it.
 */
struct regex;

enum regex_flag {
	REGEX_CASELESS = 1,
	REGEX_LINES = 2,    /* ^ and $ also at line breaks                 */
	REGEX_DOT_ALL = 4,  /* . matches a line break too                  */
	REGEX_TRUSTED = 8,  /* ours, shipped and tested: translated to
			       machine code, whose steps are counted less
			       strictly                                      */
	REGEX_EXTENDED = 16 /* white space in the pattern is for the reader */
};

/**
 * *out is the caller's, for regex_free(). `flags` of enum regex_flag.
 *
 * ERR_INVALID: what is wrong with it and where ("at 5: missing closing
 * parenthesis"); err->detail is that offset in bytes, from 0. Also for a
 * pattern longer than LIMIT_REGEX_BYTES or nested too deep.
 */
MUST_CHECK int regex_compile(struct regex **out, const char *pattern,
			     unsigned flags, struct err *err);
void regex_free(struct regex *regex);

/** Groups that are reported, the whole match included; later ones are not. */
#define REGEX_GROUPS 10

/** Offsets into the text; start is SIZE_MAX for a group that took no part. */
struct regex_span {
	size_t start, end;
};

struct regex_match {
	struct regex_span groups[REGEX_GROUPS]; /* [0] is the whole match */
	size_t count; /* groups set, counting [0]; 0: no match */
};

/**
 * The first match in `text` of `len` bytes that starts at `from` or later; what
 * is before `from` is seen by look-behind and ^. match->count is 0 if there is
 * none.
 *
 * ERR_TOO_LARGE: the pattern takes too many steps, too much depth or memory on
 * this text.
 */
MUST_CHECK int regex_find(struct regex_match *match, const struct regex *regex,
			  const char *text, size_t len, size_t from,
			  struct err *err);

/** Is there a match in a text that ends in a NUL? Fails as regex_find(). */
MUST_CHECK int regex_test(bool *found, const struct regex *regex,
			  const char *text, struct err *err);

#endif /* CODE_REGEX_H */
