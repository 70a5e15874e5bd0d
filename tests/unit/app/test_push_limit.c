#include "unit.h"

#include "app/push_limit.h"

#define NOW ((int64_t)1000000)

Test(push_limit, lets_two_a_minute_through)
{
	struct push_limit limit = { 0 };

	cr_assert(push_limit_allows(&limit, 0));
	push_limit_count(&limit, NOW);
	cr_assert(push_limit_allows(&limit, NOW + 1));
	push_limit_count(&limit, NOW + 1000);
	cr_assert(not(push_limit_allows(&limit, NOW + 1001)));
	cr_assert(not(push_limit_allows(&limit, NOW + 59999)));
	cr_assert(push_limit_allows(&limit, NOW + 60000));
}

Test(push_limit, the_minute_moves_on_with_each_push)
{
	struct push_limit limit = { 0 };

	push_limit_count(&limit, NOW);
	push_limit_count(&limit, NOW + 50000);
	push_limit_count(&limit, NOW + 61000);
	cr_assert(not(push_limit_allows(&limit, NOW + 109999)));
	cr_assert(push_limit_allows(&limit, NOW + 110000));
}

Test(push_limit, no_minute_has_more_than_two)
{
	struct push_limit limit = { 0 };
	int64_t pushed[1000];
	int count = 0;

	for (int64_t now_ms = NOW; now_ms < NOW + 900000; now_ms += 700)
		if (push_limit_allows(&limit, now_ms)) {
			push_limit_count(&limit, now_ms);
			pushed[count++] = now_ms;
		}
	cr_assert(ge(int, count, 29));
	for (int i = 2; i < count; i++)
		cr_assert(ge(i64, pushed[i] - pushed[i - 2], 60000));
}
