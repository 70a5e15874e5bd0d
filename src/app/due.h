#ifndef APP_DUE_H
#define APP_DUE_H

#include "store/pulls.h"
#include "workflow/trigger.h"

/** \file
 * What is due: pure functions of what is seen now and what is remembered. What
 * happened to a pull or a branch is first remembered, then worked off; so a
 * process that is killed in between goes on where it stopped.
 */

/** A pull as it is now. Borrowed. */
struct pull_seen {
	const char *head; /* 40 digits */
	const char *change_key;
	const char *base; /* the branch it goes to */
	const char *title, *author;
	const char *const *labels;
	size_t label_count;
	bool is_draft, is_closed;
};

/** What happened to a pull since it was last seen, in order. */
struct pull_events {
	enum pull_action items[6];
	size_t len;
};

/**
 * Compares and remembers: afterwards `state` says what `seen` does. `is_new`:
 * nothing was remembered of it. `is_left_out`: it was open before this project
 * was ever polled, so that its opening does not count.
 */
void due_observe(struct pull_events *out, struct pull_state *state, bool is_new,
		 bool is_left_out, const struct pull_seen *seen,
		 int64_t now_ms);

/** The workflow is to run on this change, because of `event`. What an earlier
 * change left unfinished is replaced. */
void due_mark(struct workflow_state *state, const char *change_key,
	      const char *head, const char *event, int64_t now_ms);

/** What due_now() says of a result that is there and was not delivered. */
extern const char due_undelivered[];

/** Why a workflow that was marked is to run now; NULL: it is not. `is_told`:
 * the condition it waits for (run_record.waits_for) can be told by now.
 * Static. */
const char *due_now(const struct workflow_state *state, bool is_told,
		    int64_t now_ms);

/** The pull is closed, and nothing of what it made due is left to be done. */
bool due_is_over(const struct pull_state *state);

/** It ended: when it is tried again by itself, if ever, follows from the
 * record. Progress is stored, failed or skipped then. */
void due_settle(struct workflow_state *state, const struct run_record *record,
		int64_t now_ms);

/** When what failed is tried again by itself, having been tried so often
 * before; 0: not any more. */
int64_t due_again(int attempts, int64_t now_ms);

/**
 * Is a workflow on a schedule to run on this tree? Once a period, and not again
 * while the tree is the same. `period` is what it last ran for (NULL: never);
 * *next is what to remember, the caller's.
 */
bool due_on_schedule(char **next, const char *period, int64_t every_ms,
		     const char *tree, int64_t now_ms);

#endif /* APP_DUE_H */
