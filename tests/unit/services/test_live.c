#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/json.h"
#include "core/limits.h"
#include "core/secret.h"
#include "gateway/gateway.h"
#include "io/file.h"
#include "io/http.h"
#include "io/loop.h"
#include "server.h"
#include "services/kinds.h"

/* The whole way: gateway, services, HTTP, and a strict server. */

#define PLANTED "sk-planted-0123456789"

static struct server server;
static char *folder;

static void start(void)
{
	char *spy;

	io_setup();
	folder = folder_new();
	spy = xstrf("%s/spy", folder);
	server_start(&server, "ai_server.py",
		     (const char *const[]){ spy, NULL });
	free(spy);
}

static void stop(void)
{
	server_stop(&server);
	folder_remove(folder);
}

TestSuite(live, .init = start, .fini = stop, .timeout = 60);

struct ending {
	int calls;
	enum fault fault;
	char *text, *message, *attempts;
	int requests;
	int64_t cost_nusd;
	bool cost_unknown;
};

static void on_end(const struct outcome *outcome, void *payload)
{
	struct ending *ending = payload;
	struct json *attempts = attempts_json(outcome->attempts,
					      outcome->attempt_count);

	*ending = (struct ending){
		.calls = ending->calls + 1,
		.fault = outcome->fault,
		.text = xstrdup(outcome->text ? outcome->text : ""),
		.message = xstrdup(outcome->err.msg),
		.attempts = json_print(attempts),
		.requests = outcome->requests,
		.cost_nusd = outcome->cost_nusd,
		.cost_unknown = outcome->cost_unknown,
	};
	json_free(attempts);
}

static void release(struct ending *ending)
{
	free(ending->text);
	free(ending->message);
	free(ending->attempts);
}

static int load_key(struct secret **out, const void *payload, struct err *err)
{
	(void)err;
	*out = secret_new("env:PLANTED", payload);
	return 0;
}

static int is_json(const char *text, size_t len, void *payload, struct err *err)
{
	struct json *doc = NULL;
	int status = json_parse(&doc, text, len, err);

	(void)payload;
	json_free(doc);
	return status;
}

struct play {
	const struct service_ops *ops;
	const char *name;
	const char *key;
	int64_t timeout_ms, idle_ms;
};

/* One question to a service of its own. */
struct question {
	char *name, *root, *task;
	struct prompt prompt;
	struct chat chat;
	struct service service;
	const char *names[1];
	struct ask ask;
};

static void prepare(struct question *q, const struct play *play,
		    const struct json *schema)
{
	bool is_openai = play->ops == &openai_service;

	q->name = xstrf("%s-%p", play->name, (void *)q);
	q->root = xstrf("http://127.0.0.1:%d%s", server.ports[0],
			is_openai ? "/v1" : "");
	q->task = xstrf("task play:%s", play->name);
	q->prompt = (struct prompt){ "system", "change", "about", q->task };
	q->chat = (struct chat){
		.agent = "a",
		.model = is_openai ? "gpt-6.1-sol" : "claude-opus-5-5",
		.prompt = &q->prompt,
		.schema = schema,
		.temperature = 0.3,
	};
	q->service = (struct service){
		.name = q->name,
		.ops = play->ops,
		.url = q->root,
		.load_key = load_key,
		.load_key_payload = (void *)(play->key ? play->key : PLANTED),
		.timeout_ms = play->timeout_ms ? play->timeout_ms : 10000,
		.idle_timeout_ms = play->idle_ms,
	};
	q->names[0] = q->name;
	q->ask = (struct ask){
		.chat = &q->chat,
		.services = q->names,
		.service_count = 1,
		.check = is_json,
	};
}

/* All at once; endings are the caller's. */
static void ask_all(struct ending *endings, const struct play *plays,
		    size_t count)
{
	struct question *questions = xcalloc(count, sizeof(*questions));
	struct json *schema = json_new_object();
	struct gateway *gateway;
	struct http *http;
	struct loop *loop;
	struct err err = ERR_INIT;

	must(loop_new(&loop, &err));
	must(http_new(&http, loop, NULL, &err));
	must(gateway_new(&gateway, loop, http, &(struct gateway_options){ 0 },
			 &err));
	for (size_t i = 0; i < count; i++) {
		prepare(&questions[i], &plays[i], schema);
		must(gateway_add_service(gateway, &questions[i].service, &err));
		must(gateway_ask(NULL, gateway, &questions[i].ask, on_end,
				 &endings[i], &err));
	}
	loop_run(loop);
	gateway_free(gateway);
	http_free(http);
	loop_free(loop);
	json_free(schema);
	for (size_t i = 0; i < count; i++) {
		cr_assert_eq(endings[i].calls, 1);
		cr_assert(strstr(endings[i].attempts, PLANTED) == NULL);
		cr_assert(strstr(endings[i].message, PLANTED) == NULL);
		free(questions[i].name);
		free(questions[i].root);
		free(questions[i].task);
	}
	free(questions);
}

