/*
 * referee stats: how workflows, agents and services did.
 */
#include <stdio.h>
#include <stdlib.h>

#include "app/stats.h"
#include "cli/cli.h"
#include "cli/output.h"
#include "core/clock.h"
#include "core/json.h"

static const char *repo_dir, *since, *format;

static const struct option options[] = {
	OPTION_REPO_ONLY(repo_dir),
	OPTION_SINCE(since),
	OPTION_TEXT_OR_JSON(format),
	{ 0 },
};

static const char *const heads[] = { "workflow (runs)", "agent (tasks)",
				     "service (requests)" };

static void print_head(enum stats_kind kind)
{
	printf("%-28s %7s %7s %7s %7s %8s %8s %8s%s\n", heads[kind], "ok",
	       "failed", "skipped", "errors", "P50", "P95", "P99",
	       kind == STATS_AGENT ? "  shown accepted rejected" : "");
}

static double seconds(const struct stats_row *row, int percent)
{
	return (double)stats_percentile(row, percent) / 1000;
}

static void print_row(const struct stats_row *row)
{
	printf("  %-26s %7zu %7zu %7zu %6.1f%% %6.1f s %6.1f s %6.1f s",
	       *row->name ? row->name : "(not known)", row->ok, row->failed,
	       row->skipped, 100 * stats_error_rate(row), seconds(row, 50),
	       seconds(row, 95), seconds(row, 99));
	if (row->kind == STATS_AGENT)
		printf(" %6zu %8zu %8zu", row->shown, row->accepted,
		       row->rejected);
	putchar('\n');
}

static void print_text(const struct stats *stats)
{
	char at[CLOCK_TEXT_SIZE];

	clock_format(at, stats->since_ms);
	if (!stats->len)
		printf("no run since %.10s\n", at);
	else
		printf("since %.10s:\n", at);
	for (size_t i = 0; i < stats->len; i++) {
		if (!i || stats->rows[i].kind != stats->rows[i - 1].kind)
			print_head(stats->rows[i].kind);
		print_row(&stats->rows[i]);
	}
}

static void print_json(const struct stats *stats)
{
	struct json *doc = json_new_object();
	struct json *rows;
	char at[CLOCK_TEXT_SIZE];
	char *text;

	clock_format(at, stats->since_ms);
	json_set_string(doc, "since", at);
	rows = json_set_array(doc, "rows");
	for (size_t i = 0; i < stats->len; i++) {
		const struct stats_row *row = &stats->rows[i];
		struct json *to = json_add_object(rows);

		json_set_string(to, "kind", stats_kind_name(row->kind));
		json_set_string(to, "name", row->name);
		json_set_int(to, "ok", (int64_t)row->ok);
		json_set_int(to, "failed", (int64_t)row->failed);
		json_set_int(to, "skipped", (int64_t)row->skipped);
		json_set_double(to, "error_rate", stats_error_rate(row));
		json_set_int(to, "p50_ms", stats_percentile(row, 50));
		json_set_int(to, "p95_ms", stats_percentile(row, 95));
		json_set_int(to, "p99_ms", stats_percentile(row, 99));
		if (row->kind != STATS_SERVICE)
			json_set_int(to, "cost_nusd", row->cost_nusd);
		if (row->kind != STATS_AGENT)
			continue;
		json_set_int(to, "shown", (int64_t)row->shown);
		json_set_int(to, "accepted", (int64_t)row->accepted);
		json_set_int(to, "rejected", (int64_t)row->rejected);
	}
	text = json_print_pretty(doc);
	puts(text);
	free(text);
	json_free(doc);
}

static enum cli_exit run(const struct cli *cli)
{
	struct settings settings;
	struct stats_options wanted = { repo_dir, &settings, since };
	struct err err = ERR_INIT;
	struct stats stats;
	enum cli_exit code;

	if (output_check_text_or_json(format) != CLI_OK)
		return CLI_USAGE;
	code = output_settings(&settings, cli);
	if (code != CLI_OK)
		return code;
	if (stats_read(&stats, &wanted, &err) < 0)
		code = cli_fail(cli_exit_of(&err), &err);
	else if (output_is_json(format))
		print_json(&stats);
	else
		print_text(&stats);
	stats_release(&stats);
	settings_release(&settings);
	return code;
}

const struct command cmd_stats = {
	.name = "stats",
	.args = "",
	.summary = "show durations, errors and usefulness",
	.options = options,
	.run = run,
};
