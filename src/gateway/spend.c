#include <string.h>

#include "core/clock.h"
#include "core/log.h"
#include "gateway/machine.h"

/* As many alerts at once; more are told after the next request. */
#define ALERTS_MAX 8

/* How often those who wait for money look what others have given back. */
#define LOOK_MS 500

static bool is_free(const struct asking *asking)
{
	return asking_target(asking)->service->ops->is_local;
}

const struct price *spend_price(const struct gateway *gateway,
				const struct service *service,
				const char *model)
{
	return service->price
		       ? service->price
		       : price_find(gateway->prices, model, clock_wall_ms());
}

/* What nobody has told yet, this process or another. */
static void tell_alerts(struct gateway *gateway)
{
	char texts[ALERTS_MAX][BUDGET_ALERT_SIZE];
	struct file_lock *lock;
	int count = 0;

	if (!budget_has_alert(gateway->budget))
		return;
	lock = memory_begin(gateway);
	while (count < ALERTS_MAX &&
	       budget_alert(gateway->budget, texts[count]))
		count++;
	memory_end(gateway, lock);
	for (int i = 0; i < count; i++) {
		log_warn("%s", texts[i]);
		if (gateway->alert)
			gateway->alert(texts[i], gateway->alert_payload);
	}
}

static void add_others(const struct books_change *change, void *payload)
{
	struct gateway *gateway = payload;

	budget_add_others(gateway->budget, change->project, change->at_ms,
			  change->used_nusd, change->reserved_nusd);
	if (change->used_nusd < 0 || change->reserved_nusd < 0)
		gateway->has_room = true;
}

int spend_begin(struct gateway *gateway, struct err *err)
{
	int64_t day_ms;

	if (!gateway->spending)
		return 0;
	if (!gateway->spent_since_ms)
		budget_windows(clock_wall_ms(), &day_ms,
			       &gateway->spent_since_ms);
	return gateway->spending->begin(gateway->spending_payload,
					gateway->spent_since_ms, add_others,
					gateway, err);
}

void spend_end(struct gateway *gateway)
{
	if (gateway->spending)
		gateway->spending->end(gateway->spending_payload);
}

void gateway_look_again(struct gateway *gateway)
{
	struct err err = ERR_INIT;

	if (!gateway->spent_since_ms)
		return;
	if (spend_begin(gateway, &err) < 0) {
		log_warn("spending: %s", err.msg);
		return;
	}
	spend_end(gateway);
	tell_alerts(gateway);
}

int64_t spend_ceiling(const struct gateway *gateway,
		      const struct service *service, const char *model,
		      int64_t tokens, int64_t max_tokens, bool is_batch)
{
	const struct price *price = spend_price(gateway, service, model);
	int64_t most;

	if (service->ops->is_local)
		return 0;
	if (!price)
		return gateway->unknown_cost_nusd;
	most = price_ceiling(price, tokens,
			     max_tokens ? max_tokens : DEFAULT_MAX_TOKENS);
	return is_batch ? price_at_batch(price, most) : most;
}

static void fill_line(struct asking *asking)
{
	struct spending_line *line = &asking->line;

	*line = (struct spending_line){
		.at_ms = clock_wall_ms(),
		.project = asking->ask.project,
		.workflow = asking->ask.workflow,
		.agent = asking->chat.agent,
		.run = asking->ask.run,
		.service = asking_target(asking)->service->name,
		.model = asking->model,
		.attempt = asking->attempts + 1,
		.reserved_nusd = asking->claim.amount_nusd,
		.cost_nusd = asking->claim.amount_nusd,
		.cost_unknown = true,
		.input_tokens = -1,
		.cached_tokens = -1,
		.cache_write_tokens = -1,
		.output_tokens = -1,
	};
	if (asking->gateway->spending)
		ulid_new(line->id);
}

/* There may be room now for those who wait for it. */
static void wake_unfunded(struct gateway *gateway)
{
	struct asking *asking;

	gateway->has_room = false;
	while ((asking = gateway->unfunded) != NULL) {
		target_unqueue(asking);
		target_queue(asking_target(asking), asking);
	}
}

