#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "toy.h"

/* What each service answers, one after the other; the last one for ever. */
struct plan {
	const char *url;
	struct fake_reply replies[8];
};

struct plans {
	const struct plan *items;
	size_t count;
	size_t asked[4];
};

static void follow_plans(struct fake_reply *out,
			 const struct fake_request *request, size_t number,
			 void *payload)
{
	struct plans *plans = payload;

	(void)number;
	for (size_t i = 0; i < plans->count; i++) {
		const struct plan *plan = &plans->items[i];
		size_t at = plans->asked[i];

		if (strncmp(request->url, plan->url, strlen(plan->url)) != 0)
			continue;
		while (at && !plan->replies[at].status &&
		       !plan->replies[at].error && !plan->replies[at].hangs)
			at--;
		*out = plan->replies[at];
		plans->asked[i]++;
		return;
	}
	cr_fatal("nobody expected %s", request->url);
}

#define OK(text)                                              \
	{                                                     \
		.status = 200, .body = (text), .after_ms = 50 \
	}
#define STATUS(number)                             \
	{                                          \
		.status = (number), .after_ms = 50 \
	}

/* A way through the state machine, and where it ends. */
struct path {
	const char *name;
	struct plan plans[3];
	const char *text; /* NULL: no answer */
	const char *service;
	enum fault fault;
	bool degraded;
	int requests;
};

static const struct path paths[] = {
	{ .name = "the primary answers",
	  .plans = { { "http://one", { OK("a") } } },
	  .text = "a",
	  .service = "one",
	  .requests = 1 },
	{ .name = "the primary answers at the third attempt",
	  .plans = { { "http://one",
		       { STATUS(500),
			 { .error = ERR_UNAVAILABLE },
			 OK("a") } } },
	  .text = "a",
	  .service = "one",
	  .requests = 3 },
	{ .name = "a reply nobody can read is asked for again",
	  .plans = { { "http://one", { STATUS(299), OK("a") } } },
	  .text = "a",
	  .service = "one",
	  .requests = 2 },
	{ .name = "the first fallback answers",
	  .plans = { { "http://one", { STATUS(529) } },
		     { "http://two", { OK("b") } } },
	  .text = "b",
	  .service = "two",
	  .requests = 4 },
	{ .name = "a refused key is not tried twice",
	  .plans = { { "http://one", { STATUS(401) } },
		     { "http://two", { OK("b") } } },
	  .text = "b",
	  .service = "two",
	  .requests = 2 },
	{ .name = "no money at the provider is not tried twice",
	  .plans = { { "http://one", { STATUS(402) } },
		     { "http://two", { OK("b") } } },
	  .text = "b",
	  .service = "two",
	  .requests = 2 },
	{ .name = "a model that is gone is not tried twice",
	  .plans = { { "http://one", { STATUS(404) } },
		     { "http://two", { OK("b") } } },
	  .text = "b",
	  .service = "two",
	  .requests = 2 },
	{ .name = "a refusal goes to another provider",
	  .plans = { { "http://one", { OK("REFUSED") } },
		     { "http://two", { OK("b") } } },
	  .text = "b",
	  .service = "two",
	  .requests = 2 },
	{ .name = "the second fallback answers",
	  .plans = { { "http://one", { STATUS(401) } },
		     { "http://two", { STATUS(500) } },
		     { "http://three", { OK("c") } } },
	  .text = "c",
	  .service = "three",
	  .requests = 5 },
	{ .name = "the stand-in answers when all have failed",
	  .plans = { { "http://one", { STATUS(401) } },
		     { "http://two", { STATUS(402) } },
		     { "http://three", { STATUS(404) } } },
	  .text = "local",
	  .service = "local",
	  .degraded = true,
	  .requests = 4 },
	{ .name = "attempts are bounded over the whole chain",
	  .plans = { { "http://one", { STATUS(500) } },
		     { "http://two", { STATUS(500) } },
		     { "http://three", { STATUS(500) } } },
	  .service = "three",
	  .fault = FAULT_SERVER,
	  .requests = 8 },
	{ .name = "a wrong request is wrong everywhere",
	  .plans = { { "http://one", { STATUS(400) } } },
	  .service = "one",
	  .fault = FAULT_REQUEST,
	  .requests = 1 },
	{ .name = "a request too large is too large everywhere",
	  .plans = { { "http://one", { STATUS(413) } } },
	  .service = "one",
	  .fault = FAULT_TOO_LARGE,
	  .requests = 1 },
	{ .name = "an answer that was cut is none",
	  .plans = { { "http://one", { OK("CUT") } } },
	  .service = "one",
	  .fault = FAULT_TRUNCATED,
	  .requests = 1 },
	{ .name = "a parameter that is refused is left out",
	  .plans = { { "http://one",
		       { { .status = 400, .headers = { "X-Quirk: yes" } },
			 OK("a") } } },
	  .text = "a",
	  .service = "one",
	  .requests = 2 },
};

