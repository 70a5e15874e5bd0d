/*
 * What a poll does with one project, stage by stage, and with all of them at
 * once.
 */
#include "app/poll_pass.h"

#include <stdlib.h>
#include <string.h>

#include "app/poll_ask.h"
#include "app/poll_batches.h"
#include "app/poll_ci.h"
#include "app/poll_questions.h"
#include "app/poll_reply.h"
#include "app/poll_tell.h"
#include "core/alloc.h"
#include "core/clock.h"
#include "core/log.h"
#include "io/loop.h"
#include "io/work.h"
#include "repo/remote.h"

/* What a stage is at: it is under way and calls stage_over(), or there was
 * nothing to do for it, or the project has failed. */
enum begun { BEGUN, NOTHING_TO_DO, FAILED };

static void advance(struct poll *poll);
static void go_on(struct watched *watched);

static void tell(const struct watched *watched,
		 const struct judge_workflow *use,
		 const struct poll_change *change, size_t i)
{
	const struct poll_options *options = watched->poll->options;
	struct poll_run run = {
		.project = watched->settings->name,
		.place = change->place,
		.workflow = use->workflow->id,
		.why = change->uses[i].why,
	};

	if (change->is_stored) {
		run.record = &change->judged.runs[i].record;
		run.reused = change->judged.runs[i].reused;
	}
	options->teller.run(&run, options->teller.payload);
}

static void count_run(struct poll_result *result, const struct judged_run *run)
{
	result->runs++;
	result->reused += run->reused;
	result->failed_runs += !run->reused &&
			       run->record.verdict == VERDICT_FAILED;
}

static void project_over(struct watched *watched)
{
	struct poll *poll = watched->poll;

	watched->is_over = true;
	if (watched->has_failed)
		log_error("project '%s': %s", watched->settings->name,
			  poll->ended && watched->err.code == ERR_CANCELLED
				  ? poll->ended
				  : watched->err.msg);
	if (watched->has_failed || watched->work.problems)
		poll->result->failed++;
	if (watched->work.has_pushed)
		push_limit_count(&watched->pushes, clock_mono_ms());
	watched->is_behind = watched->work.is_behind;
	poll_project_release(&watched->work);
	if (!--poll->under_way) {
		loop_timer_cancel(poll->timer);
		poll->timer = NULL;
	}
}

/* Stages. */

static void stage_over(const struct err *err, void *payload)
{
	struct watched *watched = payload;

	if (err) {
		watched->err = *err;
		watched->has_failed = true;
	}
	go_on(watched);
}

static void stage_over_well(void *payload)
{
	stage_over(NULL, payload);
}

/* A stage that is one blocking job leaves its failure in watched->err. */
static enum begun start_work(struct watched *watched, work_run_fn *run)
{
	if (work_start(NULL, watched->poll->loop, run, stage_over, watched,
		       &watched->err) < 0)
		return FAILED;
	return BEGUN;
}

static void on_token(const struct secret *token, const char *user UNUSED,
		     const struct err *err, void *payload)
{
	struct watched *watched = payload;

	watched->work.token = token;
	stage_over(err, watched);
}

static int open_forge(struct watched *watched)
{
	const struct poll *poll = watched->poll;
	const struct forge_options options = {
		.loop = poll->loop,
		.http = wiring_http(poll->wiring),
		.project = watched->settings,
		.settings = poll->options->settings,
		.state_dir = poll->options->settings->state_dir,
	};

	if (watched->forge)
		return 0;
	return forge_new(&watched->forge, &options, &watched->err);
}

static enum begun start_token(struct watched *watched)
{
	if (watched->settings->forge == FORGE_PLAIN)
		return NOTHING_TO_DO;
	if (open_forge(watched) < 0 ||
	    forge_token(watched->forge, on_token, watched, &watched->err) < 0)
		return FAILED;
	watched->work.forge = watched->forge;
	poll_question_add(&watched->work, FORGE_PULLS, 0, NULL);
	return BEGUN;
}

static enum begun start_asking(struct watched *watched)
{
	const struct poll_project *work = &watched->work;
	bool is_asked = true;

	for (size_t i = 0; i < work->question_count; i++)
		is_asked &= work->questions[i]->is_asked;
	if (is_asked)
		return NOTHING_TO_DO;
	if (poll_ask(watched->poll->loop, &watched->work, stage_over, watched,
		     &watched->err) < 0)
		return FAILED;
	return BEGUN;
}

static enum begun start_asking_people(struct watched *watched)
{
	poll_questions_people(&watched->work);
	return start_asking(watched);
}

static void open_project(void *payload, struct cancel *cancel UNUSED)
{
	struct watched *watched = payload;

	watched->has_failed = poll_open(&watched->work, &watched->err) < 0;
}

static enum begun start_opening(struct watched *watched)
{
	return start_work(watched, open_project);
}

