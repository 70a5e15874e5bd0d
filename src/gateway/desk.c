/*
 * The desk: batches as they are kept, and what is done with their providers.
 */
#include "gateway/desk.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/fault.h"
#include "core/log.h"
#include "core/secret.h"
#include "gateway/desk_internal.h"
#include "gateway/machine.h"

/* Providers give up after 24 hours; what they do not tell of two hours later
 * is given up by us. */
#define GIVE_UP_MS ((int64_t)26 * 3600 * 1000)

struct desk *desk_new(struct gateway *gateway, const char *project)
{
	struct desk *desk = xcalloc(1, sizeof(*desk));

	desk->gateway = gateway;
	desk->project = project;
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
	free(batch);
}

void desk_free(struct desk *desk)
{
	struct desk_batch *batch, *next;

	if (!desk)
		return;
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

/* As it is kept. */

static const struct {
	const char *name;
	size_t offset;
} item_texts[] = {
	{ "model", offsetof(struct desk_item, model) },
	{ "agent", offsetof(struct desk_item, agent) },
	{ "workflow", offsetof(struct desk_item, workflow) },
	{ "run", offsetof(struct desk_item, run) },
};

static bool copy_id(char *out, size_t size, const struct json *at,
		    const char *name)
{
	const char *text = json_string_or(at, name, "");

	if (strlen(text) != size - 1)
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
	item->is_settled = json_bool_or(at, "settled", false);
	return copy_id(item->key, sizeof(item->key), at, "key") &&
	       copy_id(item->id, sizeof(item->id), at, "id") &&
	       copy_id(item->settle_id, sizeof(item->settle_id), at,
		       "settle_id") &&
	       item->reserved_nusd >= 0 && item->model;
}

void desk_load(struct desk *desk, const char *service, const char *id,
	       int64_t sent_at_ms, const struct json *request)
{
	const struct target *target = target_find(desk->gateway, service);
	struct desk_batch *batch = desk_batch_new(desk, service);
	const struct json *items = json_get(request, "items"), *at;
	bool good = target && target->service->ops->batch &&
		    copy_id(batch->tag, sizeof(batch->tag), request, "tag");

	batch->id = *id ? xstrdup(id) : NULL;
	batch->sent_at_ms = sent_at_ms;
	for (at = json_first(items); at && good; at = json_next(at))
		good = load_item(batch, at);
	if (good)
		return;
	log_warn("%s: batch %s cannot be read; what it may cost stays spent",
		 service, id);
	LL_DELETE(desk->batches, batch);
	batch_free(batch);
}

static struct json *format_batch(const struct desk_batch *batch)
{
	struct json *doc = json_new_object();
	struct json *items = json_set_array(doc, "items");

	json_set_string(doc, "tag", batch->tag);
	for (size_t i = 0; i < batch->count; i++) {
		const struct desk_item *item = batch->items[i];
		struct json *at = json_add_object(items);

		json_set_string(at, "key", item->key);
		json_set_string(at, "id", item->id);
		json_set_string(at, "settle_id", item->settle_id);
		for (size_t j = 0; j < ARRAY_LEN(item_texts); j++) {
			const char *text = *(
				char *const
					*)(const void *)((const char *)item +
							 item_texts[j].offset);

			if (text)
				json_set_string(at, item_texts[j].name, text);
		}
		json_set_int(at, "reserved_nusd", item->reserved_nusd);
		if (item->is_settled)
			json_set_bool(at, "settled", true);
	}
	return doc;
}

bool desk_batch_is_settled(const struct desk_batch *batch)
{
	for (size_t i = 0; i < batch->count; i++)
		if (!batch->items[i]->is_settled)
			return false;
	return true;
}

void desk_save(const struct desk *desk, bool over, desk_keep_fn *keep,
	       void *payload)
{
	const struct desk_batch *batch;

	for (batch = desk->batches; batch; batch = batch->next) {
		if (batch->is_lost && desk_batch_is_settled(batch))
			continue;
		if (over && batch->is_over && desk_batch_is_settled(batch))
			continue;
		keep(batch->service, batch->id ? batch->id : "",
		     batch->sent_at_ms, format_batch(batch), payload);
	}
}

/* With the providers. */

struct visit {
	struct batch batch;
	struct chat *chats;
	struct secret *key;
};

static int visit_open(struct visit *visit, const struct desk *desk,
		      const struct desk_batch *batch, struct err *err)
{
	const struct service *service =
		target_find(desk->gateway, batch->service)->service;

	*visit = (struct visit){
		.batch = { .service = service,
			   .tag = batch->tag,
			   .sent_at_ms = batch->sent_at_ms,
			   .count = batch->count },
	};
	if (service->load_key &&
	    service->load_key(&visit->key, service->load_key_payload, err) < 0)
		return -1;
	visit->batch.key = visit->key;
	visit->batch.items = xcalloc(batch->count, sizeof(struct batch_item));
	visit->chats = xcalloc(batch->count, sizeof(*visit->chats));
	for (size_t i = 0; i < batch->count; i++) {
		struct desk_item *item = batch->items[i];

		visit->chats[i] = (struct chat){ .agent = item->agent,
						 .model = item->model,
						 .is_batched = true };
		visit->batch.items[i] = (struct batch_item){
			.id = item->id,
			.params = item->params,
			.chat = &visit->chats[i],
			.result = &item->result,
		};
	}
	return 0;
}

static void visit_close(struct visit *visit)
{
	free(visit->batch.items);
	free(visit->chats);
	secret_free(visit->key);
}

/* It will not come any more: the question is asked in the ordinary way. */
static void give_up(struct desk_batch *batch, enum fault fault, const char *why)
{
	batch->is_over = true;
	for (size_t i = 0; i < batch->count; i++) {
		struct desk_item *item = batch->items[i];

		if (item->state == DESK_ANSWERED)
			continue;
		item->state = DESK_ANSWERED;
		service_result_fail(&item->result, fault, "batch: %s", why);
	}
}

static void take_over(struct desk_batch *batch, const struct visit *visit)
{
	for (size_t i = 0; i < batch->count; i++)
		if (visit->batch.items[i].is_answered)
			batch->items[i]->state = DESK_ANSWERED;
	give_up(batch, FAULT_SERVER, "no result came");
}

/* Was it sent before we were ended? */
static int look_for(struct desk_batch *batch, const struct visit *visit,
		    struct err *err)
{
	int ret = visit->batch.service->ops->batch->find(&batch->id,
							 &visit->batch, err);

	if (ret < 0 && err->code == ERR_NOT_FOUND) {
		*err = (struct err)ERR_INIT;
		batch->is_lost = true;
		give_up(batch, FAULT_CANCELLED, "it was not sent");
	}
	return ret;
}

static void visit_batch(struct desk *desk, struct desk_batch *batch)
{
	struct err err = ERR_INIT;
	struct visit visit;
	bool is_over = false;

	if (visit_open(&visit, desk, batch, &err) < 0 ||
	    (!batch->id && look_for(batch, &visit, &err) < 0))
		goto out;
	if (visit.batch.service->ops->batch->visit(&is_over, &visit.batch,
						   batch->id, &err) < 0) {
		if (err.code == ERR_NOT_FOUND)
			give_up(batch, FAULT_SERVER, err.msg);
	} else if (is_over) {
		take_over(batch, &visit);
	}
out:
	if (err.code)
		log_warn("%s: batch %s: %s", batch->service,
			 batch->id ? batch->id : "", err.msg);
	if (!batch->is_over && clock_wall_ms() - batch->sent_at_ms > GIVE_UP_MS)
		give_up(batch, FAULT_TIMEOUT, "it took too long");
	visit_close(&visit);
}

void desk_visit(struct desk *desk)
{
	struct desk_batch *batch;

	for (batch = desk->batches; batch; batch = batch->next)
		visit_batch(desk, batch);
}

static void submit(struct desk *desk, struct desk_batch *batch)
{
	struct err err = ERR_INIT;
	struct visit visit;

	fault_point("batch.submit");
	if (visit_open(&visit, desk, batch, &err) == 0 &&
	    visit.batch.service->ops->batch->submit(&batch->id, &visit.batch,
						    &err) == 0)
		log_info("%s: batch %s: %zu questions", batch->service,
			 batch->id, batch->count);
	fault_point("batch.submitted");
	visit_close(&visit);
	if (err.code) {
		log_warn("%s: batch: %s", batch->service, err.msg);
		/* Else it is looked for, and sent again if it is not there. */
		if (err.code == ERR_INVALID)
			batch->id = xstrdup("refused");
	}
	for (size_t i = 0; i < batch->count; i++) {
		json_free(batch->items[i]->params);
		batch->items[i]->params = NULL;
	}
}

void desk_submit(struct desk *desk)
{
	struct desk_batch *batch;

	for (batch = desk->batches; batch; batch = batch->next)
		if (desk_batch_is_news(batch))
			submit(desk, batch);
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
