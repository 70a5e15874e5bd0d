/*
 * OpenAI's Batch API: the questions are a file, the answers are two.
 */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "services/batch_call.h"
#include "services/kinds.h"

/* Between the parts of the upload; no JSON has such a line. */
#define BOUNDARY "referee-7d1b9c4e5f60"

#define ENDPOINT "/v1/chat/completions"

static struct batch_call call_of(const struct batch *batch, const char *path)
{
	return (struct batch_call){ .batch = batch,
				    .path = path,
				    .type = "application/json",
				    .key_header = "authorization",
				    .key_prefix = "Bearer " };
}

static void add_lines(struct buf *out, const struct batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		struct json *line = json_new_object();
		char *text;

		json_set_string(line, "custom_id", batch->items[i].id);
		json_set_string(line, "method", "POST");
		json_set_string(line, "url", ENDPOINT);
		json_set(line, "body", json_copy(batch->items[i].params));
		text = json_print(line);
		buf_addf(out, "%s\n", text);
		free(text);
		json_free(line);
	}
}

static int upload(char **file, const struct batch *batch, struct err *err)
{
	struct batch_call call = call_of(batch, "/files");
	struct json *reply = NULL;
	struct buf body;
	int ret;

	buf_init(&body, 2 * LIMIT_REQUEST_BYTES);
	buf_addf(&body,
		 "--" BOUNDARY "\r\n"
		 "Content-Disposition: form-data; name=\"purpose\"\r\n\r\n"
		 "batch\r\n"
		 "--" BOUNDARY "\r\n"
		 "Content-Disposition: form-data; name=\"file\"; "
		 "filename=\"%s.jsonl\"\r\n"
		 "Content-Type: application/jsonl\r\n\r\n",
		 batch->tag);
	add_lines(&body, batch);
	buf_addstr(&body, "\r\n--" BOUNDARY "--\r\n");
	ret = buf_check(&body, "batch", err);
	if (ret < 0)
		err->code = ERR_INVALID;
	call.method = "POST";
	call.type = "multipart/form-data; boundary=" BOUNDARY;
	call.body = body.ptr;
	call.body_len = body.len;
	if (!ret)
		ret = batch_call_json(&reply, &call, err);
	if (!ret)
		ret = json_id(file, reply, "id", err);
	json_free(reply);
	buf_release(&body);
	return ret;
}

static int submit(char **id, const struct batch *batch, struct err *err)
{
	struct batch_call call = call_of(batch, "/batches");
	struct json *doc = json_new_object(), *reply = NULL;
	char *text = NULL, *file = NULL;
	int ret = upload(&file, batch, err);

	json_set_string(doc, "input_file_id", file);
	json_set_string(doc, "endpoint", ENDPOINT);
	json_set_string(doc, "completion_window", "24h");
	json_set_string(json_set_object(doc, "metadata"), "referee",
			batch->tag);
	text = json_print(doc);
	call.method = "POST";
	call.body = text;
	call.body_len = strlen(text);
	if (!ret)
		ret = batch_call_json(&reply, &call, err);
	if (ret < 0 && err->code == ERR_NOT_FOUND)
		err->code = ERR_INVALID; /* there is no such endpoint */
	if (!ret)
		ret = json_id(id, reply, "id", err);
	free(text);
	free(file);
	json_free(doc);
	json_free(reply);
	return ret;
}

static int find(char **id, const struct batch *batch, struct err *err)
{
	struct batch_call call = call_of(batch, "/batches?limit=100");
	struct json *doc = NULL;
	const struct json *at;

	if (batch_call_json(&doc, &call, err) < 0)
		return -1;
	at = json_first(json_get(doc, "data"));
	for (; at && !*id; at = json_next(at))
		if (!strcmp(json_string_or(at, "metadata.referee", ""),
			    batch->tag))
			*id = xstrdup(json_string_or(at, "id", ""));
	json_free(doc);
	return *id ? 0 : err_set(err, ERR_NOT_FOUND, "it was not sent");
}

static void take_line(const struct batch *batch, const struct json *line)
{
	struct batch_item *item =
		batch_item_find(batch, json_string_or(line, "custom_id", NULL));
	int64_t status = json_int_or(line, "response.status_code", 0);

	if (!item)
		return;
	if (status >= 100 && status < 600) {
		batch_item_take(batch, item, (int)status,
				json_find(line, "response.body"));
		return;
	}
	item->is_answered = true;
	service_result_fail(item->result, FAULT_SERVER, "batch: %s",
			    json_string_or(line, "error.code", "no response"));
}

/* One of the files with results; there may be none. */
static int read_file(const struct batch *batch, const char *file,
		     struct err *err)
{
	char *path = xstrf("/files/%s/content", file ? file : "");
	struct batch_call call = call_of(batch, path);
	struct buf results;
	int ret = 0;

	buf_init(&results, LIMIT_REPLY_BYTES);
	if (file)
		ret = batch_call(&results, &call, err);
	if (!ret)
		batch_lines(batch, &results, take_line);
	buf_release(&results);
	free(path);
	return ret;
}

static bool has_ended(const char *status)
{
	static const char *const last[] = { "completed", "failed", "expired",
					    "cancelled" };

	for (size_t i = 0; i < ARRAY_LEN(last); i++)
		if (!strcmp(status, last[i]))
			return true;
	return false;
}

static int visit(bool *is_over, const struct batch *batch, const char *id,
		 struct err *err)
{
	char *path = xstrf("/batches/%s", id);
	struct batch_call call = call_of(batch, path);
	struct json *doc = NULL;
	int ret = batch_call_json(&doc, &call, err);

	if (!ret && has_ended(json_string_or(doc, "status", ""))) {
		ret = read_file(batch,
				json_string_or(doc, "output_file_id", NULL),
				err);
		if (!ret)
			ret = read_file(
				batch,
				json_string_or(doc, "error_file_id", NULL),
				err);
		*is_over = !ret;
	}
	json_free(doc);
	free(path);
	return ret;
}

const struct batch_ops openai_batches = {
	.submit = submit,
	.find = find,
	.visit = visit,
};
