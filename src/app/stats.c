#include "app/stats.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/text.h"

enum { DEFAULT_DAYS = 30 };

#define DAY_MS (24LL * 3600 * 1000)

const char *stats_kind_name(enum stats_kind kind)
{
	static const char *const names[STATS_KIND_COUNT] = {
		[STATS_WORKFLOW] = "workflow",
		[STATS_AGENT] = "agent",
		[STATS_SERVICE] = "service",
	};

	return names[kind];
}

void stats_release(struct stats *stats)
{
	for (size_t i = 0; i < stats->len; i++) {
		free(stats->rows[i].name);
		free(stats->rows[i].durations_ms);
	}
	free(stats->rows);
	*stats = (struct stats){ 0 };
}

/* Names come from records, which anybody may have written. */
static struct stats_row *row_of(struct stats *stats, enum stats_kind kind,
				const char *said)
{
	char *name = text_clean(said ? said : "", false);
	struct stats_row *row;

	for (size_t i = 0; i < stats->len; i++) {
		row = &stats->rows[i];
		if (row->kind == kind && !strcmp(row->name, name)) {
			free(name);
			return row;
		}
	}
	ARRAY_GROW(stats->rows, stats->len, stats->cap);
	row = &stats->rows[stats->len++];
	*row = (struct stats_row){ .kind = kind, .name = name };
	return row;
}

static void add_duration(struct stats_row *row, int64_t ms)
{
	ARRAY_GROW(row->durations_ms, row->duration_count, row->duration_cap);
	row->durations_ms[row->duration_count++] = ms > 0 ? ms : 0;
}

static void count(struct stats_row *row, bool is_ok, int64_t ms)
{
	if (is_ok)
		row->ok++;
	else
		row->failed++;
	add_duration(row, ms);
}

/* A request for several agents is in the attempts of each, and counts once. */
static bool is_anothers(const struct task_record *task, const struct json *at)
{
	const struct json *first = json_first(json_get(at, "together"));

	return first && strcmp(json_string_or(first, "", ""), task->agent) != 0;
}

/* Each request that was sent, by the service it was sent to. */
static void add_requests(struct stats *stats, const struct task_record *task)
{
	const struct json *at;

	for (at = json_first(task->attempts); at; at = json_next(at)) {
		const char *status = json_string_or(at, "status", "");

		if (!strcmp(status, "skipped") || json_get(at, "cache") ||
		    is_anothers(task, at))
			continue;
		count(row_of(stats, STATS_SERVICE,
			     json_string_or(at, "service", "")),
		      !strcmp(status, "ok"), json_int_or(at, "ms", 0));
	}
	if (!task->attempts && task->service && task->requests)
		count(row_of(stats, STATS_SERVICE, task->service),
		      task->state == TASK_ANSWERED, task->duration_ms);
}

static void add_task(struct stats *stats, const struct task_record *task)
{
	struct stats_row *row = row_of(stats, STATS_AGENT, task->agent);

	if (task->state == TASK_SKIPPED) {
		row->skipped++;
		return;
	}
	row->cost_nusd += task->cost_nusd;
	count(row, task->state == TASK_ANSWERED, task->duration_ms);
	add_requests(stats, task);
}

void stats_add_run(struct stats *stats, const struct run_record *record)
{
	struct stats_row *row = row_of(stats, STATS_WORKFLOW, record->workflow);

	row->cost_nusd += record->cost_nusd;
	if (record->verdict == VERDICT_SKIPPED)
		row->skipped++;
	else
		count(row, record->verdict != VERDICT_FAILED,
		      record->duration_ms);
	for (size_t i = 0; i < record->task_count; i++)
		add_task(stats, &record->tasks[i]);
}

static bool has_event(const struct known_finding *finding, const char *what)
{
	for (size_t i = 0; i < finding->event_count; i++)
		if (!strcmp(finding->history[i].what, what))
			return true;
	return false;
}

