#ifndef CONFIG_MISTAKES_H
#define CONFIG_MISTAKES_H

#include <stdbool.h>
#include <stddef.h>

#include "core/attr.h"
#include "core/buf.h"
#include "core/err.h"

/** \file
 * What is wrong with the files that people write, all of it in one go: readers
 * note each mistake with its place and go on. A zeroed struct is an empty list.
 */

struct place {
	const char *path;
	int line;   /* from 1; 0: the file as a whole      */
	int column; /* from 1, in characters; 0: not known */
};

struct mistake {
	struct place place;
	char *path; /* what place.path is a copy in      */
	char *text; /* one line, without the place       */
	bool is_warning;
};

/** At most LIMIT_MISTAKES are kept; further ones are counted. */
struct mistakes {
	struct mistake *items;
	size_t len, cap;
	size_t errors; /* all that were added and are not warnings */
	size_t dropped;
};

void mistakes_release(struct mistakes *list);

/** Copies everything; the text loses its control characters. */
void mistakes_add(struct mistakes *list, struct place place, const char *fmt,
		  ...) PRINTF(3, 4);
/** The same for what works, but surely was not meant. */
void mistakes_warn(struct mistakes *list, struct place place, const char *fmt,
		   ...) PRINTF(3, 4);

/** Puts them in order of path, line and column. */
void mistakes_sort(struct mistakes *list);

/** "path:line:column: text" into `out`; "warning: " before the text of one. */
void mistake_format(struct buf *out, const struct mistake *mistake);

/** All of them, a line each. */
void mistakes_format(struct buf *out, const struct mistakes *list);

/** Fails with ERR_INVALID, the first error's line and how many more there are.
 * Warnings are fine. */
MUST_CHECK int mistakes_check(const struct mistakes *list, struct err *err);

/** "unknown WHAT 'word'", and ", did you mean 'x'?" if one is near. */
#define UNKNOWN_SIZE 256
void unknown_format(char out[UNKNOWN_SIZE], const char *what, const char *word,
		    const char *const *known, size_t count);

#endif /* CONFIG_MISTAKES_H */
