/*
 * referee scan: rules and secrets alone, on files or on a change.
 */
#include <stdio.h>
#include <string.h>

#include "app/scan.h"
#include "cli/cli.h"
#include "cli/output.h"

static const char *repo_dir, *format, *fail_on;

static const struct option options[] = {
	OPTION_REPO(repo_dir),
	{ .type = OPTION_STRING,
	  .name = "format",
	  .arg = "F",
	  .help = "text, markdown, json, sarif, rdjson, codequality or "
		  "baseline",
	  .value = &format },
	{ .type = OPTION_STRING,
	  .name = "fail-on",
	  .arg = "SEVERITY",
	  .help = "exit 1 for findings at or above it",
	  .value = &fail_on },
	{ 0 },
};

static bool wants_baseline(void)
{
	return format && !strcmp(format, "baseline");
}

static enum cli_exit check_words(enum severity *floor)
{
	if (fail_on && !severity_parse(floor, fail_on))
		return cli_failf(CLI_USAGE,
				 "--fail-on: info, minor, major or critical, "
				 "not '%s'",
				 fail_on);
	return wants_baseline() ? CLI_OK : output_check_format(format);
}

/* Lines for .referee/baseline, each once. */
static void print_baseline(struct scan_result *result)
{
	struct strvec *lines = &result->baseline;

	strvec_sort(lines);
	for (size_t i = 0; i < lines->len; i++)
		if (!i || strcmp(lines->v[i], lines->v[i - 1]) != 0)
			printf("%s\n", lines->v[i]);
}

static void print_report(const struct scan_result *result)
{
	struct report_run run = { .record = &result->record };
	struct report report = { .runs = &run, .count = 1 };

	if (*result->head) {
		report.base = result->base;
		report.head = result->head;
	}
	output_report(format, &report);
}

static enum cli_exit exit_of(const struct scan_result *result,
			     enum severity floor)
{
	const struct finding_list *findings = &result->record.findings;

	for (size_t i = 0; fail_on && i < findings->len; i++)
		if (findings->items[i].severity >= floor)
			return CLI_FINDINGS;
	return CLI_OK;
}

static enum cli_exit run(const struct cli *cli)
{
	struct scan_options scan = { .repo_dir = repo_dir,
				     .target = cli->argc ? cli->argv[0]
							 : NULL };
	enum severity floor = SEVERITY_INFO;
	struct mistakes mistakes = { 0 };
	struct scan_result result;
	struct err err = ERR_INIT;
	enum cli_exit code = check_words(&floor);

	if (code != CLI_OK)
		return code;
	if (scan_run(&result, &scan, &mistakes, &err) < 0) {
		code = cli_fail(cli_exit_of(&err), &err);
	} else {
		if (wants_baseline())
			print_baseline(&result);
		else
			print_report(&result);
		for (size_t i = 0; !cli->quiet && i < result.remarks.len; i++)
			cli_failf(CLI_OK, "%s", result.remarks.v[i]);
		code = exit_of(&result, floor);
	}
	output_mistakes(&mistakes);
	if (mistakes.errors)
		code = cli_exit_worse(code, CLI_USAGE);
	mistakes_release(&mistakes);
	scan_result_release(&result);
	return code;
}

const struct command cmd_scan = {
	.name = "scan",
	.args = "[PATH|REV..REV]",
	.summary = "look for known mistakes and secrets, without any service",
	.max_args = 1,
	.options = options,
	.run = run,
};
