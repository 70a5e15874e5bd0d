/*
 * Anthropic's Message Batches. A batch carries no name of ours, only the custom
 * ids of its questions, which are told with the results alone: one whose id was
 * lost is known by its first result, and until it has one by its size and age.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/limits.h"
#include "services/batch_call.h"
#include "services/kinds.h"

#define PATH "/v1/messages/batches"

/* Their clock may be behind ours. */
#define SKEW_MS 120000

static struct batch_call call_of(const struct batch *batch, const char *path)
{
	return (struct batch_call){ .batch = batch,
				    .path = path,
				    .type = "application/json",
				    .key_header = "x-api-key",
				    .key_prefix = "",
				    .version_header = "anthropic-version",
				    .version = ANTHROPIC_VERSION };
}

static int submit(char **id, const struct batch *batch, struct err *err)
{
	struct batch_call call = call_of(batch, PATH);
	struct json *doc = json_new_object(), *reply = NULL;
	struct json *requests = json_set_array(doc, "requests");
	char *text;
	int ret;

	for (size_t i = 0; i < batch->count; i++) {
		struct json *item = json_add_object(requests);

		json_set_string(item, "custom_id", batch->items[i].id);
		json_set(item, "params", json_copy(batch->items[i].params));
	}
	text = json_print(doc);
	call.method = "POST";
	call.body = text;
	call.body_len = strlen(text);
	ret = batch_call_json(&reply, &call, err);
	if (ret < 0 && err->code == ERR_NOT_FOUND)
		err->code = ERR_INVALID; /* there is no such endpoint */
	if (!ret)
		ret = json_id(id, reply, "id", err);
	free(text);
	json_free(doc);
	json_free(reply);
	return ret;
}

static void take_line(const struct batch *batch, const struct json *line)
{
	struct batch_item *item =
		batch_item_find(batch, json_string_or(line, "custom_id", NULL));
	const char *type = json_string_or(line, "result.type", "");
	const struct json *error = json_find(line, "result.error");

	if (!item)
		return;
	if (!strcmp(type, "succeeded")) {
		batch_item_take(batch, item, 200,
				json_find(line, "result.message"));
	} else if (!strcmp(type, "errored") && json_is_object(error)) {
		batch_item_take(batch, item, 400, error);
	} else {
		item->is_answered = true;
		service_result_fail(item->result, FAULT_TIMEOUT, "batch: %s",
				    *type ? type : "a result without a type");
	}
}

static int read_results(struct buf *out, const struct batch *batch,
			const char *id, struct err *err)
{
	char *path = xstrf(PATH "/%s/results", id);
	struct batch_call call = call_of(batch, path);
	int ret = batch_call(out, &call, err);

	free(path);
	return ret;
}

static int visit(bool *is_over, const struct batch *batch, const char *id,
		 struct err *err)
{
	char *path = xstrf(PATH "/%s", id);
	struct batch_call call = call_of(batch, path);
	struct json *doc = NULL;
	struct buf results;
	int ret;

	buf_init(&results, LIMIT_REPLY_BYTES);
	ret = batch_call_json(&doc, &call, err);
	if (!ret &&
	    !strcmp(json_string_or(doc, "processing_status", ""), "ended")) {
		ret = read_results(&results, batch, id, err);
		if (!ret)
			batch_lines(batch, &results, take_line);
		*is_over = !ret;
	}
	buf_release(&results);
	json_free(doc);
	free(path);
	return ret;
}

static int64_t count_of(const struct json *entry)
{
	static const char *const kinds[] = { "processing", "succeeded",
					     "errored", "canceled", "expired" };
	int64_t sum = 0;

	for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
		char path[40];

		snprintf(path, sizeof(path), "request_counts.%s", kinds[i]);
		sum += json_int_or(entry, path, 0);
	}
	return sum;
}

/* Could it be the one, by what the list says? */
static bool may_be(const struct json *entry, const struct batch *batch)
{
	int64_t at_ms;

	return clock_parse(&at_ms, json_string_or(entry, "created_at", "")) &&
	       at_ms >= batch->sent_at_ms - SKEW_MS &&
	       count_of(entry) == (int64_t)batch->count;
}

/* ERR_CONFLICT: it has no results yet. */
static int is_ours(bool *out, const struct json *entry,
		   const struct batch *batch, struct err *err)
{
	struct buf results;
	int ret;

	if (strcmp(json_string_or(entry, "processing_status", ""), "ended") !=
	    0)
		return err_set(err, ERR_CONFLICT,
			       "its id is not known; another one is waited for "
			       "that may be it");
	buf_init(&results, LIMIT_REPLY_BYTES);
	ret = read_results(&results, batch, json_string_or(entry, "id", ""),
			   err);
	*out = !ret && strstr(results.ptr, batch->items[0].id);
	buf_release(&results);
	return ret;
}

static int find(char **id, const struct batch *batch, struct err *err)
{
	struct batch_call call = call_of(batch, PATH "?limit=100");
	struct json *doc = NULL;
	const struct json *at;
	bool found = false;

	if (batch_call_json(&doc, &call, err) < 0)
		return -1;
	at = json_first(json_get(doc, "data"));
	for (; at && !found && !err->code; at = json_next(at))
		if (may_be(at, batch) && is_ours(&found, at, batch, err) == 0 &&
		    found)
			*id = xstrdup(json_string_or(at, "id", ""));
	json_free(doc);
	if (found)
		return 0;
	return err->code ? -1 : err_set(err, ERR_NOT_FOUND, "it was not sent");
}

const struct batch_ops anthropic_batches = {
	.submit = submit,
	.find = find,
	.visit = visit,
};
