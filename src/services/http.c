/*
 * Any vendor's HTTP API, by configuration alone. The template is JSON:
 *
 *   {"method": "POST", "path": "/v2/review",
 *    "headers": {"Accept": "application/json"},
 *    "key": {"header": "Authorization", "prefix": "Bearer "},
 *    "body": {"model": "${model}", "input": "${prompt}"},
 *    "error": "/error/message", "error_code": "/error/code",
 *    "faults": {"NO_CREDIT": "quota"}, "cost": "/usage/dollars",
 *    "stop": "/finish", "complete": "done", "refused": "filtered"}
 *
 * Only "body" is required. ${...} stands for a part of the chat, in any string
 * of the body; "${max_tokens}" alone becomes a number. Where the answer and
 * the usage are is said by JSON pointers (RFC 6901). "faults" says which of the
 * vendor's codes is what in enum fault.
 */
#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "core/text.h"
#include "services/kinds.h"
#include "services/reply.h"

#define TEMPLATE_DEPTH 16
#define POINTER_MAX    512

/* What one request may be said to have cost. */
#define DOLLARS_MAX 1000.0

/* One step of a pointer: an index of an array or a member's name. */
static const struct json *step(const struct json *at, const char *token)
{
	const struct json *child;
	char *end;
	unsigned long index;

	if (!json_is_array(at))
		return json_get(at, token);
	if (!isdigit((unsigned char)*token))
		return NULL;
	index = strtoul(token, &end, 10);
	if (*end)
		return NULL;
	child = json_first(at);
	while (child && index--)
		child = json_next(child);
	return child;
}

/* NULL if nothing is there, or `pointer` is NULL. */
static const struct json *resolve(const struct json *at, const char *pointer)
{
	char token[POINTER_MAX];

	if (!pointer || strlen(pointer) >= sizeof(token))
		return NULL;
	while (at && *pointer == '/') {
		size_t len = 0;

		for (pointer++; *pointer && *pointer != '/'; pointer++) {
			if (pointer[0] == '~' && pointer[1] == '1')
				token[len++] = '/';
			else if (pointer[0] == '~' && pointer[1] == '0')
				token[len++] = '~';
			else
				token[len++] = *pointer;
			if (pointer[0] == '~' && pointer[1])
				pointer++;
		}
		token[len] = '\0';
		at = step(at, token);
	}
	return *pointer ? NULL : at;
}

static void add_part(struct buf *out, const char *text)
{
	if (!text || !*text)
		return;
	if (out->len)
		buf_addstr(out, "\n\n");
	buf_addstr(out, text);
}

/* All parts in their order, and the complaint about a bad answer. */
static char *whole_prompt(const struct chat *chat, bool with_system)
{
	const struct prompt *prompt = chat->prompt;
	struct buf text;
	char *complaint;

	buf_init(&text, LIMIT_REQUEST_BYTES);
	if (with_system)
		add_part(&text, prompt->system);
	add_part(&text, prompt->change);
	add_part(&text, prompt->about);
	add_part(&text, prompt->task);
	if (chat->bad_answer) {
		add_part(&text, chat->bad_answer);
		complaint = service_complaint(chat);
		add_part(&text, complaint);
		free(complaint);
	}
	return buf_detach(&text);
}

/* The value of ${name}; the caller frees it. NULL: there is no such name. */
static char *part(const struct chat *chat, const char *name, size_t len)
{
	const struct {
		const char *name, *text;
	} parts[] = {
		{ "model", chat->model },
		{ "agent", chat->agent },
		{ "kind", answer_kind_name(chat->answer) },
		{ "system", chat->prompt->system },
		{ "change", chat->prompt->change },
		{ "about", chat->prompt->about },
		{ "task", chat->prompt->task },
	};

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (strlen(parts[i].name) == len &&
		    memcmp(parts[i].name, name, len) == 0)
			return xstrdup(parts[i].text ? parts[i].text : "");
	if (len == 6 && memcmp(name, "prompt", 6) == 0)
		return whole_prompt(chat, true);
	if (len == 4 && memcmp(name, "user", 4) == 0)
		return whole_prompt(chat, false);
	if (len == 10 && memcmp(name, "max_tokens", 10) == 0)
		return xstrf("%d", chat->max_tokens);
	return NULL;
}

static char *fill_text(const struct chat *chat, const char *text)
{
	struct buf out;

	buf_init(&out, LIMIT_REQUEST_BYTES);
	while (*text) {
		const char *mark = strstr(text, "${");
		const char *end = mark ? strchr(mark, '}') : NULL;
		char *value;

		if (!end) {
			buf_addstr(&out, text);
			break;
		}
		buf_add(&out, text, (size_t)(mark - text));
		value = part(chat, mark + 2, (size_t)(end - mark - 2));
		if (value)
			buf_addstr(&out, value);
		else
			buf_add(&out, mark, (size_t)(end - mark + 1));
		free(value);
		text = end + 1;
	}
	return buf_detach(&out);
}

