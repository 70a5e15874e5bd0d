/*
 * Cursor. With a `command`, its CLI (cursor_cli.c); else its Cloud Agents: one
 * is launched on the project's repository, asked after until it has finished,
 * read, and removed. It works on a checkout of its own at Cursor's and is told
 * to change nothing; no pull is made. Cursor does not say what it costs.
 */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/limits.h"
#include "core/log.h"
#include "core/text.h"
#include "gateway/retry.h"
#include "io/http.h"
#include "services/cursor_internal.h"
#include "services/kinds.h"
#include "services/reply.h"

#define POLL_MS         3000
#define MISSES_MAX      5
#define AGENT_ID_MAX    100
#define STEP_TIMEOUT_MS 30000

static void release(struct service_call *call)
{
	service_result_release(&call->result);
	free(call->launch);
	free(call->agent);
	free(call);
}

void cursor_fail(struct service_call *call, enum fault fault,
		 const char *message)
{
	service_result_fail(&call->result, fault, "%s", message);
}

void cursor_end(struct service_call *call)
{
	call->done(&call->result, call->payload);
	release(call);
}

/* A request after the launch; what cannot be sent is the end. */
static void send_request(struct service_call *call, const char *method,
			 const char *path, cursor_reply_fn *on_reply);

/* Nobody waits for it: an agent that is left behind costs money. */
static void on_removed(struct service_call *call,
		       const struct http_reply *reply)
{
	(void)reply;
	cursor_end(call);
}

static void remove_agent(struct service_call *call)
{
	char *path;

	if (!call->agent) {
		cursor_end(call);
		return;
	}
	path = xstrf("/v0/agents/%s", call->agent);
	/* So that what follows is the end, whatever comes of it. */
	free(call->agent);
	call->agent = NULL;
	call->deadline_ms = clock_mono_ms() + STEP_TIMEOUT_MS;
	send_request(call, "DELETE", path, on_removed);
	free(path);
}

/* It becomes part of a URL. */
static bool is_id(const char *id)
{
	size_t len = strspn(id, "abcdefghijklmnopqrstuvwxyz"
				"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");

	return len && len <= AGENT_ID_MAX && !id[len];
}

static void poll_later(struct service_call *call, int64_t delay_ms);

/* An agent at work is not given up, and paid for again, because it could not
 * be asked after once. True: it will be. */
static bool asks_again(struct service_call *call)
{
	int64_t wait_ms = call->result.wait_ms;

	if (!call->agent || !fault_rule(call->result.fault)->retry ||
	    ++call->misses >= MISSES_MAX)
		return false;
	service_result_release(&call->result);
	service_result_init(&call->result);
	call->result.no_usage = true;
	poll_later(call, wait_ms > POLL_MS ? wait_ms : POLL_MS);
	return true;
}

/* Remembers the agent that a launch has brought about, if it has. */
static void take_id(struct service_call *call, const struct http_reply *reply)
{
	struct json *doc = NULL;
	struct err err = ERR_INIT;
	const char *id;

	if (json_parse(&doc, reply->body.ptr, reply->body.len, &err) == 0 &&
	    json_string(&id, doc, "id", &err) == 0 && is_id(id))
		call->agent = xstrdup(id);
	/* From here on it costs, whatever comes; how much is never said. */
	if (call->agent)
		call->result.no_usage = true;
	json_free(doc);
}

static void on_http(struct http_reply *reply, const struct err *err,
		    void *payload)
{
	struct service_call *call = payload;
	char *url;

	call->http = NULL;
	if (call->on_reply == on_removed) {
		cursor_end(call);
		return;
	}
	if (call->is_cancelled) {
		if (reply && !call->agent)
			take_id(call, reply);
		cursor_fail(call, FAULT_CANCELLED, "cancelled");
		remove_agent(call);
		return;
	}
	if (err) {
		url = service_url(call->service, "");
		service_result_no_reply(&call->result, url, err);
		free(url);
		/* One that runs already costs all the same. */
		call->result.is_unsent &= !call->agent;
		if (!asks_again(call))
			remove_agent(call);
		return;
	}
	call->result.status = reply->status;
	call->on_reply(call, reply);
}

