/*
 * What people are told of a budget: once when spending passes a level of a
 * limit, whichever process sees it first.
 */
#include <stdio.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "gateway/budget_internal.h"

/* A limit, and how far it is used up. */
struct level {
	struct window *window;
	int64_t limit_nusd;
	int percent;                   /* newly passed */
	const struct project *project; /* whose month it is; or NULL */
};

static double spent_of(const struct window *window)
{
	return (double)(window->used_nusd - window->reserved_nusd);
}

/* True if spending has newly passed a level. What is only reserved does not
 * count until somebody was refused for it. */
static bool passed(struct level *level, int alert_percent)
{
	const struct window *window = level->window;
	const int levels[] = { 100, alert_percent };

	for (int i = 0; level->limit_nusd > 0 && i < 2; i++) {
		bool reached = spent_of(window) * 100 >=
				       (double)level->limit_nusd * levels[i] ||
			       (window->refused && levels[i] == 100);

		if (levels[i] <= window->alerted_percent || !reached)
			continue;
		level->percent = levels[i];
		return true;
	}
	return false;
}

static bool find_level(struct level *out, struct budget *budget)
{
	int alert_percent = budget->limits.alert_percent;
	struct project *project = budget->projects;

	*out = (struct level){ .window = &budget->day,
			       .limit_nusd = budget->limits.daily_nusd };
	if (passed(out, alert_percent))
		return true;
	*out = (struct level){ .window = &budget->month,
			       .limit_nusd = budget->limits.monthly_nusd };
	if (passed(out, alert_percent))
		return true;
	for (; project; project = project->hh.next) {
		*out = (struct level){ .window = &project->month,
				       .limit_nusd = project->monthly_nusd,
				       .project = project };
		if (passed(out, alert_percent))
			return true;
	}
	return false;
}

static void tell(char out[BUDGET_ALERT_SIZE], const struct level *level,
		 const char *what)
{
	double spent = spent_of(level->window) / 1e9;
	double limit = (double)level->limit_nusd / 1e9;

	if (level->percent == 100 && spent < limit)
		snprintf(out, BUDGET_ALERT_SIZE,
			 "%s: $%.2f of $%.2f are spent; the rest does not "
			 "cover the next request",
			 what, spent, limit);
	else
		snprintf(out, BUDGET_ALERT_SIZE, "%s: %d %% of $%.2f %s", what,
			 level->percent, limit,
			 level->percent == 100 ? "are used up" : "are spent");
}

bool budget_has_alert(struct budget *budget)
{
	struct level level;

	return find_level(&level, budget);
}

bool budget_alert(struct budget *budget, char out[BUDGET_ALERT_SIZE])
{
	struct level level;
	char what[100] = "today's budget";

	if (!find_level(&level, budget))
		return false;
	level.window->alerted_percent = level.percent;
	if (level.project)
		snprintf(what, sizeof(what), "this month's budget of %s",
			 level.project->name);
	else if (level.window == &budget->month)
		snprintf(what, sizeof(what), "this month's budget");
	tell(out, &level, what);
	return true;
}

static void save_alert(struct json *alerts, const char *name,
		       const struct window *window)
{
	struct json *at;

	if (!window->alerted_percent)
		return;
	at = json_set_object(alerts, name);
	json_set_int(at, "since", window->start_ms);
	json_set_int(at, "percent", window->alerted_percent);
}

static void load_alert(struct window *window, const struct json *alerts,
		       const char *name)
{
	const struct json *at = json_get(alerts, name);
	int64_t since = json_int_or(at, "since", 0);
	int64_t percent = json_int_or(at, "percent", 0);

	/* Of another day or month; or a broken clock has written it. */
	if (!at || since != window->start_ms || percent > 100)
		return;
	if (percent > window->alerted_percent)
		window->alerted_percent = (int)percent;
}

/* Projects are set after the gateway is made. */
static char *project_key(const char *name)
{
	return xstrf("project:%s", name);
}

struct json *budget_save_alerts(const struct budget *budget)
{
	struct json *alerts = json_new_object();
	struct project *project;

	save_alert(alerts, "day", &budget->day);
	save_alert(alerts, "month", &budget->month);
	for (project = budget->projects; project; project = project->hh.next) {
		char *key = project_key(project->name);

		save_alert(alerts, key, &project->month);
		free(key);
	}
	return alerts;
}

void budget_load_alerts(struct budget *budget, const struct json *alerts)
{
	struct project *project;

	load_alert(&budget->day, alerts, "day");
	load_alert(&budget->month, alerts, "month");
	for (project = budget->projects; project; project = project->hh.next) {
		char *key = project_key(project->name);

		load_alert(&project->month, alerts, key);
		free(key);
	}
}
