#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/due.h"
#include "core/alloc.h"

#define HOUR_MS   ((int64_t)3600 * 1000)
#define MINUTE_MS ((int64_t)60 * 1000)
#define KEY_1     "aa11"
#define KEY_2     "bb22"
#define NOW       ((int64_t)1790000000000)

static const char *const none[1];

static struct pull_seen opened(const char *key)
{
	return (struct pull_seen){ .head = "1111",
				   .change_key = key,
				   .base = "main",
				   .labels = none };
}

/* What is told of `seen` after `before`, as "opened ready ". */
static char *events_between(const struct pull_seen *before,
			    const struct pull_seen *seen)
{
	struct pull_state state;
	struct pull_events events;
	struct buf text;

	buf_init(&text, 200);
	pull_state_init(&state, 7, NULL);
	if (before)
		due_observe(&events, &state, true, false, before, NOW);
	due_observe(&events, &state, !before, false, seen, NOW);
	for (size_t i = 0; i < events.len; i++)
		buf_addf(&text, "%s ",
			 trigger_name(EVENT_PULL_REQUEST, events.items[i]) +
				 strlen("pull_request."));
	pull_state_release(&state);
	return buf_detach(&text);
}

Test(due, events_of_pulls_follow_from_what_changed)
{
	static const char *const one_label[] = { "risky" };
	static const char *const two_labels[] = { "risky", "wallet" };
	const struct change {
		const char *wanted;
		struct pull_seen before, after;
	} changes[] = {
		{ "", opened(KEY_1), opened(KEY_1) },
		{ "",
		  { .head = "1111", .change_key = KEY_1, .labels = none },
		  { .head = "2222", .change_key = KEY_1, .labels = none } },
		{ "synchronize ", opened(KEY_1), opened(KEY_2) },
		{ "ready ",
		  { .head = "1", .change_key = KEY_1, .is_draft = true },
		  opened(KEY_1) },
		{ "",
		  opened(KEY_1),
		  { .head = "1", .change_key = KEY_1, .is_draft = true } },
		{ "synchronize ready ",
		  { .head = "1", .change_key = KEY_1, .is_draft = true },
		  opened(KEY_2) },
		{ "labeled ",
		  { .head = "1",
		    .change_key = KEY_1,
		    .labels = one_label,
		    .label_count = 1 },
		  { .head = "1",
		    .change_key = KEY_1,
		    .labels = two_labels,
		    .label_count = 2 } },
		{ "",
		  { .head = "1",
		    .change_key = KEY_1,
		    .labels = two_labels,
		    .label_count = 2 },
		  { .head = "1",
		    .change_key = KEY_1,
		    .labels = one_label,
		    .label_count = 1 } },
		{ "closed ",
		  opened(KEY_1),
		  { .head = "1", .change_key = KEY_1, .is_closed = true } },
		{ "closed ",
		  opened(KEY_1),
		  { .head = "1", .change_key = KEY_2, .is_closed = true } },
		{ "reopened ",
		  { .head = "1", .change_key = KEY_1, .is_closed = true },
		  opened(KEY_1) },
		{ "reopened synchronize ",
		  { .head = "1", .change_key = KEY_1, .is_closed = true },
		  opened(KEY_2) },
	};

	for (size_t i = 0; i < ARRAY_LEN(changes); i++) {
		char *told = events_between(&changes[i].before,
					    &changes[i].after);

		cr_expect_str_eq(told, changes[i].wanted, "row %zu: '%s'", i,
				 told);
		free(told);
	}
}

Test(due, a_pull_is_opened_once_unless_it_was_there_before_us)
{
	struct pull_seen seen = opened(KEY_1), next = opened(KEY_2);
	struct pull_state state;
	struct pull_events events;
	char *told = events_between(NULL, &seen);

	cr_expect_str_eq(told, "opened ");
	free(told);

	pull_state_init(&state, 7, NULL);
	due_observe(&events, &state, true, true, &seen, NOW);
	cr_expect_eq(events.len, 0u);
	cr_expect(state.is_left_out);
	due_observe(&events, &state, false, false, &next, NOW);
	cr_expect_eq(events.len, 1u);
	cr_expect_eq(events.items[0], PULL_SYNCHRONIZE);
	pull_state_release(&state);
}

Test(due, content_that_was_seen_before_is_no_news)
{
	struct pull_seen one = opened(KEY_1), two = opened(KEY_2);
	struct pull_state state;
	struct pull_events events;

	pull_state_init(&state, 7, NULL);
	due_observe(&events, &state, true, false, &one, NOW);
	due_observe(&events, &state, false, false, &two, NOW);
	due_observe(&events, &state, false, false, &one, NOW);
	cr_expect_eq(events.len, 0u, "forced back to what was judged");
	cr_expect_str_eq(state.base, "main");
	pull_state_release(&state);
}

