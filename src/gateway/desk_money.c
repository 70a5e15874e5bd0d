/*
 * What is on the desk, in the ledger and in the budgets. Whoever was ended
 * before may have written any of it: each line is written where it is missing.
 */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/log.h"
#include "gateway/desk.h"
#include "gateway/desk_internal.h"
#include "gateway/machine.h"

static struct spending_line line_of(const struct desk *desk,
				    const struct desk_batch *batch,
				    const struct desk_item *item)
{
	return (struct spending_line){
		.at_ms = batch->sent_at_ms,
		.project = desk->project,
		.workflow = item->workflow,
		.agent = item->agent,
		.run = item->run,
		.service = batch->service,
		.model = item->model,
		.attempt = 1,
		.is_batch = true,
		.input_tokens = -1,
		.cached_tokens = -1,
		.cache_write_tokens = -1,
		.output_tokens = -1,
	};
}

/* Without asking a budget: it is spent already. */
static int reserve_line(struct gateway *gateway,
			const struct spending_line *line, struct err *err)
{
	int ret;

	if (spend_begin(gateway, err) < 0)
		return -1;
	ret = gateway->spending->reserve(gateway->spending_payload, line, err);
	spend_end(gateway);
	return ret;
}

/* In the ledger alone. */
static bool write_line(struct gateway *gateway,
		       const struct spending_line *line, bool is_reserved)
{
	struct err err = ERR_INIT;

	if (!gateway->spending)
		return true;
	if ((is_reserved || reserve_line(gateway, line, &err) == 0) &&
	    gateway->spending->settle(gateway->spending_payload, line, &err) ==
		    0)
		return true;
	log_error("spending: %s", err.msg);
	return false;
}

/* What a question may cost at most. */
static struct spending_line first_line(const struct desk *desk,
				       const struct desk_batch *batch,
				       const struct desk_item *item)
{
	struct spending_line line = line_of(desk, batch, item);

	memcpy(line.id, item->id, sizeof(line.id));
	line.reserved_nusd = line.cost_nusd = item->reserved_nusd;
	line.status = "batch";
	return line;
}

/* In the budgets of this process. */
static void count_line(const struct desk *desk,
		       const struct spending_line *line, int64_t nusd)
{
	budget_add_others(desk->gateway->budget, desk->project, line->at_ms,
			  nusd, 0);
}

/* It was counted when it was asked. */
static void commit(const struct desk *desk, struct desk_batch *batch)
{
	bool done = true;

	batch->is_committed = true;
	for (size_t i = 0; i < batch->count && done; i++) {
		struct spending_line line = first_line(desk, batch,
						       batch->items[i]);

		done = write_line(desk->gateway, &line,
				  batch->items[i]->is_held);
		batch->items[i]->is_held = false;
	}
	if (!done)
		desk_set_fate(batch, DESK_UNSENT,
			      "spending cannot be recorded");
}

void desk_commit(struct desk *desk)
{
	struct desk_batch *batch;

	for (batch = desk->batches; batch; batch = batch->next)
		if (desk_batch_is_news(batch))
			commit(desk, batch);
}

void desk_give_back(struct desk *desk)
{
	const struct desk_batch *batch;

	for (batch = desk->batches; batch; batch = batch->next) {
		if (!desk_batch_is_news(batch) || batch->is_committed)
			continue;
		for (size_t i = 0; i < batch->count; i++) {
			struct spending_line line = first_line(desk, batch,
							       batch->items[i]);

			line.cost_nusd = 0;
			line.status = fault_name(FAULT_CANCELLED);
			if (write_line(desk->gateway, &line, true))
				count_line(desk, &line, -line.reserved_nusd);
		}
	}
}