static void on_look(const struct err *end, void *payload);

/* Of others nobody tells us: we look. */
static void look_later(struct gateway *gateway)
{
	struct err err = ERR_INIT;

	if (!gateway->spending || gateway->look || !gateway->unfunded)
		return;
	if (loop_timer_start(&gateway->look, gateway->loop, LOOK_MS, on_look,
			     gateway, &err) < 0)
		log_debug("spending: %s", err.msg);
}

static void on_look(const struct err *end, void *payload)
{
	struct gateway *gateway = payload;
	struct err err = ERR_INIT;

	gateway->look = NULL;
	if (end)
		return;
	gateway_enter(gateway);
	if (gateway->unfunded && spend_begin(gateway, &err) < 0)
		log_warn("spending: %s", err.msg);
	else if (gateway->unfunded)
		spend_end(gateway);
	if (gateway->has_room)
		wake_unfunded(gateway);
	look_later(gateway);
	gateway_leave(gateway);
}

static void fail_unrecorded(struct asking *asking, const struct err *err)
{
	service_result_fail(&asking->result, FAULT_BUDGET,
			    "spending cannot be recorded: %s", err->msg);
	asking->budget_returns = err->code == ERR_CONFLICT;
}

/* Between spend_begin() and spend_end(). */
static enum budget_answer take(struct asking *asking,
			       struct budget_claim *claim,
			       struct spending_line *line)
{
	const struct gateway *gateway = asking->gateway;
	enum budget_answer answer;
	struct err err = ERR_INIT;

	line->at_ms = clock_wall_ms();
	answer = budget_reserve(gateway->budget, line->at_ms, claim);
	if (answer == BUDGET_WAIT)
		return answer;
	if (answer != BUDGET_FITS) {
		asking->budget_returns = answer != BUDGET_RUN;
		service_result_fail(&asking->result, FAULT_BUDGET,
				    "%s does not cover up to $%.4f more",
				    budget_answer_text(answer),
				    (double)claim->amount_nusd / 1e9);
		return answer;
	}
	if (!gateway->spending ||
	    gateway->spending->reserve(gateway->spending_payload, line, &err) ==
		    0)
		return BUDGET_FITS;
	budget_settle(gateway->budget, claim, 0);
	fail_unrecorded(asking, &err);
	return BUDGET_RUN;
}

enum budget_answer spend_take(struct asking *asking, struct budget_claim *claim,
			      struct spending_line *line)
{
	struct gateway *gateway = asking->gateway;
	enum budget_answer answer;
	struct err err = ERR_INIT;

	if (spend_begin(gateway, &err) < 0) {
		fail_unrecorded(asking, &err);
		return BUDGET_RUN;
	}
	answer = take(asking, claim, line);
	spend_end(gateway);
	tell_alerts(gateway);
	return answer;
}

enum budget_answer spend_reserve(struct asking *asking)
{
	struct gateway *gateway = asking->gateway;
	struct budget_claim *claim = &asking->claim;
	enum budget_answer answer;

	*claim = (struct budget_claim){
		.project = asking->ask.project,
		.run = asking->ask.run,
		.run_limit_nusd = asking->ask.run_budget_nusd,
		.amount_nusd = spend_ceiling(
			gateway, asking_target(asking)->service, asking->model,
			asking->tokens, asking->chat.max_tokens, false),
	};
	asking->is_unsent = false;
	fill_line(asking);
	if (is_free(asking)) {
		asking->is_reserved = false;
		return BUDGET_FITS;
	}
	answer = spend_take(asking, claim, &asking->line);
	asking->is_reserved = answer == BUDGET_FITS;
	return answer;
}

void spend_wait(struct asking *asking)
{
	asking->state = ASKING_FOR_BUDGET;
	asking_wait_in(asking, &asking->gateway->unfunded);
	look_later(asking->gateway);
}

/* A usage of more than this many times the worst case, and some more for what
 * providers add to prompts, is a mistake or a lie. */
