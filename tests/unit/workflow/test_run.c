#include "scenario.h"

#include "unit.h"

#include <stdlib.h>

#include "core/alloc.h"
#include "core/json.h"

#define FAILS(who, where)                                              \
	{                                                              \
		.agent = who, .service = where, .fault = FAULT_REFUSED \
	}
#define SAYS(who, what)                      \
	{                                    \
		.agent = who, .answer = what \
	}

/* The state of each task in the order of the plan: "a answered, b skipped". */
static void must_end(const struct scenario *scenario, enum verdict verdict,
		     const char *states)
{
	static const char *const names[] = { [TASK_ANSWERED] = "answered",
					     [TASK_SKIPPED] = "skipped",
					     [TASK_FAILED] = "failed" };
	const struct run_record *record = &scenario->record;
	struct buf got;

	buf_init(&got, 4096);
	for (size_t i = 0; i < record->task_count; i++)
		buf_addf(&got, "%s%s %s", i ? ", " : "", record->tasks[i].agent,
			 names[record->tasks[i].state]);
	must_say(states, got.ptr);
	buf_release(&got);
	cr_expect_eq(record->verdict, verdict, "%s: %s",
		     verdict_name(record->verdict),
		     record->reason ? record->reason : "");
}

static void must_be_asked_at(const struct scenario *scenario, const char *agent,
			     int64_t ms)
{
	const struct question *asked = scenario_asked(scenario, agent);

	cr_assert(asked != NULL, "%s was not asked", agent);
	cr_expect_eq(asked->at_ms, ms, "%s was asked after %lld ms", agent,
		     (long long)asked->at_ms);
}

Test(run, agents_are_asked_at_once)
{
	static const struct scene scenes[] = { SAYS(NULL, NOTHING) };
	struct scenario s;

	scenario_open(&s, "agents: [a, b, c]\n");
	scenario_run(&s, scenes, ARRAY_LEN(scenes));
	must_end(&s, VERDICT_PASS, "a answered, b answered, c answered");
	must_be_asked_at(&s, "c", 0);
	cr_expect_eq(s.took_ms, 1000);
	scenario_close(&s);
}

Test(run, one_after_the_other_where_it_says_so)
{
	static const struct scene scenes[] = { SAYS(NULL, NOTHING) };
	struct scenario s;

	scenario_open(&s, "agents: [a, b, c]\nexecution: sequential\n");
	scenario_run(&s, scenes, ARRAY_LEN(scenes));
	must_end(&s, VERDICT_PASS, "a answered, b answered, c answered");
	must_be_asked_at(&s, "b", 1000);
	must_be_asked_at(&s, "c", 2000);
	scenario_close(&s);
}

Test(run, no_more_at_once_than_may_be)
{
	static const struct scene scenes[] = { SAYS(NULL, NOTHING) };
	struct scenario s;

	scenario_open(&s, "agents: [a, b, c, d]\n");
	s.concurrency = 2;
	scenario_run(&s, scenes, ARRAY_LEN(scenes));
	must_be_asked_at(&s, "b", 0);
	must_be_asked_at(&s, "c", 1000);
	must_be_asked_at(&s, "d", 1000);
	scenario_close(&s);
}

Test(run, an_agent_waits_for_what_it_depends_on)
{
	static const struct scene scenes[] = {
		{ .agent = "a", .answer = FINDING("Forced try"), .ms = 3000 },
		SAYS(NULL, NOTHING),
	};
	struct scenario s;

	scenario_open(&s, "agents:\n  - a\n  - b\n"
			  "  - {name: c, depends_on: [a]}\n");
	scenario_run(&s, scenes, ARRAY_LEN(scenes));
	must_end(&s, VERDICT_ATTENTION, "a answered, b answered, c answered");
	must_be_asked_at(&s, "b", 0);
	must_be_asked_at(&s, "c", 3000);
	cr_expect(strstr(scenario_asked(&s, "c")->task, "Forced try") != NULL,
		  "c is told what a found");
	cr_expect(strstr(scenario_asked(&s, "b")->task, "Forced try") == NULL);
	scenario_close(&s);
}

