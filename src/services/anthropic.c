/*
 * Anthropic's Messages API. Replies are streamed, so that a model that thinks
 * for long is told from one that hangs; a whole reply is read as well.
 */
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/limits.h"
#include "core/text.h"
#include "services/kinds.h"
#include "services/repair.h"
#include "services/reply.h"

#define API_VERSION ANTHROPIC_VERSION

static void put_block(struct json_writer *json, const char *text,
		      bool is_cached)
{
	if (!text || !*text)
		return;
	json_open(json, NULL, '{');
	json_put_string(json, "type", "text");
	json_put_string(json, "text", text);
	if (is_cached) {
		json_open(json, "cache_control", '{');
		json_put_string(json, "type", "ephemeral");
		json_close(json, '}');
	}
	json_close(json, '}');
}

static void open_message(struct json_writer *json, const char *role)
{
	json_open(json, NULL, '{');
	json_put_string(json, "role", role);
	json_open(json, "content", '[');
}

static void close_message(struct json_writer *json)
{
	json_close(json, ']');
	json_close(json, '}');
}

static void put_message(struct json_writer *json, const char *role,
			const char *text)
{
	open_message(json, role);
	put_block(json, text, false);
	close_message(json);
}

static void put_messages(struct json_writer *json, const struct chat *chat)
{
	const struct prompt *prompt = chat->prompt;

	json_open(json, "messages", '[');
	open_message(json, "user");
	/* All agents on one change send the same up to here. */
	put_block(json, prompt->change, true);
	put_block(json, prompt->about, false);
	put_block(json, prompt->task, false);
	close_message(json);
	repair_put(json, chat, put_message);
	json_close(json, ']');
}

static void put_schema(struct json_writer *json, const struct chat *chat)
{
	if (!chat->schema || (chat->quirks & QUIRK_NO_SCHEMA))
		return;
	json_open(json, "output_config", '{');
	json_open(json, "format", '{');
	json_put_string(json, "type", "json_schema");
	json_put(json, "schema", chat->schema);
	json_close(json, '}');
	json_close(json, '}');
}

static int build(struct service_request *out, const struct service *service,
		 const struct chat *chat, struct err *err)
{
	const struct prompt *prompt = chat->prompt;
	struct json_writer json = json_writer_of(&out->body);

	if (!prompt || !prompt->task || !*prompt->task)
		return err_set(err, ERR_INVALID, "there is nothing to ask");
	json_open(&json, NULL, '{');
	json_put_string(&json, "model", chat->model);
	json_put_int(&json, "max_tokens", chat->max_tokens);
	if (prompt->system && *prompt->system) {
		json_open(&json, "system", '[');
		put_block(&json, prompt->system, false);
		json_close(&json, ']');
	}
	put_messages(&json, chat);
	put_schema(&json, chat);
	if (!chat->is_batched)
		json_put_bool(&json, "stream", true);
	json_close(&json, '}');

	out->url = service_url(service, "/v1/messages");
	strvec_add(&out->headers, "content-type: application/json");
	strvec_add(&out->headers, "anthropic-version: " API_VERSION);
	out->key_header = "x-api-key";
	out->key_prefix = "";
	return 0;
}

/* Limits of spending end with the month, UTC. */
static int64_t next_month_ms(int64_t now_ms)
{
	time_t now = (time_t)(now_ms / 1000);
	struct tm tm;

	gmtime_r(&now, &tm);
	tm.tm_mon++;
	tm.tm_mday = 1;
	tm.tm_hour = tm.tm_min = tm.tm_sec = 0;
	return (int64_t)timegm(&tm) * 1000;
}

