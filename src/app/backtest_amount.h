#ifndef APP_BACKTEST_AMOUNT_H
#define APP_BACKTEST_AMOUNT_H

#include "app/replay.h"
#include "core/json.h"
#include "gateway/gateway.h"
#include "workflow/plan.h"

/** \file
 * What a run on a change of the past would have come to, about. For backtest.c.
 */

enum amount_bound { AMOUNT_LOW, AMOUNT_EXPECTED, AMOUNT_HIGH, AMOUNT_BOUNDS };

struct amount {
	int64_t tokens[AMOUNT_BOUNDS], nusd[AMOUNT_BOUNDS];
	bool is_guess; /* there is no price of some model */
};

void amount_add(struct amount *sum, const struct amount *more);

/** Sets `tokens` and `cost_nusd` by bound, and `price_unknown`. */
void amount_describe(const struct amount *amount, struct json *out);

/** Agents that the run would ask in one request (together.h), if they
 * `may_join` at all, are estimated as that. Asks nobody. */
void amount_of_run(struct amount *out, struct gateway *gateway,
		   const struct plan *plan, const struct replayed *change,
		   bool may_join);

#endif /* APP_BACKTEST_AMOUNT_H */
