#ifndef APP_MIRROR_INTERNAL_H
#define APP_MIRROR_INTERNAL_H

#include <stddef.h>

#include "app/mirror.h"
#include "app/served.h"
#include "core/strvec.h"
#include "repo/pattern.h"
#include "repo/refs.h"

/* What the parts of a mirror share: mirror.c brings in, mirror_push.c takes
 * referee's refs back, mirror_publish.c the branches of generated files. */

#define PUBLISHED "refs/published/" /* branches of ours, as they are there */

struct mirror {
	const struct project_settings *project;
	struct repo *repo;
	struct secret *token; /* ours, if we read it */
	struct remote_options options;
	struct strvec refspecs; /* of branches and requests */
	struct pattern_list wanted;
	struct ref_list branches;
	char *default_branch;
	struct served_list served;
};

/** Where referee's own refs go; NULL: nowhere. */
const char *mirror_own_url(const struct mirror *mirror);

#endif /* APP_MIRROR_INTERNAL_H */