Test(run, phases_follow_each_other)
{
	static const struct scene scenes[] = { SAYS(NULL, NOTHING) };
	struct scenario s;

	scenario_open(&s, "phases:\n"
			  "  - {name: one, agents: [a, b], parallel: true}\n"
			  "  - {name: two, agents: [c]}\n"
			  "  - {name: three, agents: [d], depends_on: []}\n");
	scenario_run(&s, scenes, ARRAY_LEN(scenes));
	must_be_asked_at(&s, "b", 0);
	must_be_asked_at(&s, "c", 1000);
	must_be_asked_at(&s, "d", 0);
	scenario_close(&s);
}

Test(run, phases_are_a_graph)
{
	static const struct scene scenes[] = {
		{ .agent = "a", .answer = NOTHING, .ms = 5000 },
		SAYS(NULL, NOTHING),
	};
	struct scenario s;

	scenario_open(
		&s, "phases:\n"
		    "  - {name: slow, agents: [a], depends_on: []}\n"
		    "  - {name: fast, agents: [b], depends_on: []}\n"
		    "  - {name: mid, agents: [c], depends_on: [fast]}\n"
		    "  - {name: last, agents: [d], depends_on: [slow, mid]}\n");
	scenario_run(&s, scenes, ARRAY_LEN(scenes));
	must_be_asked_at(&s, "b", 0);
	must_be_asked_at(&s, "c", 1000);
	must_be_asked_at(&s, "d", 5000);
	scenario_close(&s);
}

Test(run, a_failure_fails_the_run_and_what_depends_on_it_is_skipped)
{
	static const struct scene scenes[] = {
		{ .agent = "a", .fault = FAULT_REQUEST },
		SAYS("b", FINDING("Forced try")),
		SAYS(NULL, NOTHING),
	};
	struct scenario s;

	scenario_open(&s, "agents:\n  - a\n  - b\n"
			  "  - {name: c, depends_on: [a]}\n");
	scenario_run(&s, scenes, ARRAY_LEN(scenes));
	must_end(&s, VERDICT_FAILED, "a failed, b answered, c skipped");
	cr_expect(strstr(scenario_task(&s, "c")->reason, "a failed before") !=
		  NULL);
	cr_expect_eq(s.record.findings.len, 1, "what was found is kept");
	scenario_close(&s);
}

Test(run, an_optional_failure_fails_nothing)
{
	static const struct scene scenes[] = {
		{ .agent = "a", .fault = FAULT_REQUEST },
		SAYS(NULL, NOTHING),
	};
	struct scenario s;

	scenario_open(&s, "agents:\n  - {name: a, optional: true}\n  - b\n"
			  "  - {name: c, depends_on: [a]}\n");
	scenario_run(&s, scenes, ARRAY_LEN(scenes));
	must_end(&s, VERDICT_PASS, "a failed, b answered, c answered");
	scenario_close(&s);
}

Test(run, another_service_answers)
{
	static const struct scene scenes[] = {
		FAILS("a", "one"),
		SAYS(NULL, NOTHING),
	};
	struct scenario s;

	scenario_open(&s, "agents: [a, b]\n"
			  "fallback:\n  - {if: one.fails, use: two}\n");
	scenario_run(&s, scenes, ARRAY_LEN(scenes));
	must_end(&s, VERDICT_PASS, "a answered, b answered");
	must_say("two", scenario_task(&s, "a")->service);
	must_say("one", scenario_task(&s, "a")->instead_of);
	cr_expect(strncmp(scenario_task(&s, "a")->instead_because,
			  "one: ", 5) == 0);
	cr_expect_null(scenario_task(&s, "b")->instead_because);
	must_say("one", scenario_task(&s, "b")->service);
	cr_expect_eq(scenario_times(&s, "a", "offline"), 0);
	scenario_close(&s);
}

