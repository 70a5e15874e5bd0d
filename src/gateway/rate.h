#ifndef GATEWAY_RATE_H
#define GATEWAY_RATE_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/service.h"

/** \file
 * How fast one service is asked: requests and tokens a minute, and how many
 * requests at once. What is checked is what is taken. Pure; times are
 * milliseconds of one clock.
 */

struct rate {
	/* A minute's worth, this instance's share; 0: no limit */
	double requests_per_minute, tokens_per_minute;
	double requests, tokens; /* there now; tokens may be owed */
	int64_t at_ms;           /* when they were counted        */
	int64_t blocked_until_ms;
	double window; /* how many at once; falls on 429, recovers */
	int window_max;
	int in_flight;
	int64_t narrowed_at_ms;
};

/** `share`: how many instances divide the limits (at least 1). A concurrency
 * of 0 is RATE_WINDOW. */
#define RATE_WINDOW 64
void rate_init(struct rate *rate, const struct service *service, int share,
	       int64_t now_ms);

/** RATE_FULL: no time helps, somebody must end first. */
#define RATE_FULL (-1)

/** 0: a request of about `tokens` tokens may be sent now; else how long to wait
 * before asking again. */
int64_t rate_wait(struct rate *rate, int64_t now_ms, int64_t tokens);

/** It is sent. */
void rate_take(struct rate *rate, int64_t tokens);

/** It ended with `fault` and used `used` tokens (-1: not known). */
void rate_end(struct rate *rate, int64_t now_ms, enum fault fault,
	      int64_t taken, int64_t used);

/** Nobody is asked before `until_ms`. Only ever moves later. */
void rate_block(struct rate *rate, int64_t until_ms);

/** What the provider said of its limits: only ever tightens. */
void rate_heed(struct rate *rate, int64_t now_ms,
	       const struct rate_notice *notice);

#endif /* GATEWAY_RATE_H */
