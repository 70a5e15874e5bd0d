#include "unit.h"

#include <stdlib.h>

#include "core/alloc.h"
#include "core/log.h"
#include "io_fake.h"
#include "notify/notify.h"

/* A configuration, a network that does as it is told, and what was told. */

#define SLACK_URL "https://hooks.slack.test/services/T0/B0/planted-secret"
#define HOOK_URL  "https://ops.test/referee?key=planted-secret"

static const char config[] = "[notify \"chat\"]\nkind = slack\nurl = env:CHAT\n"
			     "[notify \"ops\"]\nkind = webhook\nurl = env:OPS\n"
			     "secret = env:OPS_KEY\n"
			     "[notify \"gone\"]\nkind = slack\n"
			     "url = env:REFEREE_TEST_UNSET\n";

struct script {
	struct fake_reply replies[8];
	size_t len; /* the last one is for all that follow */
};

struct ends {
	size_t count;
	enum notify_fate fate[8];
	struct err err[8];
	int64_t at_ms[8];
};

static struct settings settings;
static struct loop *loop;
static struct http *http;
static struct notify *notify;
static struct ends ends;

static void reply(struct fake_reply *out,
		  const struct fake_request *request UNUSED, size_t number,
		  void *payload)
{
	const struct script *script = payload;

	*out = script->replies[number < script->len ? number : script->len - 1];
}

static void on_done(enum notify_fate fate, const struct err *err, void *payload)
{
	struct ends *at = payload;

	cr_assert(eq(int, err == NULL, fate == NOTIFY_SENT));
	at->fate[at->count] = fate;
	at->at_ms[at->count] = fake_now_ms();
	at->err[at->count++] = err ? *err : (struct err)ERR_INIT;
	if (err)
		cr_assert(strstr(err->msg, "planted") == NULL);
}

static void begin(struct script *script)
{
	struct mistakes mistakes = { 0 };
	struct err err = ERR_INIT;

	setenv("CHAT", SLACK_URL, 1);
	setenv("OPS", HOOK_URL, 1);
	setenv("OPS_KEY", "Jefe", 1);
	ends = (struct ends){ 0 };
	fake_reset(reply, script);
	settings_parse(&settings, "t.conf", config, sizeof(config) - 1, false,
		       &mistakes);
	cr_assert(eq(sz, mistakes.len, 0));
	mistakes_release(&mistakes);
	must(loop_new(&loop, &err));
	must(http_new(&http, loop, NULL, &err));
	notify_new(&notify, loop, http, &settings);
}

static void end(void)
{
	notify_close(notify);
	http_free(http);
	loop_free(loop);
	notify_free(notify);
	settings_release(&settings);
	fake_done();
}

static void send(const char *name, const char *id, int64_t timeout_ms)
{
	const struct notify_message message = {
		.id = id,
		.event = "run",
		.title = "wallet-ios #7",
		.timeout_ms = timeout_ms,
	};
	struct err err = ERR_INIT;
	size_t before = ends.count;

	must(notify_send(notify, name, &message, on_done, &ends, &err));
	cr_assert(eq(sz, ends.count, before));
}

Test(send, one_message_and_no_more)
{
	struct script script = { { { .status = 200, .body = "ok" } }, 1 };

	begin(&script);
	send("chat", "1", 0);
	loop_run(loop);
	cr_assert(eq(sz, ends.count, 1));
	cr_assert(eq(int, ends.fate[0], NOTIFY_SENT));
	cr_assert(eq(sz, fake_request_count(), 1));
	must_say(SLACK_URL, fake_request(0)->url);
	must_say("POST", fake_request(0)->method);
	cr_assert(strvec_has(&fake_request(0)->headers,
			     "Content-Type: application/json"));
	end();
}

