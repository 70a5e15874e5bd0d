/*
 * What asks get from the desk, and what that costs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/log.h"
#include "gateway/desk.h"
#include "gateway/desk_internal.h"
#include "gateway/machine.h"

/* Somebody else's reservation ends soon, or never. */
#define BUDGET_WAIT_MS 200

/* More than enough for the runs of one change; providers take 50,000. */
#define BATCH_MAX 1000

bool desk_wants(const struct asking *asking)
{
	const struct target *target = asking_target(asking);

	/* Only who is asked first: a substitute is for when things go wrong. */
	return asking->ask.desk && target && target->service->ops->batch &&
	       !asking->at && !asking->attempts && !asking->bad_answer &&
	       !asking->is_batch_failed;
}

static struct desk_item *find_item(const struct desk *desk, const char *key,
				   const struct desk_batch **in)
{
	const struct desk_batch *batch;

	for (batch = desk->batches; batch; batch = batch->next)
		for (size_t i = 0; i < batch->count && !batch->is_lost; i++)
			if (!strcmp(batch->items[i]->key, key)) {
				*in = batch;
				return batch->items[i];
			}
	return NULL;
}

static struct desk_batch *open_batch(struct desk *desk, const char *service)
{
	struct desk_batch *batch;

	for (batch = desk->batches; batch; batch = batch->next)
		if (!strcmp(batch->service, service) &&
		    desk_batch_is_news(batch) && batch->count < BATCH_MAX)
			return batch;
	return desk_batch_new(desk, service);
}

