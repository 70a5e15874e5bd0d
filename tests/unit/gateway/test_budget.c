#include "unit.h"

#include <string.h>

#include "core/clock.h"
#include "gateway/budget.h"

#define DOLLAR 1000000000LL
#define CENT   (DOLLAR / 100)

static struct budget *limited(struct budget_limits limits, const char *zone)
{
	struct budget *budget;
	struct err err = ERR_INIT;

	must(budget_new(&budget, &limits, zone, &err));
	return budget;
}

static int64_t at(const char *text)
{
	int64_t ms = 0;

	cr_assert(clock_parse(&ms, text), "%s", text);
	return ms;
}

Test(budget, never_reserves_more_than_there_is)
{
	struct budget *budget = limited(
		(struct budget_limits){ .daily_nusd = 5 * DOLLAR }, NULL);
	int granted = 0;

	for (int i = 0; i < 1000; i++) {
		struct budget_claim claim = { .amount_nusd = 10 * CENT };

		granted += budget_reserve(budget, 0, &claim) == BUDGET_FITS;
	}
	cr_assert(eq(int, granted, 50));
	cr_assert(eq(i64, budget_day_nusd(budget), 5 * DOLLAR));
	budget_free(budget);
}

Test(budget, gives_back_what_a_request_did_not_cost)
{
	struct budget *budget =
		limited((struct budget_limits){ .daily_nusd = DOLLAR }, NULL);
	struct budget_claim first = { .amount_nusd = 90 * CENT };
	struct budget_claim second = { .amount_nusd = 50 * CENT };

	cr_assert_eq(budget_reserve(budget, 0, &first), BUDGET_FITS);
	cr_assert_eq(budget_reserve(budget, 0, &second), BUDGET_WAIT);
	budget_settle(budget, &first, 10 * CENT);
	cr_assert_eq(budget_reserve(budget, 0, &second), BUDGET_FITS);
	cr_assert(eq(i64, budget_day_nusd(budget), 60 * CENT));
	budget_free(budget);
}

/* A request that costs what was reserved for it. */
static enum budget_answer spend_all(struct budget *budget, int64_t now_ms,
				    struct budget_claim *claim)
{
	enum budget_answer answer = budget_reserve(budget, now_ms, claim);

	if (answer == BUDGET_FITS)
		budget_settle(budget, claim, claim->amount_nusd);
	return answer;
}

Test(budget, knows_runs_projects_days_and_months)
{
	struct budget *budget =
		limited((struct budget_limits){ .daily_nusd = 10 * DOLLAR,
						.monthly_nusd = 12 * DOLLAR,
						.per_run_nusd = 2 * DOLLAR },
			NULL);
	int64_t first = at("2026-11-24T10:00:00Z");
	int64_t second = at("2026-11-25T10:00:00Z");
	int64_t third = at("2026-12-01T00:00:00Z");
	struct budget_claim claim = { .project = "wallet",
				      .run = "r1",
				      .amount_nusd = 3 * DOLLAR };

	budget_set_project(budget, "wallet", 4 * DOLLAR);
	cr_assert_eq(budget_reserve(budget, first, &claim), BUDGET_RUN);
	claim.run_limit_nusd = 20 * DOLLAR;
	cr_assert_eq(spend_all(budget, first, &claim), BUDGET_FITS);
	cr_assert_eq(spend_all(budget, first, &claim), BUDGET_PROJECT);
	claim.project = "other";
	claim.amount_nusd = 8 * DOLLAR;
	cr_assert_eq(spend_all(budget, first, &claim), BUDGET_DAY);
	cr_assert_eq(spend_all(budget, second, &claim), BUDGET_FITS);
	claim.run = "r2";
	cr_assert_eq(spend_all(budget, second, &claim), BUDGET_DAY);
	claim.amount_nusd = 2 * DOLLAR;
	cr_assert_eq(budget_reserve(budget, second, &claim), BUDGET_MONTH);
	cr_assert_eq(budget_reserve(budget, third, &claim), BUDGET_FITS);
	budget_free(budget);
}