Test(send, obeys_retry_after_and_one_a_second)
{
	struct script script = { { { .status = 429,
				     .headers = { "Retry-After: 7" } },
				   { .status = 200, .body = "ok" } },
				 2 };

	begin(&script);
	send("chat", "1", 0);
	send("chat", "2", 0);
	loop_run(loop);
	cr_assert(eq(sz, ends.count, 2));
	cr_assert(eq(int, ends.fate[0], NOTIFY_SENT));
	cr_assert(eq(int, ends.fate[1], NOTIFY_SENT));
	cr_assert(eq(sz, fake_request_count(), 3));
	cr_assert(
		ge(i64, fake_request(1)->at_ms - fake_request(0)->at_ms, 7000));
	cr_assert(
		ge(i64, fake_request(2)->at_ms - fake_request(1)->at_ms, 1000));
	end();
}

Test(send, does_not_wait_past_its_time)
{
	struct script script = {
		{ { .status = 429, .headers = { "Retry-After: 3600" } } }, 1
	};

	begin(&script);
	send("chat", "1", 60000);
	send("chat", "2", 60000);
	loop_run(loop);
	cr_assert(eq(sz, ends.count, 2));
	cr_assert(eq(int, ends.err[0].code, ERR_RATE));
	cr_assert(eq(i64, ends.err[0].detail, 3600));
	/* The second one is not even tried: it was told to wait. */
	cr_assert(eq(sz, fake_request_count(), 1));
	cr_assert(eq(int, ends.err[1].code, ERR_TIMEOUT));
	cr_assert(eq(int, ends.fate[1], NOTIFY_REFUSED));
	end();
}