static void walk(const struct path *path)
{
	struct plans plans = { path->plans, 3, { 0 } };
	struct toy toy = { 0 };
	struct toy_answer answer = { 0 };
	struct ask ask = toy_ask();

	while (plans.count && !path->plans[plans.count - 1].url)
		plans.count--;
	fake_reset(follow_plans, &plans);
	toy_open(&toy, NULL);
	toy_ask_and_wait(&toy, &answer, &ask);
	cr_assert_eq(answer.fault, path->fault, "%s: %s: %s", path->name,
		     fault_name(answer.fault), answer.message);
	cr_assert_str_eq(answer.service, path->service, "%s", path->name);
	if (path->text)
		cr_assert_str_eq(answer.text, path->text, "%s", path->name);
	else
		cr_assert(answer.text == NULL, "%s", path->name);
	cr_assert_eq(answer.degraded, path->degraded, "%s", path->name);
	cr_assert_eq(answer.requests, path->requests, "%s: %d: %s", path->name,
		     answer.requests, answer.attempts);
	cr_assert_eq(toy_attempts_with(&answer, "\"attempt\""), path->requests,
		     "%s", path->name);
	cr_assert_eq(answer.instead_of != NULL,
		     strcmp(path->service, "one") != 0, "%s", path->name);
	cr_assert_eq(toy.ledger.reserved, toy.ledger.settled, "%s", path->name);
	cr_assert_eq(toy.ledger.settled_nusd, answer.cost_nusd, "%s",
		     path->name);
	toy_answer_release(&answer);
	toy_close(&toy);
}

Test(asking, takes_every_path)
{
	for (size_t i = 0; i < ARRAY_LEN(paths); i++)
		walk(&paths[i]);
}

static void always(struct fake_reply *out, const struct fake_request *request,
		   size_t number, void *payload)
{
	(void)request;
	(void)number;
	*out = *(const struct fake_reply *)payload;
}

Test(asking, costs_what_the_usage_says)
{
	struct fake_reply reply = OK("a");
	struct toy toy = { 0 };
	struct toy_answer answer = { 0 };
	struct ask ask = toy_ask();

	fake_reset(always, &reply);
	toy_open(&toy, NULL);
	toy_ask_and_wait(&toy, &answer, &ask);
	cr_assert(eq(i64, answer.cost_nusd, TOY_COST));
	cr_assert_not(answer.cost_unknown);
	cr_assert(eq(i64, toy.ledger.settled_nusd, TOY_COST));
	toy_answer_release(&answer);
	toy_close(&toy);
}

