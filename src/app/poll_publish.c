/*
 * Branches of files that agents wrote, and the pulls that offer them.
 */
#include "app/poll_publish.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/limits.h"
#include "core/log.h"
#include "io/work.h"
#include "repo/refs.h"

struct publishing {
	struct poll_publisher by;
	struct poll_change *change;
	size_t at; /* the run */
	struct forge_stacked stacked;
	struct forge_wish wish;
	char *title, *text;
	struct err err; /* of the worker */
	bool is_pushed, is_whole;
};

static void next_run(struct publishing *publishing);

static struct judged_run *run_of(const struct publishing *publishing)
{
	return &publishing->change->judged.runs[publishing->at];
}

static const char *workflow_of(const struct publishing *publishing)
{
	return run_of(publishing)->record.workflow;
}

bool poll_has_branches(const struct poll_change *change)
{
	for (size_t i = 0; i < change->judged.count; i++)
		if (change->judged.runs[i].branch.ref)
			return true;
	return false;
}

static void run_over(struct publishing *publishing)
{
	free(publishing->title);
	free(publishing->text);
	publishing->title = publishing->text = NULL;
	publishing->at++;
	next_run(publishing);
}

static void fail(struct publishing *publishing, const struct err *err)
{
	log_error("project '%s': %s: %s: %s",
		  publishing->change->project->project->name,
		  publishing->change->place, workflow_of(publishing), err->msg);
	publishing->change->project->problems++;
	publishing->is_whole = false;
}

static void set_text(char **to, const char *text)
{
	free(*to);
	*to = text ? xstrdup(text) : NULL;
}

static void on_saved(const struct err *err, void *saving)
{
	struct publishing *publishing = saving;

	if (err)
		fail(publishing, err);
	run_over(publishing);
}

static void set_posted(const struct publishing *publishing, const char *kind,
		       const char *id)
{
	const struct judged_run *run = run_of(publishing);
	struct pull_state *state = publishing->change->state;
	struct posted *posted = pull_state_posted(state, kind,
						  workflow_of(publishing));
	char commit[OID_HEX_SIZE];

	oid_format(commit, &run->branch.commit);
	if (!posted->digest || strcmp(posted->digest, commit) != 0)
		posted->at_ms = publishing->is_pushed ? clock_wall_ms() : 0;
	set_text(&posted->id, id);
	set_text(&posted->head, state->head);
	set_text(&posted->digest, commit);
}

/* Remembers, and goes on with the next. */
static void save(struct publishing *publishing)
{
	struct err err = ERR_INIT;

	if (publishing->by.save(publishing->change->state, on_saved, publishing,
				publishing->by.save_payload, &err) < 0)
		on_saved(&err, publishing);
}

/* It is there. */
static void finish_run(struct publishing *publishing)
{
	set_posted(publishing, "branch", run_of(publishing)->branch.ref);
	save(publishing);
}

/* The pull. */

static void on_opened(struct forge_answer *answer, const struct err *err,
		      void *payload)
{
	struct publishing *publishing = payload;

	/* It is there already, or there is nothing that it would add. */
	if (err && err->code == ERR_INVALID)
		log_info("%s", err->msg);
	if (err && err->code != ERR_INVALID) {
		fail(publishing, err);
		run_over(publishing);
		return;
	}
	set_posted(publishing, "pull", err ? NULL : answer->id);
	finish_run(publishing);
}

static char *text_of(const struct publishing *publishing)
{
	const struct poll_change *change = publishing->change;
	const struct run_record *record = &run_of(publishing)->record;
	struct buf text;

	buf_init(&text, LIMIT_NOTE_BYTES);
	buf_addf(&text,
		 "<!-- referee:pull:%s -->\nWhat `%s` wrote for %s. Nobody has "
		 "looked at it; merge what is of use.\n\n",
		 record->workflow, record->workflow, change->place);
	for (const struct json *at = json_first(record->generated); at;
	     at = json_next(at))
		buf_addf(&text, "- `%s`\n", json_string_or(at, "path", "?"));
	return buf_detach(&text);
}

static bool is_offered(const struct publishing *publishing)
{
	const struct poll_change *change = publishing->change;
	const struct poll_question *list =
		poll_question_find(change->project, FORGE_PULLS, 0, NULL);
	const char *branch = run_of(publishing)->branch.ref + strlen(HEADS);
	const struct posted *posted = pull_state_find_posted(
		change->state, "pull", workflow_of(publishing));

	if (posted && posted->digest)
		return true;
	for (size_t i = 0; list && i < list->answer.pull_count; i++)
		if (list->answer.pulls[i].head_ref &&
		    !list->answer.pulls[i].is_fork &&
		    !strcmp(list->answer.pulls[i].head_ref, branch))
			return true;
	return false;
}