Test(budget, waits_for_what_is_reserved_but_not_for_what_is_spent)
{
	struct budget *budget =
		limited((struct budget_limits){ .per_run_nusd = DOLLAR }, NULL);
	struct budget_claim first = { .run = "r", .amount_nusd = 80 * CENT };
	struct budget_claim second = { .run = "r", .amount_nusd = 30 * CENT };
	struct budget_claim large = { .run = "r", .amount_nusd = 2 * DOLLAR };
	char text[BUDGET_ALERT_SIZE];

	cr_assert_eq(budget_reserve(budget, 0, &first), BUDGET_FITS);
	cr_assert_eq(budget_reserve(budget, 0, &second), BUDGET_WAIT);
	cr_assert_eq(budget_reserve(budget, 0, &large), BUDGET_RUN);
	budget_settle(budget, &first, 75 * CENT);
	cr_assert_eq(budget_reserve(budget, 0, &second), BUDGET_RUN);
	cr_assert_not(budget_alert(budget, text), "of a run nobody is told");
	budget_free(budget);
}

Test(budget, settles_into_the_window_it_was_taken_from)
{
	struct budget *budget =
		limited((struct budget_limits){ .daily_nusd = DOLLAR }, NULL);
	struct budget_claim late = { .amount_nusd = DOLLAR };
	struct budget_claim early = { .amount_nusd = DOLLAR };

	cr_assert_eq(budget_reserve(budget, at("2026-11-24T23:59:59Z"), &late),
		     BUDGET_FITS);
	cr_assert_eq(budget_reserve(budget, at("2026-11-25T00:00:00Z"), &early),
		     BUDGET_FITS);
	budget_settle(budget, &late, 0);
	cr_assert(eq(i64, budget_day_nusd(budget), DOLLAR));
	budget_free(budget);
}

Test(budget, begins_days_where_the_company_is)
{
	struct budget *budget =
		limited((struct budget_limits){ .daily_nusd = DOLLAR },
			"Europe/Berlin");
	int64_t day_ms, month_ms;
	struct err err = ERR_INIT;

	budget_windows(at("2026-11-30T23:30:00Z"), &day_ms, &month_ms);
	cr_assert(eq(i64, day_ms, at("2026-11-30T23:00:00Z")));
	cr_assert(eq(i64, month_ms, at("2026-11-30T23:00:00Z")));
	/* The day the clocks go back has 25 hours. */
	budget_windows(at("2026-10-25T22:30:00Z"), &day_ms, &month_ms);
	cr_assert(eq(i64, day_ms, at("2026-10-24T22:00:00Z")));
	budget_free(budget);
	must_fail(ERR_INVALID, budget_new(&budget, &(struct budget_limits){ 0 },
					  "Europe/Berlni", &err));
	must_fail(ERR_INVALID, budget_new(&budget, &(struct budget_limits){ 0 },
					  "../../../etc/passwd", &err));
}

/* Where clocks change at midnight, it is there twice, or not at all. */
static const struct {
	const char *zone, *now, *day;
} midnights[] = {
	{ "America/Havana", "2026-11-01T04:30:00Z", "2026-11-01T04:00:00Z" },
	{ "America/Havana", "2026-11-01T05:30:00Z", "2026-11-01T04:00:00Z" },
	{ "America/Havana", "2026-11-02T04:59:59Z", "2026-11-01T04:00:00Z" },
	{ "America/Havana", "2026-03-08T05:00:00Z", "2026-03-08T05:00:00Z" },
	{ "America/Havana", "2026-03-08T04:59:59Z", "2026-03-07T05:00:00Z" },
	{ "Europe/Berlin", "2026-03-29T21:59:59Z", "2026-03-28T23:00:00Z" },
	{ "Europe/Berlin", "2026-03-29T22:00:00Z", "2026-03-29T22:00:00Z" },
	{ "Asia/Kathmandu", "2026-11-30T18:15:00Z", "2026-11-30T18:15:00Z" },
	{ "UTC", "2026-11-30T18:15:00Z", "2026-11-30T00:00:00Z" },
};

Test(budget, begins_days_once_where_clocks_change_at_midnight)
{
	for (size_t i = 0; i < ARRAY_LEN(midnights); i++) {
		struct budget *budget = limited((struct budget_limits){ 0 },
						midnights[i].zone);
		int64_t day_ms, month_ms;

		budget_windows(at(midnights[i].now), &day_ms, &month_ms);
		cr_assert(eq(i64, day_ms, at(midnights[i].day)), "%s %s",
			  midnights[i].zone, midnights[i].now);
		budget_free(budget);
	}
}

