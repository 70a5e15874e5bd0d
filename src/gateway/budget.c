#include "gateway/budget.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <uthash.h>

#include "core/alloc.h"

#define ZONE_DIR "/usr/share/zoneinfo"

/* Also the day on which clocks go forward is longer. */
#define DAY_AT_LEAST_MS (22LL * 3600 * 1000)

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

/*
 * The first moment of the day of `tm`. Where clocks change at midnight, that is
 * there twice or not at all.
 */
static int64_t day_start(const struct tm *tm)
{
	int kinds = daylight ? 2 : 1;
	bool is_found = false;
	time_t first = 0;

	for (int is_dst = 0; is_dst < kinds; is_dst++) {
		struct tm start = { .tm_year = tm->tm_year,
				    .tm_mon = tm->tm_mon,
				    .tm_mday = tm->tm_mday,
				    .tm_isdst = is_dst };
		time_t at = mktime(&start);

		if (start.tm_mday != tm->tm_mday || (is_found && at > first))
			continue;
		is_found = true;
		first = at;
	}
	return (int64_t)first * 1000;
}

void budget_windows(int64_t now_ms, int64_t *day_ms, int64_t *month_ms)
{
	time_t now = (time_t)(now_ms / 1000);
	struct tm tm = { 0 };

	localtime_r(&now, &tm);
	*day_ms = day_start(&tm);
	tm.tm_mday = 1;
	*month_ms = day_start(&tm);
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

static struct project *need_project(struct budget *budget, const char *name)
{
	struct project *project = find_project(budget, name);

	if (!project && name) {
		project = xcalloc(1, sizeof(*project));
		project->name = xstrdup(name);
		project->month.start_ms = budget->month.start_ms;
		HASH_ADD_KEYPTR(hh, budget->projects, project->name,
				strlen(project->name), project);
	}
	return project;
}

void budget_set_project(struct budget *budget, const char *name,
			int64_t monthly_nusd)
{
	need_project(budget, name)->monthly_nusd = monthly_nusd;
}

void budget_roll(struct budget *budget, int64_t now_ms)
{
	struct project *project;
	int64_t day_ms, month_ms;

	if (now_ms >= budget->day.start_ms &&
	    now_ms < budget->day.start_ms + DAY_AT_LEAST_MS)
		return;
	budget_windows(now_ms, &day_ms, &month_ms);
	roll(&budget->day, day_ms);
	if (month_ms <= budget->month.start_ms)
		return;
	roll(&budget->month, month_ms);
	for (project = budget->projects; project; project = project->hh.next)
		roll(&project->month, month_ms);
}

static void add_others(struct window *window, int64_t at_ms, int64_t used_nusd,
		       int64_t reserved_nusd)
{
	if (at_ms < window->start_ms)
		return;
	window->used_nusd += used_nusd;
	window->reserved_nusd += reserved_nusd;
}

void budget_add_others(struct budget *budget, const char *project_name,
		       int64_t at_ms, int64_t used_nusd, int64_t reserved_nusd)
{
	struct project *project = need_project(budget, project_name);

	add_others(&budget->day, at_ms, used_nusd, reserved_nusd);
	add_others(&budget->month, at_ms, used_nusd, reserved_nusd);
	if (project)
		add_others(&project->month, at_ms, used_nusd, reserved_nusd);
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
	struct project *project = need_project(budget, claim->project);
	struct run *run = find_run(budget, claim->run, true);
	int64_t amount = claim->amount_nusd;
	enum budget_answer answer;

	budget_roll(budget, now_ms);
	claim->day_ms = budget->day.start_ms;
	claim->month_ms = budget->month.start_ms;
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
