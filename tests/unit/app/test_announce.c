#include "unit.h"

#include <stdlib.h>

#include "app/announce.h"
#include "core/alloc.h"
#include "io_fake.h"

/* Two runs of a pull, a state that remembers, and a network that can fail. */

static const char config[] =
	"[notify \"chat\"]\nkind = slack\nurl = env:CHAT\n"
	"[notify \"ops\"]\nkind = webhook\nurl = env:OPS\n";

#define CHAT "https://hooks.slack.test/services/x"
#define OPS  "https://ops.test/hook"

static struct settings settings;
static struct loop *loop;
static struct http *http;
static struct notify *notify;
static struct pull_state state;
static struct fake_reply answer;
static struct agent_list agents;
static struct workflow first, second;
static struct run_record records[2];
static size_t saves, ends;
static struct err last;

static void reply(struct fake_reply *out,
		  const struct fake_request *request UNUSED,
		  size_t number UNUSED, void *payload UNUSED)
{
	*out = answer;
}

static void setup(void)
{
	struct mistakes mistakes = { 0 };
	struct err err = ERR_INIT;

	setenv("CHAT", CHAT, 1);
	setenv("OPS", OPS, 1);
	answer = (struct fake_reply){ .status = 200, .body = "ok" };
	fake_reset(reply, NULL);
	settings_parse(&settings, "t.conf", config, sizeof(config) - 1, false,
		       &mistakes);
	must(loop_new(&loop, &err));
	must(http_new(&http, loop, NULL, &err));
	notify_new(&notify, loop, http, &settings);
	pull_state_init(&state, 7, NULL);
	saves = ends = 0;
	first = (struct workflow){ .id = "pr-review",
				   .digest = "",
				   .output = { .slack = "chat" } };
	second = (struct workflow){ .id = "docs",
				    .digest = "",
				    .output = { .slack = "chat" } };
	records[0] = (struct run_record){ .workflow = "pr-review",
					  .id = "01JD3M0000000000000000000A" };
	records[1] = (struct run_record){ .workflow = "docs",
					  .id = "01JD3M0000000000000000000B" };
}

static void teardown(void)
{
	notify_close(notify);
	http_free(http);
	loop_free(loop);
	notify_free(notify);
	settings_release(&settings);
	pull_state_release(&state);
	fake_done();
}

TestSuite(announce, .init = setup, .fini = teardown);

struct saving {
	deliver_saved_fn *saved;
	void *payload;
};

static void on_save_time(const struct err *err, void *payload)
{
	struct saving saving = *(struct saving *)payload;

	free(payload);
	saving.saved(err, saving.payload);
}

static int save(struct pull_state *of, deliver_saved_fn *saved, void *saving,
		void *payload UNUSED, struct err *err)
{
	struct saving *at = xcalloc(1, sizeof(*at));

	cr_assert(eq(ptr, of, &state));
	saves++;
	*at = (struct saving){ saved, saving };
	return loop_timer_start(NULL, loop, 1, on_save_time, at, err);
}

static void on_done(const struct err *err, void *payload UNUSED)
{
	ends++;
	last = err ? *err : (struct err)ERR_INIT;
}

static void announce(size_t count)
{
	const struct announce_run runs[] = { { &records[0], &first },
					     { &records[1], &second } };
	const struct announce_input input = {
		.notify = notify,
		.settings = &settings,
		.agents = &agents,
		.project = "wallet-ios",
		.place = "#7",
		.pull = 7,
		.title = "Keep <!channel> safe",
		.url = "https://forge.example/pull/7",
		.state = &state,
		.runs = runs,
		.run_count = count,
		.save = save,
	};
	size_t before = ends;
	struct err err = ERR_INIT;

	must(announce_start(loop, &input, on_done, NULL, &err));
	cr_assert(eq(sz, ends, before));
	loop_run(loop);
	cr_assert(eq(sz, ends, before + 1));
}

Test(announce, runs_that_end_together_are_one_message)
{
	announce(2);
	cr_assert(eq(sz, fake_request_count(), 1));
	cr_assert(strstr(fake_request(0)->body, "pr-review: pass") != NULL);
	cr_assert(strstr(fake_request(0)->body, "docs: pass") != NULL);
	cr_assert(strstr(fake_request(0)->body, "<!channel>") == NULL);
	cr_assert(eq(sz, saves, 2)); /* before and after */
	/* The same content on a new head tells nobody anything new. */
	announce(2);
	cr_assert(eq(sz, fake_request_count(), 1));
	cr_assert(eq(sz, saves, 2));
	/* A new run of one workflow does. */
	records[1].id[25] = 'C';
	announce(2);
	cr_assert(eq(sz, fake_request_count(), 2));
	cr_assert(strstr(fake_request(1)->body, "pr-review") == NULL);
	cr_assert(eq(int, last.code, ERR_OK));
}

/* As if killed after the first save: the entry says "sending". */
static void interrupt(const char *key)
{
	struct posted *entry = pull_state_posted(&state, "notify", key);
	char *id = xstrf("sending %s", entry->id);

	free(entry->id);
	entry->id = id;
}

