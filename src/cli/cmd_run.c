/*
 * referee run: workflows on one change of this clone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/ci.h"
#include "app/local.h"
#include "cli/cli.h"
#include "cli/output.h"
#include "cli/progress.h"

static const char *repo_dir, *base, *head, *service, *format, *fail_on;
static struct strvec workflows;
static bool dry_run, in_ci;

static const struct option options[] = {
	OPTION_REPO(repo_dir),
	OPTION_BASE(base),
	{ .type = OPTION_STRING,
	  .name = "head",
	  .arg = "REV",
	  .help = "judge this commit, not HEAD",
	  .value = &head },
	{ .type = OPTION_LIST,
	  .name = "workflow",
	  .arg = "ID|FILE",
	  .help = "run this one, whatever its trigger says",
	  .value = &workflows },
	{ .type = OPTION_STRING,
	  .name = "service",
	  .arg = "NAME",
	  .help = "ask this service instead of every other",
	  .value = &service },
	{ .type = OPTION_STRING,
	  .name = "format",
	  .arg = "F",
	  .help = "text, markdown, json, sarif, rdjson or codequality",
	  .value = &format },
	{ .type = OPTION_STRING,
	  .name = "fail-on",
	  .arg = "SEVERITY",
	  .help = "exit 1 for findings at or above it",
	  .value = &fail_on },
	{ .type = OPTION_FLAG,
	  .name = "dry-run",
	  .help = "say what would run; with --format prompt, what would be "
		  "sent",
	  .value = &dry_run },
	{ .type = OPTION_FLAG,
	  .name = "ci",
	  .help = "take base and head from GitHub's or GitLab's variables",
	  .value = &in_ci },
	{ 0 },
};

static enum cli_exit check_words(enum severity *floor)
{
	if (fail_on && !severity_parse(floor, fail_on))
		return cli_failf(CLI_USAGE,
				 "--fail-on: info, minor, major or critical, "
				 "not '%s'",
				 fail_on);
	if (format && !strcmp(format, "prompt")) {
		if (!dry_run)
			return cli_failf(CLI_USAGE,
					 "--format prompt goes with --dry-run");
		return CLI_OK;
	}
	return output_check_format(format);
}

static void say_what_was_not_judged(const struct local_result *result)
{
	if (result->is_dirty)
		fprintf(stderr, "referee: uncommitted changes were not looked "
				"at\n");
	if (result->is_same)
		fprintf(stderr,
			"referee: base and head are the same commit "
			"(%.10s): nothing to judge\n",
			result->head);
	else if (result->is_empty)
		fprintf(stderr,
			"referee: nothing changed between %s and "
			"%.10s\n",
			result->base_name, result->head);
	else if (!result->matched)
		fprintf(stderr,
			"referee: none of the %zu workflows matches "
			"this change; 'referee plan' tells why\n",
			result->considered);
}

static void say_what_was_written(const struct local_result *result)
{
	for (size_t i = 0; i < result->judged.count; i++) {
		const struct generated_branch *branch =
			&result->judged.runs[i].branch;

		for (size_t j = 0; j < branch->files.refused.len; j++)
			fprintf(stderr, "referee: not written: %s\n",
				branch->files.refused.v[j]);
		if (branch->ref)
			fprintf(stderr,
				"referee: %zu generated %s on branch %s, not "
				"checked out\n",
				branch->files.added,
				branch->files.added == 1 ? "file is"
							 : "files are",
				branch->ref + strlen("refs/heads/"));
	}
}

static void print_dry_run(const struct local_result *result)
{
	const struct strvec *texts = format && !strcmp(format, "prompt")
					     ? &result->prompts
					     : &result->planned;

	for (size_t i = 0; i < texts->len; i++)
		printf("%s", texts->v[i]);
}

static void print_report(const struct local_result *result)
{
	struct report_run *runs = calloc(result->judged.count + 1,
					 sizeof(*runs));
	struct report report = { .runs = runs,
				 .count = result->judged.count,
				 .base = result->base,
				 .head = result->head };

	if (!runs)
		abort();
	for (size_t i = 0; i < result->judged.count; i++) {
		runs[i].record = &result->judged.runs[i].record;
		runs[i].reused = result->judged.runs[i].reused;
	}
	output_report(format, &report);
	free(runs);
}

static enum cli_exit exit_of(const struct local_result *result,
			     enum severity floor)
{
	enum cli_exit code = CLI_OK;

	for (size_t i = 0; i < result->judged.count; i++) {
		const struct run_record *record =
			&result->judged.runs[i].record;

		if (record->verdict == VERDICT_FAILED)
			code = cli_exit_worse(code, CLI_FAILED);
		for (size_t j = 0; fail_on && j < record->findings.len; j++)
			if (record->findings.items[j].severity >= floor)
				code = cli_exit_worse(code, CLI_FINDINGS);
	}
	return code;
}

static enum cli_exit run_with(const struct settings *settings,
			      const struct ci_change *ci, enum severity floor)
{
	struct mistakes mistakes = { 0 };
	struct local_result result = { 0 };
	struct local_options local = {
		.repo_dir = repo_dir,
		.base = base,
		.head = head,
		.ci = ci,
		.workflows = &workflows,
		.service = service,
		.dry_run = dry_run,
		.settings = settings,
	};
	struct err err = ERR_INIT;
	struct progress *progress = progress_new(STDERR_FILENO);
	enum cli_exit code;
	int ret;

	local.progress = progress_update;
	local.progress_payload = progress;
	ret = local_run(&result, &local, &mistakes, &err);
	progress_free(progress);
	output_mistakes(&mistakes);
	if (ret < 0) {
		code = mistakes.errors ? CLI_USAGE
				       : cli_fail(cli_exit_of(&err), &err);
	} else {
		say_what_was_not_judged(&result);
		if (dry_run)
			print_dry_run(&result);
		else
			print_report(&result);
		say_what_was_written(&result);
		code = exit_of(&result, floor);
	}
	local_result_release(&result);
	mistakes_release(&mistakes);
	return code;
}

static enum cli_exit run(const struct cli *cli)
{
	enum severity floor = SEVERITY_INFO;
	struct settings settings;
	struct ci_change ci = { 0 };
	struct err err = ERR_INIT;
	enum cli_exit code = check_words(&floor);

	if (code != CLI_OK)
		goto out;
	if (in_ci && ci_change_read(&ci, &err) < 0) {
		code = cli_fail(CLI_USAGE, &err);
		goto out;
	}
	code = output_settings(&settings, cli);
	if (code == CLI_OK) {
		if (service && !settings_service(&settings, service))
			code = cli_failf(CLI_USAGE, "no service '%s'", service);
		else
			code = run_with(&settings, in_ci ? &ci : NULL, floor);
		settings_release(&settings);
	}
out:
	ci_change_release(&ci);
	strvec_release(&workflows);
	return code;
}

const struct command cmd_run = {
	.name = "run",
	.args = "",
	.summary = "run workflows on one change of this clone",
	.options = options,
	.run = run,
};
