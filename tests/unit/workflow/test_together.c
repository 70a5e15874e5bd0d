#include "scenario.h"

#include "unit.h"

#include <stdlib.h>

#include "core/alloc.h"
#include "core/json.h"
#include "workflow/together.h"

#define SAYS(who, what)                      \
	{                                    \
		.agent = who, .answer = what \
	}

/* What is asked of one agent, as the choice sees it. */
struct look_case {
	const char *agent, *route, *change, *about, *task;
	enum answer_kind answer;
	int max_tokens;
	double temperature;
	int64_t deadline_ms;
	bool no_route;
};

/* What is not said is as with every other. */
#define LOOK(name, ...)                    \
	{                                  \
		.agent = name, __VA_ARGS__ \
	}

static const char *either(const char *said, const char *otherwise)
{
	return said ? said : otherwise;
}

static char *choose(const struct look_case *cases, size_t count)
{
	struct prompt prompts[8];
	struct chat chats[8];
	struct ask asks[8];
	struct candidate list[8];
	size_t leader[8];
	struct buf said;

	for (size_t i = 0; i < count; i++) {
		const struct look_case *one = &cases[i];

		prompts[i] = (struct prompt){
			.system = "s",
			.change = (char *)either(one->change, "diff"),
			.about = (char *)one->about,
			.task = (char *)either(one->task, "do"),
		};
		chats[i] = (struct chat){
			.prompt = &prompts[i],
			.answer = one->answer,
			.max_tokens = one->max_tokens ? one->max_tokens : 8000,
			.temperature = one->temperature,
		};
		asks[i] = (struct ask){ .chat = &chats[i],
					.deadline_ms = one->deadline_ms };
		list[i] = (struct candidate){
			.route = one->no_route ? NULL
					       : either(one->route, "one\nm\n"),
			.agent = one->agent,
			.ask = &asks[i]
		};
	}
	together_choose(leader, list, count);
	buf_init(&said, 100);
	for (size_t i = 0; i < count; i++)
		buf_addf(&said, "%zu", leader[i]);
	return buf_detach(&said);
}

Test(together, who_goes_with_whom)
{
	static char long_task[40000];
	const struct {
		const char *what, *leaders;
		size_t count;
		struct look_case looks[8];
	} cases[] = {
		{ "all the same",
		  "000",
		  3,
		  { LOOK("a", ), LOOK("b", ), LOOK("c", ) } },
		{ "another service or model",
		  "010",
		  3,
		  { LOOK("a", ), LOOK("b", .route = "two\nm\n"),
		    LOOK("c", ) } },
		{ "no route",
		  "01",
		  2,
		  { LOOK("a", .no_route = true),
		    LOOK("b", .no_route = true) } },
		{ "title and description",
		  "0101",
		  4,
		  { LOOK("a", .about = "t"), LOOK("b", ),
		    LOOK("c", .about = "t"), LOOK("d", ) } },
		{ "other context",
		  "01",
		  2,
		  { LOOK("a", ), LOOK("b", .change = "diff and more") } },
		{ "another kind of answer",
		  "012",
		  3,
		  { LOOK("a", ), LOOK("b", .answer = ANSWER_FILES),
		    LOOK("c", .answer = ANSWER_FILES) } },
		{ "another temperature",
		  "01",
		  2,
		  { LOOK("a", ), LOOK("b", .temperature = 0.5) } },
		{ "another time limit",
		  "01",
		  2,
		  { LOOK("a", ), LOOK("b", .deadline_ms = 2000) } },
		{ "the same name",
		  "0103",
		  4,
		  { LOOK("a", ), LOOK("a", ), LOOK("b", ), LOOK("a", ) } },
		{ "four answers fill a request",
		  "00004",
		  5,
		  { LOOK("a", ), LOOK("b", ), LOOK("c", ), LOOK("d", ),
		    LOOK("e", ) } },
		{ "a large one leaves room for none",
		  "0113",
		  4,
		  { LOOK("a", .max_tokens = 32000), LOOK("b", ), LOOK("c", ),
		    LOOK("d", .max_tokens = 64000) } },
		{ "five agents at most",
		  "0000055",
		  7,
		  { LOOK("a", .max_tokens = 10), LOOK("b", .max_tokens = 10),
		    LOOK("c", .max_tokens = 10), LOOK("d", .max_tokens = 10),
		    LOOK("e", .max_tokens = 10), LOOK("f", .max_tokens = 10),
		    LOOK("g", .max_tokens = 10) } },
		{ "long instructions",
		  "010",
		  3,
		  { LOOK("a", .task = long_task), LOOK("b", .task = long_task),
		    LOOK("c", ) } },
	};

	memset(long_task, 'x', sizeof(long_task) - 1);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *got = choose(cases[i].looks, cases[i].count);

		cr_expect(eq(str, got, (char *)cases[i].leaders), "%s",
			  cases[i].what);
		free(got);
	}
}