/* Writes those that nobody has written, and counts them. */
static bool write_missing(const struct desk *desk,
			  const struct spending_line *lines, size_t count)
{
	struct gateway *gateway = desk->gateway;
	bool *is_written = xcalloc(count, sizeof(*is_written));
	struct err err = ERR_INIT;
	bool done = true;

	if (gateway->spending &&
	    gateway->spending->written(gateway->spending_payload, is_written,
				       lines, count, &err) < 0) {
		log_error("spending: %s", err.msg);
		done = false;
	}
	for (size_t i = 0; i < count && !err.code; i++) {
		if (is_written[i])
			continue;
		if (write_line(gateway, &lines[i], false))
			count_line(desk, &lines[i], lines[i].cost_nusd);
		else
			done = false;
	}
	free(is_written);
	return done;
}

static void price_item(const struct desk *desk, const struct desk_batch *batch,
		       struct desk_item *item)
{
	const struct service *service =
		target_find(desk->gateway, batch->service)->service;
	const struct price *price = spend_price_of(desk->gateway, service,
						   &item->result, item->model);

	item->cost_nusd = 0;
	if (!item->is_free)
		item->cost_unknown = !spend_cost(&item->cost_nusd, price,
						 &item->result,
						 item->reserved_nusd, true);
}

static const char *status_of(const struct desk_batch *batch,
			     const struct desk_item *item)
{
	if (batch->fate == DESK_LOST)
		return "lost";
	return item->result.fault == FAULT_NONE
		       ? "ok"
		       : fault_name(item->result.fault);
}

/* What was counted too much, or too little, against what it came to. */
static struct spending_line second_line(const struct desk *desk,
					const struct desk_batch *batch,
					const struct desk_item *item)
{
	const struct usage *usage = &item->result.reply.usage;
	struct spending_line line = line_of(desk, batch, item);

	memcpy(line.id, item->settle_id, sizeof(line.id));
	line.cost_nusd = item->cost_nusd - item->reserved_nusd;
	line.cost_unknown = item->cost_unknown;
	line.status = status_of(batch, item);
	line.duration_ms = clock_wall_ms() - batch->sent_at_ms;
	line.input_tokens = usage->input_tokens;
	line.cached_tokens = usage->cached_tokens;
	line.cache_write_tokens = usage->cache_write_tokens;
	line.output_tokens = usage->output_tokens;
	return line;
}

/* Another instance has settled it: here it costs nothing. */
static struct spending_line last_line(const struct desk *desk,
				      const struct desk_batch *batch,
				      const struct desk_item *item)
{
	struct spending_line line = line_of(desk, batch, item);

	memcpy(line.id, item->settle_id, sizeof(line.id));
	line.cost_nusd = -item->reserved_nusd;
	line.status = "elsewhere";
	return line;
}

typedef struct spending_line line_fn(const struct desk *desk,
				     const struct desk_batch *batch,
				     const struct desk_item *item);

static bool write_all(const struct desk *desk, const struct desk_batch *batch,
		      line_fn *make)
{
	struct spending_line *lines = xcalloc(batch->count, sizeof(*lines));
	bool done;

	for (size_t i = 0; i < batch->count; i++)
		lines[i] = make(desk, batch, batch->items[i]);
	done = write_missing(desk, lines, batch->count);
	free(lines);
	return done;
}

static void settle(const struct desk *desk, struct desk_batch *batch)
{
	bool is_ours = !*batch->settled_by ||
		       !strcmp(batch->settled_by, desk->instance);

	for (size_t i = 0; i < batch->count && batch->is_over; i++)
		price_item(desk, batch, batch->items[i]);
	if (!strvec_has(&batch->holders, desk->instance) ||
	    !write_all(desk, batch, first_line))
		return;
	if (!is_ours && write_all(desk, batch, last_line))
		desk_drop_holder(batch, desk->instance);
	else if (is_ours && batch->is_over &&
		 write_all(desk, batch, second_line))
		memcpy(batch->settled_by, desk->instance,
		       sizeof(batch->settled_by));
}

void desk_settle(struct desk *desk)
{
	struct desk_batch *batch;

	for (batch = desk->batches; batch; batch = batch->next)
		if (!desk_batch_is_news(batch))
			settle(desk, batch);
}
