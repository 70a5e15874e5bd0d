/*
 * What is done with the providers.
 */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/fault.h"
#include "core/log.h"
#include "core/secret.h"
#include "gateway/desk.h"
#include "gateway/desk_internal.h"
#include "gateway/machine.h"

struct visit {
	struct batch batch;
	const struct batch_ops *ops;
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
			   .was_missed = batch->was_missed,
			   .count = batch->count },
		.ops = service->ops->batch,
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

static void take_over(struct desk_batch *batch, const struct visit *visit)
{
	for (size_t i = 0; i < batch->count; i++) {
		if (!visit->batch.items[i].is_answered)
			continue;
		batch->items[i]->state = DESK_ANSWERED;
		batch->items[i]->is_free = visit->batch.items[i].is_free;
	}
}

/* Was it sent before we were ended? What a provider does not list may be there
 * a moment later: it is looked for twice. */
static int look_for(struct desk_batch *batch, const struct visit *visit,
		    struct err *err)
{
	if (visit->ops->find(&batch->id, &visit->batch, err) == 0)
		return 0;
	if (err->code == ERR_NOT_FOUND && batch->was_missed)
		desk_set_fate(batch, DESK_UNSENT, err->msg);
	else if (err->code == ERR_NOT_FOUND)
		batch->was_missed = true;
	else if (err->code == ERR_INVALID)
		desk_set_fate(batch, DESK_LOST, err->msg);
	return -1;
}

static void look_at(struct desk_batch *batch, const struct visit *visit,
		    struct err *err)
{
	struct batch_progress progress = { 0 };
	int ret = visit->ops->visit(&progress, &visit->batch, batch->id, err);

	take_over(batch, visit);
	/* What it knows nothing of may all the same have cost something. */
	if (ret < 0 && err->code == ERR_NOT_FOUND)
		desk_give_up(batch, false, err->msg);
	else if (!ret && progress.is_over)
		desk_give_up(batch, progress.rest_is_free,
			     *progress.why ? progress.why : "no result came");
}

static void visit_batch(struct desk *desk, struct desk_batch *batch)
{
	struct err err = ERR_INIT;
	struct visit visit;

	if (visit_open(&visit, desk, batch, &err) == 0 &&
	    (batch->id || look_for(batch, &visit, &err) == 0))
		look_at(batch, &visit, &err);
	if (err.code)
		log_warn("%s: batch %s: %s", batch->service,
			 batch->id ? batch->id : "", err.msg);
	if (!batch->is_over &&
	    clock_wall_ms() - batch->sent_at_ms > DESK_GIVE_UP_MS)
		desk_give_up(batch, false, "it took too long");
	visit_close(&visit);
}

void desk_visit(struct desk *desk)
{
	struct desk_batch *batch;

	for (batch = desk->batches; batch; batch = batch->next)
		if (batch->fate == DESK_SENT && !batch->is_done)
			visit_batch(desk, batch);
}

/* A failure that says nothing leaves it to be looked for. */
static void judge_failure(struct desk_batch *batch, const struct err *err)
{
	log_warn("%s: batch: %s", batch->service, err->msg);
	if (err->code == ERR_INVALID)
		desk_set_fate(batch, DESK_REFUSED, err->msg);
	else if (err->code == ERR_RATE)
		desk_set_fate(batch, DESK_UNSENT, err->msg);
}

static void submit(struct desk *desk, struct desk_batch *batch)
{
	struct err err = ERR_INIT;
	struct visit visit;

	fault_point("batch.submit");
	if (visit_open(&visit, desk, batch, &err) < 0)
		err.code = ERR_INVALID; /* without a key nothing is sent */
	else if (visit.ops->submit(&batch->id, &visit.batch, &err) == 0)
		log_info("%s: batch %s: %zu questions", batch->service,
			 batch->id, batch->count);
	fault_point("batch.submitted");
	visit_close(&visit);
	if (err.code)
		judge_failure(batch, &err);
}

static void forget_params(struct desk_batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		json_free(batch->items[i]->params);
		batch->items[i]->params = NULL;
	}
}

void desk_submit(struct desk *desk)
{
	struct desk_batch *batch;

	for (batch = desk->batches; batch; batch = batch->next) {
		if (desk_batch_is_news(batch) && batch->fate == DESK_SENT)
			submit(desk, batch);
		forget_params(batch);
	}
}