static void look(void *payload, struct cancel *cancel UNUSED)
{
	struct watched *watched = payload;

	watched->has_failed = poll_look(&watched->work, &watched->err) < 0;
}

static enum begun start_looking(struct watched *watched)
{
	return start_work(watched, look);
}

static void preview(const struct watched *watched)
{
	for (size_t i = 0; i < watched->work.change_count; i++) {
		const struct poll_change *change = watched->work.changes[i];

		for (size_t j = 0; j < change->count; j++)
			tell(watched, &change->workflows[j], change, j);
	}
}

static enum begun start_replying(struct watched *watched)
{
	if (watched->poll->options->dry_run || !watched->work.reply_count)
		return NOTHING_TO_DO;
	if (poll_reply(watched->poll->loop, &watched->work, stage_over_well,
		       watched, &watched->err) < 0)
		return FAILED;
	return BEGUN;
}

static void save_replies(void *payload, struct cancel *cancel UNUSED)
{
	struct watched *watched = payload;

	watched->has_failed = poll_answered(&watched->work, &watched->err) < 0;
}

static enum begun start_saving_replies(struct watched *watched)
{
	if (watched->poll->options->dry_run || !watched->work.reply_count)
		return NOTHING_TO_DO;
	return start_work(watched, save_replies);
}

static enum begun start_judging(struct watched *watched)
{
	watched->open = watched->work.change_count;
	if (watched->poll->options->dry_run)
		preview(watched);
	if (!watched->open || watched->poll->options->dry_run)
		return NOTHING_TO_DO;
	watched->is_judging = true;
	advance(watched->poll);
	return BEGUN;
}

static void settle(void *payload, struct cancel *cancel UNUSED)
{
	struct watched *watched = payload;

	watched->has_failed = poll_settle(&watched->work, &watched->err) < 0;
}

static enum begun start_settling(struct watched *watched)
{
	if (watched->poll->options->dry_run || !watched->work.change_count)
		return NOTHING_TO_DO;
	return start_work(watched, settle);
}

static bool is_anybody_told(const struct watched *watched)
{
	for (size_t i = 0; i < watched->work.change_count; i++)
		if (watched->work.changes[i]->is_stored &&
		    poll_change_is_told(watched->work.changes[i]))
			return true;
	return false;
}

static enum begun start_telling(struct watched *watched)
{
	struct poll *poll = watched->poll;

	/* The next poll tells. */
	if (poll->options->dry_run || poll->ended || !is_anybody_told(watched))
		return NOTHING_TO_DO;
	if (poll_tell(poll->loop, &watched->work, wiring_tell(poll->wiring),
		      stage_over_well, watched, &watched->err) < 0)
		return FAILED;
	return BEGUN;
}

static void push(void *payload, struct cancel *cancel UNUSED)
{
	struct watched *watched = payload;

	watched->has_failed = poll_push(&watched->work, &watched->err) < 0;
}

static enum begun start_pushing(struct watched *watched)
{
	if (watched->poll->options->dry_run)
		return NOTHING_TO_DO;
	watched->work.may_push = !watched->poll->options->watch_ms ||
				 remote_url_is_path(watched->settings->url) ||
				 push_limit_allows(&watched->pushes,
						   clock_mono_ms());
	return start_work(watched, push);
}

/* What is under way of pulls and branches that nothing was judged for. */
static void visit_batches(void *payload, struct cancel *cancel UNUSED)
{
	struct watched *watched = payload;
	const struct poll *poll = watched->poll;

	watched->has_failed =
		poll_batches_visit(&watched->work, wiring_gateway(poll->wiring),
				   poll->instance, &watched->err) < 0;
}

static enum begun start_visiting(struct watched *watched)
{
	const struct poll *poll = watched->poll;

	if (poll->options->dry_run || poll->ended ||
	    !poll_batches_are_left(&watched->work))
		return NOTHING_TO_DO;
	return start_work(watched, visit_batches);
}

static void keep_batches(void *payload, struct cancel *cancel UNUSED)
{
	struct watched *watched = payload;

	watched->has_failed = poll_batches_keep(&watched->work, &watched->err) <
			      0;
}

static enum begun start_keeping(struct watched *watched)
{
	if (!watched->work.batches)
		return NOTHING_TO_DO;
	poll_batches_settle(&watched->work);
	return start_work(watched, keep_batches);
}

typedef enum begun stage_fn(struct watched *watched);

static stage_fn *const stages[] = {
	start_token,          start_asking, /* for open pulls */
	start_opening,        start_asking, /* for what follows from them */
	start_asking_people,  start_looking, start_replying,
	start_saving_replies, start_judging, start_settling,
	start_visiting,       start_keeping, start_telling,
	start_pushing,
};

