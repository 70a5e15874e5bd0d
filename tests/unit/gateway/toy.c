#include "unit.h"

#include "toy.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/secret.h"

static int build(struct service_request *out, const struct service *service,
		 const struct chat *chat, struct err *err)
{
	(void)err;
	out->url = service_url(service, "/ask");
	out->key_header = "x-key";
	out->key_prefix = "";
	buf_addf(&out->body, "%s quirks=%u task=%s complaint=%s", chat->model,
		 chat->quirks, chat->prompt->task,
		 chat->complaint ? chat->complaint : "none");
	return 0;
}

static enum fault fault_of(long status)
{
	static const struct {
		long status;
		enum fault fault;
	} table[] = {
		{ 200, FAULT_NONE },       { 400, FAULT_REQUEST },
		{ 401, FAULT_AUTH },       { 402, FAULT_QUOTA },
		{ 404, FAULT_MODEL },      { 413, FAULT_TOO_LARGE },
		{ 429, FAULT_RATE },       { 500, FAULT_SERVER },
		{ 529, FAULT_OVERLOADED },
	};

	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (table[i].status == status)
			return table[i].fault;
	return FAULT_ENVELOPE;
}

static void parse(struct service_result *out, const struct service *service,
		  const struct chat *chat, const struct http_reply *reply)
{
	const char *body = reply->body.ptr;
	enum fault fault = fault_of(reply->status);
	int64_t seconds = http_reply_retry_after_s(reply);

	(void)service;
	if (seconds >= 0)
		out->wait_ms = seconds * 1000;
	if (http_reply_header(reply, "X-Quirk") && !chat->quirks)
		out->quirks = QUIRK_NO_SCHEMA;
	if (fault) {
		service_result_fail(out, fault, "status %ld", out->status);
		return;
	}
	buf_addstr(&out->reply.text, body);
	if (strcmp(body, "CUT") == 0)
		out->reply.stop = STOP_TRUNCATED;
	if (strcmp(body, "REFUSED") == 0)
		out->reply.stop = STOP_REFUSED;
	if (!http_reply_header(reply, "X-No-Usage"))
		out->reply.usage = (struct usage){ 1000, 0, 0, 100, 0 };
	out->reply.model = xstrdup(chat->model);
}

static const struct service_ops toy_ops = {
	.kind = "toy",
	.build = build,
	.parse = parse,
	.caches_prefix = true,
};

/* The stand-in: answers "local" a moment later; agents called "hard" are too
 * much for it. */
struct service_call {
	struct service_result result;
	service_done_fn *done;
	void *payload;
	bool cancelled;
};

static void end_local(const struct err *err, void *payload)
{
	struct service_call *call = payload;

	if (err || call->cancelled)
		service_result_fail(&call->result, FAULT_CANCELLED,
				    "cancelled");
	call->done(&call->result, call->payload);
	service_result_release(&call->result);
	free(call);
}

static int start_local(struct service_call **out, const struct service *service,
		       const struct chat *chat, const struct service_host *host,
		       service_done_fn *done, void *payload, struct err *err)
{
	struct service_call *call = xcalloc(1, sizeof(*call));

	(void)service;
	service_result_init(&call->result);
	call->done = done;
	call->payload = payload;
	if (strcmp(chat->agent, "hard") == 0)
		service_result_fail(&call->result, FAULT_UNSUPPORTED,
				    "cannot do this");
	else
		buf_addstr(&call->result.reply.text, "local");
	if (loop_timer_start(NULL, host->loop, 10, end_local, call, err) < 0) {
		service_result_release(&call->result);
		free(call);
		return -1;
	}
	*out = call;
	return 0;
}

static void cancel_local(struct service_call *call)
{
	call->cancelled = true;
}

static const struct service_ops local_ops = {
	.kind = "local",
	.is_local = true,
	.start = start_local,
	.cancel = cancel_local,
};

static int reserve(void *payload, const struct spending_line *line,
		   struct err *err)
{
	struct toy_ledger *ledger = payload;

	if (ledger->fails)
		return err_set(err, ERR_SYSTEM, "disk full");
	cr_assert_eq(strlen(line->id), ULID_SIZE - 1);
	ledger->reserved++;
	ledger->reserved_nusd += line->reserved_nusd;
	return 0;
}

static int settle(void *payload, const struct spending_line *line,
		  struct err *err)
{
	struct toy_ledger *ledger = payload;

	(void)err;
	cr_assert(line->cost_nusd <= line->reserved_nusd);
	ledger->settled++;
	ledger->settled_nusd += line->cost_nusd;
	return 0;
}

