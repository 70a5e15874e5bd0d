#include "notify/notify.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/limits.h"
#include "core/log.h"
#include "core/sign.h"
#include "io/http.h"
#include "io/loop.h"
#include "io/work.h"
#include "notify/kinds.h"

enum {
	TIMEOUT_MS = 120000,       /* of a message         */
	REQUEST_TIMEOUT_MS = 30000 /* of one try of it     */
};

/* A message on its way. */
struct letter {
	char *id, *event;
	struct buf body;
	int64_t deadline_ms; /* on the monotonic clock */
	int attempts;
	notify_done_fn *done;
	void *payload;
	struct letter *prev, *next;
};

/* A section. Does one thing at a time: reads its secrets, waits or sends. */
struct outlet {
	struct notify *notify;
	const struct notify_settings *settings;
	const struct notify_ops *ops;
	struct secret *url, *key; /* NULL until read, or not set */
	struct err unreadable;    /* why they could not be       */
	bool is_loading, is_sending;
	struct loop_timer *timer; /* until the next one may go */
	int64_t next_at_ms;
	struct letter *letters; /* the first one is being sent */
};

struct notify {
	struct loop *loop;
	struct http *http;
	const struct settings *settings;
	struct outlet *outlets; /* as in the settings */
	bool is_closing;
};

static void step(struct outlet *outlet);

void notify_new(struct notify **out, struct loop *loop, struct http *http,
		const struct settings *settings)
{
	struct notify *notify = xcalloc(1, sizeof(*notify));

	notify->loop = loop;
	notify->http = http;
	notify->settings = settings;
	notify->outlets = xcalloc(settings->notify_count + 1,
				  sizeof(*notify->outlets));
	for (size_t i = 0; i < settings->notify_count; i++) {
		struct outlet *outlet = &notify->outlets[i];

		outlet->notify = notify;
		outlet->settings = &settings->notifies[i];
		outlet->ops = notify_ops_of(outlet->settings->kind);
	}
	*out = notify;
}

static void letter_free(struct letter *letter)
{
	buf_release(&letter->body);
	free(letter->id);
	free(letter->event);
	free(letter);
}

/* The one place where a message ends. */
static void finish(struct outlet *outlet, struct letter *letter,
		   enum notify_fate fate, struct err *err)
{
	DL_DELETE(outlet->letters, letter);
	if (err)
		err_prefix(err, "notify '%s'", outlet->settings->name);
	if (letter->done)
		letter->done(fate, err, letter->payload);
	else if (err)
		log_warn("%s", err->msg);
	letter_free(letter);
}

static void finish_all(struct outlet *outlet, enum err_code code,
		       const char *why)
{
	struct letter *letter;

	while ((letter = outlet->letters)) {
		struct err err = ERR_INIT;

		err_set(&err, code, "%s", why);
		finish(outlet, letter, NOTIFY_REFUSED, &err);
	}
}

/* On a worker: commands and files may take their time. */
static void load_run(void *payload, struct cancel *cancel UNUSED)
{
	struct outlet *outlet = payload;
	const struct notify_settings *settings = outlet->settings;
	struct err *err = &outlet->unreadable;

	if (secret_ref_get(&outlet->url, &settings->url, err) < 0)
		return;
	if (settings->secret.source != SECRET_NONE &&
	    secret_ref_get(&outlet->key, &settings->secret, err) < 0) {
		secret_free(outlet->url);
		outlet->url = NULL;
	}
}

static void load_done(const struct err *err, void *payload)
{
	struct outlet *outlet = payload;

	outlet->is_loading = false;
	if (err)
		outlet->unreadable = *err;
	if (!outlet->url)
		finish_all(outlet, outlet->unreadable.code,
			   outlet->unreadable.msg);
	step(outlet);
}

static void on_time(const struct err *err, void *payload)
{
	struct outlet *outlet = payload;

	outlet->timer = NULL;
	if (err)
		finish_all(outlet, err->code, err->msg);
	step(outlet);
}

static int wait_until(struct outlet *outlet, int64_t at_ms, struct err *err)
{
	int64_t delay_ms = at_ms - clock_mono_ms();

	return loop_timer_start(&outlet->timer, outlet->notify->loop,
				delay_ms > 0 ? delay_ms : 0, on_time, outlet,
				err);
}

static int64_t left_ms(const struct letter *letter)
{
	return letter->deadline_ms - clock_mono_ms();
}

static void on_reply(struct http_reply *reply, const struct err *failed,
		     void *payload)
{
	struct outlet *outlet = payload;
	struct letter *letter = outlet->letters;
	struct err err = ERR_INIT;
	struct notify_try attempt = {
		.drops_doubles = outlet->ops->drops_doubles,
		.attempts = letter->attempts,
		.left_ms = left_ms(letter),
	};
	struct notify_decision decision = notify_decide(&attempt, reply, failed,
							&err);
	int64_t wait_ms = decision.wait_ms;

	outlet->is_sending = false;
	if (wait_ms < decision.hold_ms)
		wait_ms = decision.hold_ms;
	if (wait_ms < outlet->ops->gap_ms)
		wait_ms = outlet->ops->gap_ms;
	outlet->next_at_ms = clock_mono_ms() + wait_ms;
	if (decision.next == NOTIFY_NEXT_DONE)
		finish(outlet, letter, NOTIFY_SENT, NULL);
	else if (decision.next == NOTIFY_NEXT_GIVE_UP ||
		 outlet->notify->is_closing)
		finish(outlet, letter, decision.fate, &err);
	else
		log_info("notify '%s': %s; again in %lld s",
			 outlet->settings->name, err.msg,
			 (long long)((wait_ms + 999) / 1000));
	step(outlet);
}

