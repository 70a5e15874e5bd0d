#include "app/poll.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "app/instance.h"
#include "app/poll_project.h"
#include "app/wire.h"
#include "core/alloc.h"
#include "core/clock.h"
#include "core/log.h"
#include "io/file.h"
#include "io/loop.h"
#include "io/work.h"
#include "repo/remote.h"

/* To a project's remote, within a minute. */
enum { PUSHES_A_MINUTE = 2 };
#define MINUTE_MS ((int64_t)60 * 1000)

/* A project over all passes. */
struct watched {
	struct poll *poll;
	const struct project_settings *settings;
	int64_t pushed_at_ms[PUSHES_A_MINUTE]; /* on the steady clock */
	struct poll_project work;              /* of this pass */
	struct err err;                        /* if it has failed */
	bool has_failed;
	size_t open; /* changes not judged yet */
	bool is_looked, is_over;
};

struct poll {
	const struct poll_options *options;
	struct poll_result *result;
	struct loop *loop;
	struct spend *spend;
	struct wiring *wiring;
	char instance[ULID_SIZE];
	struct watched *watched;
	size_t watched_count;
	size_t running;           /* workflows under way */
	size_t under_way;         /* projects */
	struct loop_timer *timer; /* of the pass, or until the next */
	const char *ended;        /* why nothing more is started */
};

static void advance(struct poll *poll);

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

/* The end of a project's pass. */

static void project_over(struct watched *watched)
{
	struct poll *poll = watched->poll;

	watched->is_over = true;
	if (watched->has_failed)
		log_error("project '%s': %s", watched->settings->name,
			  watched->err.msg);
	if (watched->has_failed || watched->work.problems)
		poll->result->failed++;
	if (watched->work.has_pushed) {
		memmove(watched->pushed_at_ms, watched->pushed_at_ms + 1,
			sizeof(watched->pushed_at_ms) -
				sizeof(watched->pushed_at_ms[0]));
		watched->pushed_at_ms[PUSHES_A_MINUTE - 1] = clock_mono_ms();
	}
	poll_project_release(&watched->work);
	if (!--poll->under_way) {
		loop_timer_cancel(poll->timer);
		poll->timer = NULL;
	}
}

static void settle(void *payload, struct cancel *cancel UNUSED)
{
	struct watched *watched = payload;

	watched->has_failed = poll_settle(&watched->work, &watched->err) < 0;
}

static void on_settled(const struct err *err, void *payload)
{
	struct watched *watched = payload;

	if (err) {
		watched->err = *err;
		watched->has_failed = true;
	}
	project_over(watched);
}

static void settle_soon(struct watched *watched)
{
	const struct poll *poll = watched->poll;
	struct poll_project *work = &watched->work;

	if (poll->options->dry_run) {
		project_over(watched);
		return;
	}
	work->may_push = !poll->options->watch_ms ||
			 remote_url_is_path(watched->settings->url) ||
			 !watched->pushed_at_ms[0] ||
			 clock_mono_ms() - watched->pushed_at_ms[0] >=
				 MINUTE_MS;
	if (work_start(NULL, poll->loop, settle, on_settled, watched,
		       &watched->err) < 0) {
		watched->has_failed = true;
		project_over(watched);
	}
}

/* Judging. */

