#ifndef REPO_ADVERT_H
#define REPO_ADVERT_H

#include <stdbool.h>

#include "core/buf.h"
#include "repo/pkt_line.h"
#include "repo/remote.h"

/** \file
 * What a server says first (what it can do, in version 0 also its refs), and
 * the listing of refs in version 2. Pure: reads lines, writes lines.
 */

struct advert {
	int version;             /* 0 or 2                              */
	struct buf capabilities; /* " a b=c " with spaces at both ends  */
	struct remote_refs refs; /* of version 0                        */
};

/** Release it in either case. ERR_INVALID: the repository has SHA-256 names. */
MUST_CHECK int advert_read(struct advert *out, struct pkt_reader *reader,
			   struct err *err);
void advert_release(struct advert *advert);

bool advert_has(const struct advert *advert, const char *capability);

/** Asks for the refs below `prefixes` (count 0: all), in version 2. */
void ls_refs_ask(struct buf *out, const char *const *prefixes, size_t count);

/** Reads the answer, to its end. Release *out in either case. */
MUST_CHECK int ls_refs_read(struct remote_refs *out, struct pkt_reader *reader,
			    struct err *err);

/** Only what begins with one of `prefixes` stays, sorted by name. */
void remote_refs_filter(struct remote_refs *refs, const char *const *prefixes,
			size_t count);

#endif /* REPO_ADVERT_H */
