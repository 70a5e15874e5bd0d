#ifndef TESTS_UNIT_GATEWAY_TOY_H
#define TESTS_UNIT_GATEWAY_TOY_H

#include "gateway/gateway.h"
#include "io_fake.h"

/** \file
 * A gateway over toy services and the fake network. "one", "two" and "three"
 * speak HTTP at http://one/ask ...; "local" is the stand-in. A 200's body is
 * the answer; its usage is 1000 in, 100 out: 6,000,000 nano-USD.
 */

#define TOY_COST 6000000

struct toy_ledger {
	int reserved, settled;
	int64_t reserved_nusd, settled_nusd;
	bool fails;
	bool is_locked;
	int64_t spent_nusd; /* by others, not told yet */
};

struct toy {
	struct loop *loop;
	struct http *http;
	struct gateway *gateway;
	struct service services[4];
	struct toy_ledger ledger;
	int alerts;
};

/** Services one -> two -> three by `fallback =`. `options` may be NULL. */
void toy_open(struct toy *toy, const struct gateway_options *options);
void toy_close(struct toy *toy);

/** A kept outcome; strings owned. */
struct toy_answer {
	int calls;
	enum fault fault;
	char *text, *service, *model, *instead_of, *mapped_from, *message;
	char *attempts;
	bool degraded, cached, cost_unknown;
	int64_t cost_nusd, at_ms;
	int requests;
};

void toy_answer_release(struct toy_answer *answer);

/** An ask of service "one" with everything allowed. */
struct ask toy_ask(void);

/** ask_done_fn with a struct toy_answer as its payload. */
void toy_done(const struct outcome *outcome, void *payload);

/** Asks, and runs the loop until all is done. */
void toy_ask_and_wait(struct toy *toy, struct toy_answer *answer,
		      const struct ask *ask);

/** How many of the attempts hold `text`. */
int toy_attempts_with(const struct toy_answer *answer, const char *text);

#endif /* TESTS_UNIT_GATEWAY_TOY_H */
