#ifndef CODE_CANON_H
#define CODE_CANON_H

#include <stdbool.h>
#include <stddef.h>

/** \file
 * What is called what: names and the values given to them, as languages, XML,
 * property lists, Gradle, JSON, HTTP headers, queries and settings files write
 * them. It knows no language; it reads words, quoted text and signs, and takes
 * the nearest name that is not a type or keyword.
 */

/** Offsets into the text that was read. */
struct canon_pair {
	size_t name;
	size_t name_len;
	size_t value;
	size_t value_len;
	bool quoted; /* false: the rest of a line of settings */
};

typedef void canon_pair_fn(const struct canon_pair *pair, void *payload);

/** Where to read. */
struct canon_range {
	size_t from;
	size_t to;    /* usually the end of a line                           */
	size_t limit; /* how far a value that was begun is followed          */
	size_t words; /* at most so many words and values are read           */
};

/**
 * Reports the pairs in `range` of `text`, in the order of their values. What
 * is open at `range.to` (a name whose value comes on the next line) is
 * followed for two more lines. Linear in the range. Returns how far it came.
 */
size_t canon_scan(const char *text, const struct canon_range *range,
		  canon_pair_fn *found, void *payload);

#endif /* CODE_CANON_H */
