/*
 * referee cost: what was spent, against the budgets.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/cost.h"
#include "cli/cli.h"
#include "cli/output.h"
#include "core/clock.h"
#include "core/json.h"
#include "core/text.h"
#include "store/record.h"

static const char *repo_dir, *by_name, *since, *format;

static const struct option options[] = {
	{ .type = OPTION_STRING,
	  .name = "repo",
	  .arg = "DIR",
	  .help = "spending of this clone, not of the installation",
	  .value = &repo_dir },
	{ .type = OPTION_STRING,
	  .name = "by",
	  .arg = "WHAT",
	  .help = "project, service, workflow, agent, model, day or month",
	  .value = &by_name },
	{ .type = OPTION_STRING,
	  .name = "since",
	  .arg = "DATE",
	  .help = "count from then on, not from the month's first day",
	  .value = &since },
	OPTION_TEXT_OR_JSON(format),
	{ 0 },
};

static double percent_of(const struct cost_budget *budget)
{
	return 100.0 * (double)budget->spent_nusd / (double)budget->limit_nusd;
}

static int64_t left_of(const struct cost_budget *budget)
{
	return budget->spent_nusd < budget->limit_nusd
		       ? budget->limit_nusd - budget->spent_nusd
		       : 0;
}

#define UNKNOWN_TEXT_SIZE (2 * MONEY_TEXT_SIZE + 60)

/* What of it nobody knows for sure; "" if all is known. */
static void format_unknown(char out[UNKNOWN_TEXT_SIZE], int64_t unknown_nusd,
			   int64_t reserved_nusd)
{
	char unknown[MONEY_TEXT_SIZE], reserved[MONEY_TEXT_SIZE];

	out[0] = '\0';
	money_format(unknown, unknown_nusd);
	money_format(reserved, reserved_nusd);
	if (reserved_nusd)
		snprintf(out, UNKNOWN_TEXT_SIZE,
			 "  $%s of it is an estimate, $%s reserved", unknown,
			 reserved);
	else if (unknown_nusd)
		snprintf(out, UNKNOWN_TEXT_SIZE, "  $%s of it is an estimate",
			 unknown);
}

static void print_row(const struct spend_row *row, const char *key, int width)
{
	char money[MONEY_TEXT_SIZE + 1] = "$", unknown[UNKNOWN_TEXT_SIZE];

	money_format(money + 1, row->cost_nusd);
	format_unknown(unknown, row->unknown_nusd, row->reserved_nusd);
	printf("  %-*s  %11s  %9lld  %11lld  %11lld  %11lld%s\n", width, key,
	       money, (long long)row->requests, (long long)row->input_tokens,
	       (long long)row->cached_tokens, (long long)row->output_tokens,
	       unknown);
}

static void print_rows(const struct cost *cost)
{
	const struct spend_table *table = &cost->table;
	struct spend_row total = spend_table_total(table);
	int width = (int)strlen("(not known)");

	for (size_t i = 0; i < table->len; i++)
		if ((int)strlen(table->rows[i].key) > width)
			width = (int)strlen(table->rows[i].key);
	printf("  %-*s  %11s  %9s  %11s  %11s  %11s\n", width, by_name, "spent",
	       "requests", "tokens in", "cached", "tokens out");
	for (size_t i = 0; i < table->len; i++) {
		const struct spend_row *row = &table->rows[i];
		char *key = text_clean(row->key, false);

		print_row(row, *key ? key : "(not known)", width);
		free(key);
	}
	print_row(&total, "total", width);
}

static void print_budget(const struct cost_budget *budget)
{
	char spent[MONEY_TEXT_SIZE], limit[MONEY_TEXT_SIZE];
	char left[MONEY_TEXT_SIZE], unknown[UNKNOWN_TEXT_SIZE];

	money_format(spent, budget->spent_nusd);
	money_format(limit, budget->limit_nusd);
	money_format(left, left_of(budget));
	format_unknown(unknown, budget->unknown_nusd, budget->reserved_nusd);
	printf("  %s%s%s: $%s of $%s, %.1f %%, $%s left%s\n", budget->name,
	       budget->project ? " of " : "",
	       budget->project ? budget->project : "", spent, limit,
	       percent_of(budget), left, unknown);
}