Test(run, where_offline_stands_in_it_is_never_green)
{
	static const struct scene scenes[] = {
		FAILS(NULL, "one"),
		FAILS(NULL, "two"),
		SAYS(NULL, NOTHING),
	};
	struct scenario s;

	scenario_open(&s, "agents: [a]\n"
			  "fallback:\n  - {if: one.fails, use: two}\n");
	scenario_run(&s, scenes, ARRAY_LEN(scenes));
	must_end(&s, VERDICT_FAILED, "a answered");
	cr_expect(s.record.degraded);
	cr_expect_eq(scenario_times(&s, "a", "offline"), 1);
	scenario_close(&s);
}

Test(run, continue_false_ends_it_at_once)
{
	static const struct scene scenes[] = {
		FAILS("a", "one"),
		{ .agent = "b", .answer = FINDING("Forced try"), .ms = 500 },
		{ .agent = "c", .answer = NOTHING, .ms = 60000 },
		SAYS(NULL, NOTHING),
	};
	struct scenario s;

	scenario_open(&s, "agents:\n  - a\n  - b\n  - c\n"
			  "  - {name: d, depends_on: [b, c]}\n"
			  "fallback:\n  - {if: one.fails, continue: false}\n");
	scenario_run(&s, scenes, ARRAY_LEN(scenes));
	must_end(&s, VERDICT_FAILED,
		 "a failed, b answered, c failed, d skipped");
	cr_expect_eq(s.took_ms, 1000, "after %lld ms", (long long)s.took_ms);
	cr_expect_eq(s.record.findings.len, 1, "what was done is kept");
	cr_expect_eq(scenario_times(&s, "a", "offline"), 0);
	scenario_close(&s);
}

