#include "app/poll.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "app/instance.h"
#include "app/poll_pass.h"
#include "core/alloc.h"
#include "core/log.h"
#include "gateway/gateway.h"
#include "io/loop.h"
#include "io/work.h"

/* One pass over all projects. */

static void end_pass(struct poll *poll, const char *why)
{
	if (poll->ended)
		return;
	poll->ended = why;
	for (size_t i = 0; i < poll->watched_count; i++)
		watched_end(&poll->watched[i], why);
}

static void on_deadline(const struct err *err, void *payload)
{
	struct poll *poll = payload;

	poll->timer = NULL;
	end_pass(poll, err ? err->msg
			   : "the deadline of the poll passed; the "
			     "next one goes on");
}

static void start_projects(struct poll *poll)
{
	for (size_t i = 0; i < poll->watched_count; i++)
		watched_start(&poll->watched[i]);
}

/* The company's definitions, and what other instances spent. */
static void meet_others(void *payload, struct cancel *cancel UNUSED)
{
	const struct poll *poll = payload;

	company_fetch(poll->options->settings);
	spend_exchange(poll->spend);
}

static void on_met(const struct err *err, void *payload)
{
	if (!err)
		start_projects(payload);
}

static int pass(struct poll *poll, struct err *err)
{
	poll->result->failed = 0;
	poll->result->projects = poll->watched_count;
	poll->ended = NULL;
	poll->under_way = poll->watched_count;
	if (loop_timer_start(&poll->timer, poll->loop,
			     poll->options->settings->deadline_ms, on_deadline,
			     poll, err) < 0)
		return -1;
	if (!poll->options->settings->control_remote)
		start_projects(poll);
	else if (work_start(NULL, poll->loop, meet_others, on_met, poll, err) <
		 0)
		return -1;
	loop_run(poll->loop);
	gateway_look_again(wiring_gateway(poll->wiring));
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
	    instance_id(poll->instance, settings->state_dir, err) < 0)
		return -1;
	spend_clean(settings);
	if (spend_open_installation(&poll->spend, settings, err) < 0 ||
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

/* What had to wait for the next minute goes now that there is none. A token
 * that only the forge can give is not asked for again: the next start pushes.
 */
static void flush_project(void *payload, struct cancel *cancel UNUSED)
{
	struct watched *watched = payload;

	watched->has_failed = poll_flush(&watched->work, &watched->err) < 0;
}

static void on_flushed(const struct err *err, void *payload)
{
	struct watched *watched = payload;

	if (err || watched->has_failed)
		log_warn("project '%s': %s; the next poll goes on",
			 watched->settings->name,
			 err ? err->msg : watched->err.msg);
	poll_project_release(&watched->work);
}

static void flush(struct poll *poll)
{
	for (size_t i = 0; i < poll->watched_count; i++) {
		struct watched *watched = &poll->watched[i];

		if (!watched->is_behind || watched->forge)
			continue;
		watched->err = (struct err)ERR_INIT;
		watched->work = (struct poll_project){
			.settings = poll->options->settings,
			.project = watched->settings,
		};
		if (work_start(NULL, poll->loop, flush_project, on_flushed,
			       watched, &watched->err) < 0)
			log_warn("project '%s': %s", watched->settings->name,
				 watched->err.msg);
	}
	loop_run(poll->loop);
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
	flush(&poll);
out:
	wiring_close(poll.wiring);
	loop_free(poll.loop);
	for (size_t i = 0; i < poll.watched_count; i++)
		forge_free(poll.watched[i].forge);
	wiring_free(poll.wiring);
	spend_close(poll.spend);
	free(poll.watched);
	return ret;
}