static void change_over(struct watched *watched)
{
	if (!--watched->open)
		settle_soon(watched);
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

	return (struct judge_input){
		.repo = mirror_repo(watched->work.mirror),
		.settings = poll->options->settings,
		.gateway = wiring_gateway(poll->wiring),
		.project = watched->settings->name,
		.cache_dir = poll->options->settings->state_dir,
		.changeset = &change->changeset,
		.trusted = &change->trusted,
		.agents = &change->definitions->agents,
		.workflows = change->workflows,
		.workflow_count = change->count,
		.coverage = &change->coverage,
		.test_command = &watched->settings->test_command,
		.branch = change->branch,
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
	if (!watched->is_looked || watched->is_over)
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

/* Looking. */

static void look(void *payload, struct cancel *cancel UNUSED)
{
	struct watched *watched = payload;

	watched->has_failed = poll_look(&watched->work, &watched->err) < 0;
}

static void preview(const struct watched *watched)
{
	for (size_t i = 0; i < watched->work.change_count; i++) {
		const struct poll_change *change = watched->work.changes[i];

		for (size_t j = 0; j < change->count; j++)
			tell(watched, &change->workflows[j], change, j);
	}
}

static void on_looked(const struct err *err, void *payload)
{
	struct watched *watched = payload;

	if (err) {
		watched->err = *err;
		watched->has_failed = true;
	}
	if (watched->has_failed) {
		project_over(watched);
		return;
	}
	watched->open = watched->work.change_count;
	if (watched->poll->options->dry_run) {
		preview(watched);
		project_over(watched);
		return;
	}
	watched->is_looked = true;
	if (!watched->open)
		settle_soon(watched);
	else
		advance(watched->poll);
}

/* One pass over all projects. */

static void end_pass(struct poll *poll, const char *why)
{
	if (poll->ended)
		return;
	poll->ended = why;
	for (size_t i = 0; i < poll->watched_count; i++) {
		struct watched *watched = &poll->watched[i];

		if (watched->is_over)
			continue;
		if (!watched->is_looked)
			cancel_request(&watched->work.cancel);
		for (size_t j = 0;
		     j < watched->work.change_count && watched->is_looked; j++)
			if (watched->work.changes[j]->judge)
				judge_cancel(watched->work.changes[j]->judge,
					     why);
	}
}

static void on_deadline(const struct err *err, void *payload)
{
	struct poll *poll = payload;

	poll->timer = NULL;
	end_pass(poll, err ? err->msg
			   : "the deadline of the poll passed; the "
			     "next one goes on");
}

static void start_look(struct poll *poll, struct watched *watched)
{
	watched->work = (struct poll_project){
		.settings = poll->options->settings,
		.project = watched->settings,
		.dry_run = poll->options->dry_run,
	};
	watched->err = (struct err)ERR_INIT;
	watched->has_failed = false;
	watched->open = 0;
	watched->is_looked = watched->is_over = false;
	poll->under_way++;
	if (work_start(NULL, poll->loop, look, on_looked, watched,
		       &watched->err) < 0)
		project_over(watched);
}

static void start_looks(struct poll *poll)
{
	for (size_t i = 0; i < poll->watched_count; i++)
		start_look(poll, &poll->watched[i]);
}

static void fetch_company(void *payload, struct cancel *cancel UNUSED)
{
	const struct poll *poll = payload;

	company_fetch(poll->options->settings);
}

static void on_company(const struct err *err, void *payload)
{
	if (!err)
		start_looks(payload);
}

static int pass(struct poll *poll, struct err *err)
{
	poll->result->failed = 0;
	poll->result->projects = poll->watched_count;
	poll->ended = NULL;
	if (!poll->options->settings->control_remote)
		start_looks(poll);
	else if (work_start(NULL, poll->loop, fetch_company, on_company, poll,
			    err) < 0)
		return -1;
	if (loop_timer_start(&poll->timer, poll->loop,
			     poll->options->settings->deadline_ms, on_deadline,
			     poll, err) < 0)
		return -1;
	loop_run(poll->loop);
	return 0;
}

static void on_next(const struct err *err UNUSED, void *payload)
{
	((struct poll *)payload)->timer = NULL;
}

static bool is_ending(const struct poll *poll)
{
	return poll->result->was_stopped || poll->result->wants_reload;
}

static int wait_for_next(struct poll *poll, struct err *err)
{
	if (loop_timer_start(&poll->timer, poll->loop, poll->options->watch_ms,
			     on_next, poll, err) < 0)
		return -1;
	loop_run(poll->loop);
	return 0;
}

static void on_signal(int number, void *payload)
{
	struct poll *poll = payload;

	if (number == SIGHUP)
		poll->result->wants_reload = true;
	else
		poll->result->was_stopped = true;
	if (!poll->under_way) {
		loop_timer_cancel(poll->timer);
		poll->timer = NULL;
	} else if (number != SIGHUP) {
		end_pass(poll, "stopped by a signal; the next poll goes on");
	}
}

static int add_watched(struct poll *poll, const char *name, struct err *err)
{
	const struct project_settings *project =
		settings_project(poll->options->settings, name);

	if (!project)
		return err_set(err, ERR_INVALID,
			       "no project '%s' in the configuration", name);
	poll->watched[poll->watched_count++] =
		(struct watched){ .poll = poll, .settings = project };
	return 0;
}

static int choose_projects(struct poll *poll, struct err *err)
{
	const struct settings *settings = poll->options->settings;
	const struct strvec *names = poll->options->projects;
	size_t named = names ? names->len : 0;

	if (!settings->project_count)
		return err_set(err, ERR_INVALID,
			       "%s: no project is configured; add "
			       "[project \"NAME\"] with its url",
			       settings->path ? settings->path
					      : "the configuration");
	poll->watched = xcalloc(settings->project_count + named,
				sizeof(*poll->watched));
	for (size_t i = 0; i < named; i++)
		if (add_watched(poll, names->v[i], err) < 0)
			return -1;
	for (size_t i = 0; !named && i < settings->project_count; i++)
		if (add_watched(poll, settings->projects[i].name, err) < 0)
			return -1;
	return 0;
}

static int setup(struct poll *poll, struct err *err)
{
	static const int signals[] = { SIGTERM, SIGINT, SIGHUP };
	const struct settings *settings = poll->options->settings;

	if (choose_projects(poll, err) < 0 ||
	    instance_id(poll->instance, settings->state_dir, err) < 0 ||
	    spend_open_installation(&poll->spend, settings, err) < 0 ||
	    loop_new(&poll->loop, err) < 0 ||
	    wiring_new(&poll->wiring, poll->loop, settings, poll->spend, err) <
		    0)
		return -1;
	/* Alerts about money go out from here on. */
	(void)wiring_tell(poll->wiring);
	for (size_t i = 0; i < ARRAY_LEN(signals); i++) {
		if (signals[i] == SIGHUP && !poll->options->watch_ms)
			continue;
		if (loop_on_signal(poll->loop, signals[i], on_signal, poll,
				   err) < 0)
			return -1;
	}
	return 0;
}

int poll_run(struct poll_result *out, const struct poll_options *options,
	     struct err *err)
{
	struct poll poll = { .options = options, .result = out };
	int ret = -1;

	*out = (struct poll_result){ 0 };
	if (setup(&poll, err) < 0)
		goto out;
	do {
		ret = pass(&poll, err);
		if (!ret && options->watch_ms && !is_ending(&poll))
			ret = wait_for_next(&poll, err);
	} while (!ret && options->watch_ms && !is_ending(&poll));
out:
	wiring_close(poll.wiring);
	loop_free(poll.loop);
	wiring_free(poll.wiring);
	spend_close(poll.spend);
	free(poll.watched);
	return ret;
}
