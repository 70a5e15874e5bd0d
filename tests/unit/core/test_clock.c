#include "unit.h"

#include <string.h>

#include "core/clock.h"
#include "core/random.h"

static int64_t at_seven(void)
{
	return 7000;
}

Test(clock, can_be_replaced)
{
	const struct clock_source fake = { at_seven, at_seven, at_seven };
	char text[CLOCK_TEXT_SIZE];

	clock_use(&fake);
	cr_assert(eq(i64, clock_wall_ms(), 7000));
	cr_assert(eq(i64, clock_boot_ms(), 7000));
	clock_format(text, clock_wall_ms());
	cr_assert(eq(str, text, "1970-01-01T00:00:07Z"));
	clock_use(NULL);
	cr_assert(gt(i64, clock_wall_ms(), 1600000000000));
}

Test(clock, reads_what_forges_write)
{
	static const struct {
		char *text;
		int64_t wall_ms;
	} cases[] = {
		{ "1970-01-02", 86400000 },
		{ "1970-01-01T00:00:07Z", 7000 },
		{ "1970-01-01T00:00:07.25Z", 7250 },
		{ "1970-01-01T02:00:00.000+02:00", 0 },
		{ "1970-01-01T00:00:00-0030", 1800000 },
	};
	static char *const bad[] = { "",
				     "1970",
				     "1970-01-01T",
				     "x",
				     "1970-01-01T00:00:00ZZ",
				     "1970-01-01T00:00:00+1" };
	int64_t wall_ms;

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cr_assert(clock_parse(&wall_ms, cases[i].text), "%s",
			  cases[i].text);
		cr_assert(eq(i64, wall_ms, cases[i].wall_ms), "%s",
			  cases[i].text);
	}
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		cr_assert(not(clock_parse(&wall_ms, bad[i])), "%s", bad[i]);
}

Test(ulid, holds_its_time_and_sorts_by_it)
{
	char first[ULID_SIZE], second[ULID_SIZE];
	int64_t now = clock_wall_ms();

	ulid_new(first);
	ulid_new(second);
	cr_assert(strcmp(first, second) != 0);
	cr_assert(strncmp(first, second, 10) <= 0);
	cr_assert(ge(i64, ulid_time_ms(first), now));
	cr_assert(eq(i64, ulid_time_ms("nonsense"), -1));
}