#define BELIEVED_TIMES 4
#define BELIEVED_NUSD  100000000

static bool is_believed(int64_t cost_nusd, int64_t reserved_nusd)
{
	return (cost_nusd - BELIEVED_NUSD) / BELIEVED_TIMES <= reserved_nusd;
}

/* Was anything said of how much it was? */
static bool has_usage(const struct service_result *result)
{
	return !result->no_usage && result->reply.usage.input_tokens >= 0 &&
	       result->reply.usage.output_tokens >= 0;
}

/*
 * Providers do not bill what they refuse with a status; whatever else brought
 * no usage may have been billed, so that the reservation stays spent.
 */
bool spend_cost(int64_t *out, const struct price *price,
		const struct service_result *result, int64_t reserved_nusd,
		bool is_batch)
{
	*out = result->reply.cost_nusd;
	if (*out >= 0)
		return true;
	if (price && has_usage(result)) {
		*out = price_cost(price, &result->reply.usage, is_batch);
		if (is_believed(*out, reserved_nusd))
			return true;
	}
	if (result->status >= 300 && !result->no_usage) {
		*out = 0;
		return true;
	}
	*out = reserved_nusd;
	return false;
}

const struct price *spend_price_of(const struct gateway *gateway,
				   const struct service *service,
				   const struct service_result *result,
				   const char *model)
{
	const struct price *price = NULL;

	if (result->reply.model)
		price = spend_price(gateway, service, result->reply.model);
	return price ? price : spend_price(gateway, service, model);
}

static void price_line(struct asking *asking)
{
	const struct service_result *result = &asking->result;
	const struct price *price =
		spend_price_of(asking->gateway, asking_target(asking)->service,
			       result, asking->model);
	struct spending_line *line = &asking->line;

	line->cost_nusd = 0;
	line->cost_unknown = false;
	if (is_free(asking) || asking->is_unsent)
		return;
	line->cost_unknown = !spend_cost(&line->cost_nusd, price, result,
					 line->reserved_nusd, false);
	if (price && !line->cost_unknown && result->reply.cost_nusd < 0)
		asking->saved_nusd += price_saved(price, &result->reply.usage);
}

static void add_said(int64_t *sum, int64_t value)
{
	if (value > 0)
		*sum += value;
}

static void add_usage(struct usage *sum, const struct usage *usage)
{
	add_said(&sum->input_tokens, usage->input_tokens);
	add_said(&sum->cached_tokens, usage->cached_tokens);
	add_said(&sum->cache_write_tokens, usage->cache_write_tokens);
	add_said(&sum->output_tokens, usage->output_tokens);
	add_said(&sum->cache_write_long_tokens, usage->cache_write_long_tokens);
}

void spend_settle(struct asking *asking)
{
	struct gateway *gateway = asking->gateway;
	const struct service_result *result = &asking->result;
	const struct usage *usage = &result->reply.usage;
	struct spending_line *line = &asking->line;
	struct err err = ERR_INIT;

	price_line(asking);
	asking->cost_nusd += line->cost_nusd;
	asking->cost_unknown |= line->cost_unknown;
	add_usage(&asking->usage, usage);
	if (!asking->is_reserved)
		return;
	asking->is_reserved = false;
	line->status = result->fault == FAULT_NONE ? "ok"
						   : fault_name(result->fault);
	line->duration_ms = clock_wall_ms() - line->at_ms;
	if (result->reply.model)
		line->model = result->reply.model; /* that answered */
	line->input_tokens = usage->input_tokens;
	line->cached_tokens = usage->cached_tokens;
	line->cache_write_tokens = usage->cache_write_tokens;
	line->output_tokens = usage->output_tokens;
	budget_settle(gateway->budget, &asking->claim, line->cost_nusd);
	wake_unfunded(gateway);
	if (gateway->spending &&
	    gateway->spending->settle(gateway->spending_payload, line, &err) <
		    0)
		log_error("spending: %s", err.msg);
	tell_alerts(gateway);
}
