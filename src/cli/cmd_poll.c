/*
 * referee poll: one pass over all projects, or one after the other.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/poll.h"
#include "cli/cli.h"
#include "cli/output.h"
#include "cli/progress.h"
#include "config/value.h"
#include "core/log.h"
#include "core/text.h"

enum { SHORTEST_WATCH_MS = 1000 };

static const char *interval;
static bool dry_run;

static const struct option options[] = {
	{ .type = OPTION_STRING,
	  .name = "watch",
	  .arg = "INTERVAL",
	  .help = "again after so long (30s, 2m), until SIGTERM",
	  .value = &interval },
	{ .type = OPTION_FLAG,
	  .name = "dry-run",
	  .help = "say what is due, run nothing",
	  .value = &dry_run },
	{ 0 },
};

static void print_findings(const struct run_record *record)
{
	const char *separator = " - ";

	for (int i = SEVERITY_CRITICAL; i >= SEVERITY_INFO; i--) {
		size_t count = run_record_findings(record, (enum severity)i);

		if (!count)
			continue;
		printf("%s%zu %s", separator, count,
		       severity_name((enum severity)i));
		separator = ", ";
	}
}

static void print_run(const struct poll_run *run)
{
	const struct run_record *record = run->record;

	if (!record) {
		printf("%s %s %s: %s\n", run->project, run->place,
		       run->workflow, run->why);
		return;
	}
	printf("%s %s %s: %s", run->project, run->place, run->workflow,
	       verdict_name(record->verdict));
	print_findings(record);
	if (record->reason)
		printf(" (%s)", record->reason);
	printf("%s\n", run->reused ? ", judged before" : "");
	fflush(stdout);
}

/* Names of branches and reasons come from elsewhere. */
static void tell(const struct poll_run *run, void *payload UNUSED)
{
	struct poll_run clean = *run;
	char *place = text_clean(run->place, true);

	clean.place = place;
	print_run(&clean);
	free(place);
}

static void print_summary(const struct poll_result *result)
{
	fprintf(stderr, "referee: %zu project%s", result->projects,
		result->projects == 1 ? "" : "s");
	if (result->failed)
		fprintf(stderr, " (%zu failed)", result->failed);
	fprintf(stderr, ", %zu run%s", result->runs - result->reused,
		result->runs - result->reused == 1 ? "" : "s");
	if (result->failed_runs)
		fprintf(stderr, " (%zu failed)", result->failed_runs);
	if (result->reused)
		fprintf(stderr, ", %zu judged before", result->reused);
	fprintf(stderr, "\n");
}

static enum cli_exit exit_of(const struct poll_result *result)
{
	if (result->failed && result->failed == result->projects)
		return CLI_NOTHING;
	if (result->failed || result->failed_runs)
		return CLI_FAILED;
	return CLI_OK;
}

static enum cli_exit poll_once(bool *again, const struct settings *settings,
			       const struct strvec *projects, int64_t watch_ms)
{
	struct progress *progress = progress_new(STDERR_FILENO);
	struct poll_options poll = {
		.settings = settings,
		.projects = projects,
		.watch_ms = watch_ms,
		.dry_run = dry_run,
		.teller = { .run = tell,
			    .progress = progress_update,
			    .payload = progress },
	};
	struct poll_result result;
	struct err err = ERR_INIT;
	int ret = poll_run(&result, &poll, &err);

	progress_free(progress);
	*again = !ret && result.wants_reload && !result.was_stopped;
	if (ret < 0)
		return cli_fail(cli_exit_of(&err), &err);
	if (*again)
		return CLI_OK;
	if (!dry_run)
		print_summary(&result);
	/* Watching ends when it is told to, however its projects fare. */
	return watch_ms && result.was_stopped ? CLI_OK : exit_of(&result);
}

/* A configuration that cannot be used any more: the old one stays. */
static void reload(struct settings *settings, const struct cli *cli)
{
	struct settings fresh;

	if (output_settings(&fresh, cli) != CLI_OK) {
		log_error("the configuration stays as it was");
		return;
	}
	settings_release(settings);
	*settings = fresh;
	log_info("the configuration was read again");
}

static enum cli_exit run(const struct cli *cli)
{
	struct strvec projects = STRVEC_INIT;
	struct settings settings;
	struct err err = ERR_INIT;
	int64_t watch_ms = 0;
	bool again = true;
	enum cli_exit code;

	if (interval && value_duration_ms(&watch_ms, interval, &err) < 0)
		return cli_failf(CLI_USAGE, "--watch %s", err.msg);
	if (interval && watch_ms < SHORTEST_WATCH_MS)
		return cli_failf(CLI_USAGE, "--watch must be 1s at least");
	if (interval && dry_run)
		return cli_failf(CLI_USAGE,
				 "--dry-run does not go with --watch");
	code = output_settings(&settings, cli);
	if (code != CLI_OK)
		return code;
	for (int i = 0; i < cli->argc; i++)
		strvec_add(&projects, cli->argv[i]);
	while (again) {
		code = poll_once(&again, &settings, &projects, watch_ms);
		if (again)
			reload(&settings, cli);
	}
	strvec_release(&projects);
	settings_release(&settings);
	return code;
}

const struct command cmd_poll = {
	.name = "poll",
	.args = "[PROJECT]...",
	.summary = "run what is due in all projects",
	.max_args = -1,
	.options = options,
	.run = run,
};
