#include "services/batch_call.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/limits.h"
#include "core/log.h"
#include "io/fetch_url.h"

#define CALL_TIMEOUT_MS 120000

/* Of a list; a hundred entries each. */
#define PAGES_MAX 50

/* Their clock may be behind ours. */
#define SKEW_MS 120000

#define ID_MAX 256

/* In the service's own words, without what it may quote of the key. */
static int refuse(const struct batch_call *call, struct http_reply *reply,
		  struct err *err)
{
	const struct service *service = call->batch->service;
	const struct chat chat = { .agent = "batch", .model = "" };
	struct service_result result;
	enum err_code code = ERR_INVALID;

	service_result_init(&result);
	service->ops->parse(&result, service, &chat, reply);
	if (reply->status == 404)
		code = ERR_NOT_FOUND;
	else if (result.fault == FAULT_RATE)
		code = ERR_RATE;
	else if (reply->status >= 500 || reply->status == 408 ||
		 reply->status == 409)
		code = ERR_UNAVAILABLE;
	if (strncmp(result.message, "HTTP", strlen("HTTP")) != 0)
		err_set(err, code, "HTTP %d: %s", reply->status,
			result.message);
	else
		err_set(err, code, "%s", result.message);
	service_result_release(&result);
	return -1;
}

/* Each part of the body as it comes. */
typedef void part_fn(const char *bytes, size_t len, void *payload);

static int read_parts(struct fetch *fetch, part_fn *part, void *payload,
		      struct err *err)
{
	char bytes[16384];
	size_t got;

	do {
		if (fetch_read(&got, fetch, bytes, sizeof(bytes), err) < 0)
			return -1;
		part(bytes, got, payload);
	} while (got);
	return 0;
}

static void keep_part(const char *bytes, size_t len, void *payload)
{
	buf_add(payload, bytes, len);
}

static int read_refusal(const struct batch_call *call, struct fetch *fetch,
			int status, struct err *err)
{
	struct http_reply reply = { .status = status };
	int ret;

	buf_init(&reply.body, LIMIT_REPLY_BYTES);
	ret = read_parts(fetch, keep_part, &reply.body, err);
	if (!ret)
		ret = refuse(call, &reply, err);
	http_reply_release(&reply);
	return ret;
}

static size_t fill_headers(struct http_header *headers,
			   const struct batch_call *call)
{
	size_t count = 0;

	if (call->body)
		headers[count++] = (struct http_header){ .name = "content-type",
							 .value = call->type };
	if (call->version)
		headers[count++] = (struct http_header){
			.name = call->version_header, .value = call->version
		};
	if (call->batch->key)
		headers[count++] =
			(struct http_header){ .name = call->key_header,
					      .prefix = call->key_prefix,
					      .secret = call->batch->key };
	return count;
}

static int send_call(const struct batch_call *call, long max_bytes,
		     part_fn *part, void *payload, struct err *err)
{
	const struct service *service = call->batch->service;
	struct http_header headers[3];
	char *url = service_url(service, call->path);
	struct http_request request = {
		.method = call->method,
		.url = url,
		.headers = headers,
		.header_count = fill_headers(headers, call),
		.body = call->body,
		.body_len = call->body_len,
		.timeout_ms = CALL_TIMEOUT_MS,
		.max_reply_bytes = (size_t)max_bytes,
		.is_once = call->body != NULL,
		.ca_file = service->ca_file,
		.proxy = service->proxy,
	};
	const struct http_reply *reply;
	struct fetch *fetch = NULL;
	int ret = -1;

	if (fetch_new(&fetch, NULL, err) == 0 &&
	    fetch_send(&reply, fetch, &request, err) == 0) {
		if (reply->status >= 200 && reply->status < 300)
			ret = read_parts(fetch, part, payload, err);
		else
			ret = read_refusal(call, fetch, reply->status, err);
	}
	/* It never left: that is as good as a refusal that passes. */
	if (ret < 0 && err->detail == HTTP_NOT_SENT && call->body)
		err->code = ERR_RATE;
	fetch_free(fetch);
	free(url);
	return ret;
}

int batch_call_json(struct json **out, const struct batch_call *call,
		    struct err *err)
{
	struct buf body;
	int ret;

