#include "io_fake.h"

#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/secret.h"
#include "io/child.h"
#include "io/work.h"

#define START_WALL_MS 1795489200000 /* 2026-11-24T03:00:00Z */

enum event_kind {
	EVENT_TIMER,
	EVENT_FIRST_BYTE,
	EVENT_HTTP,
	EVENT_WORK,
};

/* Something that comes at a time; the earliest first, then the oldest. */
struct event {
	int64_t at_ms;
	enum event_kind kind;
	void *object;
	struct event *prev, *next;
};

struct loop {
	struct event *events;
	bool stopped, ending;
};

struct loop_timer {
	struct loop *loop;
	loop_timer_fn *fire;
	void *payload;
	struct event *event;
};

struct http {
	struct loop *loop;
	size_t in_flight;
};

struct http_call {
	struct http *http;
	struct fake_reply reply;
	http_done_fn *done;
	http_first_byte_fn *on_first_byte;
	void *payload;
	size_t max_reply_bytes;
	struct event *event, *first_byte;
};

struct work {
	struct loop *loop;
	work_run_fn *run;
	work_done_fn *done;
	void *payload;
	struct cancel cancel;
	struct event *event;
};

static struct {
	int64_t now_ms;
	fake_script_fn *script;
	void *payload;
	struct fake_request *requests;
	size_t len, cap, most_in_flight;
} fake;

static int64_t wall_ms(void)
{
	return START_WALL_MS + fake.now_ms;
}

static int64_t mono_ms(void)
{
	return 1000000 + fake.now_ms;
}

static const struct clock_source clocks = { wall_ms, mono_ms, mono_ms };

void fake_reset(fake_script_fn *script, void *payload)
{
	fake_done();
	fake.script = script;
	fake.payload = payload;
	fake.now_ms = 0;
	fake.most_in_flight = 0;
	clock_use(&clocks);
}

void fake_done(void)
{
	for (size_t i = 0; i < fake.len; i++) {
		free(fake.requests[i].method);
		free(fake.requests[i].url);
		free(fake.requests[i].body);
		strvec_release(&fake.requests[i].headers);
	}
	free(fake.requests);
	fake.requests = NULL;
	fake.len = fake.cap = 0;
}

size_t fake_request_count(void)
{
	return fake.len;
}

const struct fake_request *fake_request(size_t number)
{
	return &fake.requests[number];
}

size_t fake_count_to(const char *url)
{
	size_t count = 0;

	for (size_t i = 0; i < fake.len; i++)
		count += strncmp(fake.requests[i].url, url, strlen(url)) == 0;
	return count;
}

int64_t fake_now_ms(void)
{
	return fake.now_ms;
}

void fake_sleep(int64_t ms)
{
	fake.now_ms += ms;
}

size_t fake_most_in_flight(void)
{
	return fake.most_in_flight;
}

static struct event *add_event(struct loop *loop, int64_t delay_ms,
			       enum event_kind kind, void *object)
{
	struct event *event = xcalloc(1, sizeof(*event)), *at;

	*event = (struct event){ fake.now_ms + delay_ms, kind, object, NULL,
				 NULL };
	DL_FOREACH (loop->events, at)
		if (at->at_ms > event->at_ms)
			break;
	if (at)
		DL_PREPEND_ELEM(loop->events, at, event);
	else
		DL_APPEND(loop->events, event);
	return event;
}

static void remove_event(struct loop *loop, struct event *event)
{
	if (!event)
		return;
	DL_DELETE(loop->events, event);
	free(event);
}

void io_setup(void)
{
}

int loop_new(struct loop **out, struct err *err)
{
	(void)err;
	*out = xcalloc(1, sizeof(**out));
	return 0;
}

static void end_timer(struct loop_timer *timer, const struct err *err)
{
	loop_timer_fn *fire = timer->fire;
	void *payload = timer->payload;

	free(timer);
	fire(err, payload);
}