static void go_on(struct watched *watched)
{
	while (!watched->has_failed && watched->stage < ARRAY_LEN(stages)) {
		enum begun begun = stages[watched->stage++](watched);

		if (begun == BEGUN)
			return;
		if (begun == FAILED)
			watched->has_failed = true;
	}
	project_over(watched);
}

void watched_start(struct watched *watched)
{
	watched->work = (struct poll_project){
		.settings = watched->poll->options->settings,
		.project = watched->settings,
		.dry_run = watched->poll->options->dry_run,
	};
	watched->err = (struct err)ERR_INIT;
	watched->has_failed = false;
	watched->stage = 0;
	watched->open = 0;
	watched->is_judging = watched->is_over = false;
	go_on(watched);
}

void watched_end(struct watched *watched, const char *why)
{
	if (watched->is_over)
		return;
	if (!watched->is_judging)
		cancel_request(&watched->work.cancel);
	for (size_t i = 0;
	     i < watched->work.change_count && watched->is_judging; i++)
		if (watched->work.changes[i]->judge)
			judge_cancel(watched->work.changes[i]->judge, why);
}

/* Judging. */

static void change_over(struct watched *watched)
{
	if (!--watched->open)
		stage_over(NULL, watched);
}

static void on_judged(struct judged *judged, const struct err *err,
		      void *payload)
{
	struct poll_change *change = payload;
	struct watched *watched =
		(struct watched *)((char *)change->project -
				   offsetof(struct watched, work));
	struct poll *poll = watched->poll;

	change->judge = NULL;
	change->judged = *judged;
	change->is_stored = !err;
	poll->running -= change->count;
	if (err) {
		watched->work.problems++;
		log_error("project '%s': %s: %s", watched->settings->name,
			  change->place, err->msg);
	}
	for (size_t i = 0; !err && i < change->count; i++) {
		count_run(poll->result, &change->judged.runs[i]);
		tell(watched, &change->workflows[i], change, i);
	}
	change_over(watched);
	advance(poll);
}

static struct judge_input input_of(const struct watched *watched,
				   const struct poll_change *change)
{
	const struct poll *poll = watched->poll;
	bool are_tests_ci = watched->settings->tests == TESTS_CI;

	return (struct judge_input){
		.repo = mirror_repo(watched->work.mirror),
		.settings = poll->options->settings,
		.gateway = wiring_gateway(poll->wiring),
		.project = watched->settings->name,
		.remote = watched->settings->url,
		.cache_dir = poll->options->settings->state_dir,
		.changeset = &change->changeset,
		.trusted = &change->trusted,
		.agents = &change->definitions->agents,
		.workflows = change->workflows,
		.workflow_count = change->count,
		.coverage = &change->coverage,
		.test_command = &watched->settings->test_command,
		.tests_refused = are_tests_ci ? poll_ci_refused(change)
					      : change->tests_refused,
		.are_tests_ci = are_tests_ci,
		/* On top of a fork's head they could not be offered. */
		.makes_branches = !change->is_landing &&
				  !(change->pull && change->pull->is_fork),
		/* Only where a state remembers what is under way. */
		.may_wait = !change->is_landing && !change->request,
		.pull = change->pull && !change->is_landing
				? change->pull->number
				: 0,
		.branch = change->is_landing ? NULL
			  : change->pull     ? change->pull->head_ref
					     : change->branch,
		.title = change->title,
		.description = change->description,
		.instance = poll->instance,
		.epoch = project_lock_epoch(watched->work.lock),
		.progress = poll->options->teller.progress,
		.progress_payload = poll->options->teller.payload,
	};
}

static void start_change(struct watched *watched, struct poll_change *change)
{
	struct poll *poll = watched->poll;
	struct judge_input input = input_of(watched, change);
	struct err err = ERR_INIT;

	change->is_started = true;
	if (!poll->ended && judge_start(&change->judge, poll->loop, &input,
					on_judged, change, &err) == 0) {
		poll->running += change->count;
		return;
	}
	watched->work.problems++;
	change_over(watched);
}

/* The next change of a project that may start; NULL: none. */
static struct poll_change *next_of(const struct watched *watched)
{
	if (!watched->is_judging || watched->is_over)
		return NULL;
	for (size_t i = 0; i < watched->work.change_count; i++)
		if (!watched->work.changes[i]->is_started)
			return watched->work.changes[i];
	return NULL;
}

/* Starts what there is room for, a change of each project in turn. */
static void advance(struct poll *poll)
{
	size_t most = (size_t)poll->options->settings->concurrency;
	bool moved;

	do {
		moved = false;
		for (size_t i = 0; i < poll->watched_count; i++) {
			struct watched *watched = &poll->watched[i];
			struct poll_change *change = next_of(watched);

			if (!change || poll->running >= most)
				continue;
			start_change(watched, change);
			moved = true;
		}
	} while (moved);
}
