/*
 * OpenAI's Chat Completions, and everything that speaks the same: vLLM,
 * llama.cpp, Ollama, LiteLLM, Azure. What such a server does not take is found
 * by its refusal and left out from then on.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/text.h"
#include "services/kinds.h"
#include "services/repair.h"
#include "services/reply.h"

static bool has_text(const char *text)
{
	return text && *text;
}

static void open_message(struct json_writer *json, const char *role)
{
	json_open(json, NULL, '{');
	json_put_string(json, "role", role);
	json_open_string(json, "content");
}

static void close_message(struct json_writer *json)
{
	json_close_string(json);
	json_close(json, '}');
}

static void put_message(struct json_writer *json, const char *role,
			const char *text)
{
	if (!has_text(text))
		return;
	open_message(json, role);
	json_add_text(json, text);
	close_message(json);
}

static void put_question(struct json_writer *json, const struct prompt *prompt)
{
	const char *const parts[] = { prompt->change, prompt->about,
				      prompt->task };
	bool has_before = false;

	open_message(json, "user");
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (!has_text(parts[i]))
			continue;
		if (has_before)
			json_add_text(json, "\n\n");
		json_add_text(json, parts[i]);
		has_before = true;
	}
	close_message(json);
}

static void put_messages(struct json_writer *json, const struct chat *chat)
{
	json_open(json, "messages", '[');
	put_message(json, "system", chat->prompt->system);
	put_question(json, chat->prompt);
	repair_put(json, chat, put_message);
	json_close(json, ']');
}

static void put_format(struct json_writer *json, const struct chat *chat)
{
	if (!chat->schema || (chat->quirks & QUIRK_NO_JSON))
		return;
	json_open(json, "response_format", '{');
	if (chat->quirks & QUIRK_NO_SCHEMA) {
		json_put_string(json, "type", "json_object");
	} else {
		json_put_string(json, "type", "json_schema");
		json_open(json, "json_schema", '{');
		json_put_string(json, "name", answer_kind_name(chat->answer));
		json_put_bool(json, "strict", true);
		json_put(json, "schema", chat->schema);
		json_close(json, '}');
	}
	json_close(json, '}');
}

/* OpenAI's own models want the newer name; others know only the older. */
static const char *max_tokens_name(const struct service *service,
				   const struct chat *chat)
{
	if (chat->quirks & QUIRK_COMPLETION_TOKENS)
		return "max_completion_tokens";
	if (chat->quirks & QUIRK_MAX_TOKENS)
		return "max_tokens";
	return service->url ? "max_tokens" : "max_completion_tokens";
}

static bool is_azure(const struct service *service)
{
	return service->url && (strstr(service->url, ".openai.azure.com") ||
				strstr(service->url, ".ai.azure.com"));
}

static int build(struct service_request *out, const struct service *service,
		 const struct chat *chat, struct err *err)
{
	struct json_writer json = json_writer_of(&out->body);

	if (!chat->prompt || !has_text(chat->prompt->task))
		return err_set(err, ERR_INVALID, "there is nothing to ask");
	json_open(&json, NULL, '{');
	json_put_string(&json, "model", chat->model);
	put_messages(&json, chat);
	json_put_int(&json, max_tokens_name(service, chat), chat->max_tokens);
	if (chat->temperature >= 0 && !(chat->quirks & QUIRK_NO_TEMPERATURE))
		json_put_double(&json, "temperature", chat->temperature);
	put_format(&json, chat);
	json_close(&json, '}');

	out->url = service_url(service, "/chat/completions");
	strvec_add(&out->headers, "content-type: application/json");
	out->key_header = is_azure(service) ? "api-key" : "authorization";
	out->key_prefix = is_azure(service) ? "" : "Bearer ";
	return 0;
}

/* "6m0s", "1s", "20ms", "1h2m3.5s"; Azure: whole seconds, or -1. */
static int64_t duration_ms(const char *text)
{
	static const struct {
		const char *unit;
		double ms;
	} units[] = {
		{ "ms", 1 },
		{ "s", 1e3 },
		{ "m", 6e4 },
		{ "h", 3.6e6 },
	};
	double sum = 0;

	if (!text)
		return -1;
	while (*text) {
		char *end;
		double number = strtod(text, &end);
		size_t u = 0;

		if (end == text || !isdigit((unsigned char)*text) ||
		    number > 1e6)
			return -1;
		if (!*end)
			return (int64_t)(sum + number * 1e3);
		while (u < ARRAY_LEN(units) &&
		       (strncmp(end, units[u].unit, strlen(units[u].unit)) !=
				0 ||
			isalpha((unsigned char)end[strlen(units[u].unit)])))
			u++;
		if (u == ARRAY_LEN(units))
			return -1;
		sum += number * units[u].ms;
		text = end + strlen(units[u].unit);
	}
	return (int64_t)sum;
}

