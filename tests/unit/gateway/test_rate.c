#include "unit.h"

#include "gateway/rate.h"

/* How many requests get through in `ms`, asked for every millisecond. */
static int sent_in(struct rate *rate, int64_t from, int64_t ms, int64_t tokens)
{
	int sent = 0;

	for (int64_t now = from; now < from + ms; now++) {
		while (rate_wait(rate, now, tokens) == 0) {
			rate_take(rate, tokens);
			rate_end(rate, now, FAULT_NONE, tokens, tokens);
			sent++;
		}
	}
	return sent;
}

Test(rate, holds_requests_a_minute)
{
	struct service service = { .requests_per_minute = 100 };
	struct rate rate;
	int sent;

	rate_init(&rate, &service, 1, 0);
	sent = sent_in(&rate, 0, 60000, 1);
	cr_assert(sent >= 100 && sent <= 110, "%d", sent);
	sent = sent_in(&rate, 60000, 60000, 1);
	cr_assert(sent >= 99 && sent <= 101, "%d", sent);
}

Test(rate, is_divided_between_instances)
{
	struct service service = { .requests_per_minute = 100 };
	struct rate rate;
	int sent;

	rate_init(&rate, &service, 4, 0);
	sent = sent_in(&rate, 0, 60000, 1);
	cr_assert(sent >= 24 && sent <= 28, "%d", sent);
}

Test(rate, holds_tokens_a_minute_and_lets_a_large_request_owe)
{
	struct service service = { .tokens_per_minute = 100000 };
	struct rate rate;
	int sent;

	rate_init(&rate, &service, 1, 0);
	/* Larger than the bucket: goes when that is full. */
	cr_assert(eq(i64, rate_wait(&rate, 0, 50000), 0));
	rate_take(&rate, 50000);
	cr_assert(rate_wait(&rate, 0, 1) > 0);
	rate_end(&rate, 0, FAULT_NONE, 50000, 50000);
	sent = sent_in(&rate, 0, 60000, 1000);
	cr_assert(sent >= 50 && sent <= 61, "%d", sent);
}

Test(rate, gives_back_what_was_not_used)
{
	struct service service = { .tokens_per_minute = 100000 };
	struct rate rate;

	rate_init(&rate, &service, 1, 0);
	rate_take(&rate, 10000);
	cr_assert(rate_wait(&rate, 0, 5000) > 0);
	rate_end(&rate, 0, FAULT_NONE, 10000, 2000);
	cr_assert(eq(i64, rate_wait(&rate, 0, 5000), 0));
}

Test(rate, never_shortens_a_wait_that_was_ordered)
{
	struct service service = { 0 };
	struct rate rate;

	rate_init(&rate, &service, 1, 0);
	rate_block(&rate, 9000);
	rate_block(&rate, 4000);
	cr_assert(eq(i64, rate_wait(&rate, 1000, 1), 8000));
	cr_assert(eq(i64, rate_wait(&rate, 9000, 1), 0));
}

Test(rate, narrows_on_refusals_and_recovers)
{
	struct service service = { .concurrency = 64 };
	struct rate rate;

	rate_init(&rate, &service, 1, 0);
	for (int i = 0; i < 64; i++)
		rate_take(&rate, 1);
	cr_assert(eq(i64, rate_wait(&rate, 0, 1), RATE_FULL));
	/* A volley of refusals halves it once. */
	for (int i = 0; i < 64; i++)
		rate_end(&rate, 0, FAULT_RATE, 1, 0);
	cr_assert(eq(dbl, rate.window, 32.0));
	for (int i = 0; i < 10; i++) {
		rate_take(&rate, 1);
		rate_end(&rate, 2000 * (i + 1), FAULT_RATE, 1, 0);
	}
	cr_assert(eq(dbl, rate.window, 1.0));
	for (int i = 0; i < 5000; i++) {
		rate_take(&rate, 1);
		rate_end(&rate, 30000, FAULT_NONE, 1, 1);
	}
	cr_assert(eq(dbl, rate.window, 64.0));
}

Test(rate, is_tightened_by_what_the_provider_says)
{
	struct service service = { .requests_per_minute = 1000 };
	struct rate rate;

	rate_init(&rate, &service, 1, 0);
	rate_heed(&rate, 0,
		  &(struct rate_notice){ .requests_left = 0,
					 .tokens_left = -1,
					 .requests_reset_ms = 7000,
					 .tokens_reset_ms = -1,
					 .requests_limit = 60,
					 .tokens_limit = -1 });
	cr_assert(eq(i64, rate_wait(&rate, 0, 1), 7000));
	cr_assert(eq(dbl, rate.requests_per_minute, 60.0));
	/* A larger limit than ours changes nothing. */
	rate_heed(&rate, 0, &(struct rate_notice){ -1, -1, -1, -1, 5000, -1 });
	cr_assert(eq(dbl, rate.requests_per_minute, 60.0));
}
