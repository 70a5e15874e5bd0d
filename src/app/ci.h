#ifndef APP_CI_H
#define APP_CI_H

#include <stdbool.h>

#include "core/err.h"
#include "core/strvec.h"

/** \file
 * The change that a CI job is about, from its environment.
 */
struct ci_change {
	/* Revisions of this clone; which of them are there depends on how much
	 * the job fetched. The first one that is there counts. */
	struct strvec bases, heads;
	char *base_branch; /* "main"; NULL: not known */
	/* Of a pull, where the job knows them; else NULL, and what the head's
	 * commit says counts. */
	char *title, *description, *author;
	struct strvec labels;
	bool draft;
};

/**
 * GitHub: GITHUB_SHA (of a merge commit: its second parent), GITHUB_BASE_REF,
 * and what the file GITHUB_EVENT_PATH says of the pull or push. GitLab:
 * CI_COMMIT_SHA and the variables of the merge request, or of the branch.
 * ERR_INVALID: this is no job of either. *out is to be released also then.
 */
MUST_CHECK int ci_change_read(struct ci_change *out, struct err *err);
void ci_change_release(struct ci_change *change);

#endif /* APP_CI_H */