/* What people did counts, what they said only if they did nothing. */
static void add_finding(struct stats_row *row,
			const struct known_finding *finding)
{
	bool is_disliked = has_event(finding, "disliked");
	bool is_liked = !is_disliked && (has_event(finding, "liked") ||
					 has_event(finding, "resolved"));
	bool is_open = finding->state == FINDING_OPEN;

	row->shown++;
	row->accepted += finding->state == FINDING_FIXED ||
			 (is_open && is_liked);
	row->rejected += finding->state == FINDING_DISMISSED ||
			 (is_open && is_disliked);
}

static int64_t shown_at(const struct known_finding *finding)
{
	return finding->event_count ? finding->history[0].at_ms : 0;
}

void stats_add_findings(struct stats *stats, const struct known_list *findings)
{
	for (size_t i = 0; i < findings->len; i++)
		if (shown_at(&findings->items[i]) >= stats->since_ms)
			add_finding(row_of(stats, STATS_AGENT,
					   findings->items[i].agent),
				    &findings->items[i]);
}

static int by_duration(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int by_name(const void *a, const void *b)
{
	const struct stats_row *x = a, *y = b;

	if (x->kind != y->kind)
		return (int)x->kind - (int)y->kind;
	return strcmp(x->name, y->name);
}

void stats_finish(struct stats *stats)
{
	for (size_t i = 0; i < stats->len; i++)
		if (stats->rows[i].duration_count)
			qsort(stats->rows[i].durations_ms,
			      stats->rows[i].duration_count,
			      sizeof(*stats->rows[i].durations_ms),
			      by_duration);
	if (stats->len)
		qsort(stats->rows, stats->len, sizeof(*stats->rows), by_name);
}

int64_t stats_percentile(const struct stats_row *row, int percent)
{
	size_t rank = (row->duration_count * (size_t)percent + 99) / 100;

	if (!row->duration_count)
		return 0;
	return row->durations_ms[rank ? rank - 1 : 0];
}

double stats_error_rate(const struct stats_row *row)
{
	size_t all = row->ok + row->failed;

	return all ? (double)row->failed / (double)all : 0;
}

static int add_repo(struct stats *stats, struct repo *repo, struct err *err)
{
	struct run_list runs = { 0 };
	struct pull_list pulls = { 0 };
	int ret = -1;

	if (runs_list(&runs, repo, stats->since_ms, SIZE_MAX, err) < 0 ||
	    pull_states_list(&pulls, repo, err) < 0)
		goto out;
	for (size_t i = 0; i < runs.len; i++)
		stats_add_run(stats, &runs.items[i]);
	for (size_t i = 0; i < pulls.len; i++)
		stats_add_findings(stats, &pulls.items[i].findings);
	ret = 0;
out:
	run_list_release(&runs);
	pull_list_release(&pulls);
	return ret;
}

/* A project that was never polled has no mirror yet. */
static int add_mirror(struct stats *stats, const struct settings *settings,
		      const struct project_settings *project, struct err *err)
{
	char *path = xstrf("%s/mirrors/%s.git", settings->state_dir,
			   project->name);
	struct repo *repo = NULL;
	int ret;

	ret = repo_open_bare(&repo, path, err);
	free(path);
	if (ret < 0)
		return err->code == ERR_NOT_FOUND ? 0 : -1;
	ret = add_repo(stats, repo, err);
	repo_free(repo);
	return ret < 0 ? err_prefix(err, "%s", project->name) : 0;
}

int stats_read(struct stats *out, const struct stats_options *options,
	       struct err *err)
{
	const struct settings *settings = options->settings;
	struct repo *repo = NULL;
	int ret = 0;

	*out = (struct stats){ .since_ms = clock_wall_ms() -
					   DEFAULT_DAYS * DAY_MS };
	if (options->since && !clock_parse(&out->since_ms, options->since))
		return err_set(err, ERR_INVALID,
			       "--since: a date as 2026-11-24 or a time as "
			       "2026-11-24T13:00:00Z, not '%s'",
			       options->since);
	if (options->repo_dir || !settings->project_count) {
		ret = repo_open(&repo, options->repo_dir, err);
		if (!ret)
			ret = add_repo(out, repo, err);
		repo_free(repo);
	}
	for (size_t i = 0;
	     !options->repo_dir && !ret && i < settings->project_count; i++)
		ret = add_mirror(out, settings, &settings->projects[i], err);
	stats_finish(out);
	return ret;
}