static const struct error_word words[] = {
	{ "insufficient_quota", FAULT_QUOTA },
	{ "billing_hard_limit_reached", FAULT_QUOTA },
	{ "billing_not_active", FAULT_QUOTA },
	{ "quota_exceeded", FAULT_QUOTA },
	{ "context_length_exceeded", FAULT_TOO_LARGE },
	{ "string_above_max_length", FAULT_TOO_LARGE },
	{ "content_filter", FAULT_REFUSED },
	{ "content_policy_violation", FAULT_REFUSED },
	{ "model_not_found", FAULT_MODEL },
	{ "invalid_api_key", FAULT_AUTH },
	{ "rate_limit_exceeded", FAULT_RATE },
	{ "server_error", FAULT_SERVER },
	{ "overloaded_error", FAULT_OVERLOADED },
};

/* A parameter that was refused, named in the error. The first that fits and is
 * not known yet. */
static const struct {
	const char *name;
	unsigned quirk;
} refusals[] = {
	{ "temperature", QUIRK_NO_TEMPERATURE },
	{ "json_schema", QUIRK_NO_SCHEMA },
	{ "response_format", QUIRK_NO_SCHEMA },
	{ "response_format", QUIRK_NO_JSON },
	{ "json_object", QUIRK_NO_JSON },
};

static void find_quirk(struct service_result *out,
		       const struct service *service, const struct chat *chat,
		       const struct json *error)
{
	const char *param = json_string_or(error, "param", "");
	const char *message = json_string_or(error, "message", "");
	const char *sent = max_tokens_name(service, chat);

	if (out->fault != FAULT_REQUEST)
		return;
	/* "use 'max_completion_tokens' instead" names both. */
	if (strstr(message, sent) || strcmp(param, sent) == 0) {
		out->quirks = chat->quirks | (strcmp(sent, "max_tokens") == 0
						      ? QUIRK_COMPLETION_TOKENS
						      : QUIRK_MAX_TOKENS);
		return;
	}
	for (size_t i = 0; i < ARRAY_LEN(refusals); i++) {
		if ((refusals[i].quirk & chat->quirks) ||
		    (!strstr(message, refusals[i].name) &&
		     strncmp(param, refusals[i].name,
			     strlen(refusals[i].name)) != 0))
			continue;
		out->quirks = chat->quirks | refusals[i].quirk;
		return;
	}
}

/* Google's way of saying how long to wait, and that the day's share is used
 * up, which no wait of ours outlasts. */
static void read_details(struct service_result *out, const struct json *error)
{
	const struct json *at = json_first(json_get(error, "details"));

	for (; out->fault == FAULT_RATE && at; at = json_next(at)) {
		const struct json *of = json_first(json_get(at, "violations"));
		int64_t wait =
			duration_ms(json_string_or(at, "retryDelay", NULL));

		if (wait >= 0)
			out->wait_ms = wait;
		for (; of; of = json_next(of))
			if (strstr(json_string_or(of, "quotaId", ""), "PerDay"))
				out->fault = FAULT_QUOTA;
	}
}

static void take_error(struct service_result *out,
		       const struct service *service, const struct chat *chat,
		       const struct json *error, enum fault otherwise)
{
	const char *type = json_string_or(
		error, "type", json_string_or(error, "status", NULL));
	const char *code = json_string_or(error, "code", NULL);
	const char *message = json_is_string(error)
				      ? json_string_or(error, "", "")
				      : json_string_or(error, "message", "");
	const char *name = code ? code : type;

	service_result_fail(
		out,
		error_fault(words, ARRAY_LEN(words), type, code, otherwise),
		"%s: %s", name ? name : "error", message);
	find_quirk(out, service, chat, error);
	read_details(out, error);
}

/* prompt_tokens counts cached ones; ours are disjoint. */
static void read_usage(struct service_result *out, const struct json *usage)
{
	struct usage *to = &out->reply.usage;
	int64_t prompt = -1, cached = -1, written = -1, apart;

	reply_keep_usage(out, usage);
	/* A number nobody can believe says nothing, of the others neither. */
	if (!reply_take_tokens(&prompt, usage, "prompt_tokens") ||
	    !reply_take_tokens(&to->output_tokens, usage,
			       "completion_tokens") ||
	    !reply_take_tokens(&cached, usage,
			       "prompt_tokens_details.cached_tokens") ||
	    !reply_take_tokens(&written, usage,
			       "prompt_tokens_details.cache_write_tokens"))
		out->no_usage = true;
	apart = (cached > 0 ? cached : 0) + (written > 0 ? written : 0);
	if (prompt < 0)
		return;
	if (apart > prompt) {
		out->no_usage = true;
		return;
	}
	to->input_tokens = prompt - apart;
	to->cached_tokens = cached;
	to->cache_write_tokens = written;
}