	buf_init(&body, LIMIT_REPLY_BYTES);
	ret = send_call(call, LIMIT_REPLY_BYTES, keep_part, &body, err);
	if (!ret)
		ret = json_parse(out, body.ptr, body.len, err);
	buf_release(&body);
	return ret;
}

/* Lines. */

void batch_lines_init(struct batch_lines *lines, const struct batch *batch,
		      batch_line_fn *take, void *payload)
{
	*lines = (struct batch_lines){ .batch = batch,
				       .take = take,
				       .payload = payload };
	buf_init(&lines->line, LIMIT_REPLY_BYTES);
}

static void end_line(struct batch_lines *lines)
{
	struct json *line = NULL;
	struct err err = ERR_INIT;
	const struct buf *text = &lines->line;
	bool is_empty = text->len == strspn(text->ptr, " \t\r");

	if (buf_check(text, "line", &err) < 0 ||
	    (!is_empty && json_parse(&line, text->ptr, text->len, &err) < 0))
		lines->unreadable++;
	else if (!is_empty)
		lines->take(lines->batch, line, lines->payload);
	json_free(line);
	buf_reset(&lines->line);
}

void batch_lines_add(struct batch_lines *lines, const char *bytes, size_t len)
{
	const char *end = bytes + len, *stop;

	for (; len && (stop = memchr(bytes, '\n', (size_t)(end - bytes)));
	     bytes = stop + 1) {
		buf_add(&lines->line, bytes, (size_t)(stop - bytes));
		end_line(lines);
	}
	buf_add(&lines->line, bytes, (size_t)(end - bytes));
}

void batch_lines_end(struct batch_lines *lines)
{
	end_line(lines);
	if (lines->unreadable)
		log_warn("%s: a batch: %zu lines of the results cannot be read",
			 lines->batch->service->name, lines->unreadable);
	buf_release(&lines->line);
}

static void add_part(const char *bytes, size_t len, void *payload)
{
	batch_lines_add(payload, bytes, len);
}

int batch_call_lines(const struct batch_call *call, batch_line_fn *take,
		     void *payload, struct err *err)
{
	struct batch_lines lines;
	int ret;

	batch_lines_init(&lines, call->batch, take, payload);
	ret = send_call(call, LIMIT_RESULTS_BYTES, add_part, &lines, err);
	/* What was cut off may look whole. */
	if (ret < 0)
		buf_reset(&lines.line);
	batch_lines_end(&lines);
	if (ret < 0 && err->code == ERR_TOO_LARGE) {
		log_warn("%s: a batch: %s; what came is taken",
			 call->batch->service->name, err->msg);
		*err = (struct err)ERR_INIT;
		ret = 0;
	}
	return ret;
}

void batch_take_line(const struct batch *batch, const struct json *line,
		     void *payload UNUSED)
{
	batch->service->ops->batch->take(batch, line);
}

/* Lists. */

/* When it was made; -1: it does not say. */
static int64_t entry_ms(const struct json *entry)
{
	int64_t seconds = json_int_or(entry, "created_at", -1), at_ms;

	if (clock_parse(&at_ms, json_string_or(entry, "created_at", "")))
		return at_ms;
	return seconds < 0 || seconds > INT64_MAX / 1000 ? -1 : seconds * 1000;
}

bool batch_is_older(const struct batch *batch, const struct json *entry)
{
	int64_t at_ms = entry_ms(entry);

	return at_ms >= 0 && at_ms < batch->sent_at_ms - SKEW_MS;
}

static int read_page(struct json **out, const struct batch_list *list,
		     const char *path, struct err *err)
{
	struct batch_call call = list->call;

	call.path = path;
	if (batch_call_json(out, &call, err) < 0) {
		/* That there is no list says nothing of what is on it. */
		if (err->code == ERR_NOT_FOUND)
			err->code = ERR_INVALID;
		return -1;
	}
	if (json_is_array(json_get(*out, "data")))
		return 0;
	return err_set(err, ERR_PROTOCOL, "that is no list");
}

/* Can `id` be a part of a path? */
static bool is_id(const char *id)
{
	size_t len = strlen(id);

	if (!len || len > ID_MAX || !isalnum((unsigned char)id[0]))
		return false;
	for (size_t i = 0; i < len; i++)
		if (!isalnum((unsigned char)id[i]) && !strchr("_-.~=", id[i]))
			return false;
	return true;
}