/* A copy of the template's value with everything put in; the depth was
 * checked. */
static struct json *fill(const struct chat *chat, const struct json *at)
{
	const char *text = json_string_or(at, "", NULL);
	struct json *out;
	char *filled;

	if (text && strcmp(text, "${max_tokens}") == 0)
		return json_new_int(chat->max_tokens);
	if (text && strcmp(text, "${schema}") == 0 && chat->schema)
		return json_copy(chat->schema);
	if (text) {
		filled = fill_text(chat, text);
		out = json_new_string(filled);
		free(filled);
		return out;
	}
	if (!json_is_array(at) && !json_is_object(at))
		return json_copy(at);
	out = json_is_array(at) ? json_new_array() : json_new_object();
	for (const struct json *c = json_first(at); c; c = json_next(c)) {
		if (json_is_array(at))
			json_add(out, fill(chat, c));
		else
			json_set(out, json_name(c), fill(chat, c));
	}
	return out;
}

static bool is_deep(const struct json *at, int depth)
{
	if (!json_is_array(at) && !json_is_object(at))
		return false;
	if (depth == 0)
		return true;
	for (const struct json *c = json_first(at); c; c = json_next(c))
		if (is_deep(c, depth - 1))
			return true;
	return false;
}

static int check_faults(const struct json *faults, struct err *err)
{
	for (const struct json *at = json_first(faults); at;
	     at = json_next(at)) {
		const char *name = json_string_or(at, "", "");
		enum fault fault;

		if (!fault_parse(&fault, name) || fault == FAULT_NONE)
			return err_set(err, ERR_INVALID,
				       "'faults' has '%.40s', which is none",
				       name);
	}
	return 0;
}

int http_service_check(const struct json *options, struct err *err)
{
	static const char *const names[] = {
		"method", "path",     "headers", "key",   "body",
		"error",  "cost",     "stop",    "about", "error_code",
		"faults", "complete", "refused",
	};
	const struct json *request = json_get(options, "request");
	const struct json *at;

	if (!json_get(request, "body"))
		return err_set(err, ERR_INVALID, "'body' is missing");
	if (is_deep(json_get(request, "body"), TEMPLATE_DEPTH))
		return err_set(err, ERR_INVALID, "'body' is too deep");
	for (at = json_first(request); at; at = json_next(at)) {
		size_t i = 0;

		while (i < ARRAY_LEN(names) &&
		       strcmp(names[i], json_name(at)) != 0)
			i++;
		if (i == ARRAY_LEN(names))
			return err_set(err, ERR_INVALID, "unknown key '%s'",
				       json_name(at));
	}
	return check_faults(json_get(request, "faults"), err);
}

static const char *const methods[] = { "POST", "PUT", "PATCH" };

static int build(struct service_request *out, const struct service *service,
		 const struct chat *chat, struct err *err)
{
	const struct json *request = json_get(service->options, "request");
	const struct json *header = json_first(json_get(request, "headers"));
	const char *method = json_string_or(request, "method", "POST");
	struct json *body;
	bool has_type = false;
	size_t m = 0;

	while (m < ARRAY_LEN(methods) && strcmp(methods[m], method) != 0)
		m++;
	if (!request || !chat->prompt || m == ARRAY_LEN(methods))
		return err_set(err, ERR_INVALID,
			       "a template with a method of "
			       "POST, PUT or PATCH is wanted");
	out->method = methods[m];
	body = fill(chat, json_get(request, "body"));
	json_print_to(&out->body, body);
	json_free(body);
	for (; header; header = json_next(header)) {
		const char *value = json_string_or(header, "", "");

		has_type |= strcasecmp(json_name(header), "content-type") == 0;
		strvec_addf(&out->headers, "%s: %s", json_name(header), value);
	}
	if (!has_type)
		strvec_add(&out->headers, "content-type: application/json");
	out->url = service_url(service, json_string_or(request, "path", ""));
	out->key_header = json_string_or(request, "key.header",
					 "authorization");
	out->key_prefix = json_string_or(request, "key.prefix", "Bearer ");
	return 0;
}

/* What the template's pointer `which` points at; NULL: nothing, or the template
 * has none. */
static const struct json *find(const struct service *service,
			       const struct json *doc, const char *which)
{
	const struct json *request = json_get(service->options, "request");

	return resolve(doc, json_string_or(request, which, NULL));
}

