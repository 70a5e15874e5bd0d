#ifndef FORGE_ETAGS_H
#define FORGE_ETAGS_H

#include "core/attr.h"
#include "core/buf.h"
#include "core/secret.h"

/** \file
 * Replies that are remembered with their ETags, in a file of the state
 * directory. An ETag counts only for the token it was given to. Within forge/.
 */
struct etags;

struct etag_page {
	const char *etag;
	const char *link; /* the Link header; may be NULL */
	const char *body;
};

/** A file that is missing or cannot be read is an empty one. */
struct etags *etags_open(const char *path);
void etags_free(struct etags *etags);

/** False: nothing is remembered. *out is good until the next etags_put(). */
bool etags_find(struct etag_page *out, const struct etags *etags,
		const char *url, const struct secret *token);

void etags_put(struct etags *etags, const char *url, const struct secret *token,
	       const struct etag_page *page);

/** Writes what changed. A failure is told in the log: it costs a request. */
void etags_save(struct etags *etags);

#endif /* FORGE_ETAGS_H */
