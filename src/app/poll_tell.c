#include "app/poll_tell.h"

#include <stdlib.h>
#include <string.h>

#include "app/announce.h"
#include "app/deliver.h"
#include "app/poll_publish.h"
#include "core/alloc.h"
#include "core/clock.h"
#include "core/fault.h"
#include "core/log.h"
#include "io/work.h"

struct poll_telling {
	struct loop *loop;
	struct poll_project *project;
	struct notify *notify;
	size_t at; /* the change */
	struct deliver_run *runs;
	struct announce_run *announced;
	bool is_failed; /* not all of this change's could be told */
	struct err err; /* of the worker */
	bool is_saved;
	deliver_saved_fn *saved;
	void *saving;
	poll_told_fn *done;
	void *payload;
};

static void next_change(struct poll_telling *telling);

static struct poll_change *change_of(const struct poll_telling *telling)
{
	return telling->project->changes[telling->at];
}

static void note_failure(struct poll_telling *telling, const struct err *err)
{
	log_error("%s", err->msg);
	telling->project->problems++;
	telling->is_failed = true;
}

bool poll_change_is_told(const struct poll_change *change)
{
	const struct poll_project *project = change->project;

	return !change->is_landing && !change->request &&
	       (change->pull || project->settings->notify_count ||
		poll_has_branches(change));
}

/* The state, each time by a worker. */

static void load(void *payload, struct cancel *cancel UNUSED)
{
	struct poll_telling *telling = payload;
	struct poll_change *change = change_of(telling);

	change->state = xcalloc(1, sizeof(*change->state));
	if (pull_state_load(change->state,
			    mirror_repo(telling->project->mirror),
			    change->pull ? change->pull->number : 0,
			    change->branch, &telling->err) < 0) {
		free(change->state);
		change->state = NULL;
	}
}

static void save(void *payload, struct cancel *cancel UNUSED)
{
	struct poll_telling *telling = payload;
	struct poll_change *change = change_of(telling);

	change->state->epoch = project_lock_epoch(telling->project->lock);
	telling->is_saved =
		pull_states_save(mirror_repo(telling->project->mirror),
				 &change->state, 1, &telling->err) == 0;
}

static void on_saved(const struct err *err, void *payload)
{
	struct poll_telling *telling = payload;
	struct err failure = telling->err;

	telling->err = (struct err)ERR_INIT;
	if (err)
		failure = *err;
	telling->saved(err || !telling->is_saved ? &failure : NULL,
		       telling->saving);
}

static int save_state(struct pull_state *state UNUSED, deliver_saved_fn *saved,
		      void *saving, void *payload, struct err *err)
{
	struct poll_telling *telling = payload;

	telling->saved = saved;
	telling->saving = saving;
	return work_start(NULL, telling->loop, save, on_saved, telling, err);
}

/* The end of a change. */

static void change_over(struct poll_telling *telling)
{
	struct poll_change *change = change_of(telling);

	if (change->state)
		pull_state_release(change->state);
	free(change->state);
	change->state = NULL;
	free(telling->runs);
	free(telling->announced);
	telling->runs = NULL;
	telling->announced = NULL;
	telling->is_failed = false;
	telling->at++;
	next_change(telling);
}

static void on_done_saved(const struct err *err, void *saving)
{
	struct poll_telling *telling = saving;

	if (err)
		note_failure(telling, err);
	change_over(telling);
}

/* What is told in full is done with. */
static void finish_change(struct poll_telling *telling)
{
	struct poll_change *change = change_of(telling);
	int64_t now_ms = clock_wall_ms();
	struct err err = ERR_INIT;
	bool is_changed = false;

	for (size_t i = 0; i < change->count && !telling->is_failed; i++) {
		struct workflow_state *at = pull_state_workflow(
			change->state, change->workflows[i].workflow->id);

		if (at->progress == PROGRESS_STORED ||
		    at->progress == PROGRESS_DELIVERED) {
			at->progress = PROGRESS_DONE;
			at->changed_at_ms = now_ms;
		} else if (!at->is_untold) {
			continue;
		}
		at->is_untold = false;
		is_changed = true;
	}
	if (!is_changed) {
		change_over(telling);
		return;
	}
	fault_point("poll.told");
	if (save_state(change->state, on_done_saved, telling, telling, &err) <
	    0)
		on_done_saved(&err, telling);
}

/* Messages. */

static void on_announced(const struct err *err, void *payload)
{
	struct poll_telling *telling = payload;

	if (err)
		note_failure(telling, err);
	finish_change(telling);
}

