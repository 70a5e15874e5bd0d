#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/secret.h"
#include "io_fake.h"
#include "services/kinds.h"

/* How Cursor goes about it this time. */
struct story {
	const char *launch, *end_status, *conversation;
	int launch_status, polls;
	int seen;
	int stumbles; /* questions after it that are answered with 503 first */
	const char *retry_after; /* and with that; NULL: without */
};

static void tell(struct fake_reply *out, const struct fake_request *request,
		 size_t number, void *payload)
{
	struct story *story = payload;
	static char text[200];

	(void)number;
	*out = (struct fake_reply){ .status = 200, .after_ms = 100 };
	if (strcmp(request->method, "POST") == 0) {
		out->status = story->launch_status;
		out->body = story->launch;
	} else if (strcmp(request->method, "DELETE") == 0) {
		out->body = "{}";
	} else if (strstr(request->url, "/conversation")) {
		out->body = story->conversation;
	} else if (story->stumbles) {
		story->stumbles--;
		out->status = 503;
		out->headers[0] = story->retry_after;
	} else {
		snprintf(text, sizeof(text), "{\"status\":\"%s\"}",
			 story->seen++ < story->polls ? "RUNNING"
						      : story->end_status);
		out->body = text;
	}
}

struct ending {
	int calls;
	enum fault fault;
	char *text, *message;
};

static void on_end(struct service_result *result, void *payload)
{
	struct ending *ending = payload;

	ending->calls++;
	ending->fault = result->fault;
	ending->text = strdup(result->reply.text.ptr);
	ending->message = strdup(result->message);
}

struct scene {
	struct service service;
	struct service_host host;
	struct service_call *call;
	struct secret *key;
	struct ending ending;
};

static void open_scene(struct scene *scene, struct story *story)
{
	static struct prompt prompt = { "system", "change", NULL, "task" };
	static const struct chat chat = {
		.agent = "a",
		.model = "default",
		.prompt = &prompt,
		.project_url = "https://github.com/acme/wallet",
		.head_ref = "topic/x",
	};
	struct err err = ERR_INIT;

	*scene = (struct scene){ 0 };
	fake_reset(tell, story);
	scene->key = secret_new("env:CURSOR", "sk-planted");
	scene->service = (struct service){ .name = "cursor",
					   .ops = &cursor_service };
	scene->host.key = scene->key;
	scene->host.timeout_ms = 60000;
	must(loop_new(&scene->host.loop, &err));
	must(http_new(&scene->host.http, scene->host.loop, NULL, &err));
	must(cursor_service.start(&scene->call, &scene->service, &chat,
				  &scene->host, on_end, &scene->ending, &err));
	cr_assert(eq(int, scene->ending.calls, 0));
}

static void close_scene(struct scene *scene)
{
	http_free(scene->host.http);
	loop_free(scene->host.loop);
	cr_assert(eq(int, scene->ending.calls, 1));
	secret_free(scene->key);
	free(scene->ending.text);
	free(scene->ending.message);
	fake_done();
}

#define LAUNCHED "{\"id\":\"bc_abc123\",\"status\":\"CREATING\"}"
#define SAID                                                     \
	"{\"id\":\"bc_abc123\",\"messages\":["                   \
	"{\"type\":\"user_message\",\"text\":\"task\"},"         \
	"{\"type\":\"assistant_message\",\"text\":\"looking\"}," \
	"{\"type\":\"assistant_message\",\"text\":\"{}\"}]}"

static const struct {
	const char *name;
	struct story story;
	enum fault fault;
	const char *text;
	const char *last_method;
} stories[] = {
	{ "answers",
	  { LAUNCHED, "FINISHED", SAID, 201, 3, 0, 0, NULL },
	  FAULT_NONE,
	  "{}",
	  "DELETE" },
	{ "fails",
	  { LAUNCHED, "ERROR", SAID, 201, 1, 0, 0, NULL },
	  FAULT_SERVER,
	  "",
	  "DELETE" },
	{ "never ends",
	  { LAUNCHED, "FINISHED", SAID, 201, 1000, 0, 0, NULL },
	  FAULT_TIMEOUT,
	  "",
	  "DELETE" },
	{ "says nothing",
	  { LAUNCHED, "FINISHED", "{\"messages\":[]}", 201, 0, 0, 0, NULL },
	  FAULT_ENVELOPE,
	  "",
	  "DELETE" },
	{ "refuses the key",
	  { "{\"error\":\"Unauthorized\"}", "", "", 401, 0, 0, 0, NULL },
	  FAULT_AUTH,
	  "",
	  "POST" },
	{ "is busy",
	  { "{}", "", "", 429, 0, 0, 0, NULL },
	  FAULT_RATE,
	  "",
	  "POST" },
	{ "gives an id that is none",
	  { "{\"id\":\"../../me\"}", "", "", 200, 0, 0, 0, NULL },
	  FAULT_ENVELOPE,
	  "",
	  "POST" },
	{ "sends a web page",
	  { "<html>", "", "", 200, 0, 0, 0, NULL },
	  FAULT_ENVELOPE,
	  "",
	  "POST" },
};

