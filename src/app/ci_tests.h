#ifndef APP_CI_TESTS_H
#define APP_CI_TESTS_H

#include "app/generated.h"
#include "forge/forge.h"
#include "workflow/run.h"

/** \file
 * Generated tests that the project's own CI runs (tests = ci): what it says of
 * a branch of ours becomes what the test runner would have said. Pure.
 */

/** A branch and what is known of it. Borrowed. */
struct ci_view {
	const char *branch; /* for people */
	const char *commit; /* 40 digits; NULL: it was not pushed yet */
	int64_t since_ms;   /* it was; or, the run waits for that      */
	const char *lost;   /* why CI will not look at it any more; or NULL */
	const struct forge_answer *statuses, *checks; /* NULL: not read */
	const char *unread;          /* why not; or NULL: nobody asked yet */
	const struct strvec *wanted; /* patterns of those that count; empty: all
					but our own */
	int64_t timeout_ms;          /* all of it, since then */
	int64_t now_ms;
};

/**
 * True: that is the end of it, and *out, the caller's, has an answer or says
 * why there is none. False: it may say more. What is finished counts when
 * nothing has changed for a minute: CI may be about to start what follows.
 */
bool ci_tests_judge(struct ci_tests *out, const struct ci_view *view);
void ci_tests_release(struct ci_tests *tests);

/** Does the run wait for what CI says of its branch? */
bool ci_tests_is_awaited(const struct run_record *record);

/**
 * What became of the branch of a run that waits, or did: files that are not on
 * it are named in the answer; where there is none, the run waits no longer and
 * says why. `err` is of the branch that could not be made. True: it changed.
 */
bool ci_tests_settle(struct run_record *record,
		     const struct generated_branch *branch,
		     const struct err *err);

#endif /* APP_CI_TESTS_H */