#define BOTH(of_a, of_b) "{\"a\": " of_a ", \"b\": " of_b "}"

static void run(struct scenario *s, const char *workflow,
		const struct scene *scenes, size_t count)
{
	scenario_open(s, workflow);
	s->together = true;
	scenario_run(s, scenes, count);
}

static void must_have_cost(const struct scenario *s, const char *agent,
			   int64_t nusd, int requests)
{
	const struct task_record *task = scenario_task(s, agent);

	cr_expect_eq(task->cost_nusd, nusd, "%s cost %lld", agent,
		     (long long)task->cost_nusd);
	cr_expect_eq(task->requests, requests, "%s: %d requests", agent,
		     task->requests);
}

Test(together, agents_share_one_request)
{
	static const struct scene scenes[] = {
		{ .agent = "a+b",
		  .answer = BOTH(FINDING("Forced try"), NOTHING),
		  .cost_nusd = 1001 },
	};
	struct scenario s;
	const struct json *line;
	const struct question *asked;

	run(&s, "agents: [a, b]\n", scenes, ARRAY_LEN(scenes));
	cr_assert_eq(s.question_count, 1);
	asked = &s.questions[0];
	cr_expect(strstr(asked->task, "==== agent a\n") != NULL);
	cr_expect(strstr(asked->task, "==== agent b\n") != NULL);
	cr_expect_eq(s.record.verdict, VERDICT_ATTENTION);
	cr_assert_eq(s.record.findings.len, 1);
	cr_expect(strvec_has(&s.record.findings.items[0].agents, "a"));
	cr_expect_not(strvec_has(&s.record.findings.items[0].agents, "b"));
	must_have_cost(&s, "a", 501, 1);
	must_have_cost(&s, "b", 500, 0);
	cr_expect_eq(s.record.cost_nusd, 1001);
	cr_expect(strvec_has(&scenario_task(&s, "a")->together, "b"));
	cr_expect(strvec_has(&scenario_task(&s, "b")->together, "a"));
	line = json_first(scenario_task(&s, "b")->attempts);
	cr_expect_eq(json_int_or(line, "cost_nusd", 0), 500);
	cr_expect_eq(json_len(json_get(line, "together")), 2);
	scenario_close(&s);
}

Test(together, what_comes_later_is_not_waited_for)
{
	static const struct scene scenes[] = {
		SAYS("a+b", BOTH(FINDING("Forced try"), NOTHING)),
		SAYS("c", NOTHING),
	};
	struct scenario s;

	run(&s, "agents:\n  - a\n  - b\n  - {name: c, depends_on: [a]}\n",
	    scenes, ARRAY_LEN(scenes));
	cr_expect_eq(s.question_count, 2);
	cr_expect(strstr(scenario_asked(&s, "c")->task, "Forced try") != NULL);
	scenario_close(&s);
}

Test(together, the_switch_keeps_them_apart)
{
	static const struct scene scenes[] = { SAYS(NULL, NOTHING) };
	struct scenario s;

	scenario_open(&s, "agents: [a, b]\n");
	s.together = true;
	s.settings.together = 0;
	scenario_run(&s, scenes, ARRAY_LEN(scenes));
	cr_expect_eq(s.question_count, 2);
	cr_expect_eq(s.record.verdict, VERDICT_PASS);
	scenario_close(&s);
}