Test(announce, slack_is_told_at_most_once)
{
	announce(1);
	interrupt("chat/pr-review");
	announce(1);
	cr_assert(eq(sz, fake_request_count(), 1));
	must_say(
		"unknown",
		pull_state_find_posted(&state, "notify", "chat/pr-review")->id);
	cr_assert(eq(sz, saves, 3));
	announce(1);
	cr_assert(eq(sz, saves, 3));
}

Test(announce, a_webhook_gets_it_again_under_the_same_id)
{
	first.output.slack = second.output.slack = "ops";
	announce(2);
	interrupt("ops/pr-review");
	interrupt("ops/docs");
	announce(2);
	cr_assert(eq(sz, fake_request_count(), 2));
	must_say(fake_request(0)->body, fake_request(1)->body);
	for (size_t i = 1; i < 3; i++) /* event and delivery */
		must_say(fake_request(0)->headers.v[i],
			 fake_request(1)->headers.v[i]);
	announce(2);
	cr_assert(eq(sz, fake_request_count(), 2));
}

Test(announce, what_was_refused_is_not_tried_for_ever)
{
	answer = (struct fake_reply){ .status = 404, .body = "no_service" };
	announce(1);
	cr_assert(eq(int, last.code, ERR_AUTH));
	must_say(
		"refused",
		pull_state_find_posted(&state, "notify", "chat/pr-review")->id);
	announce(1);
	cr_assert(eq(sz, fake_request_count(), 1));
}

Test(announce, nobody_is_told_where_nobody_is_named)
{
	first.output.slack = NULL;
	second.output.slack = "no-such-section";
	announce(2);
	cr_assert(eq(sz, fake_request_count(), 0));
	cr_assert(eq(sz, saves, 0));
	cr_assert(eq(int, last.code, ERR_OK));
}

/* `fallback: notify:` hears of a service that failed, and only of that. */
Test(announce, failures_reach_the_section_of_the_fallback)
{
	struct fallback_rule rule = { .service = "claude-api",
				      .notify = "ops",
				      .continues = true };
	struct agent_definition agent = { .name = "lint-agent", .digest = "" };
	struct workflow_agent use = { .name = "lint-agent",
				      .service = "claude-api" };
	struct workflow_phase phase = { .agents = &use, .agent_count = 1 };
	struct task_record task = { .agent = "lint-agent",
				    .state = TASK_ANSWERED };
	struct agent_definition *list[] = { &agent };

	agents = (struct agent_list){ .items = list, .len = 1 };
	first.output.slack = NULL;
	first.fallbacks = &rule;
	first.fallback_count = 1;
	first.phases = &phase;
	first.phase_count = 1;
	records[0].tasks = &task;
	records[0].task_count = 1;
	announce(1);
	cr_assert(eq(sz, fake_request_count(), 0));
	task.state = TASK_FAILED;
	task.reason = "401 from @claude";
	announce(1);
	cr_assert(eq(sz, fake_count_to(OPS), 1));
	cr_assert(strvec_has(&fake_request(0)->headers,
			     "X-Referee-Event: fallback"));
	cr_assert(strstr(fake_request(0)->body, "lint-agent failed: 401") !=
		  NULL);
}

/* Each rule of a chain has a section of its own, which is told of its own
 * service. */
Test(announce, each_rule_of_a_fallback_is_told_of_its_service)
{
	static const struct {
		enum task_state state;
		bool degraded;
		char *service, *instead_of;
		size_t ops, chat;
	} cases[] = {
		{ TASK_ANSWERED, false, "one", NULL, 0, 0 },
		{ TASK_ANSWERED, false, "two", "one", 1, 0 },
		{ TASK_ANSWERED, true, "offline", "one", 1, 1 },
		{ TASK_FAILED, false, NULL, NULL, 1, 1 },
		{ TASK_SKIPPED, false, NULL, NULL, 0, 0 },
	};
	struct fallback_rule rules[] = {
		{ .service = "one",
		  .use = "two",
		  .notify = "ops",
		  .continues = true },
		{ .service = "two", .notify = "chat", .continues = true },
	};
	struct agent_definition agent = { .name = "lint-agent", .digest = "" };
	struct agent_definition *list[] = { &agent };
	struct workflow_agent use = { .name = "lint-agent", .service = "one" };
	struct workflow_phase phase = { .agents = &use, .agent_count = 1 };
	struct task_record task = { .agent = "lint-agent" };

	agents = (struct agent_list){ .items = list, .len = 1 };
	first.output.slack = NULL;
	first.fallbacks = rules;
	first.fallback_count = ARRAY_LEN(rules);
	first.phases = &phase;
	first.phase_count = 1;
	records[0].tasks = &task;
	records[0].task_count = 1;
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		size_t ops = fake_count_to(OPS), chat = fake_count_to(CHAT);

		records[0].id[25] = (char)('A' + i);
		task.state = cases[i].state;
		task.degraded = cases[i].degraded;
		task.service = cases[i].service;
		task.instead_of = cases[i].instead_of;
		announce(1);
		announce(1);
		cr_expect(eq(sz, fake_count_to(OPS) - ops, cases[i].ops),
			  "case %zu", i);
		cr_expect(eq(sz, fake_count_to(CHAT) - chat, cases[i].chat),
			  "case %zu", i);
	}
	cr_expect(strstr(fake_request(0)->body,
			 "lint-agent: two answered instead of one") != NULL);
}