static const struct error_word words[] = {
	/* error_code, which says more, before type */
	{ "enforced_spend_limit_reached", FAULT_QUOTA },
	{ "contract_spend_limit_reached", FAULT_QUOTA },
	{ "organization_on_hold", FAULT_AUTH },
	{ "invalid_request_error", FAULT_REQUEST },
	{ "authentication_error", FAULT_AUTH },
	{ "permission_error", FAULT_AUTH },
	{ "billing_error", FAULT_QUOTA },
	{ "insufficient_quota", FAULT_QUOTA }, /* of a proxy in between */
	{ "not_found_error", FAULT_MODEL },
	{ "request_too_large", FAULT_TOO_LARGE },
	{ "rate_limit_error", FAULT_RATE },
	{ "timeout_error", FAULT_SERVER },
	{ "api_error", FAULT_SERVER },
	{ "conflict_error", FAULT_SERVER },
	{ "overloaded_error", FAULT_OVERLOADED },
};

/* What is only told in prose. Parameters are named as we sent them. */
static const struct {
	const char *text;
	enum fault fault;
	unsigned quirk;
} phrases[] = {
	{ "usage limit", FAULT_QUOTA, 0 },
	{ "spend limit", FAULT_QUOTA, 0 },
	{ "credit balance", FAULT_QUOTA, 0 },
	{ "prompt is too long", FAULT_TOO_LARGE, 0 },
	{ "output_config", FAULT_REQUEST, QUIRK_NO_SCHEMA },
	{ "schema", FAULT_REQUEST, QUIRK_NO_SCHEMA },
};

/* The same status stands for very different matters: 400 also for spending. */
static void weigh_message(struct service_result *out, const struct chat *chat,
			  const char *message)
{
	if (out->fault != FAULT_REQUEST)
		return;
	for (size_t i = 0; i < ARRAY_LEN(phrases); i++) {
		if (!strcasestr(message, phrases[i].text))
			continue;
		out->fault = phrases[i].fault;
		if (phrases[i].quirk & ~chat->quirks)
			out->quirks = chat->quirks | phrases[i].quirk;
		return;
	}
}

/* `error` is an error object, in a reply or in a stream. */
static void take_error(struct service_result *out, const struct chat *chat,
		       const struct json *error, enum fault otherwise)
{
	const char *type = json_string_or(error, "type", NULL);
	const char *code = json_string_or(error, "details.error_code", NULL);
	const char *message = json_string_or(
		error, json_is_string(error) ? "" : "message", "");
	enum fault fault = error_fault(words, ARRAY_LEN(words), NULL, code,
				       FAULT_NONE);

	if (fault == FAULT_NONE)
		fault = error_fault(words, ARRAY_LEN(words), type, NULL,
				    otherwise);
	service_result_fail(out, fault, "%s%s%s: %s", type ? type : "error",
			    code ? " " : "", code ? code : "", message);
	weigh_message(out, chat, message);
	if (out->fault == FAULT_QUOTA)
		out->blocked_until_ms = next_month_ms(clock_wall_ms());
}

static void read_usage(struct service_result *out, const struct json *usage)
{
	struct usage *to = &out->reply.usage;
	const struct {
		const char *path;
		int64_t *to;
	} counts[] = {
		{ "input_tokens", &to->input_tokens },
		{ "output_tokens", &to->output_tokens },
		{ "cache_read_input_tokens", &to->cached_tokens },
		{ "cache_creation_input_tokens", &to->cache_write_tokens },
		{ "cache_creation.ephemeral_1h_input_tokens",
		  &to->cache_write_long_tokens },
	};

	/* A number nobody can believe says nothing, of the others neither. A
	 * stream tells the input first and the output last. */
	for (size_t i = 0; i < ARRAY_LEN(counts); i++)
		if (!reply_take_tokens(counts[i].to, usage, counts[i].path))
			out->no_usage = true;
	if (to->cache_write_long_tokens > 0 &&
	    to->cache_write_long_tokens > to->cache_write_tokens)
		out->no_usage = true;
	reply_keep_usage(out, usage);
}