static const struct {
	const char *reason;
	enum chat_stop stop;
} stops[] = {
	{ "stop", STOP_COMPLETE },
	{ "length", STOP_TRUNCATED },
	/* as some servers of one's own call them */
	{ "eos", STOP_COMPLETE },
	{ "eos_token", STOP_COMPLETE },
	{ "stop_sequence", STOP_COMPLETE },
	{ "max_tokens", STOP_TRUNCATED },
	{ "content_filter", STOP_REFUSED },
};

static void read_stop(struct service_result *out, const char *reason)
{
	for (size_t i = 0; i < ARRAY_LEN(stops); i++) {
		if (strcmp(stops[i].reason, reason) == 0) {
			out->reply.stop = stops[i].stop;
			return;
		}
	}
	service_result_fail(out, FAULT_ENVELOPE,
			    "the answer ended for an unknown reason: %s",
			    reason);
}

static void read_completion(struct service_result *out,
			    const struct service *service,
			    const struct chat *chat, const struct json *doc)
{
	const struct json *error = json_get(doc, "error");
	const char *content, *reason, *refusal;
	struct err err = ERR_INIT;

	if (!json_is_null(error)) {
		take_error(out, service, chat, error, FAULT_SERVER);
		return;
	}
	reply_set_model(out, doc, "model");
	read_usage(out, json_get(doc, "usage"));
	if (json_string(&reason, doc, "choices.0.finish_reason", &err) < 0) {
		service_result_fail(out, FAULT_ENVELOPE, "%s", err.msg);
		return;
	}
	read_stop(out, reason);
	refusal = json_string_or(doc, "choices.0.message.refusal", "");
	if (*refusal)
		out->reply.stop = STOP_REFUSED;
	content = json_string_or(doc, "choices.0.message.content", NULL);
	if (content)
		buf_addstr(&out->reply.text, content);
	else if (out->fault == FAULT_NONE && out->reply.stop == STOP_COMPLETE)
		service_result_fail(out, FAULT_ENVELOPE,
				    "choices.0.message.content: a string "
				    "expected");
}

#define LIMITS "x-ratelimit-"

static void read_limits(struct rate_notice *out, const struct http_reply *reply)
{
	out->requests_left = reply_number(reply, LIMITS "remaining-requests");
	out->requests_limit = reply_number(reply, LIMITS "limit-requests");
	out->requests_reset_ms =
		duration_ms(http_reply_header(reply, LIMITS "reset-requests"));
	out->tokens_left = reply_number(reply, LIMITS "remaining-tokens");
	out->tokens_limit = reply_number(reply, LIMITS "limit-tokens");
	out->tokens_reset_ms =
		duration_ms(http_reply_header(reply, LIMITS "reset-tokens"));
}

static void parse(struct service_result *out, const struct service *service,
		  const struct chat *chat, const struct http_reply *reply)
{
	enum fault fault = status_fault(reply->status);
	struct json *doc = NULL;
	const struct json *error;
	struct err err = ERR_INIT;

	reply_read_waits(out, reply);
	reply_read_request_id(out, reply, "x-request-id");
	read_limits(&out->rate, reply);
	if (json_parse(&doc, reply->body.ptr, reply->body.len, &err) < 0) {
		reply_unreadable(out, reply, fault ? fault : FAULT_ENVELOPE,
				 err.msg);
		return;
	}
	/* Google puts its errors into a list. */
	error = json_get(json_is_array(doc) ? json_first(doc) : doc, "error");
	if (fault == FAULT_NONE)
		read_completion(out, service, chat, doc);
	else if (!json_is_null(error))
		take_error(out, service, chat, error, fault);
	else
		reply_unreadable(out, reply, fault, "");
	json_free(doc);
}

const struct service_ops openai_service = {
	.kind = "openai",
	.default_url = "https://api.openai.com/v1",
	.key_variable = "OPENAI_API_KEY",
	.default_models = { NULL, "gpt-6-luna", "gpt-6.1-terra",
			    "gpt-6.1-sol" },
	.caches_prefix = true,
	.takes_any_schema = true,
	.batch = &openai_batches,
	.build = build,
	.parse = parse,
};