static void announce(struct poll_telling *telling)
{
	const struct poll_project *project = telling->project;
	const struct poll_change *change = change_of(telling);
	struct announce_input input = {
		.notify = telling->notify,
		.settings = project->settings,
		.agents = &change->definitions->agents,
		.project = project->project->name,
		.place = change->place,
		.pull = change->pull ? change->pull->number : 0,
		.title = change->title,
		.author = change->author,
		.url = change->pull ? change->pull->url : NULL,
		.state = change->state,
		.run_count = change->count,
		.save = save_state,
		.save_payload = telling,
	};
	struct err err = ERR_INIT;

	telling->announced = xcalloc(change->count,
				     sizeof(*telling->announced));
	for (size_t i = 0; i < change->count; i++)
		telling->announced[i] = (struct announce_run){
			.record = &change->judged.runs[i].record,
			.workflow = change->workflows[i].workflow,
		};
	input.runs = telling->announced;
	if (!project->settings->notify_count)
		finish_change(telling);
	else if (announce_start(telling->loop, &input, on_announced, telling,
				&err) < 0)
		on_announced(&err, telling);
}

/* What agents wrote. */

static void on_published(bool is_whole, void *payload)
{
	struct poll_telling *telling = payload;

	telling->is_failed |= !is_whole;
	announce(telling);
}

static void publish(struct poll_telling *telling)
{
	struct poll_change *change = change_of(telling);
	const struct poll_publisher publisher = {
		.loop = telling->loop,
		.save = save_state,
		.save_payload = telling,
		.done = on_published,
		.payload = telling,
	};
	struct err err = ERR_INIT;

	if (poll_publish(&publisher, change, &err) < 0) {
		note_failure(telling, &err);
		announce(telling);
	}
}

/* The forge. */

static void on_delivered(const struct deliver_result *result,
			 const struct err *err, void *payload)
{
	struct poll_telling *telling = payload;

	telling->is_failed |= result->has_open;
	if (err)
		note_failure(telling, err);
	else if (result->is_moved)
		log_info("project '%s': %s moved on; nothing was posted",
			 telling->project->project->name,
			 change_of(telling)->place);
	publish(telling);
}

static void deliver(struct poll_telling *telling)
{
	const struct poll_project *project = telling->project;
	const struct poll_change *change = change_of(telling);
	struct deliver_input input = {
		.forge = project->forge,
		.project = project->project->name,
		.pull = change->pull,
		.state = change->state,
		.changeset = &change->changeset,
		.run_count = change->count,
		.lock = project->lock,
		.save = save_state,
		.save_payload = telling,
	};
	struct err err = ERR_INIT;

	if (!change->pull || change->pull->is_closed) {
		publish(telling);
		return;
	}
	telling->runs = xcalloc(change->count, sizeof(*telling->runs));
	for (size_t i = 0; i < change->count; i++)
		telling->runs[i] = (struct deliver_run){
			.record = &change->judged.runs[i].record,
			.output = &change->workflows[i].workflow->output,
		};
	input.runs = telling->runs;
	if (deliver_start(telling->loop, &input, on_delivered, telling, &err) <
	    0) {
		note_failure(telling, &err);
		publish(telling);
	}
}

static void on_loaded(const struct err *err, void *payload)
{
	struct poll_telling *telling = payload;
	struct err failure = telling->err;

	telling->err = (struct err)ERR_INIT;
	if (err)
		failure = *err;
	if (failure.code) {
		note_failure(telling, &failure);
		change_over(telling);
		return;
	}
	deliver(telling);
}

static void next_change(struct poll_telling *telling)
{
	const struct poll_project *project = telling->project;
	struct err err = ERR_INIT;

	for (; telling->at < project->change_count; telling->at++) {
		const struct poll_change *change = change_of(telling);

		if (!change->is_stored || !poll_change_is_told(change))
			continue;
		if (work_start(NULL, telling->loop, load, on_loaded, telling,
			       &err) == 0)
			return;
		note_failure(telling, &err);
	}
	telling->done(telling->payload);
	free(telling);
}

static void begin(const struct err *err, void *payload)
{
	struct poll_telling *telling = payload;

	if (err)
		telling->at = telling->project->change_count;
	next_change(telling);
}

int poll_tell(struct loop *loop, struct poll_project *project,
	      struct notify *notify, poll_told_fn *done, void *payload,
	      struct err *err)
{
	struct poll_telling *telling = xcalloc(1, sizeof(*telling));

	telling->loop = loop;
	telling->project = project;
	telling->notify = notify;
	telling->done = done;
	telling->payload = payload;
	if (loop_timer_start(NULL, loop, 0, begin, telling, err) == 0)
		return 0;
	free(telling);
	return -1;
}