static const struct {
	const char *reason;
	enum chat_stop stop;
	enum fault fault; /* instead */
} stops[] = {
	{ "end_turn", STOP_COMPLETE, FAULT_NONE },
	{ "stop_sequence", STOP_COMPLETE, FAULT_NONE },
	{ "max_tokens", STOP_TRUNCATED, FAULT_NONE },
	{ "refusal", STOP_REFUSED, FAULT_NONE },
	{ "model_context_window_exceeded", STOP_COMPLETE, FAULT_TOO_LARGE },
	{ "pause_turn", STOP_COMPLETE, FAULT_ENVELOPE },
	{ "tool_use", STOP_COMPLETE, FAULT_ENVELOPE },
};

static void read_stop(struct service_result *out, const char *reason)
{
	for (size_t i = 0; i < ARRAY_LEN(stops); i++) {
		if (strcmp(stops[i].reason, reason) != 0)
			continue;
		out->reply.stop = stops[i].stop;
		if (stops[i].fault)
			service_result_fail(out, stops[i].fault,
					    "the answer ended with %s", reason);
		return;
	}
	/* A reason that is new may mean anything but that all is well. */
	service_result_fail(out, FAULT_ENVELOPE,
			    "the answer ended for an unknown reason: %s",
			    reason);
}

/* A reply that came as a whole. */
static void read_message(struct service_result *out, const struct chat *chat,
			 const struct json *doc)
{
	const struct json *content, *at;
	struct err err = ERR_INIT;
	const char *stop;

	if (!json_is_null(json_get(doc, "error"))) {
		take_error(out, chat, json_get(doc, "error"), FAULT_SERVER);
		return;
	}
	if (json_array(&content, doc, "content", &err) < 0 ||
	    json_string(&stop, doc, "stop_reason", &err) < 0) {
		service_result_fail(out, FAULT_ENVELOPE, "%s", err.msg);
		return;
	}
	reply_set_model(out, doc, "model");
	read_usage(out, json_get(doc, "usage"));
	for (at = json_first(content); at; at = json_next(at))
		if (strcmp(json_string_or(at, "type", ""), "text") == 0)
			buf_addstr(&out->reply.text,
				   json_string_or(at, "text", ""));
	read_stop(out, stop);
}

/* Where a stream has got to. */
struct stream {
	struct service_result *out;
	const struct chat *chat;
	bool has_stop_reason, has_ended;
	bool has_usage; /* of all of it, not only of how it began */
};

static void on_start(struct stream *stream, const struct json *event)
{
	const struct json *message = json_get(event, "message");

	reply_set_model(stream->out, message, "model");
	read_usage(stream->out, json_get(message, "usage"));
}

static void on_block(struct stream *stream, const struct json *event)
{
	buf_addstr(&stream->out->reply.text,
		   json_string_or(event, "content_block.text", ""));
}

static void on_delta(struct stream *stream, const struct json *event)
{
	if (strcmp(json_string_or(event, "delta.type", ""), "text_delta") == 0)
		buf_addstr(&stream->out->reply.text,
			   json_string_or(event, "delta.text", ""));
}

static void on_message_delta(struct stream *stream, const struct json *event)
{
	const char *reason = json_string_or(event, "delta.stop_reason", NULL);

	read_usage(stream->out, json_get(event, "usage"));
	stream->has_usage |=
		json_is_number(json_find(event, "usage.output_tokens"));
	if (!reason)
		return;
	stream->has_stop_reason = true;
	read_stop(stream->out, reason);
}

static void on_stop(struct stream *stream, const struct json *event)
{
	(void)event;
	stream->has_ended = true;
}

/* An error inside a reply that began as a success. */
static void on_error(struct stream *stream, const struct json *event)
{
	stream->has_ended = true;
	take_error(stream->out, stream->chat, json_get(event, "error"),
		   FAULT_SERVER);
}

/* Other events are new or of no interest (ping). */
static const struct {
	const char *type;
	void (*take)(struct stream *stream, const struct json *event);
} events_known[] = {
	{ "message_start", on_start },
	{ "content_block_start", on_block },
	{ "content_block_delta", on_delta },
	{ "message_delta", on_message_delta },
	{ "message_stop", on_stop },
	{ "error", on_error },
};

