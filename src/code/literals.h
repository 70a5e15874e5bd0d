#ifndef CODE_LITERALS_H
#define CODE_LITERALS_H

#include <stdbool.h>
#include <stddef.h>

/** \file
 * Many fixed strings searched for at once (Aho and Corasick's automaton, as a
 * table): one step a byte, whatever the text.
 */
struct literals;

struct literal {
	const char *text; /* not empty */
	bool any_case;
	unsigned id; /* given back on each hit; need not be unique */
};

/** Copies all it needs. Cannot fail; any thread may use the result. */
struct literals *literals_new(const struct literal *items, size_t count);
void literals_free(struct literals *literals);

/** One occurrence, beginning at `start`; in order of their last bytes. */
typedef void literal_found_fn(unsigned id, size_t start, void *payload);

/** Tells all occurrences, overlapping ones too; never fails. */
void literals_scan(const struct literals *literals, const char *text,
		   size_t len, literal_found_fn *found, void *payload);

#endif /* CODE_LITERALS_H */