Test(budget, counts_what_others_do_in_the_window_it_is_of)
{
	struct budget *budget =
		limited((struct budget_limits){ .daily_nusd = DOLLAR,
						.monthly_nusd = 2 * DOLLAR },
			NULL);
	int64_t today = at("2026-12-01T00:00:10Z");
	int64_t before = at("2026-11-30T23:59:50Z");
	struct budget_claim claim = { .project = "ios",
				      .amount_nusd = 60 * CENT };

	budget_roll(budget, before);
	budget_add_others(budget, "ios", before, 50 * CENT, 50 * CENT);
	cr_assert_eq(budget_reserve(budget, before, &claim), BUDGET_WAIT);
	budget_roll(budget, today);
	cr_assert(eq(i64, budget_month_nusd(budget), 0));
	/* Settled only now: it was yesterday's. */
	budget_add_others(budget, "ios", before, -40 * CENT, -50 * CENT);
	cr_assert(eq(i64, budget_day_nusd(budget), 0));
	budget_add_others(budget, "ios", today, 50 * CENT, 0);
	cr_assert_eq(budget_reserve(budget, today, &claim), BUDGET_DAY);
	/* A clock set back brings no new money. */
	cr_assert_eq(budget_reserve(budget, before, &claim), BUDGET_DAY);
	budget_set_project(budget, "ios", 40 * CENT);
	claim.amount_nusd = CENT;
	cr_assert_eq(budget_reserve(budget, today, &claim), BUDGET_PROJECT);
	budget_free(budget);
}

Test(budget, believes_no_alert_of_another_day)
{
	struct budget_limits limits = { .daily_nusd = DOLLAR,
					.alert_percent = 80 };
	struct budget *budget = limited(limits, NULL);
	char text[BUDGET_ALERT_SIZE];
	struct json *alerts;

	/* Written by a process whose clock was wrong. */
	budget_roll(budget, at("2035-01-01T00:00:00Z"));
	budget_add_others(budget, NULL, INT64_MAX, DOLLAR, 0);
	cr_assert(budget_alert(budget, text));
	alerts = budget_save_alerts(budget);
	budget_free(budget);
	budget = limited(limits, NULL);
	budget_roll(budget, at("2026-11-24T10:00:00Z"));
	budget_add_others(budget, NULL, at("2026-11-24T10:00:00Z"), DOLLAR, 0);
	budget_load_alerts(budget, alerts);
	json_free(alerts);
	cr_assert(eq(i64, budget_day_nusd(budget), DOLLAR));
	cr_assert(budget_has_alert(budget));
	cr_assert(budget_alert(budget, text));
	cr_assert(eq(str, text, "today's budget: 100 % of $1.00 are used up"));
	budget_free(budget);
}

Test(budget, tells_each_level_once_also_to_the_next_process)
{
	struct budget_limits limits = { .daily_nusd = DOLLAR,
					.alert_percent = 80 };
	struct budget *budget = limited(limits, NULL);
	struct budget_claim claim = { .amount_nusd = 90 * CENT };
	char text[BUDGET_ALERT_SIZE];
	struct json *alerts;

	cr_assert_eq(budget_reserve(budget, 0, &claim), BUDGET_FITS);
	cr_assert_not(budget_alert(budget, text), "only reserved");
	budget_settle(budget, &claim, 85 * CENT);
	cr_assert(budget_alert(budget, text));
	cr_assert(eq(str, text, "today's budget: 80 % of $1.00 are spent"));
	cr_assert_not(budget_alert(budget, text));

	alerts = budget_save_alerts(budget);
	budget_free(budget);
	budget = limited(limits, NULL);
	budget_load_alerts(budget, alerts);
	json_free(alerts);
	budget_add_others(budget, NULL, 0, 85 * CENT, 0);
	cr_assert_not(budget_alert(budget, text));
	cr_assert_eq(budget_reserve(budget, 0, &claim), BUDGET_DAY);
	cr_assert(budget_alert(budget, text));
	cr_assert(eq(str, text,
		     "today's budget: $0.85 of $1.00 are spent; the rest does "
		     "not cover the next request"));
	cr_assert_not(budget_alert(budget, text));
	budget_free(budget);
}