static void end_http(struct http_call *call, const struct err *failed)
{
	struct http_reply reply = { .status = call->reply.status,
				    .first_byte_ms = -1 };
	struct err err = ERR_INIT;
	const char *body = call->reply.body ? call->reply.body : "";
	size_t len = call->reply.body_len ? call->reply.body_len : strlen(body);

	remove_event(call->http->loop, call->first_byte);
	call->http->in_flight--;
	if (!failed && call->reply.error)
		err_set(&err, call->reply.error, "scripted failure");
	else if (!failed && len > call->max_reply_bytes)
		err_set(&err, ERR_TOO_LARGE, "reply is too large");
	else if (failed)
		err = *failed;
	if (call->reply.is_unsent)
		err.detail = HTTP_NOT_SENT;
	if (err.code) {
		call->done(NULL, &err, call->payload);
	} else {
		buf_init(&reply.body, call->max_reply_bytes);
		buf_add(&reply.body, body, len);
		for (size_t i = 0; i < ARRAY_LEN(call->reply.headers) &&
				   call->reply.headers[i];
		     i++)
			strvec_add(&reply.headers, call->reply.headers[i]);
		call->done(&reply, NULL, call->payload);
		http_reply_release(&reply);
	}
	free(call);
}

static void end_work(struct work *work, const struct err *err)
{
	if (!err)
		work->run(work->payload, &work->cancel);
	work->done(err, work->payload);
	free(work);
}

/* The event is gone before what it stands for happens. */
static void fire(struct loop *loop, struct event *event, const struct err *err)
{
	struct event now = *event;
	struct http_call *call = now.object;

	remove_event(loop, event);
	switch (now.kind) {
	case EVENT_TIMER:
		end_timer(now.object, err);
		break;
	case EVENT_FIRST_BYTE:
		call->first_byte = NULL;
		if (!err)
			call->on_first_byte(call->payload);
		break;
	case EVENT_HTTP:
		end_http(call, err);
		break;
	case EVENT_WORK:
		end_work(now.object, err);
		break;
	}
}

void loop_run(struct loop *loop)
{
	loop->stopped = false;
	while (loop->events && !loop->stopped) {
		struct event *event = loop->events;

		if (event->at_ms > fake.now_ms)
			fake.now_ms = event->at_ms;
		fire(loop, event, NULL);
	}
}

void loop_stop(struct loop *loop)
{
	loop->stopped = true;
}

void loop_free(struct loop *loop)
{
	struct err err = ERR_INIT;

	if (!loop)
		return;
	loop->ending = true;
	err_set(&err, ERR_CANCELLED, "the loop ends");
	while (loop->events)
		fire(loop, loop->events, &err);
	free(loop);
}

static int check_open(const struct loop *loop, struct err *err)
{
	return loop->ending ? err_set(err, ERR_CANCELLED, "the loop ends") : 0;
}

int loop_timer_start(struct loop_timer **out, struct loop *loop,
		     int64_t delay_ms, loop_timer_fn *on_time, void *payload,
		     struct err *err)
{
	struct loop_timer *timer;

	if (check_open(loop, err) < 0)
		return -1;
	timer = xcalloc(1, sizeof(*timer));
	timer->loop = loop;
	timer->fire = on_time;
	timer->payload = payload;
	timer->event = add_event(loop, delay_ms, EVENT_TIMER, timer);
	if (out)
		*out = timer;
	return 0;
}

void loop_timer_cancel(struct loop_timer *timer)
{
	if (!timer)
		return;
	remove_event(timer->loop, timer->event);
	free(timer);
}

int http_new(struct http **out, struct loop *loop,
	     const struct http_options *options, struct err *err)
{
	(void)options;
	(void)err;
	*out = xcalloc(1, sizeof(**out));
	(*out)->loop = loop;
	return 0;
}

