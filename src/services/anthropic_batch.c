/*
 * Anthropic's Message Batches. A batch carries no name of ours, only the custom
 * ids of its questions, which are told with the results alone: one whose id was
 * lost is known by its first result, and until it has one by its size and age.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "services/batch_call.h"
#include "services/kinds.h"

#define PATH "/v1/messages/batches"

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
	const struct batch_call call = call_of(batch, PATH);
	struct json *doc = json_new_object();
	struct json *requests = json_set_array(doc, "requests");
	int ret;

	for (size_t i = 0; i < batch->count; i++) {
		struct json *item = json_add_object(requests);

		json_set_string(item, "custom_id", batch->items[i].id);
		json_set(item, "params", json_copy(batch->items[i].params));
	}
	ret = batch_create(id, &call, doc, err);
	json_free(doc);
	return ret;
}

static void take(const struct batch *batch, const struct json *line)
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
	} else if (!strcmp(type, "expired") || !strcmp(type, "canceled") ||
		   !strcmp(type, "errored")) {
		batch_item_fail(item, FAULT_TIMEOUT, type);
	} else {
		item->is_answered = true;
		service_result_fail(item->result, FAULT_ENVELOPE,
				    "batch: a result of no known type");
	}
}

/* Not where results_url leads: the key goes to the configured server alone. */
static int read_results(const struct batch *batch, const char *id,
			batch_line_fn *take_line, void *payload,
			struct err *err)
{
	struct batch_call call = call_of(batch, NULL);
	char *path = NULL;
	int ret = batch_path(&path, PATH, id, "/results", err);

	call.path = path;
	if (!ret)
		ret = batch_call_lines(&call, take_line, payload, err);
	free(path);
	return ret;
}

static bool has_ended(const struct json *entry)
{
	return !strcmp(json_string_or(entry, "processing_status", ""), "ended");
}

static int visit(struct batch_progress *out, const struct batch *batch,
		 const char *id, struct err *err)
{
	struct batch_call call = call_of(batch, NULL);
	struct json *doc = NULL;
	char *path = NULL;
	int ret = batch_path(&path, PATH, id, "", err);

	call.path = path;
	if (!ret)
		ret = batch_call_json(&doc, &call, err);
	if (!ret && has_ended(doc)) {
		ret = read_results(batch, id, batch_take_line, NULL, err);
		out->is_over = !ret;
		out->rest_is_free = batch_is_complete(
			batch,
			json_int_or(doc, "request_counts.succeeded", -1));
	}
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

struct search {
	const struct batch *batch;
	char *id;        /* NULL: not found yet */
	bool is_waiting; /* another one may be it, and has no results yet */
	struct err err;
};

static void look_for_ours(const struct batch *batch, const struct json *line,
			  void *payload)
{
	if (batch_item_find(batch, json_string_or(line, "custom_id", NULL)))
		*(bool *)payload = true;
}

static bool look_at(const struct json *entry, void *payload)
{
	struct search *search = payload;
	const struct batch *batch = search->batch;
	const char *id = json_string_or(entry, "id", "");
	bool is_ours = false;

	if (count_of(entry) != (int64_t)batch->count ||
	    batch_is_older(batch, entry))
		return true;
	if (!has_ended(entry)) {
		search->is_waiting = true;
		return true;
	}
	if (read_results(batch, id, look_for_ours, &is_ours, &search->err) <
		    0 &&
	    search->err.code == ERR_NOT_FOUND)
		search->err = (struct err)ERR_INIT; /* they are gone */
	if (is_ours)
		search->id = xstrdup(id);
	return !is_ours && !search->err.code;
}

static int find(char **id, const struct batch *batch, struct err *err)
{
	struct search search = { .batch = batch, .err = ERR_INIT };
	const struct batch_list list = {
		.call = call_of(batch, PATH "?limit=100"),
		.after = "after_id",
		.visit = look_at,
		.payload = &search,
	};
	int ret = batch_list_each(&list, err);

	*id = search.id;
	if (search.id) {
		*err = (struct err)ERR_INIT;
		return 0;
	}
	if (ret < 0)
		return -1;
	if (search.err.code) {
		*err = search.err;
		return -1;
	}
	if (search.is_waiting)
		return err_set(err, ERR_CONFLICT,
			       "its id is not known; another one is waited for "
			       "that may be it");
	return err_set(err, ERR_NOT_FOUND, "it was not sent");
}

const struct batch_ops anthropic_batches = {
	.submit = submit,
	.find = find,
	.visit = visit,
	.take = take,
};
