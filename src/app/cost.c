#include "app/cost.h"

#include <stdlib.h>
#include <string.h>

#include "app/spend.h"
#include "core/alloc.h"
#include "core/clock.h"
#include "gateway/budget.h"

#define NOON_MS (12LL * 3600 * 1000)

void cost_release(struct cost *cost)
{
	spend_table_release(&cost->table);
	free(cost->budgets);
	*cost = (struct cost){ 0 };
}

/* Days begin where the budgets' do. */
static int use_zone(const struct settings *settings, struct err *err)
{
	const struct budget_limits none = { 0 };
	struct budget *budget = NULL;

	if (budget_new(&budget, &none, settings->budget.timezone, err) < 0)
		return -1;
	budget_free(budget);
	return 0;
}

/* When the day begins that has this date in the budgets' zone. */
static int64_t begin_of(int64_t utc_midnight_ms)
{
	int64_t noon = utc_midnight_ms + NOON_MS, day_ms, month_ms;

	budget_windows(noon - clock_offset_ms(noon), &day_ms, &month_ms);
	return day_ms;
}

static int parse_since(struct cost *cost, const char *text, struct err *err)
{
	if (!clock_parse(&cost->since_ms, text))
		return err_set(err, ERR_INVALID,
			       "--since: a date as 2026-11-24 or a time as "
			       "2026-11-24T13:00:00Z, not '%s'",
			       text);
	if (!strchr(text, 'T'))
		cost->since_ms = begin_of(cost->since_ms);
	return 0;
}

static int open_spend(struct spend **out, struct repo **repo,
		      const struct cost_options *options, struct err *err)
{
	if (!options->repo_dir && options->settings->project_count)
		return spend_open_installation(out, options->settings, err);
	if (repo_open(repo, options->repo_dir, err) < 0)
		return -1;
	return spend_open_clone(out, *repo, options->settings, err);
}

/* Budgets of one window: that of all, then those of the projects. */
static void add_budget(struct cost *cost, const struct spend_table *table,
		       const struct cost_budget *like)
{
	struct cost_budget *budget = &cost->budgets[cost->budget_count];

	if (like->limit_nusd <= 0)
		return;
	*budget = *like;
	for (size_t i = 0; i < table->len; i++) {
		const struct spend_row *row = &table->rows[i];

		if (like->project && strcmp(row->key, like->project) != 0)
			continue;
		budget->spent_nusd += row->cost_nusd;
		budget->unknown_nusd += row->unknown_nusd;
		budget->reserved_nusd += row->reserved_nusd;
	}
	cost->budget_count++;
}

static int read_since(struct spend_table *out, const struct spend *spend,
		      int64_t since_ms, struct err *err)
{
	struct spend_query query = { .by = SPEND_BY_PROJECT,
				     .since_ms = since_ms,
				     .until_ms = INT64_MAX };

	return spend_read(out, spend, &query, err);
}

static int add_budgets(struct cost *cost, const struct spend *spend,
		       const struct settings *settings, struct err *err)
{
	const struct budget_settings *limits = &settings->budget;
	struct spend_table day = { 0 }, month = { 0 };
	struct cost_budget budget = { .name = "daily",
				      .limit_nusd = limits->daily_nusd };
	int64_t month_ms;
	int ret;

	cost->budgets = xcalloc(settings->project_count + 2,
				sizeof(*cost->budgets));
	budget_windows(clock_wall_ms(), &budget.since_ms, &month_ms);
	ret = read_since(&day, spend, budget.since_ms, err);
	if (!ret)
		ret = read_since(&month, spend, month_ms, err);
	add_budget(cost, &day, &budget);
	budget = (struct cost_budget){ .name = "monthly",
				       .since_ms = month_ms,
				       .limit_nusd = limits->monthly_nusd };
	add_budget(cost, &month, &budget);
	for (size_t i = 0; i < settings->project_count; i++) {
		budget.project = settings->projects[i].name;
		budget.limit_nusd = settings->projects[i].budget_monthly_nusd;
		add_budget(cost, &month, &budget);
	}
	spend_table_release(&day);
	spend_table_release(&month);
	return ret;
}

int cost_read(struct cost *out, const struct cost_options *options,
	      struct err *err)
{
	struct spend_query query = { .by = options->by,
				     .until_ms = INT64_MAX,
				     .is_local = true };
	int64_t now = clock_wall_ms(), day_ms;
	struct spend *spend = NULL;
	struct repo *repo = NULL;
	int ret = -1;

	*out = (struct cost){ 0 };
	if (use_zone(options->settings, err) < 0)
		return -1;
	budget_windows(now, &day_ms, &out->since_ms);
	if (options->since && parse_since(out, options->since, err) < 0)
		return -1;
	query.since_ms = out->since_ms;
	if (!open_spend(&spend, &repo, options, err) &&
	    !spend_read(&out->table, spend, &query, err))
		ret = add_budgets(out, spend, options->settings, err);
	spend_close(spend);
	repo_free(repo);
	return ret;
}
