#ifndef CODE_SECRET_SEARCH_H
#define CODE_SECRET_SEARCH_H

#include "code/matchers.h"
#include "code/plausible.h"
#include "code/prefilter.h"
#include "code/secret_names.h"
#include "code/secrets.h"

/** \file
 * One search of one text: what the prefilter points out is confirmed here.
 */

/** What all searches share; read only. */
struct secret_tools {
	struct prefilter *prefilter;
	struct matchers *matchers;
	struct secret_names *names;
	struct plausible *plausible;
};

/** What one search needs; may be used again, by one thread at a time. */
struct secret_room {
	struct matcher_room *matcher;
	size_t *done; /* by kind: where the next match may begin */
	struct secret_room *next;
};

struct secret_room *secret_room_new(const struct secret_tools *tools);
void secret_room_free(struct secret_room *room);

/** Adds every hit to *out, in no order, overlapping ones too. */
void secret_search(struct secret_hits *out, const struct secret_tools *tools,
		   struct secret_room *room, const char *text, size_t len,
		   const char *path);

#endif /* CODE_SECRET_SEARCH_H */
