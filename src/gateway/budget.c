#include "gateway/budget.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <uthash.h>

#include "core/alloc.h"

#define ZONE_DIR "/usr/share/zoneinfo"

/* Runs that ended are forgotten, oldest first, past this many. */
#define RUNS_MAX 4096

/* What was spent or reserved since `start_ms`. */
struct window {
	int64_t start_ms;
	int64_t used_nusd;     /* spent and reserved */
	int64_t reserved_nusd; /* of it              */
	int alerted_percent;
	bool refused; /* somebody, for want of the rest */
};

struct project {
	char *name;
	int64_t monthly_nusd;
	struct window month;
	UT_hash_handle hh;
};

struct run {
	char *id;
	int64_t used_nusd, reserved_nusd;
	int claims; /* not settled yet */
	UT_hash_handle hh;
};

struct budget {
	struct budget_limits limits;
	struct window day, month;
	struct project *projects;
	struct run *runs;
};

static int set_zone(const char *zone, struct err *err)
{
	char path[256];
	struct stat st;

	if (!zone || strcmp(zone, "UTC") == 0) {
		setenv("TZ", "UTC0", 1);
		tzset();
		return 0;
	}
	snprintf(path, sizeof(path), ZONE_DIR "/%s", zone);
	if (strstr(zone, "..") || zone[0] == '/' || strlen(zone) > 100 ||
	    stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return err_set(err, ERR_INVALID, "no time zone '%s' in %s",
			       zone, ZONE_DIR);
	setenv("TZ", zone, 1);
	tzset();
	return 0;
}

int budget_new(struct budget **out, const struct budget_limits *limits,
	       const char *zone, struct err *err)
{
	struct budget *budget;

	if (set_zone(zone, err) < 0)
		return -1;
	budget = xcalloc(1, sizeof(*budget));
	budget->limits = *limits;
	*out = budget;
	return 0;
}

void budget_free(struct budget *budget)
{
	struct project *project, *next_project;
	struct run *run, *next_run;

	if (!budget)
		return;
	project = budget->projects;
	HASH_CLEAR(hh, budget->projects);
	for (; project; project = next_project) {
		next_project = project->hh.next;
		free(project->name);
		free(project);
	}
	run = budget->runs;
	HASH_CLEAR(hh, budget->runs);
	for (; run; run = next_run) {
		next_run = run->hh.next;
		free(run->id);
		free(run);
	}
	free(budget);
}

void budget_windows(int64_t now_ms, int64_t *day_ms, int64_t *month_ms)
{
	time_t now = (time_t)(now_ms / 1000);
	struct tm day = { 0 }, month;

	localtime_r(&now, &day);
	day.tm_hour = day.tm_min = day.tm_sec = 0;
	day.tm_isdst = -1;
	month = day;
	month.tm_mday = 1;
	*day_ms = (int64_t)mktime(&day) * 1000;
	*month_ms = (int64_t)mktime(&month) * 1000;
}

/* A later window begins empty; a clock set back changes nothing. */
static void roll(struct window *window, int64_t start_ms)
{
	if (start_ms > window->start_ms)
		*window = (struct window){ .start_ms = start_ms };
}

static struct project *find_project(struct budget *budget, const char *name)
{
	struct project *project = NULL;

	if (name)
		HASH_FIND_STR(budget->projects, name, project);
	return project;
}

void budget_set_project(struct budget *budget, const char *name,
			int64_t monthly_nusd)
{
	struct project *project = find_project(budget, name);

	if (!project) {
		project = xcalloc(1, sizeof(*project));
		project->name = xstrdup(name);
		HASH_ADD_KEYPTR(hh, budget->projects, project->name,
				strlen(project->name), project);
	}
	project->monthly_nusd = monthly_nusd;
}

void budget_set_spent(struct budget *budget, int64_t now_ms, int64_t day_nusd,
		      int64_t month_nusd)
{
	int64_t day_ms, month_ms;

	budget_windows(now_ms, &day_ms, &month_ms);
	roll(&budget->day, day_ms);
	roll(&budget->month, month_ms);
	budget->day.used_nusd = day_nusd;
	budget->month.used_nusd = month_nusd;
}

void budget_set_project_spent(struct budget *budget, int64_t now_ms,
			      const char *name, int64_t month_nusd)
{
	struct project *project = find_project(budget, name);
	int64_t day_ms, month_ms;

	if (!project)
		return;
	budget_windows(now_ms, &day_ms, &month_ms);
	roll(&project->month, month_ms);
	project->month.used_nusd = month_nusd;
}

static void forget_old_run(struct budget *budget)
{
	struct run *run = budget->runs;

	if (HASH_COUNT(budget->runs) < RUNS_MAX)
		return;
	while (run && run->claims)
		run = run->hh.next;
	/* The last one is the new one. */
	if (!run || !run->hh.next)
		return;
	HASH_DEL(budget->runs, run);
	free(run->id);
	free(run);
}

static struct run *find_run(struct budget *budget, const char *id, bool make)
{
	struct run *run = NULL;

	if (!id)
		return NULL;
	HASH_FIND_STR(budget->runs, id, run);
	if (!run && make) {
		run = xcalloc(1, sizeof(*run));
		run->id = xstrdup(id);
		HASH_ADD_KEYPTR(hh, budget->runs, run->id, strlen(run->id),
				run);
		forget_old_run(budget);
	}
	return run;
}

static bool fits(int64_t limit, int64_t used, int64_t amount)
{
	return limit <= 0 || (used <= limit && amount <= limit - used);
}

/* BUDGET_FITS, BUDGET_WAIT, or `over` if it does not fit at all. */
static enum budget_answer look(struct window *window, int64_t limit,
			       int64_t amount, enum budget_answer over)
{
	if (fits(limit, window->used_nusd, amount))
		return BUDGET_FITS;
	if (fits(limit, window->used_nusd - window->reserved_nusd, amount))
		return BUDGET_WAIT;
	window->refused = true;
	return over;
}

static enum budget_answer look_at_run(const struct budget *budget,
				      const struct run *run,
				      const struct budget_claim *claim)
{
	int64_t limit = claim->run_limit_nusd > 0 ? claim->run_limit_nusd
						  : budget->limits.per_run_nusd;
	struct window spent = {
		.used_nusd = run ? run->used_nusd : 0,
		.reserved_nusd = run ? run->reserved_nusd : 0,
	};

	return look(&spent, limit, claim->amount_nusd, BUDGET_RUN);
}

/* The worst of all limits. */
static enum budget_answer look_at_all(struct budget *budget,
				      const struct run *run,
				      struct project *project,
				      const struct budget_claim *claim)
{
	int64_t amount = claim->amount_nusd;
	const struct budget_limits *limits = &budget->limits;
	const enum budget_answer answers[] = {
		look_at_run(budget, run, claim),
		project ? look(&project->month, project->monthly_nusd, amount,
			       BUDGET_PROJECT)
			: BUDGET_FITS,
		look(&budget->day, limits->daily_nusd, amount, BUDGET_DAY),
		look(&budget->month, limits->monthly_nusd, amount,
		     BUDGET_MONTH),
	};
	enum budget_answer worst = BUDGET_FITS;

	for (size_t i = 0; i < ARRAY_LEN(answers); i++)
		if (worst <= BUDGET_WAIT && answers[i] > worst)
			worst = answers[i];
	return worst;
}

static void take(struct window *window, int64_t amount)
{
	window->used_nusd += amount;
	window->reserved_nusd += amount;
}

enum budget_answer budget_reserve(struct budget *budget, int64_t now_ms,
				  struct budget_claim *claim)
{
	struct project *project = find_project(budget, claim->project);
	struct run *run = find_run(budget, claim->run, true);
	int64_t amount = claim->amount_nusd;
	enum budget_answer answer;

	budget_windows(now_ms, &claim->day_ms, &claim->month_ms);
	roll(&budget->day, claim->day_ms);
	roll(&budget->month, claim->month_ms);
	if (project)
		roll(&project->month, claim->month_ms);

	answer = look_at_all(budget, run, project, claim);
	if (answer != BUDGET_FITS)
		return answer;
	take(&budget->day, amount);
	take(&budget->month, amount);
	if (project)
		take(&project->month, amount);
	if (run) {
		run->used_nusd += amount;
		run->reserved_nusd += amount;
		run->claims++;
	}
	return BUDGET_FITS;
}

/* What was reserved in a window that is over is of no interest any more. */
static void settle(struct window *window, int64_t start_ms, int64_t amount,
		   int64_t cost)
{
	if (window->start_ms != start_ms)
		return;
	window->used_nusd += cost - amount;
	window->reserved_nusd -= amount;
}

void budget_settle(struct budget *budget, const struct budget_claim *claim,
		   int64_t cost_nusd)
{
	struct project *project = find_project(budget, claim->project);
	struct run *run = find_run(budget, claim->run, false);
	int64_t amount = claim->amount_nusd;

	settle(&budget->day, claim->day_ms, amount, cost_nusd);
	settle(&budget->month, claim->month_ms, amount, cost_nusd);
	if (project)
		settle(&project->month, claim->month_ms, amount, cost_nusd);
	if (run) {
		run->used_nusd += cost_nusd - amount;
		run->reserved_nusd -= amount;
		run->claims--;
	}
}

int64_t budget_day_nusd(const struct budget *budget)
{
	return budget->day.used_nusd;
}

int64_t budget_month_nusd(const struct budget *budget)
{
	return budget->month.used_nusd;
}

const char *budget_answer_text(enum budget_answer answer)
{
	static const char *const texts[] = {
		[BUDGET_FITS] = "no budget",
		[BUDGET_WAIT] = "what is reserved",
		[BUDGET_RUN] = "the budget of this run",
		[BUDGET_DAY] = "today's budget",
		[BUDGET_MONTH] = "this month's budget",
		[BUDGET_PROJECT] = "the project's budget of this month",
	};

	return texts[answer];
}

/* True if spending has newly passed a level; *percent is that level. What is
 * only reserved does not count until somebody was refused for it. */
static bool passed(struct window *window, int64_t limit, int alert_percent,
		   int *percent)
{
	const int levels[] = { 100, alert_percent };
	double spent = (double)(window->used_nusd - window->reserved_nusd);

	for (int i = 0; limit > 0 && i < 2; i++) {
		bool reached = spent * 100 >= (double)limit * levels[i] ||
			       (window->refused && levels[i] == 100);

		if (levels[i] <= window->alerted_percent || !reached)
			continue;
		window->alerted_percent = levels[i];
		*percent = levels[i];
		return true;
	}
	return false;
}

static bool tell(char out[BUDGET_ALERT_SIZE], struct window *window,
		 int64_t limit, int alert_percent, const char *what)
{
	double spent;
	int percent;

	if (!passed(window, limit, alert_percent, &percent))
		return false;
	spent = (double)(window->used_nusd - window->reserved_nusd) / 1e9;
	if (percent == 100 && spent * 1e9 < (double)limit)
		snprintf(out, BUDGET_ALERT_SIZE,
			 "%s: $%.2f of $%.2f are spent; the rest does not "
			 "cover the next request",
			 what, spent, (double)limit / 1e9);
	else
		snprintf(out, BUDGET_ALERT_SIZE, "%s: %d %% of $%.2f %s", what,
			 percent, (double)limit / 1e9,
			 percent == 100 ? "are used up" : "are spent");
	return true;
}

bool budget_alert(struct budget *budget, char out[BUDGET_ALERT_SIZE])
{
	const struct budget_limits *limits = &budget->limits;
	struct project *project;
	char what[100];

	if (tell(out, &budget->day, limits->daily_nusd, limits->alert_percent,
		 "today's budget") ||
	    tell(out, &budget->month, limits->monthly_nusd,
		 limits->alert_percent, "this month's budget"))
		return true;
	for (project = budget->projects; project; project = project->hh.next) {
		snprintf(what, sizeof(what), "this month's budget of %s",
			 project->name);
		if (tell(out, &project->month, project->monthly_nusd,
			 limits->alert_percent, what))
			return true;
	}
	return false;
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

	if (!at || since < window->start_ms || percent < 0 || percent > 100)
		return;
	roll(window, since);
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