void http_free(struct http *http)
{
	struct event *event, *next;
	struct err err = ERR_INIT;

	if (!http)
		return;
	err_set(&err, ERR_CANCELLED, "cancelled");
	DL_FOREACH_SAFE (http->loop->events, event, next) {
		if (event->kind != EVENT_HTTP)
			continue;
		fire(http->loop, event, &err);
		next = http->loop->events;
	}
	free(http);
}

static const struct fake_request *record(const struct http_request *request)
{
	struct fake_request *kept;

	ARRAY_GROW(fake.requests, fake.len, fake.cap);
	kept = &fake.requests[fake.len++];
	*kept = (struct fake_request){
		.at_ms = fake.now_ms,
		.method = xstrdup(request->method ? request->method : "GET"),
		.url = xstrdup(request->url_secret
				       ? secret_reveal(request->url_secret)
				       : request->url),
		.body = xmemdup(request->body ? request->body : "",
				request->body_len),
	};
	for (size_t i = 0; i < request->header_count; i++) {
		const struct http_header *header = &request->headers[i];

		strvec_addf(&kept->headers, "%s: %s%s", header->name,
			    header->prefix ? header->prefix : "",
			    header->secret ? secret_reveal(header->secret)
					   : header->value);
	}
	return kept;
}

int http_start(struct http_call **out, struct http *http,
	       const struct http_request *request, http_done_fn *done,
	       void *payload, struct err *err)
{
	struct http_call *call;
	const struct fake_request *sent;
	int64_t after;

	if (check_open(http->loop, err) < 0)
		return -1;
	if (!request->timeout_ms || !request->max_reply_bytes)
		return err_set(err, ERR_INVALID, "a limit is missing");
	call = xcalloc(1, sizeof(*call));
	call->http = http;
	call->done = done;
	call->on_first_byte = request->on_first_byte;
	call->payload = payload;
	call->max_reply_bytes = request->max_reply_bytes;
	sent = record(request);
	fake.script(&call->reply, sent, fake.len - 1, fake.payload);

	after = call->reply.after_ms;
	if (call->reply.hangs || after > request->timeout_ms) {
		after = request->timeout_ms;
		call->reply.error = ERR_TIMEOUT;
	}
	if (call->on_first_byte && !call->reply.error)
		call->first_byte = add_event(http->loop,
					     call->reply.first_byte_ms
						     ? call->reply.first_byte_ms
						     : after,
					     EVENT_FIRST_BYTE, call);
	call->event = add_event(http->loop, after, EVENT_HTTP, call);
	if (++http->in_flight > fake.most_in_flight)
		fake.most_in_flight = http->in_flight;
	if (out)
		*out = call;
	return 0;
}

void http_cancel(struct http_call *call)
{
	struct loop *loop;

	if (!call)
		return;
	loop = call->http->loop;
	remove_event(loop, call->event);
	remove_event(loop, call->first_byte);
	call->first_byte = NULL;
	call->reply.error = ERR_CANCELLED;
	call->event = add_event(loop, 0, EVENT_HTTP, call);
}

int work_start(struct work **out, struct loop *loop, work_run_fn *run,
	       work_done_fn *done, void *payload, struct err *err)
{
	struct work *work;

	if (check_open(loop, err) < 0)
		return -1;
	work = xcalloc(1, sizeof(*work));
	work->loop = loop;
	work->run = run;
	work->done = done;
	work->payload = payload;
	work->event = add_event(loop, 0, EVENT_WORK, work);
	if (out)
		*out = work;
	return 0;
}

void work_cancel(struct work *work)
{
	if (work)
		cancel_request(&work->cancel);
}

/* No child ever starts here. */
int child_start(struct child **out, struct loop *loop,
		const struct child_command *command, child_done_fn *done,
		void *payload, struct err *err)
{
	(void)out;
	(void)loop;
	(void)done;
	(void)payload;
	return err_set(err, ERR_NOT_FOUND, "%s: no children in this test",
		       command->argv[0]);
}

void child_cancel(struct child *child)
{
	(void)child;
}
