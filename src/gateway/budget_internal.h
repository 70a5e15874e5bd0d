#ifndef GATEWAY_BUDGET_INTERNAL_H
#define GATEWAY_BUDGET_INTERNAL_H

#include <uthash.h>

#include "gateway/budget.h"

/* What the parts of a budget share: budget.c counts, budget_alert.c tells
 * people how far it is used up. */

/* What was spent or reserved since `start_ms`. */
struct window {
	int64_t start_ms;
	int64_t used_nusd;     /* spent and reserved */
	int64_t reserved_nusd; /* of it              */
	int alerted_percent;
	bool refused; /* somebody, for want of the rest */
};

struct project {
	char *name;
	int64_t monthly_nusd;
	struct window month;
	UT_hash_handle hh;
};

struct run; /* of budget.c */

struct budget {
	struct budget_limits limits;
	struct window day, month;
	struct project *projects;
	struct run *runs;
};

#endif /* GATEWAY_BUDGET_INTERNAL_H */