static void print_text(const struct cost *cost)
{
	char day[CLOCK_TEXT_SIZE];

	clock_format(day, cost->since_ms + clock_offset_ms(cost->since_ms));
	if (!cost->table.len) {
		printf("nothing was spent since %.10s\n", day);
	} else {
		printf("since %.10s, by %s:\n", day, by_name);
		print_rows(cost);
	}
	if (cost->budget_count)
		printf("budgets:\n");
	for (size_t i = 0; i < cost->budget_count; i++)
		print_budget(&cost->budgets[i]);
}

static void add_row(struct json *at, const struct spend_row *row)
{
	json_set_int(at, "cost_nusd", row->cost_nusd);
	json_set_int(at, "unknown_nusd", row->unknown_nusd);
	json_set_int(at, "reserved_nusd", row->reserved_nusd);
	json_set_int(at, "requests", row->requests);
	json_set_int(at, "input_tokens", row->input_tokens);
	json_set_int(at, "cached_tokens", row->cached_tokens);
	json_set_int(at, "output_tokens", row->output_tokens);
}

static void set_time(struct json *at, int64_t ms)
{
	char text[CLOCK_TEXT_SIZE];

	clock_format(text, ms);
	json_set_string(at, "since", text);
}

static void add_json_budget(struct json *list, const struct cost_budget *budget)
{
	struct json *at = json_add_object(list);

	json_set_string(at, "name", budget->name);
	if (budget->project)
		json_set_string(at, "project", budget->project);
	set_time(at, budget->since_ms);
	json_set_int(at, "limit_nusd", budget->limit_nusd);
	json_set_int(at, "spent_nusd", budget->spent_nusd);
	json_set_int(at, "unknown_nusd", budget->unknown_nusd);
	json_set_int(at, "reserved_nusd", budget->reserved_nusd);
	json_set_int(at, "left_nusd", left_of(budget));
	json_set_double(at, "percent", percent_of(budget));
}

static void print_json(const struct cost *cost)
{
	struct spend_row total = spend_table_total(&cost->table);
	struct json *doc = json_new_object();
	struct json *rows, *budgets;
	char *text;

	set_time(doc, cost->since_ms);
	json_set_string(doc, "by", by_name);
	rows = json_set_array(doc, "rows");
	for (size_t i = 0; i < cost->table.len; i++) {
		struct json *at = json_add_object(rows);

		json_set_string(at, "key", cost->table.rows[i].key);
		add_row(at, &cost->table.rows[i]);
	}
	add_row(json_set_object(doc, "total"), &total);
	budgets = json_set_array(doc, "budgets");
	for (size_t i = 0; i < cost->budget_count; i++)
		add_json_budget(budgets, &cost->budgets[i]);
	text = json_print_pretty(doc);
	puts(text);
	free(text);
	json_free(doc);
}

static enum cli_exit print_cost(const struct settings *settings,
				enum spend_by by)
{
	struct cost_options wanted = { .repo_dir = repo_dir,
				       .settings = settings,
				       .by = by,
				       .since = since };
	struct err err = ERR_INIT;
	struct cost cost;
	enum cli_exit code = CLI_OK;

	if (cost_read(&cost, &wanted, &err) < 0)
		code = cli_fail(cli_exit_of(&err), &err);
	else if (output_is_json(format))
		print_json(&cost);
	else
		print_text(&cost);
	cost_release(&cost);
	return code;
}

static enum cli_exit run(const struct cli *cli)
{
	struct settings settings;
	enum spend_by by;
	enum cli_exit code;

	by_name = by_name ? by_name : "service";
	if (!spend_by_parse(&by, by_name) || by == SPEND_BY_NOTHING)
		return cli_failf(CLI_USAGE,
				 "--by: project, service, workflow, agent, "
				 "model, day or month, not '%s'",
				 by_name);
	if (output_check_text_or_json(format) != CLI_OK)
		return CLI_USAGE;
	code = output_settings(&settings, cli);
	if (code != CLI_OK)
		return code;
	code = print_cost(&settings, by);
	settings_release(&settings);
	return code;
}

const struct command cmd_cost = {
	.name = "cost",
	.args = "",
	.summary = "show what was spent, against the budgets",
	.options = options,
	.run = run,
};