/* The same as text, also of a number; the caller frees it. */
static char *text_at(const struct service *service, const struct json *doc,
		     const char *which)
{
	struct err err = ERR_INIT;
	char *text = NULL;

	return json_id(&text, find(service, doc, which), "", &err) == 0 ? text
									: NULL;
}

static int64_t tokens_at(const struct service *service, const struct json *doc,
			 const char *which)
{
	return reply_tokens(
		resolve(doc, json_string_or(service->options, which, NULL)),
		"");
}

static void read_cost(struct service_result *out, const struct service *service,
		      const struct json *doc)
{
	const struct json *at = find(service, doc, "cost");
	double dollars = json_double_or(at, "", -1);

	if (dollars >= 0 && dollars <= DOLLARS_MAX)
		out->reply.cost_nusd = (int64_t)ceil(dollars * 1e9);
	else if (!json_is_null(at))
		out->no_usage = true;
}

static void read_stop(struct service_result *out, const struct service *service,
		      const struct json *doc)
{
	const struct json *request = json_get(service->options, "request");
	const char *complete = json_string_or(request, "complete", NULL);
	const char *refused = json_string_or(request, "refused", NULL);
	char *stop = text_at(service, doc, "stop");

	if (refused && stop && strcmp(stop, refused) == 0)
		out->reply.stop = STOP_REFUSED;
	else if (complete && (!stop || strcmp(stop, complete) != 0))
		out->reply.stop = STOP_TRUNCATED;
	free(stop);
}

/* The answer is text, or JSON that stands for itself. */
static void read_answer(struct service_result *out,
			const struct service *service, const struct json *doc)
{
	const char *pointer = json_string_or(service->options, "answer", "");
	const struct json *at = resolve(doc, pointer);
	char *text;

	read_stop(out, service, doc);

	if (json_is_null(at)) {
		if (out->reply.stop == STOP_COMPLETE ||
		    json_is_null(find(service, doc, "stop")))
			service_result_fail(out, FAULT_ENVELOPE,
					    "nothing at '%s'", pointer);
		return;
	}
	text = json_is_string(at) ? xstrdup(json_string_or(at, "", ""))
				  : json_print(at);
	buf_addstr(&out->reply.text, text);
	free(text);
}

/* Is it an error, or a vendor's way of saying that there was none? */
static bool is_error(const struct json *at)
{
	if (json_is_string(at))
		return *json_string_or(at, "", "") != '\0';
	if (json_is_number(at))
		return json_double_or(at, "", 1) != 0;
	if (json_is_array(at) || json_is_object(at))
		return json_len(at) > 0;
	return json_bool_or(at, "", false);
}

/* True: `out` has failed, by its status (`fault`) or by what it says. */
static bool take_error(struct service_result *out,
		       const struct service *service, const struct json *doc,
		       enum fault fault)
{
	const struct json *faults = json_find(service->options,
					      "request.faults");
	const struct json *at = find(service, doc, "error");
	char *code = text_at(service, doc, "error_code"), *text;
	const char *named =
		code ? json_string_or(json_get(faults, code), "", NULL) : NULL;

	if (!fault && (named || is_error(at)))
		fault = FAULT_SERVER;
	if (fault) {
		if (named)
			fault_parse(&fault, named);
		text = json_is_string(at)
			       ? xstrdup(json_string_or(at, "", ""))
			       : json_print(json_is_null(at) ? doc : at);
		service_result_fail(out, fault, "%s%s%.200s", code ? code : "",
				    code ? ": " : "", text);
		free(text);
	}
	free(code);
	return fault != FAULT_NONE;
}

static void parse(struct service_result *out, const struct service *service,
		  const struct chat *chat, const struct http_reply *reply)
{
	enum fault fault = status_fault(reply->status);
	struct json *doc = NULL;
	struct err err = ERR_INIT;

	(void)chat;
	reply_read_waits(out, reply);
	reply_read_request_id(out, reply, "x-request-id");
	if (json_parse(&doc, reply->body.ptr, reply->body.len, &err) < 0) {
		reply_unreadable(out, reply, fault ? fault : FAULT_ENVELOPE,
				 err.msg);
		return;
	}
	out->reply.usage.input_tokens = tokens_at(service, doc, "input_tokens");
	out->reply.usage.output_tokens = tokens_at(service, doc,
						   "output_tokens");
	read_cost(out, service, doc);
	if (!take_error(out, service, doc, fault))
		read_answer(out, service, doc);
	json_free(doc);
}

const struct service_ops http_service = {
	.kind = "http",
	.build = build,
	.parse = parse,
};
