#ifndef WORKFLOW_RUN_H
#define WORKFLOW_RUN_H

#include "agents/sources.h"
#include "code/coverage.h"
#include "gateway/gateway.h"
#include "store/record.h"
#include "workflow/plan.h"

/** \file
 * The coordinator: one workflow on one change, from a plan to a record. Runs
 * the graph with as much at once as it allows; tells the truth about the
 * outcome. Loop thread only.
 */

struct loop;
struct run;

/** Something moved, for a live line; the payload is run_start()'s. */
enum run_progress { RUN_TASK_STARTED, RUN_TASK_ENDED };
typedef void run_progress_fn(const struct run *run, enum run_progress what,
			     const struct task_record *task, void *payload);

/** What the project's CI says of the files that agents wrote. */
struct ci_tests {
	struct json *answer; /* of the kind `tests`; NULL: none       */
	char *failure;       /* why there is none; NULL: it may come  */
};

/** What a run looks at. Everything is borrowed until it is done. */
struct run_input {
	const struct plan *plan;
	const struct sources *sources;
	const struct repo *repo; /* workers reopen it */
	const struct settings *settings;
	const char *project;     /* that is spent for; NULL: nobody    */
	const char *project_url; /* where others find it; NULL: nowhere */
	const char *event;       /* "manual", "pull_request" ...      */
	int64_t pull;            /* its number; 0: none               */
	const char *title, *description; /* of the pull; or NULL      */
	const char *guidance; /* AGENTS.md and the like, trusted      */
	const char *previous; /* earlier findings, as text; or NULL   */
	const struct surroundings
		*surroundings; /* of the change; NULL: not looked at  */
	const char *trusted;   /* the trusted ref's commit, 40 digits   */
	const char *instance;
	int64_t epoch;
	int concurrency; /* tasks at once; 0: no limit */
	/* What the test runner runs; NULL or empty: nothing. */
	const struct strvec *test_command;
	const char *tests_refused; /* why it must not, all the same; or NULL */
	/* What is known of tests that the project's CI runs, not we (tests =
	 * ci): while that is nothing the run is skipped, and its record waits
	 * for RUN_WAITS_FOR_CI. NULL: they are run here. */
	const struct ci_tests *ci;
	/* The record that this very run, of the same definition, left when it
	 * had to wait: answers are taken out of it, not asked for again. NULL:
	 * it starts. */
	struct run_record *earlier;
	double coverage; /* of the added lines, 0..1; negative: unknown */
	const struct coverage *report; /* where that is from; NULL: unknown */
	const char *report_from; /* where it was found, or why not; or NULL */
	/* Where relaxed questions go; NULL: nothing waits. A run that waits for
	 * an answer is skipped, and its record waits for "batch". */
	struct desk *desk;
	run_progress_fn *progress; /* NULL: nobody looks */
	const char *unknown; /* a condition that nobody can tell of: the run is
				skipped and says so; NULL: none */
	const char *unknown_why; /* or NULL */
};

/**
 * Called exactly once, never from run_start(). The record is the callee's, to
 * be ended with run_record_release(); the run is gone when this returns.
 */
typedef void run_done_fn(struct run_record *record, void *payload);

/** *out is good until `done`. Never fails: what goes wrong is in the record. */
void run_start(struct run **out, struct loop *loop, struct gateway *gateway,
	       const struct run_input *input, run_done_fn *done, void *payload);

/** Ends it: what is under way is cancelled, the record says failed and why. */
void run_cancel(struct run *run, const char *reason);

#endif /* WORKFLOW_RUN_H */
