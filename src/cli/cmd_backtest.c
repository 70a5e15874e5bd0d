/*
 * referee backtest: how often workflows would have run on what a branch took
 * in, and what that would have cost.
 */
#include <stdio.h>

#include "app/backtest.h"
#include "cli/cli.h"
#include "cli/output.h"
#include "core/clock.h"
#include "store/record.h"

/* Changes shown of a workflow; --format json has all. */
enum { SHOWN = 3 };

static const char *repo_dir, *since, *format;
static struct strvec workflows;

static const struct option options[] = {
	{ .type = OPTION_STRING,
	  .name = "since",
	  .arg = "DATE",
	  .help = "from this day or time on; required",
	  .value = &since },
	{ .type = OPTION_LIST,
	  .name = "workflow",
	  .arg = "ID|FILE",
	  .help = "this one only, also one that is not in the repository yet",
	  .value = &workflows },
	OPTION_REPO(repo_dir),
	OPTION_TEXT_OR_JSON(format),
	{ 0 },
};

static void print_cost(const struct json *at)
{
	char low[MONEY_TEXT_SIZE], expected[MONEY_TEXT_SIZE];
	char high[MONEY_TEXT_SIZE];

	money_format(low, json_int_or(at, "cost_nusd.low", 0));
	money_format(expected, json_int_or(at, "cost_nusd.expected", 0));
	money_format(high, json_int_or(at, "cost_nusd.high", 0));
	printf("%lld tokens (%lld to %lld), $%s ($%s to $%s)%s\n",
	       (long long)json_int_or(at, "tokens.expected", 0),
	       (long long)json_int_or(at, "tokens.low", 0),
	       (long long)json_int_or(at, "tokens.high", 0), expected, low,
	       high,
	       json_bool_or(at, "price_unknown", false)
		       ? "; some prices are not known"
		       : "");
}

static void print_changes(const struct json *changes)
{
	const struct json *at = json_first(changes);
	size_t left = json_len(changes);

	for (int i = 0; i < SHOWN && at; i++, at = json_next(at), left--)
		printf("    %.10s %.10s %s (%lld lines)\n",
		       json_string_or(at, "at", ""),
		       json_string_or(at, "commit", ""),
		       json_string_or(at, "title", ""),
		       (long long)json_int_or(at, "lines_changed", 0));
	if (left)
		printf("    and %zu more\n", left);
}

static void print_workflow(const struct json *at, int64_t changes)
{
	int64_t runs = json_int_or(at, "runs", 0);
	size_t touched = json_len(json_get(at, "changes"));
	char p50[MONEY_TEXT_SIZE], p90[MONEY_TEXT_SIZE];

	printf("\n%s: %lld runs, on %.1f %% of the changes - %s\n",
	       json_string_or(at, "workflow", ""), (long long)runs,
	       changes ? (double)touched * 100 / (double)changes : 0.0,
	       json_string_or(at, "title", ""));
	if (json_bool_or(at, "relaxed", false))
		printf("  relaxed: each waits for the provider's batch, up to "
		       "24 hours a step, where the\n  service has one, at the "
		       "batch price\n");
	if (json_int_or(at, "unknown", 0))
		printf("  skipped on %lld more: test_coverage is not known "
		       "of the past\n",
		       (long long)json_int_or(at, "unknown", 0));
	if (json_get(at, "scheduled"))
		printf("  and up to %lld times by its schedule, not estimated "
		       "here\n",
		       (long long)json_int_or(at, "scheduled", 0));
	if (!runs)
		return;
	money_format(p50, json_int_or(at, "run.cost_nusd.p50", 0));
	money_format(p90, json_int_or(at, "run.cost_nusd.p90", 0));
	printf("  a run: %lld tokens and $%s in the middle, more than %lld "
	       "and $%s for one in ten\n  all: ",
	       (long long)json_int_or(at, "run.tokens.p50", 0), p50,
	       (long long)json_int_or(at, "run.tokens.p90", 0), p90);
	print_cost(at);
	print_changes(json_get(at, "changes"));
}

static void print_text(const struct json *doc)
{
	const struct json *list = json_get(doc, "workflows"), *at;
	int64_t changes = json_int_or(doc, "changes", 0);
	int64_t days = json_int_or(doc, "days", 0);
	char monthly[MONEY_TEXT_SIZE];

	printf("%s since %.10s: %lld changes in %lld days%s\n",
	       json_string_or(doc, "branch", ""),
	       json_string_or(doc, "since", ""), (long long)changes,
	       (long long)days,
	       json_bool_or(doc, "truncated", false)
		       ? ", the newest; there are more"
		       : "");
	if (json_int_or(doc, "unread", 0))
		printf("%lld of them could not be read: objects are missing "
		       "here\n",
		       (long long)json_int_or(doc, "unread", 0));
	for (at = json_first(list); at; at = json_next(at))
		print_workflow(at, changes);
	printf("\nAll together: ");
	print_cost(doc);
	money_format(monthly, json_int_or(doc, "cost_nusd.expected", 0) * 30 /
				      (days > 0 ? days : 1));
	printf("That is $%s in 30 days, without caches. Each change counts as "
	       "opened,\nclosed and pushed once; pushes to it while it was "
	       "open are not in the history.\n",
	       monthly);
}

static enum cli_exit backtest_with(const struct settings *settings,
				   int64_t since_ms)
{
	const struct backtest_options backtest = {
		.repo_dir = repo_dir,
		.since_ms = since_ms,
		.workflows = &workflows,
		.settings = settings,
	};
	struct mistakes mistakes = { 0 };
	struct json *doc = NULL;
	struct err err = ERR_INIT;
	enum cli_exit code = CLI_OK;
	int ret = backtest_make(&doc, &backtest, &mistakes, &err);

	output_mistakes(&mistakes);
	if (ret < 0)
		code = mistakes.errors ? CLI_USAGE
				       : cli_fail(cli_exit_of(&err), &err);
	else if (output_is_json(format))
		output_json(doc);
	else
		print_text(doc);
	json_free(doc);
	mistakes_release(&mistakes);
	return code;
}

static enum cli_exit check_words(int64_t *since_ms)
{
	if (!since)
		return cli_failf(CLI_USAGE, "backtest wants --since DATE");
	if (!clock_parse(since_ms, since))
		return cli_failf(CLI_USAGE,
				 "--since: a date as 2026-11-24 or a time as "
				 "2026-11-24T03:09:27Z, not '%s'",
				 since);
	return output_check_text_or_json(format);
}

static enum cli_exit run(const struct cli *cli)
{
	struct settings settings;
	int64_t since_ms = 0;
	enum cli_exit code = check_words(&since_ms);

	if (code == CLI_OK)
		code = output_settings(&settings, cli);
	if (code == CLI_OK) {
		code = backtest_with(&settings, since_ms);
		settings_release(&settings);
	}
	strvec_release(&workflows);
	return code;
}

const struct command cmd_backtest = {
	.name = "backtest",
	.args = "",
	.summary = "replay past changes: how often workflows would have run",
	.options = options,
	.run = run,
};