static void take_event(struct stream *stream, const struct json *event)
{
	const char *type = json_string_or(event, "type", "");

	for (size_t i = 0; i < ARRAY_LEN(events_known); i++)
		if (strcmp(events_known[i].type, type) == 0)
			events_known[i].take(stream, event);
}

static void read_stream(struct service_result *out, const struct chat *chat,
			const struct http_reply *reply)
{
	struct stream stream = { .out = out, .chat = chat };
	struct events events = { reply->body.ptr,
				 reply->body.ptr + reply->body.len };
	struct err err = ERR_INIT;
	struct buf data;

	buf_init(&data, LIMIT_ANSWER_BYTES);
	while (!stream.has_ended && events_next(&events, &data)) {
		struct json *event = NULL;

		if (buf_check(&data, "event", &err) < 0 ||
		    json_parse(&event, data.ptr, data.len, &err) < 0) {
			/* The last event of a stream that was cut. */
			if (events.at < events.end)
				service_result_fail(out, FAULT_ENVELOPE, "%s",
						    err.msg);
			break;
		}
		take_event(&stream, event);
		json_free(event);
	}
	buf_release(&data);
	/* What was written until it broke off is paid for. */
	if (!stream.has_usage)
		out->no_usage = true;
	if (out->fault == FAULT_NONE && !stream.has_ended)
		service_result_fail(out, FAULT_CONNECT,
				    "the reply broke off in the middle");
	else if (out->fault == FAULT_NONE && !stream.has_stop_reason)
		service_result_fail(out, FAULT_ENVELOPE,
				    "the reply has no stop_reason");
}

static int64_t reset_ms(const struct http_reply *reply, const char *name)
{
	const char *text = http_reply_header(reply, name);
	int64_t at_ms;

	if (!text || !clock_parse(&at_ms, text))
		return -1;
	at_ms -= clock_wall_ms();
	return at_ms > 0 ? at_ms : 0;
}

#define LIMITS "anthropic-ratelimit-"

static void read_limits(struct rate_notice *out, const struct http_reply *reply)
{
	out->requests_left = reply_number(reply, LIMITS "requests-remaining");
	out->requests_limit = reply_number(reply, LIMITS "requests-limit");
	out->requests_reset_ms = reset_ms(reply, LIMITS "requests-reset");
	out->tokens_left = reply_number(reply, LIMITS "input-tokens-remaining");
	out->tokens_limit = reply_number(reply, LIMITS "input-tokens-limit");
	out->tokens_reset_ms = reset_ms(reply, LIMITS "input-tokens-reset");
}

static void parse(struct service_result *out, const struct service *service,
		  const struct chat *chat, const struct http_reply *reply)
{
	enum fault fault = status_fault(reply->status);
	struct json *doc = NULL;
	struct err err = ERR_INIT;

	(void)service;
	reply_read_waits(out, reply);
	reply_read_request_id(out, reply, "request-id");
	read_limits(&out->rate, reply);
	if (fault == FAULT_NONE && reply_is_events(reply)) {
		read_stream(out, chat, reply);
		return;
	}
	if (json_parse(&doc, reply->body.ptr, reply->body.len, &err) < 0)
		reply_unreadable(out, reply, fault ? fault : FAULT_ENVELOPE,
				 err.msg);
	else if (fault == FAULT_NONE)
		read_message(out, chat, doc);
	else if (!json_is_null(json_get(doc, "error")))
		take_error(out, chat, json_get(doc, "error"), fault);
	else
		reply_unreadable(out, reply, fault, "");
	json_free(doc);
}

const struct service_ops anthropic_service = {
	.kind = "anthropic",
	.default_url = "https://api.anthropic.com",
	.key_variable = "ANTHROPIC_API_KEY",
	.default_models = { NULL, "claude-haiku-5-5", "claude-sonnet-5-5",
			    "claude-opus-5-5" },
	.caches_prefix = true,
	.takes_any_schema = true,
	.batch = &anthropic_batches,
	.build = build,
	.parse = parse,
};
