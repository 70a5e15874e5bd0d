#ifndef APP_JUDGE_H
#define APP_JUDGE_H

#include "app/coverage.h"
#include "app/generated.h"
#include "config/settings.h"
#include "core/strvec.h"
#include "repo/changeset.h"
#include "workflow/run.h"

/** \file
 * Workflows on one change, from its content to records and notes: what
 * `referee run` and `referee poll` share. Asynchronous: many changes of many
 * projects at once on one loop. Loop thread only; what blocks is done by
 * workers, each with a handle of its own on the repository.
 */
struct judge;
struct gateway;
struct loop;

/** A workflow that is to look at the change. */
struct judge_workflow {
	const struct workflow *workflow;
	const char *event;   /* why: "manual", "pull_request.opened" ...   */
	const char *unknown; /* the condition nobody can tell of; or NULL  */
	bool is_forced;      /* runs although its result may be stored     */
	bool is_only_told;   /* its stored result does, whatever it says   */
	/* What CI says of the branch of its record, which waits for it; its
	 * owner's, who releases it. */
	struct ci_tests ci;
};

/** What is judged. Everything is borrowed until it is done. */
struct judge_input {
	const struct repo *repo; /* the results go there, too */
	const struct settings *settings;
	struct gateway *gateway; /* judge_start() asks it, judge_preview() shows
				    what it would send */
	const char *project;     /* that is spent for                     */
	const char *remote;      /* its URL; NULL: that of the clone's origin */
	const char *cache_dir;   /* for compiled patterns if the user has none;
				    NULL: the clone's */
	const struct changeset *changeset;
	const struct oid *trusted;
	const struct agent_list *agents;
	const struct judge_workflow *workflows;
	size_t workflow_count;
	const struct change_coverage *coverage; /* NULL: not known */
	/* What the test runner runs; NULL or empty: nothing. */
	const struct strvec *test_command;
	const char *tests_refused; /* why it must not, all the same; or NULL */
	bool are_tests_ci; /* the project's CI runs them on the branch, we wait
			    */
	/* What agents wrote goes to branches of the repository
	 * (app/generated.h) where the workflow says so. */
	bool makes_branches;
	/* Relaxed workflows may be answered by a later judging of the same pull
	 * or branch: then they are skipped and wait for RUN_WAITS_FOR_BATCH. */
	bool may_wait;
	const char *service; /* asked instead of any other; or NULL */
	int64_t pull;        /* its number; 0: none                 */
	const char *branch;  /* whose head it is; NULL: of none     */
	const char *title, *description; /* or NULL */
	const char *instance;
	int64_t epoch;
	run_progress_fn *progress; /* NULL: nobody looks */
	void *progress_payload;
};

/** One run, or its stored result: found by content, its lines those of this
 * head; without what people dismissed. */
struct judged_run {
	struct run_record record;
	bool reused;
	struct generated_branch branch; /* of what agents wrote */
};

/** In the order of the input's workflows. */
struct judged {
	struct judged_run *runs;
	size_t count;
};

void judged_release(struct judged *judged);

/**
 * Called exactly once, never from judge_start(). `err` is NULL when every
 * record and the notes are stored; with one, what is in `judged` may or may not
 * be stored, and judging again is right. The callee takes *judged over.
 */
typedef void judge_done_fn(struct judged *judged, const struct err *err,
			   void *payload);

/**
 * Stored results are found by change key and workflow; ones that failed or were
 * skipped are judged again. New records are stored, and the note of the head
 * gets a section of each. What they found is united with what is known of the
 * pull or branch (app/known.h), and what was dismissed is hidden. *out is good
 * until `done`. Fails with ERR_CANCELLED while the loop is being freed.
 */
MUST_CHECK int judge_start(struct judge **out, struct loop *loop,
			   const struct judge_input *input, judge_done_fn *done,
			   void *payload, struct err *err);

/** Ends it: runs under way are ended and not stored, `done` comes with
 * ERR_CANCELLED. */
void judge_cancel(struct judge *judge, const char *reason);

/** What would be done, and what would be sent, a text for each workflow.
 * Asks nobody, stores nothing. Blocking, the thread of the input's repo. */
MUST_CHECK int judge_preview(struct strvec *planned, struct strvec *prompts,
			     const struct judge_input *input, struct err *err);

/** The same as data: *out, the caller's, is an array with what
 * preview_explain() has for each workflow. */
MUST_CHECK int judge_explain(struct json **out, struct gateway *gateway,
			     const struct judge_input *input, struct err *err);

/**
 * Is there a result for this content that needs no second look? Failed ones are
 * tried again, skipped ones too: what skipped them may have ended. *out is the
 * caller's if so. Blocking, the repo's thread.
 */
bool judge_find_stored(struct run_record *out, struct repo *repo,
		       const char *change_key, const char *workflow);

/** The same of whatever is stored. */
bool judge_find_any(struct run_record *out, struct repo *repo,
		    const char *change_key, const char *workflow);

/** The same of one that waits for CI, or did in vain. */
bool judge_find_waiting(struct run_record *out, struct repo *repo,
			const char *change_key, const char *workflow);

#endif /* APP_JUDGE_H */
