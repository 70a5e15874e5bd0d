#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "asked.h"
#include "core/alloc.h"
#include "gateway/service.h"
#include "io/loop.h"

/* What came back. */
struct got {
	int calls;
	enum fault fault;
	int64_t cost_nusd, input_tokens;
	char message[256];
	char *text, *model;
};

static void keep(struct service_result *result, void *payload)
{
	struct got *got = payload;

	got->calls++;
	got->fault = result->fault;
	memcpy(got->message, result->message, sizeof(got->message));
	got->cost_nusd = result->reply.cost_nusd;
	got->input_tokens = result->reply.usage.input_tokens;
	if (result->fault == FAULT_NONE) {
		got->text = xstrdup(result->reply.text.ptr);
		got->model = xstrdup(result->reply.model);
	}
}

static struct got ask(const struct asked *asked, const char *agent, bool cancel)
{
	struct service service = { .name = "offline", .ops = &offline_service };
	struct chat chat = {
		.agent = agent,
		.answer = ANSWER_FINDINGS,
		.changeset = &asked->changes,
		.repo = asked->repo,
		.head_rules_ref = asked->trusted,
	};
	struct service_host host = { .timeout_ms = 60000 };
	struct service_call *call;
	struct err err = ERR_INIT;
	struct got got = { 0 };

	must(loop_new(&host.loop, &err));
	must(offline_service.start(&call, &service, &chat, &host, keep, &got,
				   &err));
	cr_expect(eq(int, got.calls, 0));
	if (cancel)
		offline_service.cancel(call);
	loop_run(host.loop);
	loop_free(host.loop);
	cr_expect(eq(int, got.calls, 1));
	return got;
}

Test(offline_service, answers_on_a_worker_for_nothing)
{
	struct asked asked;
	struct got got;
	char *text;

	asked_init(&asked, ":", "echo 'let a = try! b()' >A.swift");
	asked_ask(&asked, "code-review-agent", ANSWER_FINDINGS);
	text = json_print(asked.answer);
	got = ask(&asked, "code-review-agent", false);
	cr_expect(eq(int, got.fault, FAULT_NONE), "%s", got.message);
	cr_expect(eq(i64, got.cost_nusd, 0));
	cr_expect(eq(i64, got.input_tokens, 0));
	cr_assert(got.text != NULL);
	cr_expect(eq(str, got.text, text));
	cr_expect(eq(str, got.model, "offline"));
	free(text);
	free(got.text);
	free(got.model);
	asked_release(&asked);
}

Test(offline_service, says_what_it_cannot_do)
{
	struct asked asked;
	struct got got;

	asked_init(&asked, ":", ":");
	got = ask(&asked, "impact-analysis-agent", false);
	cr_expect(eq(int, got.fault, FAULT_UNSUPPORTED));
	asked_release(&asked);
}

Test(offline_service, a_cancelled_call_ends_once)
{
	struct asked asked;
	struct got got;

	asked_init(&asked, ":", "echo 'let a = try! b()' >A.swift");
	got = ask(&asked, "code-review-agent", true);
	cr_expect(got.fault == FAULT_CANCELLED || got.fault == FAULT_NONE);
	free(got.text);
	free(got.model);
	asked_release(&asked);
}

Test(offline_service, needs_the_change)
{
	struct service_call *call;
	struct chat chat = { .agent = "code-review-agent" };
	struct service_host host = { 0 };
	struct err err = ERR_INIT;

	must_fail(ERR_INVALID, offline_service.start(&call, NULL, &chat, &host,
						     keep, NULL, &err));
}