/* What each fault of the receiver leads to, by kind. */
Test(send, faults)
{
	static const struct {
		struct fake_reply reply;
		size_t slack, webhook; /* requests */
		enum notify_fate fate;
		enum err_code code;
		const char *says;
	} cases[] = {
		{ { .status = 400, .body = "invalid_blocks" },
		  1,
		  1,
		  NOTIFY_REFUSED,
		  ERR_INVALID,
		  "answered 400 invalid_blocks" },
		{ { .status = 404, .body = "no_service" },
		  1,
		  1,
		  NOTIFY_REFUSED,
		  ERR_AUTH,
		  "is its url still right?" },
		{ { .status = 302 },
		  1,
		  1,
		  NOTIFY_REFUSED,
		  ERR_PROTOCOL,
		  "redirects are not followed" },
		{ { .status = 500, .body = "<html>\x1b[31moh" },
		  1,
		  5,
		  NOTIFY_UNKNOWN,
		  ERR_UNAVAILABLE,
		  "answered 500 <html>[31moh" },
		{ { .hangs = true },
		  1,
		  4,
		  NOTIFY_UNKNOWN,
		  ERR_TIMEOUT,
		  "notify '" },
		{ { .error = ERR_UNAVAILABLE },
		  1,
		  5,
		  NOTIFY_UNKNOWN,
		  ERR_UNAVAILABLE,
		  "notify '" },
		{ { .error = ERR_PROTOCOL },
		  1,
		  1,
		  NOTIFY_REFUSED,
		  ERR_PROTOCOL,
		  "notify '" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct script script = { { cases[i].reply }, 1 };

		begin(&script);
		send("chat", "1", 100000);
		send("ops", "2", 100000);
		loop_run(loop);
		cr_assert(eq(sz, ends.count, 2));
		cr_assert(eq(sz, fake_count_to(SLACK_URL), cases[i].slack),
			  "case %zu", i);
		cr_assert(eq(sz, fake_count_to(HOOK_URL), cases[i].webhook),
			  "case %zu", i);
		for (size_t j = 0; j < 2; j++) {
			cr_assert(eq(int, ends.fate[j], cases[i].fate));
			cr_assert(eq(int, ends.err[j].code, cases[i].code));
			if (!strstr(ends.err[j].msg, cases[i].says))
				cr_fail("%s", ends.err[j].msg);
		}
		end();
	}
}

Test(send, a_signed_message_is_the_same_when_sent_again)
{
	struct script script = { { { .status = 503 }, { .status = 204 } }, 2 };
	const struct fake_request *first, *second;

	begin(&script);
	send("ops", "01JD3M", 0);
	loop_run(loop);
	cr_assert(eq(int, ends.fate[0], NOTIFY_SENT));
	cr_assert(eq(sz, fake_request_count(), 2));
	first = fake_request(0);
	second = fake_request(1);
	must_say(first->body, second->body);
	cr_assert(strvec_has(&first->headers, "X-Referee-Delivery: 01JD3M"));
	cr_assert(strvec_has(&second->headers, "X-Referee-Delivery: 01JD3M"));
	cr_assert(strvec_has(&second->headers, "X-Referee-Event: run"));
	/* openssl dgst -sha256 -hmac Jefe */
	must_say("{\"version\":1,\"delivery\":\"01JD3M\",\"event\":\"run\","
		 "\"title\":\"wallet-ios #7\",\"items\":[]}",
		 first->body);
	cr_assert(strvec_has(&first->headers,
			     "X-Referee-Signature: sha256="
			     "0183e27634d37642da6645901c203ff71ffea3025e319149f"
			     "229e3f1d4779f25"));
	end();
}

Test(send, names_are_checked)
{
	struct script script = { { { .status = 200 } }, 1 };
	struct notify_message message = { .id = "1",
					  .event = "e",
					  .title = "t" };
	struct err err = ERR_INIT;

	begin(&script);
	must_fail(ERR_NOT_FOUND, notify_send(notify, "slack-channel", &message,
					     on_done, &ends, &err));
	cr_assert(strstr(err.msg, "[notify \"slack-channel\"]") != NULL);
	must_fail(ERR_NOT_FOUND,
		  notify_send(notify, "", &message, on_done, &ends, &err));
	cr_assert(strstr(err.msg, "3 notify sections") != NULL);
	settings.notify_count = 1;
	must(notify_send(notify, "", &message, on_done, &ends, &err));
	loop_run(loop);
	must_say(SLACK_URL, fake_request(0)->url);
	settings.notify_count = 3;
	end();
}

Test(send, secrets_that_are_not_there)
{
	struct script script = { { { .status = 200 } }, 1 };

	begin(&script);
	send("gone", "1", 0);
	send("gone", "2", 0);
	loop_run(loop);
	cr_assert(eq(sz, ends.count, 2));
	cr_assert(eq(sz, fake_request_count(), 0));
	for (size_t i = 0; i < 2; i++) {
		cr_assert(eq(int, ends.err[i].code, ERR_AUTH));
		cr_assert(strstr(ends.err[i].msg, "notify 'gone'") != NULL);
		cr_assert(strstr(ends.err[i].msg, "REFEREE_TEST_UNSET") !=
			  NULL);
	}
	end();
}

static size_t warnings;

static void count_line(const char *line UNUSED, void *payload UNUSED)
{
	warnings++;
}

/* Every message ends, also those that nobody waits for. */
Test(send, closing_ends_what_waits)
{
	struct script script = { { { .hangs = true } }, 1 };
	const struct notify_message message = { .id = "3",
						.event = "e",
						.title = "t" };
	struct err err = ERR_INIT;

	begin(&script);
	send("chat", "1", 0);
	send("chat", "2", 0);
	warnings = 0;
	log_set_sink(count_line, NULL);
	must(notify_send(notify, "ops", &message, NULL, NULL, &err));
	notify_close(notify);
	cr_assert(eq(sz, ends.count, 2));
	cr_assert(eq(int, ends.err[0].code, ERR_CANCELLED));
	cr_assert(eq(sz, warnings, 1));
	must_fail(ERR_CANCELLED,
		  notify_send(notify, "chat", &message, NULL, NULL, &err));
	log_set_sink(NULL, NULL);
	end();
}

static void stop_soon(const struct err *err UNUSED, void *payload)
{
	loop_stop(payload);
}

Test(send, closing_while_one_is_sent)
{
	struct script script = { { { .hangs = true } }, 1 };
	struct err err = ERR_INIT;

	begin(&script);
	send("chat", "1", 0);
	send("chat", "2", 0);
	must(loop_timer_start(NULL, loop, 10, stop_soon, loop, &err));
	loop_run(loop);
	cr_assert(eq(sz, fake_request_count(), 1));
	end();
	cr_assert(eq(sz, ends.count, 2));
	cr_assert(eq(int, ends.fate[0], NOTIFY_REFUSED)); /* never left */
	cr_assert(eq(int, ends.fate[1], NOTIFY_UNKNOWN));
}
