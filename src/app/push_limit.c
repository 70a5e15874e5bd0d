#include "app/push_limit.h"

#define MINUTE_MS ((int64_t)60 * 1000)

bool push_limit_allows(const struct push_limit *limit, int64_t now_ms)
{
	return limit->count < PUSHES_A_MINUTE ||
	       now_ms - limit->at_ms[0] >= MINUTE_MS;
}

void push_limit_count(struct push_limit *limit, int64_t now_ms)
{
	if (limit->count < PUSHES_A_MINUTE) {
		limit->at_ms[limit->count++] = now_ms;
		return;
	}
	for (int i = 1; i < PUSHES_A_MINUTE; i++)
		limit->at_ms[i - 1] = limit->at_ms[i];
	limit->at_ms[PUSHES_A_MINUTE - 1] = now_ms;
}