Test(cursor, launches_waits_reads_and_removes)
{
	for (size_t i = 0; i < ARRAY_LEN(stories); i++) {
		struct story story = stories[i].story;
		struct scene scene;

		open_scene(&scene, &story);
		loop_run(scene.host.loop);
		cr_assert_eq(scene.ending.fault, stories[i].fault, "%s: %s",
			     stories[i].name, scene.ending.message);
		cr_assert_str_eq(scene.ending.text, stories[i].text, "%s",
				 stories[i].name);
		cr_assert_str_eq(fake_request(fake_request_count() - 1)->method,
				 stories[i].last_method, "%s", stories[i].name);
		cr_assert(strstr(fake_request(0)->body, "sk-planted") == NULL);
		cr_assert(strvec_has(&fake_request(0)->headers,
				     "authorization: Bearer sk-planted"));
		close_scene(&scene);
	}
}

static int launches(void)
{
	int count = 0;

	for (size_t i = 0; i < fake_request_count(); i++)
		count += strcmp(fake_request(i)->method, "POST") == 0;
	return count;
}

/* An agent costs money from its launch on. */
Test(cursor, keeps_an_agent_that_cannot_be_asked_after_for_a_while)
{
	static const struct {
		int stumbles;
		const char *retry_after;
		enum fault fault;
		int64_t at_least_ms;
	} cases[] = {
		{ 1, NULL, FAULT_NONE, 3000 },
		{ 4, NULL, FAULT_NONE, 12000 },
		{ 1, "Retry-After: 20", FAULT_NONE, 20000 },
		{ 5, NULL, FAULT_OVERLOADED, 12000 },
		{ 1, "Retry-After: 200", FAULT_TIMEOUT, 0 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct story story = stories[0].story;
		struct scene scene;

		story.stumbles = cases[i].stumbles;
		story.retry_after = cases[i].retry_after;
		open_scene(&scene, &story);
		loop_run(scene.host.loop);
		cr_assert_eq(scene.ending.fault, cases[i].fault, "%zu: %s", i,
			     scene.ending.message);
		cr_assert_eq(launches(), 1, "%zu", i);
		cr_assert(fake_now_ms() >= cases[i].at_least_ms, "%zu", i);
		cr_assert_str_eq(fake_request(fake_request_count() - 1)->method,
				 "DELETE", "%zu", i);
		close_scene(&scene);
	}
}

Test(cursor, asks_for_the_head_of_the_project_and_no_pull)
{
	struct story story = stories[0].story;
	struct scene scene;

	open_scene(&scene, &story);
	loop_run(scene.host.loop);
	cr_assert_str_eq(fake_request(0)->url,
			 "https://api.cursor.com/v0/agents");
	cr_assert(strstr(fake_request(0)->body,
			 "\"source\":{\"repository\":\"https://github.com/acme/"
			 "wallet\",\"ref\":\"topic/x\"},\"target\":{"
			 "\"autoCreatePr\":false}") != NULL,
		  "%s", fake_request(0)->body);
	close_scene(&scene);
}

static void cancel_it(const struct err *err, void *payload)
{
	struct scene *scene = payload;

	if (!err && !scene->ending.calls)
		cursor_service.cancel(scene->call);
}

Test(cursor, removes_its_agent_when_it_is_cancelled)
{
	for (int64_t when = 0; when < 10000; when += 70) {
		struct story story = { LAUNCHED, "FINISHED", SAID, 201,
				       2,        0,          0,    NULL };
		struct scene scene;
		struct err err = ERR_INIT;
		const char *last;

		open_scene(&scene, &story);
		must(loop_timer_start(NULL, scene.host.loop, when, cancel_it,
				      &scene, &err));
		loop_run(scene.host.loop);
		last = fake_request(fake_request_count() - 1)->method;
		cr_assert_str_eq(last, "DELETE", "%lld", (long long)when);
		close_scene(&scene);
	}
}

Test(cursor, cannot_look_at_a_project_that_is_nowhere)
{
	struct service service = { .name = "cursor", .ops = &cursor_service };
	struct chat chat = { .agent = "a", .model = "default" };
	struct service_host host = { .timeout_ms = 1000 };
	struct service_call *call;
	struct ending ending = { 0 };
	struct err err = ERR_INIT;

	must_fail(ERR_NOT_FOUND,
		  cursor_service.start(&call, &service, &chat, &host, on_end,
				       &ending, &err));
}