static int start_request(struct service_call *call, const char *method,
			 const char *path, const char *body,
			 cursor_reply_fn *on_reply, struct err *err)
{
	const struct http_header headers[] = {
		{ .name = "content-type", .value = "application/json" },
		{ .name = "authorization",
		  .secret = call->host.key,
		  .prefix = "Bearer " },
	};
	int64_t left = call->deadline_ms - clock_mono_ms();
	char *url = service_url(call->service, path);
	int status;

	call->on_reply = on_reply;
	if (left > STEP_TIMEOUT_MS)
		left = STEP_TIMEOUT_MS;
	status = http_start(&call->http, call->host.http,
			    &(struct http_request){
				    .method = method,
				    .url = url,
				    .headers = headers,
				    .header_count = call->host.key ? 2 : 1,
				    .body = body,
				    .body_len = body ? strlen(body) : 0,
				    .timeout_ms = left > 0 ? left : 1,
				    .max_reply_bytes = LIMIT_REPLY_BYTES,
				    .ca_file = call->service->ca_file,
				    .proxy = call->service->proxy,
			    },
			    on_http, call, err);
	free(url);
	return status;
}

static void send_request(struct service_call *call, const char *method,
			 const char *path, cursor_reply_fn *on_reply)
{
	struct err err = ERR_INIT;

	if (start_request(call, method, path, NULL, on_reply, &err) == 0)
		return;
	call->http = NULL;
	if (call->result.fault == FAULT_NONE)
		cursor_fail(call, FAULT_CONNECT, err.msg);
	cursor_end(call);
}

/* NULL, with the call failed, for a reply that is no JSON of success. */
static struct json *read_reply(struct service_call *call,
			       const struct http_reply *reply)
{
	enum fault fault = status_fault(reply->status);
	struct json *doc = NULL;
	struct err err = ERR_INIT;

	reply_read_waits(&call->result, reply);
	if (json_parse(&doc, reply->body.ptr, reply->body.len, &err) < 0)
		reply_unreadable(&call->result, reply,
				 fault ? fault : FAULT_ENVELOPE, err.msg);
	else if (fault)
		service_result_fail(
			&call->result, fault, "HTTP %d: %s", reply->status,
			json_string_or(doc, "error.message",
				       json_string_or(doc, "error",
						      "no reason is given")));
	if (call->result.fault == FAULT_NONE)
		return doc;
	json_free(doc);
	if (!asks_again(call))
		remove_agent(call);
	return NULL;
}

static void on_conversation(struct service_call *call,
			    const struct http_reply *reply)
{
	struct json *doc = read_reply(call, reply);
	const struct json *at;
	const char *last = NULL;

	if (!doc)
		return;
	for (at = json_first(json_get(doc, "messages")); at; at = json_next(at))
		if (strcmp(json_string_or(at, "type", ""),
			   "assistant_message") == 0)
			last = json_string_or(at, "text", last);
	if (last)
		buf_addstr(&call->result.reply.text, last);
	else
		cursor_fail(call, FAULT_ENVELOPE, "the agent said nothing");
	json_free(doc);
	remove_agent(call);
}

static void on_status(struct service_call *call, const struct http_reply *reply)
{
	static const char *const waiting[] = { "CREATING", "PENDING",
					       "RUNNING" };
	struct json *doc = read_reply(call, reply);
	char *status, *path;

	if (!doc)
		return;
	status = text_clean(json_string_or(doc, "status", "unknown"), false);
	json_free(doc);
	if (strcmp(status, "FINISHED") == 0) {
		path = xstrf("/v0/agents/%s/conversation", call->agent);
		send_request(call, "GET", path, on_conversation);
		free(path);
		goto out;
	}
	for (size_t i = 0; i < ARRAY_LEN(waiting); i++) {
		if (strcmp(status, waiting[i]) == 0) {
			call->misses = 0;
			poll_later(call, POLL_MS);
			goto out;
		}
	}
	service_result_fail(&call->result, FAULT_SERVER,
			    "the agent ended as %.40s", status);
	remove_agent(call);
out:
	free(status);
}

static void on_poll(const struct err *err, void *payload)
{
	struct service_call *call = payload;
	char *path;

	call->timer = NULL;
	if (err || call->is_cancelled) {
		cursor_fail(call, FAULT_CANCELLED, "cancelled");
		if (err)
			cursor_end(call); /* the loop ends */
		else
			remove_agent(call);
		return;
	}
	path = xstrf("/v0/agents/%s", call->agent);
	send_request(call, "GET", path, on_status);
	free(path);
}

static void poll_later(struct service_call *call, int64_t delay_ms)
{
	struct err err = ERR_INIT;

	if (clock_mono_ms() + delay_ms >= call->deadline_ms) {
		cursor_fail(call, FAULT_TIMEOUT,
			    "the agent did not finish in time");
		remove_agent(call);
	} else if (loop_timer_start(&call->timer, call->host.loop, delay_ms,
				    on_poll, call, &err) < 0) {
		cursor_fail(call, FAULT_CANCELLED, err.msg);
		cursor_end(call);
	}
}

