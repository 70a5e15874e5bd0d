#ifndef REPO_REFSPEC_H
#define REPO_REFSPEC_H

#include <stdbool.h>

#include "core/attr.h"
#include "core/err.h"
#include "repo/oid.h"

/** "[+]SOURCE:TARGET", taken apart. */
struct refspec {
	char *source, *target;
	bool has_star; /* in both                                */
	bool is_forced;
	bool is_object; /* the source is `id` and no name         */
	struct oid id;
};

/** Release it in either case. ERR_INVALID. */
MUST_CHECK int refspec_parse(struct refspec *out, const char *text,
			     struct err *err);
void refspec_release(struct refspec *spec);

/** The target that `name` becomes by this refspec; NULL if it does not match.
 * The caller frees it. */
char *refspec_map(const struct refspec *spec, const char *name);

/** The other way round: the source that a target would come from, or NULL. */
char *refspec_map_back(const struct refspec *spec, const char *name);

/** What the names it matches begin with; the caller frees it. */
char *refspec_prefix(const struct refspec *spec);

#endif /* REPO_REFSPEC_H */