static char *copy_or_null(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

static void add_item(struct asking *asking, const char *key,
		     const struct spending_line *line)
{
	struct desk *desk = asking->ask.desk;
	struct desk_batch *batch =
		open_batch(desk, asking_target(asking)->service->name);
	struct desk_item *item = desk_item_new(batch);
	struct err err = ERR_INIT;

	memcpy(item->key, key, sizeof(item->key));
	memcpy(item->id, line->id, sizeof(item->id));
	item->is_held = true;
	item->model = xstrdup(asking->model);
	item->agent = xstrdup(asking->chat.agent);
	item->workflow = copy_or_null(asking->ask.workflow);
	item->run = copy_or_null(asking->ask.run);
	item->reserved_nusd = line->reserved_nusd;
	if (json_parse(&item->params, asking->request.body.ptr,
		       asking->request.body.len, &err) < 0)
		item->params = json_new_object(); /* the provider refuses it */
}

static struct spending_line blank_line(const struct desk *desk)
{
	return (struct spending_line){
		.project = desk->project,
		.attempt = 1,
		.is_batch = true,
		.input_tokens = -1,
		.cached_tokens = -1,
		.cache_write_tokens = -1,
		.output_tokens = -1,
	};
}

/* The money is put aside here and now, for as long as we live; it is spent in
 * desk_commit(). */
static bool afford(struct asking *asking, struct spending_line *line)
{
	struct gateway *gateway = asking->gateway;
	const struct service *service = asking_target(asking)->service;
	struct budget_claim *claim = &asking->claim;
	enum budget_answer answer;

	*line = blank_line(asking->ask.desk);
	ulid_new(line->id);
	line->workflow = asking->ask.workflow;
	line->agent = asking->chat.agent;
	line->run = asking->ask.run;
	line->service = service->name;
	line->model = asking->model;
	line->reserved_nusd = spend_ceiling(gateway, service, asking->model,
					    asking->tokens,
					    asking->chat.max_tokens);
	*claim = (struct budget_claim){
		.project = asking->ask.project,
		.run = asking->ask.run,
		.run_limit_nusd = asking->ask.run_budget_nusd,
		.amount_nusd = line->reserved_nusd,
	};
	answer = spend_take(asking, claim, line);
	if (answer == BUDGET_FITS) {
		budget_settle(gateway->budget, claim, claim->amount_nusd);
		return true;
	}
	if (answer == BUDGET_WAIT) {
		asking_choose_later(asking, ASKING_BACKING_OFF, BUDGET_WAIT_MS);
		return false;
	}
	attempt_add_skipped(asking, FAULT_BUDGET, asking->result.message);
	asking_fail(asking, FAULT_BUDGET, asking->result.message);
	return false;
}

static void copy_result(struct service_result *out,
			const struct service_result *from)
{
	const struct chat_reply *reply = &from->reply;

	service_result_release(out);
	service_result_init(out);
	out->fault = from->fault;
	out->status = from->status;
	out->quirks = from->quirks;
	memcpy(out->message, from->message, sizeof(out->message));
	buf_add(&out->reply.text, reply->text.ptr, reply->text.len);
	out->reply.model = copy_or_null(reply->model);
	out->reply.request_id = copy_or_null(reply->request_id);
	out->reply.usage = reply->usage;
	out->reply.raw_usage = reply->raw_usage ? json_copy(reply->raw_usage)
						: NULL;
	out->reply.stop = reply->stop;
	out->reply.cost_nusd = reply->cost_nusd;
}

static void add_tokens(int64_t *sum, int64_t tokens)
{
	*sum += tokens > 0 ? tokens : 0;
}

/* What came, as if it had come just now; what did not is asked directly. */
static void take_answer(struct asking *asking, const struct desk_item *item,
			const struct desk_batch *batch)
{
	const struct usage *usage = &item->result.reply.usage;

	copy_result(&asking->result, &item->result);
	if (asking->result.quirks & ~asking->chat.quirks) {
		/* Refused for a parameter, at no cost: without it, then. */
		memory_learn(asking_target(asking), asking->model,
			     asking->result.quirks);
		asking_choose_later(asking, ASKING_CHOOSING, 0);
		return;
	}
	asking->line.cost_nusd = item->cost_nusd;
	asking->line.cost_unknown = item->cost_unknown;
	asking->cost_nusd += item->cost_nusd;
	asking->cost_unknown |= item->cost_unknown;
	add_tokens(&asking->usage.input_tokens, usage->input_tokens);
	add_tokens(&asking->usage.cached_tokens, usage->cached_tokens);
	add_tokens(&asking->usage.output_tokens, usage->output_tokens);
	asking->attempts++;
	asking->sent_ms = clock_mono_ms() -
			  (clock_wall_ms() - batch->sent_at_ms);
	asking->batch_id = batch->id;
	asking_judge(asking);
	attempt_add_sent(asking);
	asking->batch_id = NULL;
	if (asking->result.fault == FAULT_NONE) {
		if (asking->cache_key[0])
			cache_put(asking->gateway->cache, asking->cache_key,
				  &asking->result.reply);
		asking_end(asking, FAULT_NONE);
		return;
	}
	log_info("%s: %s: asked directly", batch->service,
		 asking->result.message);
	asking->is_batch_failed = true;
	asking_choose_later(asking, ASKING_CHOOSING, 0);
}

static void make_key(char key[SHA256_HEX_SIZE], const struct asking *asking)
{
	struct sha256 *sha = sha256_new();
	char *text = xstrf("%s\n%s\n%s\n%u", asking->ask.desk_name,
			   asking_target(asking)->service->name, asking->model,
			   asking->chat.quirks);

	sha256_add_field(sha, text, strlen(text));
	sha256_end(sha, key);
	free(text);
}

bool desk_take(struct asking *asking)
{
	const struct desk_batch *batch = NULL;
	const struct desk_item *item;
	char key[SHA256_HEX_SIZE];
	struct spending_line line;

	if (!desk_wants(asking))
		return false;
	make_key(key, asking);
	item = find_item(asking->ask.desk, key, &batch);
	if (item && item->state == DESK_ANSWERED) {
		take_answer(asking, item, batch);
		return true;
	}
	if (!item) {
		if (!afford(asking, &line))
			return true;
		add_item(asking, key, &line);
	}
	asking->waits = true;
	asking_end(asking, FAULT_CANCELLED);
	return true;
}

/* The lines. Written again with the same ids where nobody can tell whether
 * they were: whoever reads them counts each id once. */

static struct spending_line line_of(const struct desk *desk,
				    const struct desk_batch *batch,
				    const struct desk_item *item)
{
	struct spending_line line = blank_line(desk);

	line.at_ms = batch->sent_at_ms;
	line.workflow = item->workflow;
	line.agent = item->agent;
	line.run = item->run;
	line.service = batch->service;
	line.model = item->model;
	return line;
}

/* Without asking a budget: it is spent already. */
static int reserve_line(const struct desk *desk,
			const struct spending_line *line, struct err *err)
{
	struct gateway *gateway = desk->gateway;
	int ret;

	if (spend_begin(gateway, err) < 0)
		return -1;
	ret = gateway->spending->reserve(gateway->spending_payload, line, err);
	spend_end(gateway);
	return ret;
}

static bool write_line(const struct desk *desk,
		       const struct spending_line *line, bool is_reserved)
{
	const struct gateway *gateway = desk->gateway;
	struct err err = ERR_INIT;

	if (!gateway->spending)
		return true;
	if ((is_reserved || reserve_line(desk, line, &err) == 0) &&
	    gateway->spending->settle(gateway->spending_payload, line, &err) ==
		    0)
		return true;
	log_error("spending: %s", err.msg);
	return false;
}

static void commit(const struct desk *desk, const struct desk_batch *batch)
{
	for (size_t i = 0; i < batch->count; i++) {
		struct desk_item *item = batch->items[i];
		struct spending_line line = line_of(desk, batch, item);

		memcpy(line.id, item->id, sizeof(line.id));
		line.reserved_nusd = line.cost_nusd = item->reserved_nusd;
		line.status = "batch";
		(void)write_line(desk, &line, item->is_held); /* told */
		item->is_held = false;
	}
}

void desk_commit(struct desk *desk)
{
	struct desk_batch *batch;

	for (batch = desk->batches; batch; batch = batch->next)
		if (desk_batch_is_news(batch))
			commit(desk, batch);
}

static void price_item(const struct desk *desk, const struct desk_batch *batch,
		       struct desk_item *item)
{
	const struct service_result *result = &item->result;
	const struct usage *usage = &result->reply.usage;
	const struct service *service =
		target_find(desk->gateway, batch->service)->service;
	const struct price *price = spend_price(
		desk->gateway, service,
		result->reply.model ? result->reply.model : item->model);

	if (!price)
		price = spend_price(desk->gateway, service, item->model);
	item->cost_nusd = 0;
	if (result->reply.cost_nusd >= 0) {
		item->cost_nusd = result->reply.cost_nusd;
	} else if (price && !result->no_usage && usage->input_tokens >= 0 &&
		   usage->output_tokens >= 0) {
		item->cost_nusd = price_cost(price, usage, true);
	} else if (result->fault == FAULT_NONE) {
		item->cost_nusd = item->reserved_nusd;
		item->cost_unknown = true;
	}
}

/* What was counted too much, or too little, against what it came to. */
static void settle_item(const struct desk *desk, const struct desk_batch *batch,
			struct desk_item *item)
{
	const struct usage *usage = &item->result.reply.usage;
	struct spending_line line = line_of(desk, batch, item);

	price_item(desk, batch, item);
	if (item->is_settled)
		return;
	memcpy(line.id, item->settle_id, sizeof(line.id));
	line.cost_nusd = item->cost_nusd - item->reserved_nusd;
	line.cost_unknown = item->cost_unknown;
	line.status = item->result.fault == FAULT_NONE
			      ? "ok"
			      : fault_name(item->result.fault);
	line.duration_ms = clock_wall_ms() - batch->sent_at_ms;
	line.input_tokens = usage->input_tokens;
	line.cached_tokens = usage->cached_tokens;
	line.cache_write_tokens = usage->cache_write_tokens;
	line.output_tokens = usage->output_tokens;
	item->is_settled = write_line(desk, &line, false);
}

void desk_settle(struct desk *desk)
{
	struct desk_batch *batch;

	for (batch = desk->batches; batch; batch = batch->next) {
		/* We may have been ended before desk_commit(). */
		if (!batch->is_over)
			continue;
		if (!desk_batch_is_settled(batch))
			commit(desk, batch);
		for (size_t i = 0; i < batch->count; i++)
			settle_item(desk, batch, batch->items[i]);
	}
}