Test(due, what_failed_is_tried_after_5_30_and_120_minutes)
{
	static const int minutes[] = { 5, 30, 120 };
	struct run_record record = { .verdict = VERDICT_FAILED,
				     .reason = "nobody answered" };
	struct workflow_state state = { 0 };
	int64_t now = NOW;

	due_mark(&state, KEY_1, "1111", "pull_request.opened", now);
	cr_expect_not_null(due_now(&state, false, now));
	for (size_t i = 0; i < ARRAY_LEN(minutes); i++) {
		due_settle(&state, &record, now);
		cr_expect_eq(state.progress, PROGRESS_FAILED);
		cr_expect_str_eq(state.reason, "nobody answered");
		now += minutes[i] * MINUTE_MS;
		cr_expect_null(due_now(&state, false, now - 1), "%zu", i);
		cr_expect_not_null(due_now(&state, false, now), "%zu", i);
	}
	due_settle(&state, &record, now);
	cr_expect_null(due_now(&state, false, now + 1000 * HOUR_MS));
	due_mark(&state, KEY_2, "2222", "manual", now);
	cr_expect_not_null(due_now(&state, false, now), "on command");
	free(state.event);
	free(state.reason);
}

Test(due, what_was_skipped_is_due_when_its_reason_ends)
{
	const struct wait {
		const char *waits_for;
		bool is_told;
		int64_t after_ms;
		bool is_due;
	} waits[] = {
		{ "budget", false, 0, false },
		{ "budget", false, 2 * HOUR_MS, true },
		{ "test_coverage", false, 1000 * HOUR_MS, false },
		{ "test_coverage", true, 0, true },
		{ "batch", false, 0, true },
		{ "ci", false, 0, true },
		{ NULL, false, 1000 * HOUR_MS, false },
	};

	for (size_t i = 0; i < ARRAY_LEN(waits); i++) {
		char waits_for[40];
		struct run_record record = { .verdict = VERDICT_SKIPPED };
		struct workflow_state state = { 0 };

		snprintf(waits_for, sizeof(waits_for), "%s",
			 waits[i].waits_for ? waits[i].waits_for : "");
		record.waits_for = waits[i].waits_for ? waits_for : NULL;
		due_mark(&state, KEY_1, "1111", "push", NOW);
		due_settle(&state, &record, NOW);
		cr_expect_eq(state.progress, PROGRESS_SKIPPED);
		cr_expect_eq(due_now(&state, waits[i].is_told,
				     NOW + waits[i].after_ms) != NULL,
			     waits[i].is_due, "row %zu", i);
		cr_expect_str_eq(state.waits_for ? state.waits_for : "",
				 waits_for);
		due_mark(&state, KEY_1, "1111", "push", NOW);
		cr_expect_null(state.waits_for);
		free(state.event);
	}
}

Test(due, what_was_killed_goes_on_and_what_is_done_rests)
{
	struct run_record record = { .id = "01M8", .verdict = VERDICT_PASS };
	struct workflow_state state = { .progress = PROGRESS_RUNNING };

	cr_expect_not_null(due_now(&state, false, NOW));
	due_settle(&state, &record, NOW);
	cr_expect_eq(state.progress, PROGRESS_STORED);
	cr_expect_str_eq(state.run, "01M8");
	cr_expect_not_null(due_now(&state, false, NOW), "is to be delivered");
	state.progress = PROGRESS_DONE;
	cr_expect_null(due_now(&state, true, NOW + 1000 * HOUR_MS));
}

Test(due, what_failed_and_was_not_told_is_due_for_that)
{
	struct run_record record = { .id = "01M8", .verdict = VERDICT_FAILED };
	struct workflow_state at = { 0 };
	struct pull_state state = { .is_closed = true,
				    .workflows = &at,
				    .workflow_count = 1 };

	due_settle(&at, &record, NOW);
	cr_expect_null(due_now(&at, false, NOW));
	at.is_untold = true;
	cr_expect_eq(due_now(&at, false, NOW), due_undelivered);
	cr_expect_neq(due_now(&at, false, NOW + HOUR_MS), due_undelivered,
		      "it is tried again, and that is told");
	at.retry_at_ms = 0;
	cr_expect_not(due_is_over(&state));
	at.progress = PROGRESS_SKIPPED;
	cr_expect_eq(due_now(&at, false, NOW), due_undelivered);
	cr_expect_neq(due_now(&at, true, NOW), due_undelivered);
	due_mark(&at, KEY_1, "1111", "push", NOW);
	cr_expect_not(at.is_untold);
	free(at.event);
}

Test(due, a_schedule_runs_once_a_period_and_tree)
{
	int64_t day = 24 * HOUR_MS, start = NOW / day * day;
	char *first, *next;

	cr_assert(due_on_schedule(&first, NULL, day, "tree1", start));
	cr_expect_not(due_on_schedule(&next, first, day, "tree1", start + 1));
	cr_expect_not(
		due_on_schedule(&next, first, day, "tree2", start + day - 1),
		"once a period");
	cr_expect_not(due_on_schedule(&next, first, day, "tree1", start + day),
		      "the tree is the same");
	cr_assert(due_on_schedule(&next, first, day, "tree2", start + day));
	free(next);
	free(first);
}
