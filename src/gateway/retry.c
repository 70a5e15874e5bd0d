#include "gateway/retry.h"

#define BACKOFF_FIRST_MS 500
#define BACKOFF_MAX_MS   8000

#define PURSE_START 50  /* fifths: ten retries */
#define PURSE_MAX   500 /* a hundred           */

static const struct fault_rule rules[FAULT_COUNT] = {
	[FAULT_TIMEOUT] = { .retry = 1, .fall_back = 1, .trips_breaker = 1 },
	[FAULT_CONNECT] = { .retry = 1, .fall_back = 1, .trips_breaker = 1 },
	[FAULT_OVERLOADED] = { .retry = 1, .fall_back = 1, .trips_breaker = 1 },
	[FAULT_SERVER] = { .retry = 1, .fall_back = 1, .trips_breaker = 1 },
	[FAULT_RATE] = { .retry = 1, .fall_back = 1 },
	[FAULT_QUOTA] = { .fall_back = 1, .blocks_key = 1 },
	[FAULT_AUTH] = { .fall_back = 1, .blocks_key = 1 },
	[FAULT_MODEL] = { .fall_back = 1 },
	[FAULT_REQUEST] = { 0 },
	[FAULT_TOO_LARGE] = { 0 },
	[FAULT_REFUSED] = { .fall_back = 1 },
	[FAULT_ENVELOPE] = { .retry = 1, .fall_back = 1 },
	[FAULT_TRUNCATED] = { 0 },
	[FAULT_ANSWER] = { .fall_back = 1 },
	[FAULT_BUDGET] = { 0 },
	[FAULT_UNSUPPORTED] = { .fall_back = 1 },
	[FAULT_CANCELLED] = { 0 },
};

const struct fault_rule *fault_rule(enum fault fault)
{
	return &rules[fault];
}

/* 0.5 s, 1 s, 2 s ... to 8 s. */
int64_t retry_longest_wait(int attempt)
{
	int64_t ms = BACKOFF_FIRST_MS;

	for (; attempt > 2 && ms < BACKOFF_MAX_MS; attempt--)
		ms *= 2;
	return ms;
}

/* After that many attempts; less up to a quarter. */
static int64_t backoff_ms(int attempts, uint32_t random)
{
	int64_t ms = retry_longest_wait(attempts + 1);

	return ms - (int64_t)((uint64_t)ms * random / 4 / UINT32_MAX);
}

static bool may_retry(const struct retry_state *state)
{
	return rules[state->fault].retry && state->should_retry != 0 &&
	       state->attempts_here < RETRY_ATTEMPTS_PER_SERVICE &&
	       state->attempts_total < RETRY_ATTEMPTS_PER_ASK;
}

struct retry_decision retry_decide(const struct retry_state *state,
				   uint32_t random)
{
	struct retry_decision decision = { RETRY_END, 0 };
	int64_t wait = state->wait_ms;

	if (may_retry(state)) {
		/* "At once", from who has just refused, is a storm. */
		if (wait <= 0)
			wait = backoff_ms(state->attempts_here, random);
		if (wait < state->left_ms &&
		    (wait <= RETRY_PATIENCE_MS || !state->has_peer)) {
			decision.step = RETRY_AGAIN;
			decision.wait_ms = wait;
			return decision;
		}
	}
	if (rules[state->fault].fall_back && state->has_next &&
	    state->attempts_total < RETRY_ATTEMPTS_PER_ASK)
		decision.step = RETRY_NEXT;
	return decision;
}

void retry_purse_init(struct retry_purse *purse)
{
	purse->fifths = PURSE_START;
}

void retry_purse_earn(struct retry_purse *purse)
{
	if (purse->fifths < PURSE_MAX)
		purse->fifths++;
}

bool retry_purse_spend(struct retry_purse *purse)
{
	if (purse->fifths < 5)
		return false;
	purse->fifths -= 5;
	return true;
}
