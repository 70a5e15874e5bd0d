#include "gateway/rate.h"

#include <math.h>

#define MINUTE_MS 60000.0

/* A bucket holds what flows in within six seconds: a burst of a whole minute's
 * worth would let twice the limit through in the first minute. */
#define BURST 0.1

/* Several refusals at once are one piece of news. */
#define NARROW_AGAIN_MS 1000

#define NOTICE_RESET_MAX_MS 3600000

static double burst(double per_minute)
{
	return fmax(1.0, per_minute * BURST);
}

void rate_init(struct rate *rate, const struct service *service, int share,
	       int64_t now_ms)
{
	int window = service->concurrency > 0 ? service->concurrency
					      : RATE_WINDOW;

	*rate = (struct rate){
		.requests_per_minute = (double)service->requests_per_minute /
				       share,
		.tokens_per_minute = (double)service->tokens_per_minute / share,
		.at_ms = now_ms,
		.window = window,
		.window_max = window,
		.narrowed_at_ms = INT64_MIN / 2,
	};
	rate->requests = burst(rate->requests_per_minute);
	rate->tokens = burst(rate->tokens_per_minute);
}

static void refill(struct rate *rate, int64_t now_ms)
{
	double minutes = (double)(now_ms - rate->at_ms) / MINUTE_MS;

	if (now_ms <= rate->at_ms)
		return;
	rate->at_ms = now_ms;
	rate->requests =
		fmin(burst(rate->requests_per_minute),
		     rate->requests + minutes * rate->requests_per_minute);
	rate->tokens = fmin(burst(rate->tokens_per_minute),
			    rate->tokens + minutes * rate->tokens_per_minute);
}

/* Until `level` reaches `wanted`. */
static int64_t wait_for(double level, double wanted, double per_minute)
{
	if (per_minute <= 0 || level >= wanted)
		return 0;
	return (int64_t)ceil((wanted - level) / per_minute * MINUTE_MS);
}

int64_t rate_wait(struct rate *rate, int64_t now_ms, int64_t tokens)
{
	int64_t wait = 0, other;
	double wanted;

	if (rate->in_flight >= (int)rate->window)
		return RATE_FULL;
	refill(rate, now_ms);
	if (rate->blocked_until_ms > now_ms)
		wait = rate->blocked_until_ms - now_ms;
	other = wait_for(rate->requests, 1.0, rate->requests_per_minute);
	wait = other > wait ? other : wait;
	/* What is larger than the bucket goes when it is full, and owes. */
	wanted = fmin((double)tokens, burst(rate->tokens_per_minute));
	other = wait_for(rate->tokens, wanted, rate->tokens_per_minute);
	return other > wait ? other : wait;
}

void rate_take(struct rate *rate, int64_t tokens)
{
	rate->in_flight++;
	rate->requests -= 1.0;
	rate->tokens -= (double)tokens;
}

void rate_end(struct rate *rate, int64_t now_ms, enum fault fault,
	      int64_t taken, int64_t used)
{
	rate->in_flight--;
	if (used >= 0)
		rate->tokens += (double)(taken - used);
	if (fault == FAULT_NONE) {
		rate->window = fmin(rate->window_max,
				    rate->window + 1.0 / rate->window);
	} else if ((fault == FAULT_RATE || fault == FAULT_OVERLOADED) &&
		   now_ms - rate->narrowed_at_ms >= NARROW_AGAIN_MS) {
		rate->window = fmax(1.0, rate->window / 2);
		rate->narrowed_at_ms = now_ms;
	}
}

void rate_block(struct rate *rate, int64_t until_ms)
{
	if (until_ms > rate->blocked_until_ms)
		rate->blocked_until_ms = until_ms;
}

/* Nothing left until the reset: nobody asks before. */
static void heed_reset(struct rate *rate, int64_t now_ms, int64_t left,
		       int64_t reset_ms)
{
	if (left == 0 && reset_ms > 0 && reset_ms <= NOTICE_RESET_MAX_MS)
		rate_block(rate, now_ms + reset_ms);
}

static void heed_limit(double *per_minute, double *level, int64_t limit,
		       int64_t left)
{
	if (limit > 0 && (*per_minute <= 0 || (double)limit < *per_minute)) {
		if (*per_minute <= 0)
			*level = burst((double)limit);
		*per_minute = (double)limit;
	}
	if (*per_minute > 0 && left >= 0 && (double)left < *level)
		*level = (double)left;
}

void rate_heed(struct rate *rate, int64_t now_ms,
	       const struct rate_notice *notice)
{
	refill(rate, now_ms);
	heed_limit(&rate->requests_per_minute, &rate->requests,
		   notice->requests_limit, notice->requests_left);
	heed_limit(&rate->tokens_per_minute, &rate->tokens,
		   notice->tokens_limit, notice->tokens_left);
	heed_reset(rate, now_ms, notice->requests_left,
		   notice->requests_reset_ms);
	heed_reset(rate, now_ms, notice->tokens_left, notice->tokens_reset_ms);
}
