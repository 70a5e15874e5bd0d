#ifndef CLI_CI_H
#define CLI_CI_H

#include "core/err.h"

/** The change a CI job is about, from its environment. */
struct ci_change {
	char *base; /* a revision of this clone */
	char *head;
};

/**
 * GitHub: GITHUB_BASE_REF and GITHUB_SHA (of a merge commit: its second parent
 * is the head). GitLab: CI_MERGE_REQUEST_DIFF_BASE_SHA and CI_COMMIT_SHA, for
 * branches CI_COMMIT_BEFORE_SHA. ERR_INVALID: none of these is set.
 */
MUST_CHECK int ci_change_read(struct ci_change *out, struct err *err);
void ci_change_release(struct ci_change *change);

#endif /* CLI_CI_H */
