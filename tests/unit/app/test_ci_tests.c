/* What a CI says of a branch becomes what the test runner would have said. */
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "app/ci_tests.h"
#include "core/alloc.h"

#define MINUTE_MS ((int64_t)60 * 1000)
#define NOW       ((int64_t)1790000000000)
#define COMMIT    "1111111111111111111111111111111111111111"

#define SIGNAL(text, how, said)                                 \
	{                                                       \
		.name = (text), .state = (how), .word = (said), \
		.changed_ms = NOW - 2 * MINUTE_MS               \
	}
#define PASSED(text)  SIGNAL(text, SIGNAL_PASSED, "success")
#define FAILED(text)  SIGNAL(text, SIGNAL_FAILED, "failure")
#define PENDING(text) SIGNAL(text, SIGNAL_PENDING, "queued")
#define SKIPPED(text) SIGNAL(text, SIGNAL_NEUTRAL, "skipped")
#define STOPPED(text) SIGNAL(text, SIGNAL_STOPPED, "cancelled")

struct said {
	struct forge_signal statuses[3], checks[3];
};

static struct forge_answer answer_of(const struct forge_signal *signals)
{
	struct forge_answer answer = { .signals =
					       (struct forge_signal *)signals };

	while (answer.signal_count < 3 && signals[answer.signal_count].name)
		answer.signal_count++;
	return answer;
}

/* "waits", "2 passed, 1 failed, 0 skipped" or why not. */
static char *judge(const struct said *said, struct ci_view *view)
{
	static const struct strvec all = STRVEC_INIT;
	struct forge_answer statuses = answer_of(said->statuses);
	struct forge_answer checks = answer_of(said->checks);
	struct ci_tests tests;
	char *text;

	view->branch = "referee/tests/pull-7";
	view->commit = COMMIT;
	view->statuses = &statuses;
	view->checks = &checks;
	view->wanted = view->wanted ? view->wanted : &all;
	view->now_ms = NOW;
	view->timeout_ms = 60 * MINUTE_MS;
	if (!view->since_ms)
		view->since_ms = NOW - 10 * MINUTE_MS;
	if (!ci_tests_judge(&tests, view))
		return xstrdup("waits");
	text = tests.answer
		       ? xstrf("%lld passed, %lld failed, %lld skipped: %s",
			       (long long)json_int_or(tests.answer, "passed",
						      -1),
			       (long long)json_int_or(tests.answer, "failed",
						      -1),
			       (long long)json_int_or(tests.answer, "skipped",
						      -1),
			       json_string_or(tests.answer, "summary", ""))
		       : xstrdup(tests.failure);
	ci_tests_release(&tests);
	return text;
}

Test(ci_tests, what_is_said_and_what_it_comes_to)
{
	static const struct {
		struct said said;
		int minutes; /* since the push; 0: 10 */
		const char *lost, *wanted;
	} cases[] = {
		{ { { { 0 } }, { { 0 } } }, 0, NULL, "waits" },
		{ { { PASSED("ci") }, { PASSED("a"), PASSED("b") } },
		  0,
		  NULL,
		  "3 passed, 0 failed, 0 skipped: 3 checks of the project's CI "
		  "passed." },
		{ { { PASSED("ci") }, { FAILED("a"), SKIPPED("b") } },
		  0,
		  NULL,
		  "1 passed, 1 failed, 1 skipped: 1 check of the project's CI "
		  "passed, 1 said nothing, 1 failed: a (failure)." },
		{ { { PENDING("ci") }, { PASSED("a") } }, 0, NULL, "waits" },
		{ { { PENDING("ci") }, { FAILED("a") } }, 0, NULL, "waits" },
		{ { { PENDING("ci") }, { FAILED("a") } },
		  60,
		  NULL,
		  "CI has not finished on referee/tests/pull-7 within 60 min: "
		  "ci (queued)" },
		{ { { { 0 } }, { { 0 } } },
		  60,
		  NULL,
		  "no status and no check run came on referee/tests/pull-7 "
		  "within 60 min: does the project's CI run on such "
		  "branches?" },
		{ { { { 0 } }, { SKIPPED("a"), SKIPPED("b") } },
		  0,
		  NULL,
		  "CI ran nothing on referee/tests/pull-7: none of its checks "
		  "passed or failed" },
		{ { { { 0 } }, { STOPPED("a"), PASSED("b") } },
		  0,
		  NULL,
		  "CI did not finish on referee/tests/pull-7: a (cancelled)" },
		{ { { { 0 } }, { STOPPED("a"), FAILED("b") } },
		  0,
		  NULL,
		  "0 passed, 1 failed, 1 skipped: 0 checks of the project's CI "
		  "passed, 1 said nothing, 1 failed: b (failure)." },
		/* our own */
		{ { { FAILED("referee/x"), FAILED("Referee/y") }, { { 0 } } },
		  0,
		  NULL,
		  "waits" },
		{ { { FAILED("referee/x") }, { PASSED("a") } },
		  0,
		  NULL,
		  "1 passed, 0 failed, 0 skipped: 1 check of the project's CI "
		  "passed." },
		/* the branch is not ours any more */
		{ { { { 0 } }, { PENDING("a") } },
		  0,
		  "it is gone",
		  "it is gone" },
		{ { { { 0 } }, { PASSED("a") } },
		  0,
		  "it is gone",
		  "1 passed, 0 failed, 0 skipped: 1 check of the project's CI "
		  "passed." },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct ci_view view = {
			.lost = cases[i].lost,
			.since_ms = cases[i].minutes
					    ? NOW - cases[i].minutes * MINUTE_MS
					    : 0,
		};
		char *got = judge(&cases[i].said, &view);

		cr_expect(eq(str, got, cases[i].wanted), "%zu", i);
		free(got);
	}
}