Test(asking, keeps_the_reservation_where_the_cost_is_not_known)
{
	const struct fake_reply replies[] = {
		{ .status = 200, .body = "a", .headers = { "X-No-Usage: 1" } },
		{ .hangs = true },
		{ .error = ERR_UNAVAILABLE },
	};

	for (size_t i = 0; i < ARRAY_LEN(replies); i++) {
		struct toy toy = { 0 };
		struct toy_answer answer = { 0 };
		struct ask ask = toy_ask();
		struct fake_reply reply = replies[i];

		ask.allow_degraded = false;
		fake_reset(always, &reply);
		toy.services[0].fallback = NULL;
		toy_open(&toy, NULL);
		toy.services[0].fallback = NULL;
		toy_ask_and_wait(&toy, &answer, &ask);
		cr_assert(answer.cost_unknown, "%zu", i);
		cr_assert_eq(answer.cost_nusd, toy.ledger.reserved_nusd, "%zu",
			     i);
		cr_assert(answer.cost_nusd > 0);
		toy_answer_release(&answer);
		toy_close(&toy);
	}
}

Test(asking, counts_an_unknown_price_as_configured)
{
	struct fake_reply reply = OK("a");
	struct gateway_options options = {
		.budget = { .unknown_cost_nusd = 123 },
	};
	struct toy toy = { .services = { { 0 } } };
	struct toy_answer answer = { 0 };
	struct ask ask = toy_ask();
	struct chat chat = *ask.chat;

	chat.model = "nobody-knows";
	ask.chat = &chat;
	fake_reset(always, &reply);
	toy_open(&toy, &options);
	toy_ask_and_wait(&toy, &answer, &ask);
	cr_assert(eq(i64, answer.cost_nusd, 123));
	cr_assert(answer.cost_unknown);
	toy_answer_release(&answer);
	toy_close(&toy);
}

Test(asking, says_which_model_was_meant)
{
	struct fake_reply reply = OK("a");
	struct toy toy = { 0 };
	struct toy_answer answer = { 0 };
	struct ask ask = toy_ask();
	struct chat chat = *ask.chat;

	chat.model = "claude-3-opus";
	ask.chat = &chat;
	fake_reset(always, &reply);
	toy_open(&toy, NULL);
	toy_ask_and_wait(&toy, &answer, &ask);
	cr_assert_str_eq(answer.model, "claude-opus-5-5");
	cr_assert_str_eq(answer.mapped_from, "claude-3-opus");
	toy_answer_release(&answer);
	toy_close(&toy);
}

Test(asking, obeys_retry_after)
{
	static const struct plan plan = {
		"http://one",
		{ { .status = 429, .headers = { "Retry-After: 5" } }, OK("a") },
	};
	struct plans plans = { &plan, 1, { 0 } };
	struct toy toy = { 0 };
	struct toy_answer answers[2] = { { 0 } };
	struct ask ask = toy_ask();
	struct err err = ERR_INIT;

	fake_reset(follow_plans, &plans);
	toy_open(&toy, NULL);
	must(gateway_ask(NULL, toy.gateway, &ask, toy_done, &answers[0], &err));
	loop_run(toy.loop);
	cr_assert(eq(sz, fake_request_count(), 2));
	cr_assert(fake_request(1)->at_ms >= 5000 &&
			  fake_request(1)->at_ms <= 5500,
		  "%lld", (long long)fake_request(1)->at_ms);
	cr_assert_str_eq(answers[0].text, "a");
	toy_answer_release(&answers[0]);
	toy_close(&toy);
}

Test(asking, asks_nobody_else_there_before_the_wait_is_over)
{
	static const struct plan plan = {
		"http://one",
		{ { .status = 429, .headers = { "Retry-After: 20" } },
		  OK("a") },
	};
	struct plans plans = { &plan, 1, { 0 } };
	struct toy toy = { 0 };
	struct toy_answer answers[3] = { { 0 } };
	struct ask ask = toy_ask();
	struct err err = ERR_INIT;

	fake_reset(follow_plans, &plans);
	toy.services[0].concurrency = 1;
	toy_open(&toy, NULL);
	for (int i = 0; i < 3; i++)
		must(gateway_ask(NULL, toy.gateway, &ask, toy_done, &answers[i],
				 &err));
	loop_run(toy.loop);
	cr_assert(eq(sz, fake_request_count(), 4));
	cr_assert(fake_request(1)->at_ms >= 20000);
	for (int i = 0; i < 3; i++) {
		cr_assert_str_eq(answers[i].text, "a");
		toy_answer_release(&answers[i]);
	}
	toy_close(&toy);
}