static void offer(struct publishing *publishing)
{
	const struct poll_change *change = publishing->change;
	const struct judged_run *run = run_of(publishing);
	struct err err = ERR_INIT;

	if (!change->pull || !change->pull->head_ref ||
	    is_offered(publishing)) {
		finish_run(publishing);
		return;
	}
	publishing->title = xstrf(
		"%s: %zu generated %s for %s", run->record.workflow,
		run->branch.files.added,
		run->branch.files.added == 1 ? "file" : "files", change->place);
	publishing->text = text_of(publishing);
	publishing->stacked = (struct forge_stacked){
		.head_ref = run->branch.ref + strlen(HEADS),
		.base_ref = change->pull->head_ref,
		.title = publishing->title,
		.text = publishing->text,
	};
	publishing->wish = (struct forge_wish){
		.act = FORGE_OPEN_PULL,
		.pull = change->pull->number,
		.stacked = &publishing->stacked,
	};
	if (forge_start(change->project->forge, &publishing->wish, on_opened,
			publishing, &err) == 0)
		return;
	fail(publishing, &err);
	run_over(publishing);
}

/* The branch. */

static void push(void *payload, struct cancel *cancel UNUSED)
{
	struct publishing *publishing = payload;
	struct generated_branch *branch = &run_of(publishing)->branch;

	publishing->is_pushed =
		mirror_publish(publishing->change->project->mirror, branch->ref,
			       &branch->commit, &publishing->err) == 0;
}

static void on_pushed(const struct err *err, void *payload)
{
	struct publishing *publishing = payload;
	struct err failure = err ? *err : publishing->err;

	publishing->err = (struct err)ERR_INIT;
	if (!err && publishing->is_pushed) {
		offer(publishing);
		return;
	}
	/* Whoever works on that branch has it. */
	if (failure.code == ERR_CONFLICT) {
		log_warn("project '%s': %s",
			 publishing->change->project->project->name,
			 failure.msg);
		finish_run(publishing);
		return;
	}
	fail(publishing, &failure);
	run_over(publishing);
}

/* What was written for an older head, of which nothing is left: CI looks at a
 * branch, so that it has to go. */

static void withdraw(void *payload, struct cancel *cancel UNUSED)
{
	struct publishing *publishing = payload;
	const struct posted *posted = pull_state_find_posted(
		publishing->change->state, "branch", workflow_of(publishing));
	struct oid commit;

	publishing->is_pushed =
		oid_parse(&commit, posted->digest) &&
		mirror_withdraw(publishing->change->project->mirror, posted->id,
				&commit, &publishing->err) == 0;
}

static void forget(struct posted *posted)
{
	if (!posted)
		return;
	set_text(&posted->id, NULL);
	set_text(&posted->digest, NULL);
	posted->at_ms = 0;
}

static void on_withdrawn(const struct err *err, void *payload)
{
	struct publishing *publishing = payload;
	struct pull_state *state = publishing->change->state;
	const char *workflow = workflow_of(publishing);
	struct err failure = err ? *err : publishing->err;

	publishing->err = (struct err)ERR_INIT;
	/* It is somebody else's by now, or gone already. */
	if (failure.code == ERR_CONFLICT) {
		log_info("%s", failure.msg);
		failure.code = ERR_OK;
	}
	if (failure.code) {
		fail(publishing, &failure);
		run_over(publishing);
		return;
	}
	forget(pull_state_find_posted(state, "branch", workflow));
	forget(pull_state_find_posted(state, "pull", workflow));
	save(publishing);
}

static bool is_stale(const struct publishing *publishing)
{
	const struct poll_change *change = publishing->change;
	const struct run_record *record = &run_of(publishing)->record;
	const struct posted *posted = pull_state_find_posted(
		change->state, "branch", workflow_of(publishing));

	return change->project->project->tests == TESTS_CI &&
	       record->verdict != VERDICT_FAILED && !record->waits_for &&
	       !run_of(publishing)->branch.ref && posted && posted->id &&
	       posted->digest && posted->head &&
	       strcmp(posted->head, change->state->head) != 0;
}

/* Done with, also if somebody deleted it since. */
static bool is_published(const struct publishing *publishing)
{
	const struct posted *posted = pull_state_find_posted(
		publishing->change->state, "branch", workflow_of(publishing));
	char commit[OID_HEX_SIZE];

	oid_format(commit, &run_of(publishing)->branch.commit);
	return posted && posted->digest && !strcmp(posted->digest, commit);
}

static void next_run(struct publishing *publishing)
{
	const struct judged *judged = &publishing->change->judged;
	struct err err = ERR_INIT;

	for (; publishing->at < judged->count; publishing->at++) {
		bool goes = is_stale(publishing);

		if (!goes && (!run_of(publishing)->branch.ref ||
			      is_published(publishing)))
			continue;
		if (work_start(NULL, publishing->by.loop,
			       goes ? withdraw : push,
			       goes ? on_withdrawn : on_pushed, publishing,
			       &err) == 0)
			return;
		fail(publishing, &err);
	}
	publishing->by.done(publishing->is_whole, publishing->by.payload);
	free(publishing);
}

static void begin(const struct err *err, void *payload)
{
	struct publishing *publishing = payload;

	if (err) {
		publishing->at = publishing->change->judged.count;
		publishing->is_whole = false;
	}
	next_run(publishing);
}

int poll_publish(const struct poll_publisher *publisher,
		 struct poll_change *change, struct err *err)
{
	struct publishing *publishing = xcalloc(1, sizeof(*publishing));

	publishing->by = *publisher;
	publishing->change = change;
	publishing->is_whole = true;
	if (loop_timer_start(NULL, publisher->loop, 0, begin, publishing,
			     err) == 0)
		return 0;
	free(publishing);
	return -1;
}
