#ifndef APP_OWN_REFS_H
#define APP_OWN_REFS_H

#include <stdbool.h>

#include "repo/repo.h"

/** \file
 * referee's own refs, which travel with a project: as they are here, and as its
 * remote was last seen to have them. Blocking, the repository's own thread.
 */
struct own_ref {
	const char *ref;
	const char *seen; /* the remote's */
	/* Brings the remote's in. A pattern, since a ref that is named whole
	 * must exist. */
	const char *refspec;
	bool is_notes;
};

#define OWN_REF_COUNT 3

extern const struct own_ref own_refs[OWN_REF_COUNT];

/** *found is false if there is no such ref. */
MUST_CHECK int own_ref_read(bool *found, struct oid *out, struct repo *repo,
			    const char *name, struct err *err);

/** Afterwards ours hold all that the remote's do, and descend from them. */
MUST_CHECK int own_refs_adopt(struct repo *repo, struct err *err);

#endif /* APP_OWN_REFS_H */