static void on_launched(struct service_call *call,
			const struct http_reply *reply)
{
	struct json *doc = read_reply(call, reply);

	if (!doc)
		return;
	json_free(doc);
	take_id(call, reply);
	if (call->agent) {
		poll_later(call, POLL_MS);
	} else {
		cursor_fail(call, FAULT_ENVELOPE, "the agent has no id");
		cursor_end(call);
	}
}

char *cursor_prompt(const struct chat *chat)
{
	const struct prompt *prompt = chat->prompt;
	const char *const parts[] = { prompt->system, prompt->change,
				      prompt->about, prompt->task };
	struct buf text;
	char *complaint;

	buf_init(&text, LIMIT_REQUEST_BYTES);
	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (parts[i] && *parts[i])
			buf_addf(&text, "%s\n\n", parts[i]);
	buf_addstr(&text, "Change no file, run nothing, open nothing. Your "
			  "last message is the answer and nothing else.\n");
	if (chat->bad_answer) {
		complaint = service_complaint(chat);
		buf_addf(&text, "\n%s\n\n%s\n", chat->bad_answer, complaint);
		free(complaint);
	}
	return buf_detach(&text);
}

static char *launch_body(const struct chat *chat)
{
	struct json *body = json_new_object(), *source;
	char *prompt = cursor_prompt(chat), *text;

	json_set_string(json_set_object(body, "prompt"), "text", prompt);
	free(prompt);
	source = json_set_object(body, "source");
	json_set_string(source, "repository", chat->project_url);
	json_set_string(source, "ref", chat->head_ref);
	if (strcmp(chat->model, "default") != 0)
		json_set_string(body, "model", chat->model);
	json_set_bool(json_set_object(body, "target"), "autoCreatePr", false);
	text = json_print(body);
	json_free(body);
	return text;
}

/* NOLINTNEXTLINE(readability-function-size): as the vtable has it */
static int start(struct service_call **out, const struct service *service,
		 const struct chat *chat, const struct service_host *host,
		 service_done_fn *done, void *payload, struct err *err)
{
	struct service_call *call;
	int status;

	if (!service->argv && (!chat->project_url || !chat->head_ref))
		return err_set(err, ERR_NOT_FOUND,
			       "the project is nowhere Cursor could see it");
	call = xcalloc(1, sizeof(*call));
	service_result_init(&call->result);
	call->service = service;
	call->host = *host;
	call->done = done;
	call->payload = payload;
	call->deadline_ms = clock_mono_ms() + host->timeout_ms;
	if (service->argv) {
		status = cursor_start_cli(call, chat, err);
	} else {
		call->launch = launch_body(chat);
		status = start_request(call, "POST", "/v0/agents", call->launch,
				       on_launched, err);
	}
	if (status < 0)
		release(call);
	else
		*out = call;
	return status;
}

static int show(struct buf *out, const struct service *service,
		const struct chat *chat, struct err *err)
{
	char *text;

	if (!service->argv && (!chat->project_url || !chat->head_ref))
		return err_set(err, ERR_NOT_FOUND,
			       "the project is nowhere Cursor could see it");
	for (size_t i = 0; service->argv && service->argv[i]; i++)
		buf_addf(out, "%s ", service->argv[i]);
	buf_addstr(out, service->argv ? "-p --output-format json\n\n"
				      : "POST /v0/agents\n\n");
	text = service->argv ? cursor_prompt(chat) : launch_body(chat);
	buf_addf(out, "%s\n", text);
	free(text);
	return 0;
}

static void cancel(struct service_call *call)
{
	struct err err = ERR_INIT;

	call->is_cancelled = true;
	/* A launch is waited for: its agent must be removed. */
	if (call->http && call->agent)
		http_cancel(call->http);
	child_cancel(call->child);
	if (!call->timer)
		return;
	loop_timer_cancel(call->timer);
	call->timer = NULL;
	/* Fails only while the loop ends, and then on_poll() has come. */
	if (loop_timer_start(&call->timer, call->host.loop, 0, on_poll, call,
			     &err) < 0)
		log_debug("cursor: %s", err.msg);
}

const struct service_ops cursor_service = {
	.kind = "cursor",
	.default_url = "https://api.cursor.com",
	.key_variable = "CURSOR_API_KEY",
	.start = start,
	.show = show,
	.cancel = cancel,
};