static int post(struct outlet *outlet, struct letter *letter, struct err *err)
{
	const struct settings *settings = outlet->notify->settings;
	char signature[sizeof("sha256=") + SHA256_HEX_SIZE] = "sha256=";
	struct http_header headers[] = {
		{ .name = "Content-Type", .value = "application/json" },
		{ .name = "X-Referee-Event", .value = letter->event },
		{ .name = "X-Referee-Delivery", .value = letter->id },
		{ .name = "X-Referee-Signature", .value = signature },
	};
	struct http_request request = {
		.method = "POST",
		.url_secret = outlet->url,
		.headers = headers,
		.header_count = ARRAY_LEN(headers) - !outlet->key,
		.body = letter->body.ptr,
		.body_len = letter->body.len,
		.timeout_ms = REQUEST_TIMEOUT_MS,
		.max_reply_bytes = LIMIT_NOTIFY_REPLY_BYTES,
		.ca_file = settings->ca_file,
		.proxy = settings->proxy,
		.is_once = true,
	};

	if (left_ms(letter) <= 0)
		return err_set(err, ERR_TIMEOUT,
			       "not sent in time: others were before it");
	if (left_ms(letter) < request.timeout_ms)
		request.timeout_ms = left_ms(letter);
	if (outlet->key)
		sign_hmac(signature + strlen(signature), outlet->key,
			  letter->body.ptr, letter->body.len);
	letter->attempts++;
	return http_start(NULL, outlet->notify->http, &request, on_reply,
			  outlet, err);
}

static int load(struct outlet *outlet, struct err *err)
{
	outlet->unreadable = (struct err)ERR_INIT;
	return work_start(NULL, outlet->notify->loop, load_run, load_done,
			  outlet, err);
}

/* Does what comes next, if anything. */
static void step(struct outlet *outlet)
{
	struct letter *letter;

	if (outlet->is_loading || outlet->is_sending)
		return;
	/* Who is told of an end may send the next one: then a timer runs. */
	while (!outlet->timer && (letter = outlet->letters)) {
		struct err err = ERR_INIT;
		int status;

		if (!outlet->url) {
			status = load(outlet, &err);
			outlet->is_loading = status == 0;
		} else if (outlet->next_at_ms > clock_mono_ms()) {
			status = wait_until(outlet, outlet->next_at_ms, &err);
		} else {
			status = post(outlet, letter, &err);
			outlet->is_sending = status == 0;
		}
		if (status == 0)
			return;
		finish(outlet, letter, NOTIFY_REFUSED, &err);
	}
}

int notify_section(const struct notify_settings **out,
		   const struct settings *settings, const char *name,
		   struct err *err)
{
	*out = *name ? settings_notify(settings, name) : NULL;
	if (!*name && settings->notify_count == 1)
		*out = &settings->notifies[0];
	if (*out)
		return 0;
	if (*name)
		return err_set(err, ERR_NOT_FOUND,
			       "there is no [notify \"%.60s\"] in the "
			       "configuration: nobody is told",
			       name);
	return err_set(err, ERR_NOT_FOUND,
		       "the configuration has %zu notify sections and none is "
		       "named: nobody is told",
		       settings->notify_count);
}

int notify_send(struct notify *notify, const char *name,
		const struct notify_message *message, notify_done_fn *done,
		void *payload, struct err *err)
{
	const struct notify_settings *section;
	struct outlet *outlet;
	struct letter *letter;

	if (notify_section(&section, notify->settings, name, err) < 0)
		return -1;
	if (notify->is_closing)
		return err_set(err, ERR_CANCELLED, "the program is ending");
	outlet = &notify->outlets[section - notify->settings->notifies];
	letter = xcalloc(1, sizeof(*letter));
	buf_init(&letter->body, LIMIT_NOTIFY_BYTES);
	outlet->ops->build(&letter->body, message);
	if (buf_check(&letter->body, "a message", err) < 0)
		goto failed;
	letter->id = xstrdup(message->id);
	letter->event = xstrdup(message->event);
	letter->deadline_ms = clock_mono_ms() + (message->timeout_ms > 0
							 ? message->timeout_ms
							 : TIMEOUT_MS);
	letter->done = done;
	letter->payload = payload;
	/* Its end may not come from inside here, so a timer goes first. */
	if (!outlet->letters && !outlet->timer && !outlet->is_loading &&
	    wait_until(outlet, outlet->next_at_ms, err) < 0)
		goto failed;
	DL_APPEND(outlet->letters, letter);
	return 0;
failed:
	letter_free(letter);
	return -1;
}

void notify_close(struct notify *notify)
{
	if (!notify)
		return;
	notify->is_closing = true;
	for (size_t i = 0; i < notify->settings->notify_count; i++) {
		struct outlet *outlet = &notify->outlets[i];
		struct letter *sending = outlet->is_sending ? outlet->letters
							    : NULL;

		loop_timer_cancel(outlet->timer);
		outlet->timer = NULL;
		/* The one that is being sent ends with its request. */
		if (sending)
			DL_DELETE(outlet->letters, sending);
		finish_all(outlet, ERR_CANCELLED, "the program is ending");
		if (sending)
			DL_APPEND(outlet->letters, sending);
	}
}

void notify_free(struct notify *notify)
{
	if (!notify)
		return;
	for (size_t i = 0; i < notify->settings->notify_count; i++) {
		secret_free(notify->outlets[i].url);
		secret_free(notify->outlets[i].key);
	}
	free(notify->outlets);
	free(notify);
}
