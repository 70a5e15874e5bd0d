#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "core/alloc.h"
#include "gateway/budget_internal.h"

#define ZONE_DIR "/usr/share/zoneinfo"

/* Also the day on which clocks go forward is longer. */
#define DAY_AT_LEAST_MS (22LL * 3600 * 1000)

/* Runs that ended are forgotten, oldest first, past this many. */
#define RUNS_MAX 4096

struct run {
	char *id;
	int64_t used_nusd, reserved_nusd;
	int claims; /* not settled yet */
	UT_hash_handle hh;
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
