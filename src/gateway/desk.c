/*
 * The desk: batches, and as what they are kept.
 */
#include "gateway/desk.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/log.h"
#include "gateway/desk_internal.h"
#include "gateway/machine.h"

/* Another instance may come back that long, to learn that what it sent was
 * settled. */
#define KEEP_DONE_MS ((int64_t)35 * 24 * 3600 * 1000)

/* No question costs a million dollars. */
#define RESERVED_MAX_NUSD ((int64_t)1000000 * 1000000000)

struct desk *desk_new(struct gateway *gateway, const char *project,
		      const char *instance)
{
	struct desk *desk = xcalloc(1, sizeof(*desk));

	desk->gateway = gateway;
	desk->project = project;
	snprintf(desk->instance, sizeof(desk->instance), "%s", instance);
	return desk;
}

static void item_free(struct desk_item *item)
{
	free(item->model);
	free(item->agent);
	free(item->workflow);
	free(item->run);
	json_free(item->params);
	service_result_release(&item->result);
	free(item);
}

static void batch_free(struct desk_batch *batch)
{
	for (size_t i = 0; i < batch->count; i++)
		item_free(batch->items[i]);
	free(batch->items);
	free(batch->service);
	free(batch->id);
	free(batch->why);
	strvec_release(&batch->holders);
	free(batch);
}

void desk_free(struct desk *desk)
{
	struct desk_batch *batch, *next;

	if (!desk)
		return;
	desk_give_back(desk);
	for (batch = desk->batches; batch; batch = next) {
		next = batch->next;
		batch_free(batch);
	}
	free(desk);
}

struct desk_batch *desk_batch_new(struct desk *desk, const char *service)
{
	struct desk_batch *batch = xcalloc(1, sizeof(*batch));

	batch->service = xstrdup(service);
	batch->sent_at_ms = clock_wall_ms();
	ulid_new(batch->tag);
	LL_APPEND(desk->batches, batch);
	return batch;
}

struct desk_item *desk_item_new(struct desk_batch *batch)
{
	struct desk_item *item = xcalloc(1, sizeof(*item));

	service_result_init(&item->result);
	ulid_new(item->id);
	ulid_new(item->settle_id);
	ARRAY_GROW(batch->items, batch->count, batch->cap);
	batch->items[batch->count++] = item;
	return item;
}

bool desk_batch_is_news(const struct desk_batch *batch)
{
	return batch->count && batch->items[0]->params;
}

void desk_give_up(struct desk_batch *batch, bool is_free, const char *why)
{
	batch->is_over = true;
	for (size_t i = 0; i < batch->count; i++) {
		struct desk_item *item = batch->items[i];

		if (item->state == DESK_ANSWERED)
			continue;
		item->state = DESK_ANSWERED;
		item->is_free = is_free;
		service_result_fail(&item->result, FAULT_TIMEOUT, "batch: %s",
				    why);
	}
}

void desk_set_fate(struct desk_batch *batch, enum desk_fate fate,
		   const char *why)
{
	batch->fate = fate;
	free(batch->why);
	batch->why = xstrdup(why);
	desk_give_up(batch, fate != DESK_LOST, why);
}

/* As it is kept. */

static const char *const fate_names[] = {
	[DESK_SENT] = "sent",
	[DESK_LOST] = "lost",
	[DESK_UNSENT] = "unsent",
	[DESK_REFUSED] = "refused",
};

static const struct {
	const char *name;
	size_t offset;
} item_texts[] = {
	{ "model", offsetof(struct desk_item, model) },
	{ "agent", offsetof(struct desk_item, agent) },
	{ "workflow", offsetof(struct desk_item, workflow) },
	{ "run", offsetof(struct desk_item, run) },
};

/* Letters and digits; it comes from a ref that others can write. */
static bool copy_id(char *out, size_t size, const struct json *at,
		    const char *name)
{
	const char *text = json_string_or(at, name, "");

	if (strlen(text) != size - 1)
		return false;
	for (size_t i = 0; text[i]; i++)
		if (!isalnum((unsigned char)text[i]))
			return false;
	memcpy(out, text, size);
	return true;
}

static bool load_item(struct desk_batch *batch, const struct json *at)
{
	struct desk_item *item = desk_item_new(batch);

	for (size_t i = 0; i < ARRAY_LEN(item_texts); i++) {
		char **to =
			(char **)(void *)((char *)item + item_texts[i].offset);
		const char *text = json_string_or(at, item_texts[i].name, NULL);

		*to = text ? xstrdup(text) : NULL;
	}
	item->reserved_nusd = json_int_or(at, "reserved_nusd", -1);
	return copy_id(item->key, sizeof(item->key), at, "key") &&
	       copy_id(item->id, sizeof(item->id), at, "id") &&
	       copy_id(item->settle_id, sizeof(item->settle_id), at,
		       "settle_id") &&
	       item->reserved_nusd >= 0 &&
	       item->reserved_nusd <= RESERVED_MAX_NUSD && item->model;
}

static void load_fate(struct desk_batch *batch, const struct json *request)
{
	const char *name = json_string_or(request, "fate", "sent");
	const char *why = json_string_or(request, "why", "");

	for (size_t i = DESK_LOST; i < ARRAY_LEN(fate_names); i++)
		if (!strcmp(name, fate_names[i]))
			desk_set_fate(batch, (enum desk_fate)i, why);
}

