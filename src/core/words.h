#ifndef CORE_WORDS_H
#define CORE_WORDS_H

#include "core/attr.h"
#include "core/err.h"
#include "core/strvec.h"

/**
 * A command line as words: white space separates, '...' and "..." keep it, a
 * backslash outside of '...' takes the next character as it is. No shell:
 * nothing else is special. Adds to `out`. ERR_INVALID for an unclosed quote.
 */
MUST_CHECK int words_split(struct strvec *out, const char *text,
			   struct err *err);

#endif /* CORE_WORDS_H */