/* One answer that will not do is asked for again alone; the other one stays. */
Test(together, a_member_that_will_not_do_asks_again_by_itself)
{
	static const char *const answers[] = {
		"{\"a\": " NOTHING "}",
		BOTH(NOTHING, "null"),
		BOTH(NOTHING, "[]"),
		BOTH(NOTHING, "{\"findings\": 7}"),
		BOTH(NOTHING, "{\"findings\": [{\"path\": 1}]}"),
	};

	for (size_t i = 0; i < ARRAY_LEN(answers); i++) {
		const struct scene scenes[] = {
			{ .agent = "a+b",
			  .answer = answers[i],
			  .cost_nusd = 11 },
			{ .agent = "b",
			  .answer = FINDING("Forced try"),
			  .cost_nusd = 7 },
		};
		struct scenario s;

		run(&s, "agents: [a, b]\n", scenes, ARRAY_LEN(scenes));
		cr_expect_eq(s.question_count, 2, "%s", answers[i]);
		cr_expect_eq(s.record.verdict, VERDICT_ATTENTION);
		must_have_cost(&s, "a", 6, 1);
		must_have_cost(&s, "b", 12, 1);
		cr_expect_eq(json_len(scenario_task(&s, "b")->attempts), 2);
		cr_expect_eq(scenario_task(&s, "b")->together.len, 0);
		scenario_close(&s);
	}
}

Test(together, that_was_its_one_repair)
{
	static const struct scene scenes[] = {
		SAYS("a+b", BOTH(NOTHING, "{}")),
		{ .agent = "b", .service = "one", .answer = "{}" },
	};
	struct scenario s;

	run(&s,
	    "agents: [a, b]\nfallback:\n  - {if: one.fails, "
	    "continue: false}\n",
	    scenes, ARRAY_LEN(scenes));
	cr_expect_eq(scenario_times(&s, "b", "one"), 1);
	cr_expect_eq(s.record.verdict, VERDICT_FAILED);
	cr_expect_eq(scenario_task(&s, "a")->state, TASK_ANSWERED);
	cr_expect_eq(scenario_task(&s, "b")->state, TASK_FAILED);
	scenario_close(&s);
}

Test(together, a_reply_that_fails_makes_each_ask_alone)
{
	static const struct scene broken[] = {
		SAYS("a+b", "I looked at it."),
		SAYS("a+b", "[]"),
		SAYS("a+b", "{}"),
		SAYS("a+b", BOTH("1", "2")),
		SAYS("a+b", NOTHING),
		{ .agent = "a+b",
		  .answer = BOTH(NOTHING, NOTHING),
		  .is_cut = true },
		{ .agent = "a+b", .fault = FAULT_REFUSED },
		{ .agent = "a+b", .fault = FAULT_REQUEST },
		{ .agent = "a+b", .fault = FAULT_TOO_LARGE },
	};

	for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
		struct scene scenes[] = { broken[i],
					  SAYS("a", FINDING("Forced try")),
					  SAYS("b", NOTHING) };
		struct scenario s;

		run(&s, "agents: [a, b]\n", scenes, ARRAY_LEN(scenes));
		cr_expect_eq(s.question_count, 3, "%zu: %zu questions", i,
			     s.question_count);
		cr_expect_eq(s.record.verdict, VERDICT_ATTENTION, "%zu", i);
		cr_expect_eq(scenario_times(&s, "a+b", "offline"), 0);
		scenario_close(&s);
	}
}

Test(together, another_service_is_asked_for_all)
{
	static const struct scene scenes[] = {
		{ .service = "one", .fault = FAULT_REFUSED },
		SAYS("a+b", BOTH(NOTHING, NOTHING)),
	};
	struct scenario s;

	run(&s, "agents: [a, b]\nfallback:\n  - {if: one.fails, use: two}\n",
	    scenes, ARRAY_LEN(scenes));
	cr_expect_eq(s.question_count, 2);
	cr_expect_eq(s.record.verdict, VERDICT_PASS);
	must_say("two", scenario_task(&s, "b")->service);
	must_say("one", scenario_task(&s, "b")->instead_of);
	scenario_close(&s);
}

