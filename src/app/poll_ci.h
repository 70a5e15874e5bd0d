#ifndef APP_POLL_CI_H
#define APP_POLL_CI_H

#include "app/ci_tests.h"
#include "app/poll_project.h"

/* Runs whose generated tests the project's CI runs (tests = ci): their branch
 * is pushed by one poll, and what CI says of it read by later ones. */

/* What is asked of the forge about the branches of those that wait. */
void poll_ci_questions(struct poll_project *project);

/**
 * True: the workflow waits for CI, which has not said enough; nothing is to be
 * done. False: it is to run, if it is due; *out, the caller's, is what CI came
 * to, or zeroed. The mirror's thread.
 */
bool poll_ci_waits(struct ci_tests *out, const struct poll_project *project,
		   const struct pull_state *state,
		   const struct workflow_state *at);

/* Why CI cannot run the tests of this change; NULL: it can. Static. */
const char *poll_ci_refused(const struct poll_change *change);

#endif /* APP_POLL_CI_H */