static int wants_json(const char *text, size_t len, void *payload,
		      struct err *err)
{
	(void)len;
	(void)payload;
	return text[0] == '{' ? 0
			      : err_set(err, ERR_PROTOCOL, "it must be JSON");
}

Test(asking, has_a_bad_answer_repaired_once)
{
	static const struct {
		struct fake_reply second;
		enum fault fault;
		const char *service;
		size_t requests;
	} cases[] = {
		{ OK("{}"), FAULT_NONE, "one", 2 },
		{ OK("prose again"), FAULT_NONE, "two", 3 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct plan both[] = {
			{ "http://one", { OK("prose"), cases[i].second } },
			{ "http://two", { OK("{}") } },
		};
		struct plans plans = { both, 2, { 0 } };
		struct toy toy = { 0 };
		struct toy_answer answer = { 0 };
		struct ask ask = toy_ask();

		ask.check = wants_json;
		fake_reset(follow_plans, &plans);
		toy_open(&toy, NULL);
		toy_ask_and_wait(&toy, &answer, &ask);
		cr_assert_eq(answer.fault, cases[i].fault);
		cr_assert_str_eq(answer.service, cases[i].service);
		cr_assert_eq(fake_request_count(), cases[i].requests, "%zu", i);
		cr_assert(strstr(fake_request(1)->body,
				 "complaint=it must be JSON") != NULL);
		toy_answer_release(&answer);
		toy_close(&toy);
	}
}

Test(asking, ends_as_degraded_or_unsupported_by_the_stand_in)
{
	struct fake_reply reply = STATUS(401);
	struct toy toy = { 0 };
	struct toy_answer answer = { 0 };
	struct ask ask = toy_ask();
	struct chat chat = *ask.chat;

	fake_reset(always, &reply);
	toy_open(&toy, NULL);
	chat.agent = "hard";
	ask.chat = &chat;
	toy_ask_and_wait(&toy, &answer, &ask);
	cr_assert_eq(answer.fault, FAULT_UNSUPPORTED);
	cr_assert(answer.degraded);
	cr_assert_str_eq(answer.instead_of, "one");

	/* `continue: false`: no stand-in. */
	ask.allow_degraded = false;
	toy_ask_and_wait(&toy, &answer, &ask);
	cr_assert_eq(answer.fault, FAULT_AUTH);
	cr_assert_not(answer.degraded);
	/* The keys are known to be bad by now: nobody was asked again. */
	cr_assert(eq(int, answer.requests, 0));
	toy_answer_release(&answer);
	toy_close(&toy);
}

Test(asking, says_where_a_key_is_missing)
{
	struct fake_reply reply = OK("b");
	struct toy toy = { 0 };
	struct toy_answer answer = { 0 };
	struct ask ask = toy_ask();

	fake_reset(always, &reply);
	toy_open(&toy, NULL);
	toy.services[0].load_key_payload = (void *)"missing";
	toy_ask_and_wait(&toy, &answer, &ask);
	cr_assert_str_eq(answer.service, "two");
	cr_assert(strstr(answer.attempts, "no key in missing") != NULL, "%s",
		  answer.attempts);
	cr_assert(strstr(answer.attempts, "sk-planted-key") == NULL);
	cr_assert_str_eq(fake_request(0)->headers.v[0],
			 "x-key: sk-planted-key");
	toy_answer_release(&answer);
	toy_close(&toy);
}

Test(asking, is_out_of_time_when_its_deadline_has_come)
{
	struct fake_reply reply = { .hangs = true };
	struct toy toy = { 0 };
	struct toy_answer answer = { 0 };
	struct ask ask = toy_ask();

	fake_reset(always, &reply);
	toy_open(&toy, NULL);
	ask.deadline_ms = 7000;
	toy_ask_and_wait(&toy, &answer, &ask);
	cr_assert_eq(answer.fault, FAULT_TIMEOUT);
	cr_assert(eq(i64, answer.at_ms, 7000));
	toy_answer_release(&answer);
	toy_close(&toy);
}

static void stop_loop(const struct err *err, void *payload)
{
	(void)err;
	loop_stop(payload);
}

struct interruption {
	struct toy toy;
	struct asking *asking; /* NULL once it ended */
	struct toy_answer answer;
};

static void end_interrupted(const struct outcome *outcome, void *payload)
{
	struct interruption *at = payload;

	at->asking = NULL;
	toy_done(outcome, &at->answer);
}

static void cancel_now(const struct err *err, void *payload)
{
	struct interruption *at = payload;
	int calls = at->answer.calls;

	if (err || !at->asking)
		return;
	gateway_cancel(at->asking);
	cr_assert(eq(int, at->answer.calls, calls), "not from inside");
}

/* Through the first step, requests, waits, the breaker and the stand-in. */
static void interrupt_at(int64_t when, bool by_cancel)
{
	struct fake_reply reply = STATUS(500);
	struct interruption at = { 0 };
	struct ask ask = toy_ask();
	struct err err = ERR_INIT;

	reply.after_ms = 400;
	fake_reset(always, &reply);
	toy_open(&at.toy, NULL);
	must(gateway_ask(&at.asking, at.toy.gateway, &ask, end_interrupted, &at,
			 &err));
	if (by_cancel) {
		must(loop_timer_start(NULL, at.toy.loop, when, cancel_now, &at,
				      &err));
		loop_run(at.toy.loop);
		cr_assert(eq(int, at.answer.calls, 1));
	} else {
		must(loop_timer_start(NULL, at.toy.loop, when, stop_loop,
				      at.toy.loop, &err));
		loop_run(at.toy.loop);
	}
	toy_close(&at.toy);
	cr_assert(eq(int, at.answer.calls, 1), "%lld", (long long)when);
	toy_answer_release(&at.answer);
}

Test(asking, is_cancelled_wherever_it_is)
{
	for (int64_t when = 0; when < 9000; when += 130)
		interrupt_at(when, true);
}

Test(asking, ends_once_when_the_gateway_ends)
{
	for (int64_t when = 0; when < 9000; when += 130)
		interrupt_at(when, false);
}

Test(asking, is_refused_where_nobody_is_asked)
{
	struct fake_reply reply = OK("a");
	struct toy toy = { 0 };
	struct toy_answer answer = { 0 };
	struct ask ask = toy_ask();
	struct err err = ERR_INIT;

	fake_reset(always, &reply);
	toy_open(&toy, NULL);
	ask.service_count = 0;
	must_fail(ERR_INVALID, gateway_ask(NULL, toy.gateway, &ask, toy_done,
					   &answer, &err));
	toy_close(&toy);
}

Test(asking, passes_over_a_service_that_does_not_exist)
{
	static const char *const names[] = { "oen", "two" };
	struct fake_reply reply = OK("b");
	struct toy toy = { 0 };
	struct toy_answer answer = { 0 };
	struct ask ask = toy_ask();

	fake_reset(always, &reply);
	toy_open(&toy, NULL);
	ask.services = names;
	ask.service_count = 2;
	toy_ask_and_wait(&toy, &answer, &ask);
	cr_assert_str_eq(answer.service, "two");
	cr_assert(strstr(answer.attempts, "no such service") != NULL);
	toy_answer_release(&answer);
	toy_close(&toy);
}

Test(asking, sends_nothing_that_could_not_be_recorded)
{
	struct fake_reply reply = OK("a");
	struct toy toy = { .ledger = { .fails = true } };
	struct toy_answer answer = { 0 };
	struct ask ask = toy_ask();

	fake_reset(always, &reply);
	toy_open(&toy, NULL);
	toy_ask_and_wait(&toy, &answer, &ask);
	cr_assert_eq(answer.fault, FAULT_BUDGET);
	cr_assert(strstr(answer.message, "disk full") != NULL);
	cr_assert(eq(sz, fake_request_count(), 0));
	toy_answer_release(&answer);
	toy_close(&toy);
}