#define ANSWER "{\"findings\":[],\"summary\":\"fine\"}"

/* Cached 1000, read 100, written 50: 1000*200 + 100*4000 + 50*20000, and
 * 1000*100 + 100*2000 + 50*10000. */
static const struct play answered[] = {
	{ &anthropic_service, "answer", NULL, 0, 0 },
	{ &anthropic_service, "rate", NULL, 0, 0 },
	{ &anthropic_service, "prose-once", NULL, 0, 0 },
	/* max_tokens is refused: this strict server wants the newer name. */
	{ &openai_service, "answer", NULL, 0, 0 },
};

static const struct {
	int requests;
	int64_t cost_nusd;
} sums[] = { { 1, 1600000 }, { 2, 1600000 }, { 2, 3200000 }, { 2, 800000 } };

Test(live, questions_are_answered)
{
	struct ending endings[ARRAY_LEN(answered)] = { { 0 } };

	ask_all(endings, answered, ARRAY_LEN(answered));
	for (size_t i = 0; i < ARRAY_LEN(answered); i++) {
		const struct ending *ending = &endings[i];

		cr_assert_eq(ending->fault, FAULT_NONE, "%zu: %s", i,
			     ending->attempts);
		cr_assert_str_eq(ending->text, ANSWER);
		cr_assert_eq(ending->requests, sums[i].requests, "%zu: %s", i,
			     ending->attempts);
		cr_assert_eq(ending->cost_nusd, sums[i].cost_nusd, "%zu: %lld",
			     i, (long long)ending->cost_nusd);
		cr_assert_not(ending->cost_unknown);
		release(&endings[i]);
	}
}

static const struct play failed[] = {
	{ &anthropic_service, "hang", NULL, 300, 0 },
	{ &anthropic_service, "drip", NULL, 600, 0 },
	{ &anthropic_service, "stall", NULL, 0, 1000 },
	{ &anthropic_service, "endless", NULL, 0, 0 },
	{ &anthropic_service, "huge", NULL, 0, 0 },
	{ &anthropic_service, "cut", NULL, 0, 0 },
	{ &anthropic_service, "close", NULL, 0, 0 },
	{ &anthropic_service, "teapot", NULL, 0, 0 },
	{ &anthropic_service, "redirect", NULL, 0, 0 },
	{ &anthropic_service, "overloaded", NULL, 0, 0 },
	{ &anthropic_service, "answer", "sk-another-key", 0, 0 },
	{ &openai_service, "quota", NULL, 0, 0 },
};

static const enum fault faults[] = {
	FAULT_TIMEOUT,  FAULT_TIMEOUT,    FAULT_TIMEOUT, FAULT_ENVELOPE,
	FAULT_ENVELOPE, FAULT_CONNECT,    FAULT_CONNECT, FAULT_REQUEST,
	FAULT_ENVELOPE, FAULT_OVERLOADED, FAULT_AUTH,    FAULT_QUOTA,
};

Test(live, misbehaviour_ends_soon_and_is_named)
{
	struct ending endings[ARRAY_LEN(failed)] = { { 0 } };

	ask_all(endings, failed, ARRAY_LEN(failed));
	for (size_t i = 0; i < ARRAY_LEN(failed); i++) {
		cr_assert_eq(endings[i].fault, faults[i], "%s: %s: %s",
			     failed[i].name, fault_name(endings[i].fault),
			     endings[i].attempts);
		cr_assert(endings[i].requests <= 3);
		release(&endings[i]);
	}
}

Test(live, a_key_is_never_quoted_or_sent_elsewhere)
{
	static const struct play plays[] = {
		{ &anthropic_service, "redirect", NULL, 0, 0 },
		{ &anthropic_service, "answer", "sk-another-key", 0, 0 },
	};
	struct ending endings[ARRAY_LEN(plays)] = { { 0 } };
	char *path = xstrf("%s/spy", folder);

	ask_all(endings, plays, ARRAY_LEN(plays));
	for (size_t i = 0; i < ARRAY_LEN(plays); i++) {
		cr_assert(strstr(endings[i].attempts, "sk-another-key") == NULL,
			  "%s", endings[i].attempts);
		release(&endings[i]);
	}
	cr_assert_not(file_exists(path));
	free(path);
}

Test(live, what_was_never_sent_costs_nothing)
{
	static const struct play play = { &anthropic_service, "answer", NULL, 0,
					  0 };
	struct ending ending = { 0 };
	int port = server.ports[0];

	server.ports[0] = 1; /* nobody listens there */
	ask_all(&ending, &play, 1);
	server.ports[0] = port;
	cr_assert_eq(ending.fault, FAULT_CONNECT, "%s", ending.attempts);
	cr_assert(eq(i64, ending.cost_nusd, 0));
	cr_assert_not(ending.cost_unknown);
	release(&ending);
}