static int begin(void *payload, int64_t since_ms, books_change_fn *tell,
		 void *tell_payload, struct err *err)
{
	struct toy_ledger *ledger = payload;
	struct books_change change = { .at_ms = clock_wall_ms(),
				       .used_nusd = ledger->spent_nusd };

	(void)err;
	(void)since_ms;
	cr_assert_not(ledger->is_locked);
	ledger->is_locked = true;
	if (change.used_nusd)
		tell(&change, tell_payload);
	ledger->spent_nusd = 0;
	return 0;
}

static void end(void *payload)
{
	struct toy_ledger *ledger = payload;

	ledger->is_locked = false;
}

static const struct spending_ops spending = {
	.begin = begin, .end = end, .reserve = reserve, .settle = settle
};

static void alert(const char *message, void *payload)
{
	struct toy *toy = payload;

	(void)message;
	toy->alerts++;
}

static int load_key(struct secret **out, const void *payload, struct err *err)
{
	const char *name = payload;

	if (strcmp(name, "missing") == 0)
		return err_set(err, ERR_AUTH, "no key in %s", name);
	*out = secret_new(name, "sk-planted-key");
	return 0;
}

void toy_open(struct toy *toy, const struct gateway_options *options)
{
	struct gateway_options all = { 0 };
	struct err err = ERR_INIT;
	static const char *const names[] = { "one", "two", "three", "local" };
	static const char *const urls[] = { "http://one", "http://two",
					    "http://three", NULL };

	if (options)
		all = *options;
	all.spending = &spending;
	all.spending_payload = &toy->ledger;
	all.alert = alert;
	all.alert_payload = toy;
	must(loop_new(&toy->loop, &err));
	must(http_new(&toy->http, toy->loop, NULL, &err));
	must(gateway_new(&toy->gateway, toy->loop, toy->http, &all, &err));
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct service *service = &toy->services[i];

		if (service->name)
			continue; /* set by the test */
		service->name = names[i];
		service->url = urls[i];
		service->ops = urls[i] ? &toy_ops : &local_ops;
		service->models[0] = "claude-opus-5-5";
		if (i < 2)
			service->fallback = names[i + 1];
		if (urls[i] && !service->load_key) {
			service->load_key = load_key;
			service->load_key_payload = (void *)"vault";
		}
	}
	for (size_t i = 0; i < ARRAY_LEN(names); i++)
		must(gateway_add_service(toy->gateway, &toy->services[i],
					 &err));
}

void toy_close(struct toy *toy)
{
	gateway_free(toy->gateway);
	http_free(toy->http);
	loop_free(toy->loop);
	fake_done();
}

void toy_answer_release(struct toy_answer *answer)
{
	free(answer->text);
	free(answer->service);
	free(answer->model);
	free(answer->instead_of);
	free(answer->mapped_from);
	free(answer->message);
	free(answer->attempts);
	*answer = (struct toy_answer){ 0 };
}

static char *copy(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

void toy_done(const struct outcome *outcome, void *payload)
{
	struct toy_answer *answer = payload;
	struct json *attempts = attempts_json(outcome->attempts,
					      outcome->attempt_count);
	int calls = answer->calls;

	toy_answer_release(answer);
	*answer = (struct toy_answer){
		.calls = calls + 1,
		.fault = outcome->fault,
		.text = copy(outcome->text),
		.service = copy(outcome->service),
		.model = copy(outcome->model),
		.instead_of = copy(outcome->instead_of),
		.mapped_from = copy(outcome->mapped_from),
		.message = copy(outcome->err.msg),
		.attempts = json_print(attempts),
		.degraded = outcome->degraded,
		.cached = outcome->cached,
		.cost_unknown = outcome->cost_unknown,
		.cost_nusd = outcome->cost_nusd,
		.requests = outcome->requests,
		.at_ms = fake_now_ms(),
	};
	json_free(attempts);
}

struct ask toy_ask(void)
{
	static struct prompt prompt = { "system", "change", "about", "task" };
	static const struct chat chat = { .agent = "easy",
					  .prompt = &prompt,
					  .max_tokens = 1000,
					  .temperature = -1 };
	static const char *const services[] = { "one" };

	return (struct ask){
		.chat = &chat,
		.services = services,
		.service_count = 1,
		.allow_degraded = true,
		.project = "wallet",
		.workflow = "pr-review",
		.run = "r1",
	};
}

void toy_ask_and_wait(struct toy *toy, struct toy_answer *answer,
		      const struct ask *ask)
{
	struct err err = ERR_INIT;
	int calls = answer->calls;

	must(gateway_ask(NULL, toy->gateway, ask, toy_done, answer, &err));
	cr_assert(eq(int, answer->calls, calls), "not from inside");
	loop_run(toy->loop);
	cr_assert(eq(int, answer->calls, calls + 1));
}

int toy_attempts_with(const struct toy_answer *answer, const char *text)
{
	const char *at = answer->attempts;
	int count = 0;

	while ((at = strstr(at, text)) != NULL) {
		count++;
		at += strlen(text);
	}
	return count;
}
