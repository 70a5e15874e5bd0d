/*
 * OpenAI's Batch API: the questions are a file, the answers are two. File and
 * batch carry our tag, so that what was sent is found again.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/fault.h"
#include "core/limits.h"
#include "services/batch_call.h"
#include "services/kinds.h"

/* Between the parts of the upload; no JSON has such a line. */
#define BOUNDARY "referee-7d1b9c4e5f60"

#define BATCHES  "/batches"
#define FILES    "/files"
#define ENDPOINT "/v1/chat/completions"

/* Of the file's name, behind our tag. */
#define SUFFIX ".jsonl"

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
	struct batch_call call = call_of(batch, FILES);
	struct json *reply = NULL;
	struct buf body;
	int ret;

	buf_init(&body, LIMIT_BATCH_BYTES + LIMIT_REQUEST_BYTES);
	buf_addf(&body,
		 "--" BOUNDARY "\r\n"
		 "Content-Disposition: form-data; name=\"purpose\"\r\n\r\n"
		 "batch\r\n"
		 "--" BOUNDARY "\r\n"
		 "Content-Disposition: form-data; name=\"file\"; "
		 "filename=\"%s" SUFFIX "\"\r\n"
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
		ret = batch_reply_id(file, reply, err);
	json_free(reply);
	buf_release(&body);
	return ret;
}

static int create(char **id, const struct batch *batch, const char *file,
		  struct err *err)
{
	const struct batch_call call = call_of(batch, BATCHES);
	struct json *doc = json_new_object();
	int ret;

	json_set_string(doc, "input_file_id", file);
	json_set_string(doc, "endpoint", ENDPOINT);
	json_set_string(doc, "completion_window", "24h");
	json_set_string(json_set_object(doc, "metadata"), "referee",
			batch->tag);
	ret = batch_create(id, &call, doc, err);
	json_free(doc);
	return ret;
}

static int submit(char **id, const struct batch *batch, struct err *err)
{
	char *file = NULL;
	int ret = upload(&file, batch, err);

	fault_point("batch.uploaded");
	if (ret < 0) {
		/* No batch without a file, whatever happened to that. */
		if (err->code == ERR_NOT_FOUND)
			err->code = ERR_INVALID;
		else if (err->code != ERR_INVALID)
			err->code = ERR_RATE;
		return -1;
	}
	ret = create(id, batch, file, err);
	free(file);
	return ret;
}

struct search {
	const struct batch *batch;
	char *id; /* NULL: not found */
};

static bool is_other_batch(const struct json *entry, void *payload)
{
	struct search *search = payload;

	if (strcmp(json_string_or(entry, "metadata.referee", ""),
		   search->batch->tag) != 0)
		return true;
	search->id = xstrdup(json_string_or(entry, "id", ""));
	return false;
}

static bool is_other_file(const struct json *entry, void *payload)
{
	struct search *search = payload;
	const char *name = json_string_or(entry, "filename", "");
	size_t len = strlen(search->batch->tag);

	if (strncmp(name, search->batch->tag, len) != 0 ||
	    strcmp(name + len, SUFFIX) != 0)
		return true;
	search->id = xstrdup(json_string_or(entry, "id", ""));
	return false;
}

/* The questions are there, but nobody was asked them yet. */
static int go_on_with_file(char **id, const struct batch *batch,
			   struct err *err)
{
	struct search search = { .batch = batch };
	const struct batch_list list = {
		.call = call_of(batch, FILES "?purpose=batch&limit=100"),
		.after = "after",
		.visit = is_other_file,
		.payload = &search,
	};
	int ret = batch_list_each(&list, err);

	if (!ret && !search.id)
		ret = err_set(err, ERR_NOT_FOUND, "it was not sent");
	if (!ret && create(id, batch, search.id, err) < 0) {
		ret = -1;
		if (err->code == ERR_INVALID)
			err->code = ERR_NOT_FOUND; /* nor will it be */
	}
	free(search.id);
	return ret;
}

static int find(char **id, const struct batch *batch, struct err *err)
{
	struct search search = { .batch = batch };
	const struct batch_list list = {
		.call = call_of(batch, BATCHES "?limit=100"),
		.after = "after",
		.visit = is_other_batch,
		.payload = &search,
	};
	int ret = batch_list_each(&list, err);

	if (!ret && !search.id && batch->was_missed)
		return go_on_with_file(id, batch, err);
	if (!ret && !search.id)
		return err_set(err, ERR_NOT_FOUND, "it was not sent");
	*id = search.id;
	return ret;
}

static void take(const struct batch *batch, const struct json *line)
{
	struct batch_item *item =
		batch_item_find(batch, json_string_or(line, "custom_id", NULL));
	int64_t status = json_int_or(line, "response.status_code", 0);
	const char *error = json_string_or(line, "error.code", NULL);

	if (!item)
		return;
	if (status >= 100 && status < 600) {
		batch_item_take(batch, item, (int)status,
				json_find(line, "response.body"));
	} else if (error) {
		batch_item_fail(item, FAULT_SERVER, error);
	} else {
		item->is_answered = true;
		service_result_fail(item->result, FAULT_ENVELOPE,
				    "batch: a result without a response");
	}
}

/* One of the files with results; there may be none. */
static int read_file(const struct batch *batch, const char *file,
		     struct err *err)
{
	struct batch_call call = call_of(batch, NULL);
	char *path = NULL;
	int ret;

	if (!file)
		return 0;
	ret = batch_path(&path, FILES, file, "/content", err);
	call.path = path;
	if (!ret)
		ret = batch_call_lines(&call, batch_take_line, NULL, err);
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

static int read_results(struct batch_progress *out, const struct batch *batch,
			const struct json *doc, struct err *err)
{
	const char *status = json_string_or(doc, "status", "");
	const char *why = json_string_or(doc, "errors.data.0.message", NULL);

	if (read_file(batch, json_string_or(doc, "output_file_id", NULL), err) <
		    0 ||
	    read_file(batch, json_string_or(doc, "error_file_id", NULL), err) <
		    0)
		return -1;
	out->is_over = true;
	/* One that failed was never begun. */
	out->rest_is_free =
		!strcmp(status, "failed") ||
		batch_is_complete(
			batch,
			json_int_or(doc, "request_counts.completed", -1));
	if (strcmp(status, "completed") != 0)
		snprintf(out->why, sizeof(out->why), "%s%s%s", status,
			 why ? ": " : "", why ? why : "");
	return 0;
}

static int visit(struct batch_progress *out, const struct batch *batch,
		 const char *id, struct err *err)
{
	struct batch_call call = call_of(batch, NULL);
	struct json *doc = NULL;
	char *path = NULL;
	int ret = batch_path(&path, BATCHES, id, "", err);

	call.path = path;
	if (!ret)
		ret = batch_call_json(&doc, &call, err);
	if (!ret && has_ended(json_string_or(doc, "status", "")))
		ret = read_results(out, batch, doc, err);
	json_free(doc);
	free(path);
	return ret;
}

const struct batch_ops openai_batches = {
	.submit = submit,
	.find = find,
	.visit = visit,
	.take = take,
};