/* Who is told of a failure does not say how the run goes on. */
Test(run, notify_alone_ends_nothing)
{
	static const struct scene scenes[] = {
		FAILS("a", "one"),
		FAILS("a", "two"),
		SAYS(NULL, NOTHING),
	};
	static const struct {
		const char *rule;
		enum verdict verdict;
		const char *states;
		size_t offline;
	} cases[] = {
		{ "{if: two.fails, notify: team}", VERDICT_FAILED,
		  "a answered, b answered", 1 },
		{ "{if: two.fails, notify: team, continue: true}",
		  VERDICT_FAILED, "a answered, b answered", 1 },
		{ "{if: two.fails, notify: team, continue: false}",
		  VERDICT_FAILED, "a failed, b skipped", 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct scenario s;
		char *text = xstrf("agents: [a, b]\nexecution: sequential\n"
				   "fallback:\n  - {if: one.fails, use: two, "
				   "notify: ops}\n  - %s\n",
				   cases[i].rule);

		scenario_open(&s, text);
		must_say("ops", plan_notify(s.workflow, "one"));
		must_say("team", plan_notify(s.workflow, "two"));
		cr_expect(plan_notify(s.workflow, "offline") == NULL);
		scenario_run(&s, scenes, ARRAY_LEN(scenes));
		must_end(&s, cases[i].verdict, cases[i].states);
		cr_expect(eq(sz, scenario_times(&s, "a", "offline"),
			     cases[i].offline));
		scenario_close(&s);
		free(text);
	}
}

Test(run, a_task_ends_at_its_time_limit)
{
	static const struct scene scenes[] = {
		{ .agent = "a", .hangs = true },
		SAYS(NULL, NOTHING),
	};
	struct scenario s;

	scenario_open(&s, "agents:\n  - {name: a, timeout: 10s}\n  - b\n");
	scenario_run(&s, scenes, ARRAY_LEN(scenes));
	must_end(&s, VERDICT_FAILED, "a failed, b answered");
	cr_expect(s.took_ms >= 10000 && s.took_ms < 12000, "%lld ms",
		  (long long)s.took_ms);
	scenario_close(&s);
}

Test(run, a_run_ends_at_its_time_limit)
{
	static const struct scene scenes[] = {
		{ .agent = "a", .answer = FINDING("Forced try") },
		{ .agent = "b", .hangs = true },
		SAYS(NULL, NOTHING),
	};
	struct scenario s;

	scenario_open(&s, "agents:\n  - a\n  - b\n"
			  "  - {name: c, depends_on: [b]}\ntimeout: 20s\n");
	scenario_run(&s, scenes, ARRAY_LEN(scenes));
	must_end(&s, VERDICT_FAILED, "a answered, b failed, c skipped");
	must_say("not done within 20 s", s.record.reason);
	cr_expect_eq(s.took_ms, 20000, "%lld ms", (long long)s.took_ms);
	cr_expect_eq(s.record.findings.len, 1);
	scenario_close(&s);
}

static const struct {
	const char *timeout;
	int64_t from_ms, before_ms; /* when it is over */
} patiences[] = {
	{ "50s", 0, 50000 },
	{ "5m", 60000, 300000 },
};

/* Four agents are enough to open the breaker. */
Test(run, waits_for_a_breaker_only_if_that_closes_before_its_end)
{
	static const struct scene scenes[] = {
		{ .service = "offline", .answer = NOTHING },
		{ .fault = FAULT_OVERLOADED },
	};

	for (size_t i = 0; i < ARRAY_LEN(patiences); i++) {
		struct scenario s;
		char *workflow = xstrf("agents: [a, b, c, d]\ntimeout: %s\n",
				       patiences[i].timeout);

		scenario_open(&s, workflow);
		scenario_run(&s, scenes, ARRAY_LEN(scenes));
		must_end(&s, VERDICT_FAILED,
			 "a answered, b answered, c answered, d answered");
		must_say("offline stood in for a service that failed",
			 s.record.reason);
		cr_expect(s.took_ms >= patiences[i].from_ms &&
				  s.took_ms < patiences[i].before_ms,
			  "%s: %lld ms", patiences[i].timeout,
			  (long long)s.took_ms);
		scenario_close(&s);
		free(workflow);
	}
}

Test(run, a_head_that_moved_ends_it)
{
	static const struct scene scenes[] = {
		{ .answer = NOTHING, .ms = 30000 },
	};
	struct scenario s;

	scenario_open(&s, "agents: [a, b]\nexecution: sequential\n");
	s.cancel_ms = 2000;
	scenario_run(&s, scenes, ARRAY_LEN(scenes));
	must_end(&s, VERDICT_FAILED, "a failed, b skipped");
	must_say("the head moved", s.record.reason);
	cr_expect_eq(s.took_ms, 2000);
	cr_expect(scenario_asked(&s, "b") == NULL);
	scenario_close(&s);
}

Test(run, what_two_agents_found_is_told_once)
{
	static const struct scene scenes[] = {
		SAYS("a", FINDING("Forced try may crash")),
		SAYS("b", FINDING("Crash by a forced try")),
		SAYS("c", FINDING("Unclear naming")),
	};
	struct scenario s;

	scenario_open(&s, "agents: [a, b, c]\n");
	scenario_run(&s, scenes, ARRAY_LEN(scenes));
	must_end(&s, VERDICT_ATTENTION, "a answered, b answered, c answered");
	cr_assert_eq(s.record.findings.len, 2, "%zu findings",
		     s.record.findings.len);
	cr_expect(strvec_has(&s.record.findings.items[0].agents, "a") &&
		  strvec_has(&s.record.findings.items[0].agents, "b"));
	scenario_close(&s);
}

#define FILE_OF(name)                                                        \
	"{\"path\": \"Tests/" name "Tests.swift\", \"content\": \"let " name \
	" = 1\\n\", \"why\": \"w\"}"

static const char written[] = "{\"files\": [" FILE_OF("Keep") ", " FILE_OF(
	"Change") ", " FILE_OF("Drop") "], \"summary\": \"Three.\"}";

static const char reviewed[] =
	"{\"items\": [{\"name\": \"Tests/KeepTests.swift\", \"verdict\": "
	"\"keep\", \"reason\": \"r\"}, {\"name\": "
	"\"Tests/ChangeTests.swift\", \"verdict\": \"change\", \"reason\": "
	"\"r\", \"content\": \"let changed = 2\\n\"}, {\"name\": "
	"\"Tests/DropTests.swift\", \"verdict\": \"drop\", \"reason\": "
	"\"r\"}], \"summary\": \"s\"}";

static const char chain[] =
	"agents: [a, writer, reviewer, runner]\nexecution: sequential\n";

Test(run, what_was_written_is_reviewed_and_what_was_dropped_is_gone)
{
	const struct scene scenes[] = {
		SAYS("a", FINDING("Not tested")),
		SAYS("writer", written),
		SAYS("reviewer", reviewed),
	};
	struct scenario s;
	char *files;

	scenario_open(&s, chain);
	scenario_run(&s, scenes, ARRAY_LEN(scenes));
	must_end(&s, VERDICT_ATTENTION,
		 "a answered, writer answered, "
		 "reviewer answered, runner skipped");
	cr_expect(strstr(scenario_asked(&s, "writer")->task, "Not tested") !=
		  NULL);
	cr_expect(strstr(scenario_asked(&s, "reviewer")->task, "let Drop") !=
		  NULL);
	cr_assert_eq(json_len(s.record.generated), 2);
	files = json_print(s.record.generated);
	cr_expect(strstr(files, "let Keep = 1") != NULL);
	cr_expect(strstr(files, "let changed = 2") != NULL);
	cr_expect(strstr(files, "DropTests") == NULL);
	free(files);
	scenario_close(&s);
}

/* An answer that nobody can read is asked for once more, and then the run has
 * failed: of every kind, also where another agent is content. */
Test(run, what_cannot_be_read_is_never_a_pass)
{
	static const struct {
		const char *agent, *answer;
	} cases[] = {
		{ "a", "" },
		{ "a", "{\"summary\": \"All is well.\"}" },
		{ "a", "{\"findings\": [" },
		{ "a", "I found no issues." },
		{ "writer", "" },
		{ "writer", "{\"files\": [{\"path\": \"a\"}]}" },
		{ "writer", "{\"files\": [{\"path\": \"../../x\", "
			    "\"content\": \"c\", \"why\": \"w\"}]}" },
		{ "reviewer", "{\"items\": \"fine\"}" },
		{ "reviewer", "{\"items\": [{\"name\": \"a\", \"verdict\": "
			      "\"maybe\", \"reason\": \"r\"}]}" },
		{ "author", "{\"title\": \"T\"}" },
		{ "author", "{\"title\": \"T\", \"markdown\": \"\"}" },
		{ "author", "# A document" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct scene scenes[] = {
			SAYS(cases[i].agent, cases[i].answer),
			SAYS(NULL, NOTHING),
		};
		char *text = xstrf("agents: [%s, b]\nfallback:\n  - {if: "
				   "one.fails, continue: false}\n",
				   cases[i].agent);
		struct scenario s;

		scenario_open(&s, text);
		scenario_run(&s, scenes, ARRAY_LEN(scenes));
		cr_expect(eq(int, s.record.verdict, VERDICT_FAILED), "%s: %s",
			  cases[i].agent, cases[i].answer);
		cr_expect(eq(int, scenario_task(&s, cases[i].agent)->state,
			     TASK_FAILED));
		cr_expect(eq(sz, scenario_times(&s, cases[i].agent, "one"), 2),
			  "%s: %s", cases[i].agent, cases[i].answer);
		cr_expect(s.record.generated == NULL);
		scenario_close(&s);
		free(text);
	}
}

Test(run, nothing_is_run_where_everything_was_dropped)
{
	static const struct scene scenes[] = {
		SAYS("a", NOTHING),
		SAYS("writer",
		     "{\"files\": [" FILE_OF("Drop") "], "
						     "\"summary\": \"s\"}"),
		SAYS("reviewer",
		     "{\"items\": [{\"name\": \"Tests/DropTests.swift\", "
		     "\"verdict\": \"drop\", \"reason\": \"r\"}], "
		     "\"summary\": \"s\"}"),
	};
	struct scenario s;

	scenario_open(&s, chain);
	strvec_add(&s.test_command, "/bin/true");
	scenario_run(&s, scenes, ARRAY_LEN(scenes));
	must_end(&s, VERDICT_PASS,
		 "a answered, writer answered, reviewer "
		 "answered, runner skipped");
	must_say("there are no generated tests to run",
		 scenario_task(&s, "runner")->reason);
	cr_expect(s.record.generated == NULL);
	scenario_close(&s);
}

/* A run up to where the tests are CI's. */
static void run_to_ci(struct scenario *s, const char *more,
		      const struct ci_tests *ci)
{
	const struct scene scenes[] = {
		SAYS("a", FINDING("Not tested")),
		SAYS("writer", written),
		SAYS("reviewer", reviewed),
	};
	char *workflow = xstrf("%s%s", chain, more);

	scenario_open(s, workflow);
	s->ci = ci;
	scenario_run(s, scenes, ARRAY_LEN(scenes));
	free(workflow);
}

#define CREATES "output: { create_files: true }\n"

Test(run, tests_of_a_ci_are_waited_for)
{
	const struct ci_tests nothing = { 0 };
	struct scenario s;

	run_to_ci(&s, CREATES, &nothing);
	must_end(&s, VERDICT_SKIPPED,
		 "a answered, writer answered, reviewer answered, "
		 "runner skipped");
	cr_assert_not_null(s.record.waits_for);
	cr_expect(eq(str, s.record.waits_for, "ci"));
	cr_expect(
		eq(str, s.record.reason, "runner: waits for the project's CI"));
	cr_expect_eq(json_len(s.record.generated), 2);
	scenario_close(&s);
}

Test(run, tests_of_a_ci_need_a_branch)
{
	const struct ci_tests nothing = { 0 };
	struct scenario s;

	run_to_ci(&s, "", &nothing);
	cr_expect(s.record.waits_for == NULL);
	must_say("tests = ci needs `create_files` in the workflow's output: CI "
		 "runs what is on the branch",
		 scenario_task(&s, "runner")->reason);
	scenario_close(&s);
}

Test(run, what_a_ci_said_ends_it_and_nobody_is_asked_again)
{
	struct {
		const char *answer, *failure;
		enum verdict verdict;
		const char *states, *reason, *waits_for;
	} cases[] = {
		{ "{\"passed\": 3, \"failed\": 0, \"summary\": \"3 passed.\"}",
		  NULL, VERDICT_ATTENTION,
		  "a answered, writer answered, reviewer answered, "
		  "runner answered",
		  "", "" },
		{ "{\"passed\": 2, \"failed\": 1, \"summary\": \"1 failed.\"}",
		  NULL, VERDICT_ATTENTION,
		  "a answered, writer answered, reviewer answered, "
		  "runner answered",
		  "runner: 1 failed.", "" },
		{ NULL, "no check came", VERDICT_FAILED,
		  "a answered, writer answered, reviewer answered, "
		  "runner failed",
		  "runner: no check came", "ci" },
		{ NULL, NULL, VERDICT_SKIPPED,
		  "a answered, writer answered, reviewer answered, "
		  "runner skipped",
		  "runner: waits for the project's CI", "ci" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct ci_tests nothing = { 0 };
		struct ci_tests ci = { 0 };
		struct scenario first, second;
		struct err err = ERR_INIT;

		if (cases[i].answer)
			cr_assert(eq(int,
				     json_parse(&ci.answer, cases[i].answer,
						strlen(cases[i].answer), &err),
				     0));
		ci.failure = cases[i].failure ? xstrdup(cases[i].failure)
					      : NULL;
		run_to_ci(&first, CREATES, &nothing);
		scenario_open(&second, "agents: [a, writer, reviewer, runner]\n"
				       "execution: sequential\n" CREATES);
		second.ci = &ci;
		second.earlier = &first.record;
		scenario_run(&second, NULL, 0);
		must_end(&second, cases[i].verdict, cases[i].states);
		cr_expect_eq(second.question_count, 0);
		cr_expect_eq(second.record.findings.len, 1);
		cr_expect_eq(json_len(second.record.generated), 2);
		cr_expect_eq(second.record.files[0].coverage, FILE_REVIEWED);
		cr_expect(eq(str,
			     second.record.reason ? second.record.reason : "",
			     cases[i].reason));
		cr_expect(eq(str,
			     second.record.waits_for ? second.record.waits_for
						     : "",
			     cases[i].waits_for));
		scenario_close(&second);
		scenario_close(&first);
		json_free(ci.answer);
		free(ci.failure);
	}
}
