#include "unit.h"

#include "gateway/retry.h"

/* What follows a first failure, with time enough and a peer left. */
static const struct {
	enum fault fault;
	enum retry_step step;
	bool trips_breaker;
} firsts[] = {
	{ FAULT_TIMEOUT, RETRY_AGAIN, true },
	{ FAULT_CONNECT, RETRY_AGAIN, true },
	{ FAULT_OVERLOADED, RETRY_AGAIN, true },
	{ FAULT_SERVER, RETRY_AGAIN, true },
	{ FAULT_RATE, RETRY_AGAIN, false },
	{ FAULT_ENVELOPE, RETRY_AGAIN, false },
	{ FAULT_QUOTA, RETRY_NEXT, false },
	{ FAULT_AUTH, RETRY_NEXT, false },
	{ FAULT_MODEL, RETRY_NEXT, false },
	{ FAULT_REFUSED, RETRY_NEXT, false },
	{ FAULT_ANSWER, RETRY_NEXT, false },
	{ FAULT_UNSUPPORTED, RETRY_NEXT, false },
	{ FAULT_REQUEST, RETRY_END, false },
	{ FAULT_TOO_LARGE, RETRY_END, false },
	{ FAULT_TRUNCATED, RETRY_END, false },
	{ FAULT_BUDGET, RETRY_END, false },
	{ FAULT_CANCELLED, RETRY_END, false },
};

static struct retry_state state_of(enum fault fault)
{
	return (struct retry_state){
		.fault = fault,
		.wait_ms = -1,
		.should_retry = -1,
		.attempts_here = 1,
		.attempts_total = 1,
		.has_next = true,
		.has_peer = true,
		.left_ms = 300000,
	};
}

Test(retry, does_what_the_fault_calls_for)
{
	for (size_t i = 0; i < ARRAY_LEN(firsts); i++) {
		struct retry_state state = state_of(firsts[i].fault);

		cr_assert_eq(retry_decide(&state, 0).step, firsts[i].step, "%s",
			     fault_name(firsts[i].fault));
		cr_assert_eq(fault_rule(firsts[i].fault)->trips_breaker,
			     firsts[i].trips_breaker, "%s",
			     fault_name(firsts[i].fault));
	}
}

Test(retry, bounds_the_attempts_of_a_service_and_of_an_ask)
{
	struct retry_state state = state_of(FAULT_SERVER);

	state.attempts_here = RETRY_ATTEMPTS_PER_SERVICE;
	cr_assert_eq(retry_decide(&state, 0).step, RETRY_NEXT);
	state.has_next = state.has_peer = false;
	cr_assert_eq(retry_decide(&state, 0).step, RETRY_END);
	state = state_of(FAULT_SERVER);
	state.attempts_total = RETRY_ATTEMPTS_PER_ASK;
	cr_assert_eq(retry_decide(&state, 0).step, RETRY_END);
}

Test(retry, backs_off_longer_each_time_and_spreads)
{
	struct retry_state state = state_of(FAULT_SERVER);

	cr_assert(eq(i64, retry_decide(&state, 0).wait_ms, 500));
	cr_assert(eq(i64, retry_decide(&state, UINT32_MAX).wait_ms, 375));
	state.attempts_here = 2;
	cr_assert(eq(i64, retry_decide(&state, 0).wait_ms, 1000));
	/* Even where it is told to come back at once. */
	state.fault = FAULT_RATE;
	state.wait_ms = 0;
	cr_assert(eq(i64, retry_decide(&state, 0).wait_ms, 1000));
}

Test(retry, waits_exactly_as_long_as_it_is_told)
{
	struct retry_state state = state_of(FAULT_RATE);

	state.wait_ms = 5000;
	cr_assert(eq(i64, retry_decide(&state, 12345).wait_ms, 5000));
	cr_assert_eq(retry_decide(&state, 12345).step, RETRY_AGAIN);
	/* Not with a peer that may answer now ... */
	state.wait_ms = RETRY_PATIENCE_MS + 1;
	cr_assert_eq(retry_decide(&state, 0).step, RETRY_NEXT);
	/* ... but when only a stand-in is left. */
	state.has_peer = false;
	cr_assert_eq(retry_decide(&state, 0).step, RETRY_AGAIN);
	/* And never past the deadline. */
	state.left_ms = state.wait_ms;
	cr_assert_eq(retry_decide(&state, 0).step, RETRY_NEXT);
}

Test(retry, believes_a_provider_that_says_it_is_no_use)
{
	struct retry_state state = state_of(FAULT_RATE);

	state.should_retry = 0;
	cr_assert_eq(retry_decide(&state, 0).step, RETRY_NEXT);
	state = state_of(FAULT_REQUEST);
	state.should_retry = 1;
	cr_assert_eq(retry_decide(&state, 0).step, RETRY_END);
}

Test(retry, is_a_fifth_of_the_traffic_at_most)
{
	struct retry_purse purse;
	int retries = 0;

	retry_purse_init(&purse);
	for (int i = 0; i < 1000; i++) {
		retry_purse_earn(&purse);
		retries += retry_purse_spend(&purse);
	}
	cr_assert(retries >= 200 && retries <= 210, "%d", retries);
}
