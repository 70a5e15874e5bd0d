#include "unit.h"

#include "app/stats.h"
#include "core/alloc.h"

static const struct stats_row *row(const struct stats *stats,
				   enum stats_kind kind, const char *name)
{
	for (size_t i = 0; i < stats->len; i++)
		if (stats->rows[i].kind == kind &&
		    !strcmp(stats->rows[i].name, name))
			return &stats->rows[i];
	cr_fatal("no row %s", name);
}

static void add_run(struct stats *stats, enum verdict verdict, int64_t ms)
{
	struct task_record task = { .agent = "lint-agent",
				    .service = "offline",
				    .requests = 1,
				    .state = verdict == VERDICT_FAILED
						     ? TASK_FAILED
						     : TASK_ANSWERED,
				    .duration_ms = ms };
	struct run_record record = { .workflow = "pr-review",
				     .verdict = verdict,
				     .duration_ms = ms,
				     .cost_nusd = 5,
				     .tasks = &task,
				     .task_count = 1 };

	stats_add_run(stats, &record);
}

Test(stats, counts_and_ranks)
{
	struct stats stats = { 0 };
	const struct stats_row *at;

	for (int i = 100; i > 0; i--)
		add_run(&stats,
			i % 10 == 0   ? VERDICT_FAILED
			: i % 10 == 1 ? VERDICT_ATTENTION
				      : VERDICT_PASS,
			i);
	stats_add_run(&stats,
		      &(struct run_record){ .workflow = "pr-review",
					    .verdict = VERDICT_SKIPPED });
	stats_finish(&stats);
	cr_assert(eq(sz, stats.len, 3));
	at = row(&stats, STATS_WORKFLOW, "pr-review");
	cr_assert(eq(sz, at->ok, 90));
	cr_assert(eq(sz, at->failed, 10));
	cr_assert(eq(sz, at->skipped, 1));
	cr_assert(eq(i64, at->cost_nusd, 500));
	cr_assert(eq(i64, stats_percentile(at, 50), 50));
	cr_assert(eq(i64, stats_percentile(at, 95), 95));
	cr_assert(eq(i64, stats_percentile(at, 99), 99));
	cr_assert(epsilon_eq(dbl, stats_error_rate(at), 0.1, 1e-9));
	at = row(&stats, STATS_SERVICE, "offline");
	cr_assert(eq(sz, at->ok, 90));
	cr_assert(eq(sz, at->failed, 10));
	stats_release(&stats);
}

Test(stats, requests_are_counted_one_by_one)
{
	static const char attempts[] =
		"[{\"service\":\"a\",\"status\":\"overloaded\",\"ms\":9},"
		"{\"service\":\"a\",\"status\":\"ok\",\"ms\":4},"
		"{\"service\":\"b\",\"status\":\"skipped\"},"
		"{\"service\":\"b\",\"status\":\"ok\",\"cache\":\"hit\"},"
		"{\"service\":\"c\\u001b[31m\\n\\\"\",\"status\":\"ok\"}, 7]";
	struct task_record task = { .agent = "x",
				    .service = "a",
				    .requests = 2,
				    .state = TASK_ANSWERED };
	struct run_record record = { .workflow = "w",
				     .tasks = &task,
				     .task_count = 1 };
	struct stats stats = { 0 };
	struct err err = ERR_INIT;

	must(json_parse(&task.attempts, attempts, strlen(attempts), &err));
	stats_add_run(&stats, &record);
	stats_finish(&stats);
	cr_assert(eq(sz, row(&stats, STATS_SERVICE, "a")->ok, 1));
	cr_assert(eq(sz, row(&stats, STATS_SERVICE, "a")->failed, 1));
	cr_assert(eq(i64, stats_percentile(row(&stats, STATS_SERVICE, "a"), 99),
		     9));
	cr_assert(eq(sz, row(&stats, STATS_SERVICE, "c[31m \"")->ok, 1));
	for (size_t i = 0; i < stats.len; i++)
		cr_assert(ne(str, stats.rows[i].name, "b"));
	json_free(task.attempts);
	stats_release(&stats);
}

Test(stats, usefulness_is_what_people_did)
{
	struct finding_event liked = { .what = "liked" };
	struct finding_event disliked = { .what = "disliked" };
	struct known_finding items[] = {
		{ .agent = "a", .state = FINDING_OPEN },
		{ .agent = "a",
		  .state = FINDING_FIXED,
		  .history = &disliked,
		  .event_count = 1 },
		{ .agent = "a",
		  .state = FINDING_DISMISSED,
		  .history = &liked,
		  .event_count = 1 },
		{ .agent = "a",
		  .state = FINDING_OPEN,
		  .history = &liked,
		  .event_count = 1 },
		{ .agent = "a",
		  .state = FINDING_OPEN,
		  .history = &disliked,
		  .event_count = 1 },
	};
	const struct known_list list = { items, ARRAY_LEN(items), 0 };
	struct stats stats = { 0 };

	stats_add_findings(&stats, &list);
	stats_finish(&stats);
	cr_assert(eq(sz, stats.rows[0].shown, 5));
	cr_assert(eq(sz, stats.rows[0].accepted, 2));
	cr_assert(eq(sz, stats.rows[0].rejected, 2));
	cr_assert(eq(i64, stats_percentile(&stats.rows[0], 95), 0));
	stats_release(&stats);
}