static bool load_batch(struct desk_batch *batch, const struct json *request)
{
	const struct json *at = json_first(json_get(request, "items"));
	const struct json *holder = json_first(json_get(request, "holders"));
	char id[ULID_SIZE];

	for (; at; at = json_next(at))
		if (!load_item(batch, at))
			return false;
	for (; holder; holder = json_next(holder))
		if (copy_id(id, sizeof(id), holder, ""))
			strvec_add(&batch->holders, id);
	(void)copy_id(batch->settled_by, sizeof(batch->settled_by), request,
		      "settled_by"); /* nobody has */
	batch->was_missed = json_bool_or(request, "missed", false);
	batch->is_done = json_bool_or(request, "done", false);
	load_fate(batch, request);
	return batch->count > 0;
}

void desk_load(struct desk *desk, const struct desk_kept *kept)
{
	const struct target *target = target_find(desk->gateway, kept->service);
	struct desk_batch *batch = desk_batch_new(desk, kept->service);

	batch->id = *kept->id ? xstrdup(kept->id) : NULL;
	batch->sent_at_ms = kept->sent_at_ms;
	if (target && target->service->ops->batch &&
	    copy_id(batch->tag, sizeof(batch->tag), kept->request, "tag") &&
	    load_batch(batch, kept->request))
		return;
	log_warn("%s: batch %s cannot be read; what it may cost stays spent",
		 kept->service, kept->id);
	LL_DELETE(desk->batches, batch);
	batch_free(batch);
}

bool desk_has(const struct desk *desk, const struct desk_kept *kept)
{
	const char *tag = json_string_or(kept->request, "tag", "");
	const struct desk_batch *batch;

	for (batch = desk->batches; batch; batch = batch->next)
		if (!strcmp(batch->tag, tag))
			return true;
	return clock_wall_ms() - kept->sent_at_ms > DESK_GIVE_UP_MS;
}

static void format_item(struct json *items, const struct desk_item *item)
{
	struct json *at = json_add_object(items);

	json_set_string(at, "key", item->key);
	json_set_string(at, "id", item->id);
	json_set_string(at, "settle_id", item->settle_id);
	for (size_t i = 0; i < ARRAY_LEN(item_texts); i++) {
		const char *text =
			*(char *const *)(const void *)((const char *)item +
						       item_texts[i].offset);

		if (text)
			json_set_string(at, item_texts[i].name, text);
	}
	json_set_int(at, "reserved_nusd", item->reserved_nusd);
}

static struct json *format_batch(const struct desk_batch *batch)
{
	struct json *doc = json_new_object();
	struct json *holders, *items;

	json_set_string(doc, "tag", batch->tag);
	if (batch->fate != DESK_SENT) {
		json_set_string(doc, "fate", fate_names[batch->fate]);
		json_set_string(doc, "why", batch->why);
	}
	if (batch->was_missed)
		json_set_bool(doc, "missed", true);
	if (batch->is_done)
		json_set_bool(doc, "done", true);
	if (*batch->settled_by)
		json_set_string(doc, "settled_by", batch->settled_by);
	holders = json_set_array(doc, "holders");
	for (size_t i = 0; i < batch->holders.len; i++)
		json_add_string(holders, batch->holders.v[i]);
	items = json_set_array(doc, "items");
	for (size_t i = 0; i < batch->count; i++)
		format_item(items, batch->items[i]);
	return doc;
}

bool desk_adopt(struct desk *desk)
{
	struct desk_batch *batch;
	bool found = false;

	for (batch = desk->batches; batch; batch = batch->next) {
		if (*batch->settled_by ||
		    strvec_has(&batch->holders, desk->instance))
			continue;
		strvec_add(&batch->holders, desk->instance);
		found = true;
	}
	return found;
}

void desk_drop_holder(struct desk_batch *batch, const char *instance)
{
	struct strvec left = STRVEC_INIT;

	for (size_t i = 0; i < batch->holders.len; i++)
		if (strcmp(batch->holders.v[i], instance) != 0)
			strvec_add(&left, batch->holders.v[i]);
	strvec_release(&batch->holders);
	batch->holders = left;
}

void desk_save(struct desk *desk, int64_t done_ms, desk_keep_fn *keep,
	       void *payload)
{
	int64_t now_ms = clock_wall_ms();
	struct desk_batch *batch;

	for (batch = desk->batches; batch; batch = batch->next) {
		struct desk_kept kept = { .service = batch->service,
					  .id = batch->id ? batch->id : "",
					  .sent_at_ms = batch->sent_at_ms };

		if (batch->sent_at_ms < done_ms && batch->is_over &&
		    *batch->settled_by) {
			/* The others do not know it yet. */
			desk_drop_holder(batch, batch->settled_by);
			batch->is_done = true;
		}
		if (batch->is_done &&
		    (!batch->holders.len ||
		     now_ms - batch->sent_at_ms > KEEP_DONE_MS))
			continue;
		kept.request = format_batch(batch);
		keep(&kept, payload);
	}
}

bool desk_has_news(const struct desk *desk)
{
	const struct desk_batch *batch;

	for (batch = desk->batches; batch; batch = batch->next)
		if (desk_batch_is_news(batch))
			return true;
	return false;
}

bool desk_is_used(const struct desk *desk)
{
	return desk->batches != NULL;
}
