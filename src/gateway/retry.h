#ifndef GATEWAY_RETRY_H
#define GATEWAY_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/service.h"

/** \file
 * What follows a fault: the same service again, the next one, or the end. The
 * only place that decides it. Pure.
 */

/** Requests to one service for one ask, and to all of them together. */
#define RETRY_ATTEMPTS_PER_SERVICE 3
#define RETRY_ATTEMPTS_PER_ASK     8

/** A longer wait than this is not waited for if another service is left. */
#define RETRY_PATIENCE_MS 30000

/** What each fault means. */
struct fault_rule {
	bool retry;         /* the same request may succeed later      */
	bool fall_back;     /* another service may succeed             */
	bool trips_breaker; /* the provider's fault                    */
	bool blocks_key;    /* nothing with this key will succeed soon */
};

const struct fault_rule *fault_rule(enum fault fault);

enum retry_step {
	RETRY_AGAIN, /* the same service, after wait_ms */
	RETRY_NEXT,  /* the next service                */
	RETRY_END,   /* the ask has failed              */
};

struct retry_state {
	enum fault fault;
	int64_t wait_ms;  /* the provider asks for; 0, -1: nothing    */
	int should_retry; /* as in struct service_result              */
	int attempts_here, attempts_total; /* sent so far             */
	bool has_next;   /* somebody else is left to ask               */
	bool has_peer;   /* and it is no stand-in                      */
	int64_t left_ms; /* until when the ask may wait */
};

struct retry_decision {
	enum retry_step step;
	int64_t wait_ms;
};

/** `random` spreads the waits: any 32 bits. */
struct retry_decision retry_decide(const struct retry_state *state,
				   uint32_t random);

/** The longest wait before attempt `attempt` (from 2) of the same service,
 * unless the provider orders another one. */
int64_t retry_longest_wait(int attempt);

/**
 * How much of the traffic may be retries: a fifth of what is asked, and always
 * some. Waits that the provider ordered do not count.
 */
struct retry_purse {
	int32_t fifths; /* of one retry */
};

void retry_purse_init(struct retry_purse *purse);
/** An ask's first request. */
void retry_purse_earn(struct retry_purse *purse);
/** False: no retry now. */
bool retry_purse_spend(struct retry_purse *purse);

#endif /* GATEWAY_RETRY_H */
