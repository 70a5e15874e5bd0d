#include "unit.h"

#include "gateway/breaker.h"

static struct breaker_ticket admitted(struct breaker *breaker, int64_t now)
{
	struct breaker_ticket ticket = { 0 };
	int64_t wait;

	cr_assert_neq(breaker_ask(breaker, now, 1000, &ticket, &wait),
		      BREAKER_REFUSE);
	return ticket;
}

static void open_it(struct breaker *breaker, int64_t now)
{
	for (int i = 0; i < BREAKER_FAULTS; i++)
		breaker_fail(breaker, admitted(breaker, now), now);
	cr_assert(breaker->open_until != 0);
}

Test(breaker, opens_after_five_faults_in_a_row)
{
	struct breaker breaker = { 0 };

	for (int i = 0; i < BREAKER_FAULTS - 1; i++)
		cr_assert_not(breaker_fail(&breaker, admitted(&breaker, 0), 0));
	breaker_succeed(&breaker, admitted(&breaker, 0));
	for (int i = 0; i < BREAKER_FAULTS - 1; i++)
		cr_assert_not(breaker_fail(&breaker, admitted(&breaker, 0), 0));
	cr_assert(breaker_fail(&breaker, admitted(&breaker, 0), 0));
}

Test(breaker, begins_a_new_row_after_an_hour)
{
	struct breaker breaker = { 0 };
	int64_t now = 0;

	for (int i = 0; i < BREAKER_FAULTS - 1; i++) {
		now += BREAKER_ROW_MS;
		cr_assert_not(
			breaker_fail(&breaker, admitted(&breaker, now), now));
	}
	now += BREAKER_ROW_MS + 1;
	cr_assert_not(breaker_fail(&breaker, admitted(&breaker, now), now));
	cr_assert(eq(int, breaker.faults, 1));
}

Test(breaker, goes_on_with_the_row_of_other_processes)
{
	static const struct {
		int heard;
		bool opens;
	} rows[] = { { -1, false },
		     { 0, false },
		     { 3, false },
		     { 4, true },
		     { 1000, true } };

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct breaker breaker = { .faults = 2 };

		breaker_hear_faults(&breaker, rows[i].heard, 1000);
		cr_assert_eq(breaker.open_until, 0);
		cr_assert_eq(
			breaker_fail(&breaker, admitted(&breaker, 2000), 2000),
			rows[i].opens, "%d", rows[i].heard);
	}
}

Test(breaker, stays_open_for_a_minute_then_lets_one_through)
{
	struct breaker breaker = { 0 };
	struct breaker_ticket ticket;
	int64_t wait;
	int probes = 0;

	open_it(&breaker, 1000);
	cr_assert_eq(breaker_ask(&breaker, 1000, 1000, &ticket, &wait),
		     BREAKER_REFUSE);
	cr_assert(eq(i64, wait, BREAKER_OPEN_MS));
	for (int i = 0; i < 15; i++)
		probes += breaker_ask(&breaker, 1000 + BREAKER_OPEN_MS, 9000,
				      &ticket, &wait) == BREAKER_PROBE;
	cr_assert(eq(int, probes, 1));
}

Test(breaker, closes_when_the_probe_succeeds_and_opens_when_it_fails)
{
	struct breaker breaker = { 0 };
	int64_t now = BREAKER_OPEN_MS;

	open_it(&breaker, 0);
	cr_assert(breaker_fail(&breaker, admitted(&breaker, now), now));
	cr_assert(eq(i64, breaker.open_until, now + BREAKER_OPEN_MS));
	now += BREAKER_OPEN_MS;
	cr_assert(breaker_succeed(&breaker, admitted(&breaker, now)));
	cr_assert_not(admitted(&breaker, now).is_probe);
}

Test(breaker, does_not_take_an_old_success_for_the_probes)
{
	struct breaker breaker = { 0 };
	struct breaker_ticket old = admitted(&breaker, 0);
	int64_t wait;

	open_it(&breaker, 0);
	cr_assert_not(breaker_succeed(&breaker, old));
	cr_assert(breaker_refuses(&breaker, 0, &wait));
}

Test(breaker, gives_a_lost_probe_to_another)
{
	struct breaker breaker = { 0 };
	struct breaker_ticket ticket;
	int64_t wait;

	open_it(&breaker, 0);
	ticket = admitted(&breaker, BREAKER_OPEN_MS);
	cr_assert(breaker_refuses(&breaker, BREAKER_OPEN_MS, &wait));
	cr_assert_not(breaker_refuses(&breaker, BREAKER_OPEN_MS + 1000, &wait));
	breaker_forget(&breaker, ticket);
	cr_assert_not(breaker_refuses(&breaker, BREAKER_OPEN_MS, &wait));
}

Test(breaker, is_not_held_open_by_a_clock_set_back)
{
	struct breaker breaker = { .open_until = 1000000000 };
	int64_t wait;

	cr_assert(breaker_refuses(&breaker, 0, &wait));
	cr_assert(eq(i64, wait, BREAKER_OPEN_MS));
}

Test(breaker, hears_of_other_processes_and_only_opens_longer)
{
	struct breaker breaker = { 0 };
	struct breaker_ticket before = admitted(&breaker, 0);
	int64_t wait;

	breaker_hear_open(&breaker, 5000);
	breaker_hear_open(&breaker, 4000);
	cr_assert(breaker_refuses(&breaker, 4999, &wait));
	cr_assert_not(breaker_succeed(&breaker, before), "is no probe");
	cr_assert_not(breaker_fail(&breaker, before, 4000), "nor that");
	cr_assert(admitted(&breaker, 5000).is_probe);
	breaker_hear_closed(&breaker);
	cr_assert_not(admitted(&breaker, 5000).is_probe);
	cr_assert(eq(int, breaker.faults, 0));
}
