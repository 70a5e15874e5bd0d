#ifndef CODE_MATCHERS_H
#define CODE_MATCHERS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/attr.h"
#include "core/err.h"

/** \file
 * The kinds' patterns, compiled: exact, bounded in steps, and slow enough to be
 * asked only about places that something faster has pointed out.
 *
 * Not by code/regex.h, since these are patterns of our own over bytes, matched
 * very often, in reused memory, and between two places of a larger text.
 */
struct matchers;
struct matcher_room; /* what one thread needs to match */

MUST_CHECK int matchers_new(struct matchers **out, struct err *err);
void matchers_free(struct matchers *matchers);

struct matcher_room *matcher_room_new(const struct matchers *matchers);
void matcher_room_free(struct matcher_room *room);

/** One match; `start` and `end` are of the secret in it. */
struct matcher_match {
	size_t whole_start;
	size_t whole_end;
	size_t start;
	size_t end;
};

struct matcher_range {
	const char *text;
	size_t from;  /* where a match may begin, at the earliest */
	size_t limit; /* and at the latest                        */
	size_t to;    /* where the text ends                      */
};

/** The first match of a kind that is found by its form. */
bool matchers_find(struct matcher_match *out, const struct matchers *matchers,
		   struct matcher_room *room, unsigned kind,
		   const struct matcher_range *range);

/** Is the whole of `value` what the pattern of a KIND_NAMED wants? */
bool matchers_accept(const struct matchers *matchers, struct matcher_room *room,
		     unsigned kind, const char *value, size_t len);

#endif /* CODE_MATCHERS_H */
