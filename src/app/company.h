#ifndef APP_COMPANY_H
#define APP_COMPANY_H

#include "config/settings.h"
#include "repo/repo.h"

/** \file
 * The company's definitions, which hold for every project: agents/ and
 * workflows/ on the branch main of the control repository.
 */
struct company {
	struct repo *repo; /* NULL: there are none */
	struct oid commit;
};

/**
 * Brings the branch in from the control repository's remote; if that cannot be
 * reached, says so and goes by what is known here. Where there is no remote,
 * the control repository is STATE/control.git. Call it once, before
 * company_open(). Blocking.
 */
void company_fetch(const struct settings *settings);

/** What was brought in. Blocking, a worker's own thread. *out is the caller's,
 * for company_release(). */
MUST_CHECK int company_open(struct company *out,
			    const struct settings *settings, struct err *err);

/**
 * For somebody's clone: where the configuration names a control repository,
 * its branch is brought into GITDIR/referee/company.git and opened there; if it
 * cannot be reached, that is said and what is known here counts. Blocking.
 */
MUST_CHECK int company_open_clone(struct company *out, const struct repo *clone,
				  const struct settings *settings,
				  struct err *err);
void company_release(struct company *company);

#endif /* APP_COMPANY_H */