Test(together, offline_stands_in_for_each_and_is_never_green)
{
	static const struct scene scenes[] = {
		{ .service = "one", .fault = FAULT_REFUSED },
		{ .service = "offline", .answer = NOTHING },
	};
	struct scenario s;

	run(&s, "agents: [a, b]\n", scenes, ARRAY_LEN(scenes));
	cr_expect_eq(scenario_times(&s, "a", "offline"), 1);
	cr_expect_eq(scenario_times(&s, "b", "offline"), 1);
	cr_expect_eq(s.record.verdict, VERDICT_FAILED);
	cr_expect(s.record.degraded);
	scenario_close(&s);
}

Test(together, an_optional_agent_may_fail_alone)
{
	static const struct scene scenes[] = {
		SAYS("a+b", BOTH(NOTHING, "{}")),
		{ .agent = "b", .fault = FAULT_REQUEST },
	};
	struct scenario s;

	run(&s, "agents:\n  - a\n  - {name: b, optional: true}\n", scenes,
	    ARRAY_LEN(scenes));
	cr_expect_eq(s.record.verdict, VERDICT_PASS);
	cr_expect_eq(scenario_task(&s, "b")->state, TASK_FAILED);
	scenario_close(&s);
}

Test(together, continue_false_ends_it_for_all)
{
	static const struct scene scenes[] = {
		SAYS("a+b", "prose"),
		{ .agent = "a", .fault = FAULT_REQUEST },
		{ .agent = "b", .answer = NOTHING, .ms = 9000 },
	};
	struct scenario s;

	run(&s,
	    "agents:\n  - a\n  - b\n  - {name: c, depends_on: [a, b]}\n"
	    "fallback:\n  - {if: one.fails, continue: false}\n",
	    scenes, ARRAY_LEN(scenes));
	cr_expect_eq(s.record.verdict, VERDICT_FAILED);
	cr_expect_eq(s.took_ms, 2000, "%lld ms", (long long)s.took_ms);
	cr_expect_eq(scenario_task(&s, "c")->state, TASK_SKIPPED);
	scenario_close(&s);
}

Test(together, a_run_that_is_ended_asks_nobody_again)
{
	static const struct scene scenes[] = {
		{ .agent = "a+b",
		  .answer = BOTH(NOTHING, NOTHING),
		  .ms = 30000 },
	};
	struct scenario s;

	scenario_open(&s, "agents: [a, b]\n");
	s.together = true;
	s.cancel_ms = 2000;
	scenario_run(&s, scenes, ARRAY_LEN(scenes));
	cr_expect_eq(s.question_count, 1);
	cr_expect_eq(s.record.verdict, VERDICT_FAILED);
	must_say("the head moved", s.record.reason);
	cr_expect_eq(s.took_ms, 2000);
	scenario_close(&s);
}

Test(together, alone_there_is_only_the_time_that_is_left)
{
	static const struct scene scenes[] = {
		{ .agent = "a+b", .answer = "prose", .ms = 7000 },
		{ .agent = "a", .answer = NOTHING, .ms = 2000 },
		{ .agent = "b", .hangs = true },
	};
	struct scenario s;

	run(&s,
	    "agents:\n  - {name: a, timeout: 10s}\n"
	    "  - {name: b, timeout: 10s}\n",
	    scenes, ARRAY_LEN(scenes));
	cr_expect_eq(s.record.verdict, VERDICT_FAILED);
	cr_expect_eq(scenario_task(&s, "a")->state, TASK_ANSWERED);
	cr_expect_eq(scenario_task(&s, "b")->state, TASK_FAILED);
	cr_expect(s.took_ms >= 10000 && s.took_ms < 11000, "%lld ms",
		  (long long)s.took_ms);
	scenario_close(&s);
}

Test(together, at_the_time_limit_all_of_them_fail)
{
	static const struct scene scenes[] = {
		{ .agent = "a+b", .hangs = true },
	};
	struct scenario s;

	run(&s,
	    "agents:\n  - {name: a, timeout: 10s}\n"
	    "  - {name: b, timeout: 10s}\n",
	    scenes, ARRAY_LEN(scenes));
	cr_expect_eq(s.question_count, 1);
	cr_expect_eq(s.record.verdict, VERDICT_FAILED);
	cr_expect_eq(scenario_task(&s, "b")->state, TASK_FAILED);
	scenario_close(&s);
}