Test(ci_tests, what_just_changed_is_not_the_end_of_it)
{
	struct said said = { .checks = { PASSED("a") } };
	struct ci_view view = { 0 };
	char *got;

	said.checks[0].changed_ms = NOW - MINUTE_MS + 1;
	got = judge(&said, &view);
	cr_expect(eq(str, got, "waits"));
	free(got);
	view.since_ms = NOW - 60 * MINUTE_MS;
	got = judge(&said, &view);
	cr_expect(strstr(got, "1 passed") != NULL, "%s", got);
	free(got);
}

Test(ci_tests, only_those_asked_for_count_and_all_of_them)
{
	static const struct {
		const char *patterns[3];
		struct said said;
		const char *wanted;
	} cases[] = {
		{ { "unit *" },
		  { { FAILED("deploy") }, { PASSED("unit tests") } },
		  "1 passed, 0 failed, 0 skipped: 1 check of the project's CI "
		  "passed." },
		{ { "unit *", "ios/*" },
		  { { { 0 } }, { PASSED("unit tests") } },
		  "waits" },
		{ { "unit *", "ios/*" },
		  { { PASSED("ios/app") }, { PASSED("unit tests") } },
		  "2 passed, 0 failed, 0 skipped: 2 checks of the project's CI "
		  "passed." },
		{ { "**", "!deploy" },
		  { { FAILED("deploy") }, { PASSED("a / b") } },
		  "1 passed, 0 failed, 0 skipped: 1 check of the project's CI "
		  "passed." },
		{ { "[a" }, { { { 0 } }, { PASSED("a") } }, "tests_checks: " },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct strvec wanted = STRVEC_INIT;
		struct ci_view view = { .wanted = &wanted };
		char *got;

		for (size_t j = 0; j < 3 && cases[i].patterns[j]; j++)
			strvec_add(&wanted, cases[i].patterns[j]);
		got = judge(&cases[i].said, &view);
		cr_expect(eq(int,
			     strncmp(got, cases[i].wanted,
				     strlen(cases[i].wanted)),
			     0),
			  "%zu: %s", i, got);
		free(got);
		strvec_release(&wanted);
	}
}

Test(ci_tests, half_of_it_is_nothing)
{
	static const struct strvec all = STRVEC_INIT;
	const struct said said = { .statuses = { PASSED("ci") } };
	struct forge_answer statuses = answer_of(said.statuses);
	struct ci_view view = { .branch = "b",
				.commit = COMMIT,
				.statuses = &statuses,
				.unread = "status 403",
				.wanted = &all,
				.now_ms = NOW,
				.since_ms = NOW - MINUTE_MS,
				.timeout_ms = 60 * MINUTE_MS };
	struct ci_tests tests;

	cr_expect_not(ci_tests_judge(&tests, &view));
	view.since_ms = NOW - 60 * MINUTE_MS;
	cr_assert(ci_tests_judge(&tests, &view));
	cr_expect(tests.answer == NULL);
	must_say(
		"what CI says of b could not be read within 60 min: status 403",
		tests.failure);
	ci_tests_release(&tests);
	view.commit = NULL;
	cr_assert(ci_tests_judge(&tests, &view));
	must_say("b could not be pushed within 60 min", tests.failure);
	ci_tests_release(&tests);
}

Test(ci_tests, links_are_only_what_a_browser_opens)
{
	static const char *const cases[][2] = {
		{ "https://ci.test/7?a=b#c", "https://ci.test/7?a=b#c" },
		{ "http://ci/", "http://ci/" },
		{ "javascript:alert(1)", "" },
		{ "https://ci/\"><img>", "" },
		{ "https://ci/ /referee run", "" },
		{ "https://ci/\n", "" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct forge_signal signal = FAILED("a");
		static const struct strvec all = STRVEC_INIT;
		struct forge_answer none = { 0 },
				    checks = { .signals = &signal,
					       .signal_count = 1 };
		struct ci_view view = { .branch = "b",
					.commit = COMMIT,
					.statuses = &none,
					.checks = &checks,
					.wanted = &all,
					.now_ms = NOW,
					.since_ms = NOW,
					.timeout_ms = MINUTE_MS };
		struct ci_tests tests;

		signal.url = (char *)cases[i][0];
		cr_assert(ci_tests_judge(&tests, &view));
		cr_expect(eq(str,
			     json_string_or(tests.answer, "checks.0.url", ""),
			     cases[i][1]));
		ci_tests_release(&tests);
	}
}