/* *next: where the page with the rest is, the caller's; NULL: this was the last
 * that matters. */
static int turn_page(char **next, const struct batch_list *list,
		     const struct json *page, struct err *err)
{
	const struct json *at = json_first(json_get(page, "data"));
	const struct json *first = at, *last = at;
	const char *id;

	for (; at; at = json_next(at))
		last = at;
	if (!json_bool_or(page, "has_more", false) ||
	    (batch_is_older(list->call.batch, last) &&
	     entry_ms(last) <= entry_ms(first)))
		return 0;
	id = json_string_or(last, "id", "");
	if (!is_id(id))
		return err_set(err, ERR_INVALID, "a list does not go on");
	*next = xstrf("%s&%s=%s", list->call.path, list->after, id);
	return 0;
}

static bool visit_page(const struct batch_list *list, const struct json *page)
{
	const struct json *at = json_first(json_get(page, "data"));

	for (; at; at = json_next(at))
		if (!list->visit(at, list->payload))
			return false;
	return true;
}

int batch_list_each(const struct batch_list *list, struct err *err)
{
	char *path = xstrdup(list->call.path);
	int pages = 0, ret = 0;

	while (path && !ret) {
		struct json *page = NULL;
		char *next = NULL;

		if (++pages > PAGES_MAX)
			ret = err_set(err, ERR_INVALID, "a list has no end");
		else
			ret = read_page(&page, list, path, err);
		if (!ret && visit_page(list, page))
			ret = turn_page(&next, list, page, err);
		json_free(page);
		free(path);
		path = next;
	}
	free(path);
	return ret;
}

/* Ids of theirs. */

int batch_path(char **out, const char *prefix, const char *id,
	       const char *suffix, struct err *err)
{
	if (!is_id(id))
		return err_set(err, ERR_PROTOCOL, "'%.40s' is no id", id);
	*out = xstrf("%s/%s%s", prefix, id, suffix);
	return 0;
}

int batch_reply_id(char **out, const struct json *reply, struct err *err)
{
	char *id = NULL;

	if (json_id(&id, reply, "id", err) < 0)
		return -1;
	if (is_id(id)) {
		*out = id;
		return 0;
	}
	err_set(err, ERR_PROTOCOL, "'%.40s' is no id", id);
	free(id);
	return -1;
}

int batch_create(char **id, const struct batch_call *call,
		 const struct json *doc, struct err *err)
{
	struct batch_call post = *call;
	struct json *reply = NULL;
	char *text = json_print(doc);
	int ret;

	post.method = "POST";
	post.body = text;
	post.body_len = strlen(text);
	ret = batch_call_json(&reply, &post, err);
	if (ret < 0 && err->code == ERR_NOT_FOUND)
		err->code = ERR_INVALID; /* there is no such endpoint */
	if (!ret)
		ret = batch_reply_id(id, reply, err);
	free(text);
	json_free(reply);
	return ret;
}

/* Items. */

struct batch_item *batch_item_find(const struct batch *batch, const char *id)
{
	for (size_t i = 0; id && i < batch->count; i++)
		if (!batch->items[i].is_answered &&
		    !strcmp(batch->items[i].id, id))
			return &batch->items[i];
	return NULL;
}

void batch_item_take(const struct batch *batch, struct batch_item *item,
		     int status, const struct json *body)
{
	struct http_reply reply = { .status = status };
	char *text;

	item->is_answered = true;
	item->result->status = status;
	if (!json_is_object(body)) {
		service_result_fail(item->result, FAULT_ENVELOPE,
				    "batch: a result without a body");
		return;
	}
	text = json_print(body);
	buf_init(&reply.body, LIMIT_REPLY_BYTES);
	buf_addstr(&reply.body, text);
	free(text);
	batch->service->ops->parse(item->result, batch->service, item->chat,
				   &reply);
	http_reply_release(&reply);
}

void batch_item_fail(struct batch_item *item, enum fault fault, const char *why)
{
	item->is_answered = true;
	item->is_free = true;
	service_result_fail(item->result, fault, "batch: %s", why);
}

bool batch_is_complete(const struct batch *batch, int64_t succeeded)
{
	int64_t here = 0;

	for (size_t i = 0; i < batch->count; i++)
		here += batch->items[i].is_answered &&
			batch->items[i].result->status == 200;
	return succeeded >= 0 && here >= succeeded;
}
