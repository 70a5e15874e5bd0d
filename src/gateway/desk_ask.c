/*
 * What asks get from the desk, and put on it.
 */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/limits.h"
#include "core/log.h"
#include "gateway/desk.h"
#include "gateway/desk_internal.h"
#include "gateway/machine.h"

/* Somebody else's reservation ends soon, or never. */
#define BUDGET_WAIT_MS 200

/* More than enough for the runs of one change; providers take 50,000. */
#define BATCH_MAX 1000

/* Of one question: what got lost is sent once more, then asked directly. */
#define SUBMISSIONS_MAX 2

bool desk_wants(const struct asking *asking)
{
	const struct target *target = asking_target(asking);

	/* Only who is asked first: a substitute is for when things go wrong. */
	return asking->ask.desk && target && target->service->ops->batch &&
	       !asking->at && !asking->attempts && !asking->bad_answer;
}

static struct desk_item *find_in(const struct desk_batch *batch,
				 const char *key)
{
	for (size_t i = 0; i < batch->count; i++)
		if (!strcmp(batch->items[i]->key, key))
			return batch->items[i];
	return NULL;
}

/* NULL: it is to be sent. */
static struct desk_item *find_item(const struct desk *desk, const char *key,
				   const struct desk_batch **in)
{
	struct desk_item *gone = NULL, *item;
	const struct desk_batch *batch;
	int submissions = 0;

	for (batch = desk->batches; batch; batch = batch->next) {
		item = batch->is_done ? NULL : find_in(batch, key);
		if (!item)
			continue;
		*in = batch;
		if (batch->fate == DESK_SENT || batch->fate == DESK_REFUSED)
			return item;
		gone = item;
		submissions++;
	}
	return submissions < SUBMISSIONS_MAX ? NULL : gone;
}

static struct desk_batch *open_batch(struct desk *desk, const char *service,
				     size_t bytes)
{
	struct desk_batch *batch;

	for (batch = desk->batches; batch; batch = batch->next)
		if (!strcmp(batch->service, service) &&
		    desk_batch_is_news(batch) && batch->count < BATCH_MAX &&
		    batch->bytes + bytes <= (size_t)LIMIT_BATCH_BYTES)
			break;
	if (!batch) {
		batch = desk_batch_new(desk, service);
		strvec_add(&batch->holders, desk->instance);
	}
	batch->bytes += bytes;
	return batch;
}

static char *copy_or_null(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

static void add_item(struct asking *asking, const char *key,
		     const struct spending_line *line)
{
	struct desk *desk = asking->ask.desk;
	const struct buf *body = &asking->request.body;
	struct desk_batch *batch = open_batch(
		desk, asking_target(asking)->service->name, body->len);
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
	if (json_parse(&item->params, body->ptr, body->len, &err) < 0)
		item->params = json_new_object(); /* the provider refuses it */
}

static void fill_line(struct spending_line *line, const struct asking *asking)
{
	*line = (struct spending_line){
		.project = asking->ask.project,
		.workflow = asking->ask.workflow,
		.agent = asking->chat.agent,
		.run = asking->ask.run,
		.service = asking_target(asking)->service->name,
		.model = asking->model,
		.attempt = 1,
		.is_batch = true,
		.reserved_nusd = spend_ceiling(asking->gateway,
					       asking_target(asking)->service,
					       asking->model, asking->tokens,
					       asking->chat.max_tokens, true),
		.input_tokens = -1,
		.cached_tokens = -1,
		.cache_write_tokens = -1,
		.output_tokens = -1,
	};
	ulid_new(line->id);
}

/* The money is put aside here and now, for as long as we live; it is spent in
 * desk_commit(). */
static bool afford(struct asking *asking, struct spending_line *line)
{
	struct budget_claim *claim = &asking->claim;
	enum budget_answer answer;

	fill_line(line, asking);
	*claim = (struct budget_claim){
		.project = asking->ask.project,
		.run = asking->ask.run,
		.run_limit_nusd = asking->ask.run_budget_nusd,
		.amount_nusd = line->reserved_nusd,
	};
	answer = spend_take(asking, claim, line);
	if (answer == BUDGET_FITS) {
		budget_settle(asking->gateway->budget, claim,
			      claim->amount_nusd);
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

/* What came, as if it had come just now. */
static void take_answer(struct asking *asking, const struct desk_item *item,
			const struct desk_batch *batch)
{
	const struct usage *usage = &item->result.reply.usage;

	copy_result(&asking->result, &item->result);
	service_result_mask(&asking->result);
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
	if (asking->result.fault != FAULT_NONE) {
		asking_recover(asking); /* directly, or somebody else */
		return;
	}
	if (asking->cache_key[0])
		cache_put(asking->gateway->cache, asking->cache_key,
			  &asking->result.reply);
	asking_end(asking, FAULT_NONE);
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
	struct spending_line line;
	char key[SHA256_HEX_SIZE];

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
