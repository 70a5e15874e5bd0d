#ifndef CODE_SECRET_SEARCH_INTERNAL_H
#define CODE_SECRET_SEARCH_INTERNAL_H

#include "code/secret_kind.h"
#include "code/secret_search.h"

/* What the parts of a search share: secret_search.c follows the prefilter and
 * knows values by their look, secret_block.c private keys by their header and
 * end, secret_pair.c values by the names before them. */

struct secret_search {
	struct secret_hits *out;
	const struct secret_tools *tools;
	struct secret_room *room;
	const char *text;
	size_t len;
	size_t names_done; /* names before here have been read */
	size_t long_line;  /* the end of a line read in windows  */
	size_t windows;    /* bytes read in them                */
	size_t block_done;
	bool checksums; /* a file of checksums: names prove nothing */
	bool settings;  /* a file of NAME=value lines               */
};

/* Is `value` what the kind's flags ask for, and no placeholder? */
bool secret_search_is_plausible(const struct plausible *plausible,
				const struct secret_kind *kind,
				const char *value, size_t len);

void secret_search_add(struct secret_search *search, unsigned kind,
		       size_t start, size_t end, bool sample);

/* Words of a private key's first line. */
#define BLOCK_WORDS "PRIVATE KEY"

/* Looks at what may be a private key of kind `index`; `at` is behind
 * BLOCK_WORDS. */
void secret_block_look(struct secret_search *search, unsigned index, size_t at);

/* Looks at the names on the line around `at`, where one may be, and at what
 * they are set to. */
void secret_pair_look(struct secret_search *search, size_t at);

#endif /* CODE_SECRET_SEARCH_INTERNAL_H */
