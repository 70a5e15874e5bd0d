#ifndef APP_COVERAGE_H
#define APP_COVERAGE_H

#include "code/coverage.h"
#include "config/settings.h"
#include "io/cancel.h"

/** \file
 * How well tests cover a change, read from where the project's `coverage =`
 * says; without one from refs/notes/coverage, if it is there. Nobody measures
 * anything here.
 */

/** Zeroed: not known. */
struct change_coverage {
	bool is_known;
	struct coverage report; /* empty unless known */
	double percent;         /* of all lines of the report, 0..100; -1  */
	double added;           /* of the lines the change adds, 0..1; -1:
				   the report does not speak of them       */
	char *from; /* "refs/notes/coverage, 2 commits back"; if it is not
		       known, why; NULL after zeroing */
};

#define COVERAGE_DEFAULT_REF "refs/notes/coverage"

/**
 * Looks at what `project` (NULL: none is configured) names, for the head of
 * `changeset`. Never fails: what cannot be read is not known and says why; a
 * report that is there but broken is a warning too. Blocking, a command at most
 * LIMIT_COVERAGE_WAIT_MS; the repo's thread. `cancel` may be NULL.
 */
void change_coverage_load(struct change_coverage *out, struct repo *repo,
			  const struct changeset *changeset,
			  const struct project_settings *project,
			  struct cancel *cancel);
void change_coverage_release(struct change_coverage *coverage);

/** Why generated tests are not run here; NULL: they may be. */
const char *settings_tests_refused(const struct project_settings *project);

#endif /* APP_COVERAGE_H */
