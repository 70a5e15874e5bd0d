/*
 * referee metrics: what `referee stats` tells, for Prometheus.
 */
#include <stdio.h>

#include "app/stats.h"
#include "cli/cli.h"
#include "cli/output.h"

static const char *repo_dir, *since;

static const struct option options[] = {
	OPTION_REPO_ONLY(repo_dir),
	OPTION_SINCE(since),
	{ 0 },
};

/* {workflow="NAME" without the closing brace, escaped as the format asks. */
static void print_labels(const struct stats_row *row)
{
	printf("{%s=\"", stats_kind_name(row->kind));
	for (const char *at = row->name; *at; at++) {
		if (*at == '"' || *at == '\\')
			printf("\\%c", *at);
		else
			putchar(*at);
	}
	putchar('"');
}

static void print_head(const char *name, const char *help)
{
	printf("# HELP referee_%s %s\n# TYPE referee_%s gauge\n", name, help,
	       name);
}

static void print_counts(const struct stats *stats, enum stats_kind kind,
			 const char *name, const char *help)
{
	print_head(name, help);
	for (size_t i = 0; i < stats->len; i++) {
		const struct stats_row *row = &stats->rows[i];
		const struct {
			const char *result;
			size_t count;
		} values[] = { { "ok", row->ok },
			       { "failed", row->failed },
			       { "skipped", row->skipped } };

		if (row->kind != kind)
			continue;
		for (size_t j = 0; j < ARRAY_LEN(values); j++) {
			printf("referee_%s", name);
			print_labels(row);
			printf(",result=\"%s\"} %zu\n", values[j].result,
			       values[j].count);
		}
	}
}

static void print_durations(const struct stats *stats, enum stats_kind kind,
			    const char *name, const char *help)
{
	static const struct {
		const char *quantile;
		int percent;
	} values[] = { { "0.5", 50 }, { "0.95", 95 }, { "0.99", 99 } };

	print_head(name, help);
	for (size_t i = 0; i < stats->len; i++) {
		const struct stats_row *row = &stats->rows[i];

		if (row->kind != kind || !row->duration_count)
			continue;
		for (size_t j = 0; j < ARRAY_LEN(values); j++) {
			printf("referee_%s", name);
			print_labels(row);
			printf(",quantile=\"%s\"} %.3f\n", values[j].quantile,
			       (double)stats_percentile(row,
							values[j].percent) /
				       1000);
		}
	}
}

static void print_usefulness(const struct stats *stats)
{
	print_head("findings", "Findings of an agent, and what became of them");
	for (size_t i = 0; i < stats->len; i++) {
		const struct stats_row *row = &stats->rows[i];
		const struct {
			const char *what;
			size_t count;
		} values[] = { { "shown", row->shown },
			       { "accepted", row->accepted },
			       { "rejected", row->rejected } };

		if (row->kind != STATS_AGENT)
			continue;
		for (size_t j = 0; j < ARRAY_LEN(values); j++) {
			printf("referee_findings");
			print_labels(row);
			printf(",state=\"%s\"} %zu\n", values[j].what,
			       values[j].count);
		}
	}
}

static void print_costs(const struct stats *stats)
{
	print_head("cost_usd", "What the runs of a workflow cost");
	for (size_t i = 0; i < stats->len; i++) {
		const struct stats_row *row = &stats->rows[i];

		if (row->kind != STATS_WORKFLOW)
			continue;
		printf("referee_cost_usd");
		print_labels(row);
		printf("} %.9f\n", (double)row->cost_nusd / 1e9);
	}
}

static void print_metrics(const struct stats *stats)
{
	print_counts(stats, STATS_WORKFLOW, "runs", "Runs of a workflow");
	print_durations(stats, STATS_WORKFLOW, "run_duration_seconds",
			"How long runs took");
	print_counts(stats, STATS_AGENT, "tasks", "Tasks of an agent");
	print_durations(stats, STATS_AGENT, "task_duration_seconds",
			"How long tasks took");
	print_counts(stats, STATS_SERVICE, "requests", "Requests to a service");
	print_durations(stats, STATS_SERVICE, "request_duration_seconds",
			"How long services took to answer");
	print_usefulness(stats);
	print_costs(stats);
}

static enum cli_exit run(const struct cli *cli)
{
	struct settings settings;
	struct stats_options wanted = { repo_dir, &settings, since };
	struct err err = ERR_INIT;
	struct stats stats;
	enum cli_exit code = output_settings(&settings, cli);

	if (code != CLI_OK)
		return code;
	if (stats_read(&stats, &wanted, &err) < 0)
		code = cli_fail(cli_exit_of(&err), &err);
	else
		print_metrics(&stats);
	stats_release(&stats);
	settings_release(&settings);
	return code;
}

const struct command cmd_metrics = {
	.name = "metrics",
	.args = "",
	.summary = "print what stats shows as Prometheus text",
	.options = options,
	.run = run,
};
