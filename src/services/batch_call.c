#include "services/batch_call.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "core/log.h"
#include "io/fetch_url.h"

#define CALL_TIMEOUT_MS 120000

static int judge_status(int status, const struct buf *body, struct err *err)
{
	enum err_code code = ERR_INVALID;

	if (status < 300)
		return 0;
	if (status == 404)
		code = ERR_NOT_FOUND;
	else if (status >= 500 || status == 408 || status == 409 ||
		 status == 429)
		code = ERR_UNAVAILABLE;
	return err_set(err, code, "HTTP %d: %.100s", status, body->ptr);
}

static int read_body(struct buf *body, struct fetch *fetch, struct err *err)
{
	char part[16384];
	size_t got;

	do {
		if (fetch_read(&got, fetch, part, sizeof(part), err) < 0)
			return -1;
		buf_add(body, part, got);
	} while (got);
	return buf_check(body, "reply", err);
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

int batch_call(struct buf *body, const struct batch_call *call, struct err *err)
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
		.max_reply_bytes = LIMIT_REPLY_BYTES,
		.ca_file = service->ca_file,
		.proxy = service->proxy,
	};
	const struct http_reply *reply;
	struct fetch *fetch = NULL;
	int ret = -1;

	if (fetch_new(&fetch, NULL, err) == 0 &&
	    fetch_send(&reply, fetch, &request, err) == 0) {
		int status = reply->status;

		ret = read_body(body, fetch, err);
		if (!ret)
			ret = judge_status(status, body, err);
	}
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
	ret = batch_call(&body, call, err);
	if (!ret)
		ret = json_parse(out, body.ptr, body.len, err);
	buf_release(&body);
	return ret;
}

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

void batch_lines(const struct batch *batch, const struct buf *text,
		 batch_line_fn *take)
{
	const char *at = text->ptr, *end = at + text->len;

	while (at < end) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		struct json *line = NULL;
		struct err err = ERR_INIT;

		stop = stop ? stop : end;
		if (stop == at)
			; /* an empty line says nothing */
		else if (json_parse(&line, at, (size_t)(stop - at), &err) < 0)
			log_warn("%s: a result of a batch: %s",
				 batch->service->name, err.msg);
		else
			take(batch, line);
		json_free(line);
		at = stop + 1;
	}
}
