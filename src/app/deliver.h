#ifndef APP_DELIVER_H
#define APP_DELIVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "forge/forge.h"
#include "repo/changeset.h"
#include "store/project_lock.h"
#include "store/pulls.h"
#include "store/record.h"
#include "workflow/workflow.h"

/** \file
 * Results to where people work: the review, the summary comment, the commit
 * status or check run of a pull. Asynchronous, loop thread only.
 *
 * Everything may be repeated, also after a kill: what was posted is in the
 * pull's state, saved after each post; what is not there is looked for on the
 * forge first, by a marker in what our own account wrote. So one review for
 * each run, one comment for each workflow, a finding said once.
 */

/** One run of the pull's head, and what its workflow wants to be shown. */
struct deliver_run {
	const struct run_record *record;
	const struct workflow_output *output;
};

/** Told once the state is saved, or why not. Loop thread. */
typedef void deliver_saved_fn(const struct err *err, void *saving);

/** Saves the state; ends in exactly one saved(), not from inside, unless it
 * fails itself. Nobody changes the state meanwhile. */
typedef int deliver_save_fn(struct pull_state *state, deliver_saved_fn *saved,
			    void *saving, void *payload, struct err *err);

/** All borrowed until it is done. */
struct deliver_input {
	struct forge *forge;
	const char *project;               /* its name, for messages       */
	const struct forge_pull *pull;     /* its head is what was judged  */
	struct pull_state *state;          /* `posted` is ours to change   */
	const struct changeset *changeset; /* NULL: no remarks on lines */
	const struct deliver_run *runs;
	size_t run_count;
	const struct project_lock *lock; /* NULL: nobody to share with */
	deliver_save_fn *save;
	void *save_payload;
};

struct deliver_result {
	size_t posts;  /* made or changed on the forge                  */
	bool is_moved; /* another head by now, or closed: nothing posted */
	bool has_open; /* conversations could not be closed just now: worth
			  another delivery, though no failure */
};

/**
 * The end, once, never from inside deliver_start(). `err` is NULL when all that
 * was due is there; else some of it may be, and doing it again is right.
 * ERR_RATE (detail: seconds): the forge's limits, or POSTS_PER_HOUR.
 */
typedef void deliver_done_fn(const struct deliver_result *result,
			     const struct err *err, void *payload);

/** Reviews and comments of one pull within an hour, edits counted. */
#define POSTS_PER_HOUR 20

/** Asks nobody where all is as it should be. */
MUST_CHECK int deliver_start(struct loop *loop,
			     const struct deliver_input *input,
			     deliver_done_fn *done, void *payload,
			     struct err *err);

#endif /* APP_DELIVER_H */
