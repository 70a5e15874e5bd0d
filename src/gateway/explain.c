#include <string.h>

#include "core/limits.h"
#include "gateway/machine.h"

/* Both providers answer within a day, or not at all. */
#define BATCH_WAIT_MS ((int64_t)24 * 3600 * 1000)

static int64_t prompt_tokens(const struct prompt *prompt)
{
	const char *const parts[] = { prompt->system, prompt->change,
				      prompt->about, prompt->task };
	int64_t tokens = 0;

	for (size_t i = 0; i < ARRAY_LEN(parts); i++)
		if (parts[i])
			tokens += price_tokens(parts[i], strlen(parts[i]));
	return tokens;
}

/* How often it is tried, with what waits between, how long each may take. */
static void add_attempts(struct json *out, const struct service *service)
{
	struct json *waits;

	json_set_int(out, "attempts", RETRY_ATTEMPTS_PER_SERVICE);
	waits = json_set_array(out, "waits_ms");
	for (int i = 2; i <= RETRY_ATTEMPTS_PER_SERVICE; i++)
		json_add_int(waits, retry_longest_wait(i));
	json_set_int(out, "timeout_ms", service->timeout_ms);
}

/* Is its batch endpoint asked first? */
static bool is_batched(const struct ask *ask, const struct target *target,
		       size_t at)
{
	return ask->is_relaxed && !at && target->service->ops->batch;
}

/* The most that a request may cost. */
static void add_ceiling(struct json *out, const struct asking *asking,
			const struct target *target, const char *model,
			bool is_batch)
{
	const struct chat *chat = asking->ask.chat;

	if (chat->prompt)
		json_set_int(out, "worst_case_nusd",
			     spend_ceiling(asking->gateway, target->service,
					   model, prompt_tokens(chat->prompt),
					   chat->max_tokens, is_batch));
}

static void explain_choice(struct json *out, const struct asking *asking,
			   size_t at)
{
	const struct choice *choice = &asking->chain[at];
	const struct target *target = choice->target;
	const struct gateway *gateway = asking->gateway;
	const struct chat *chat = asking->ask.chat;
	const char *why;
	struct route route;

	json_set_string(out, "service", choice->name);
	why = target_obstacle(target);
	if (why)
		json_set_string(out, "skipped", why);
	if (!target)
		return;
	json_set_bool(out, "stand_in", choice->is_stand_in);
	if (target->service->ops->is_local) {
		json_set_int(out, "worst_case_nusd", 0);
		return;
	}
	route = route_model(gateway->models, target->service, chat->model,
			    at > 0, asking->ask.complexity);
	json_set_string(out, "model", route.model);
	if (route.mapped_from)
		json_set_string(out, "mapped_from", route.mapped_from);
	if (is_batched(&asking->ask, target, at)) {
		struct json *batch = json_set_object(out, "batch");

		json_set_int(batch, "wait_ms", BATCH_WAIT_MS);
		add_ceiling(batch, asking, target, route.model, true);
	}
	add_attempts(out, target->service);
	add_ceiling(out, asking, target, route.model, false);
}

void gateway_estimate(struct estimate *out, struct gateway *gateway,
		      const struct ask *ask, int64_t input_tokens,
		      int64_t output_tokens)
{
	const struct target *target = target_find(gateway, ask->services[0]);
	const struct usage usage = { .input_tokens = input_tokens,
				     .output_tokens = output_tokens };
	const struct price *price;

	*out = (struct estimate){ .service = ask->services[0] };
	if (!target || target->service->ops->is_local)
		return;
	out->model = route_model(gateway->models, target->service,
				 ask->chat->model, false, ask->complexity)
			     .model;
	price = spend_price(gateway, target->service, out->model);
	out->is_guess = !price;
	out->cost_nusd = price ? price_cost(price, &usage,
					    is_batched(ask, target, 0))
			       : gateway->unknown_cost_nusd;
}

char *gateway_joint_route(struct gateway *gateway, const struct ask *ask)
{
	struct asking asking = { .gateway = gateway, .ask = *ask };
	const struct target *first;
	struct buf route;

	asking.ask.is_joint = true;
	asking_add_chain(&asking, &asking.ask);
	first = asking_target(&asking);
	if (ask->desk || target_obstacle(first) ||
	    !first->service->ops->takes_any_schema ||
	    prefix_is_kept(first->service, ask->chat->prompt))
		return NULL;
	buf_init(&route, 64 * KIB);
	for (size_t i = 0; i < asking.chain_len; i++) {
		const struct target *target = asking.chain[i].target;

		buf_addf(&route, "%s\n%s\n", asking.chain[i].name,
			 route_model(gateway->models, target->service,
				     ask->chat->model, i > 0, ask->complexity)
				 .model);
	}
	return buf_detach(&route);
}

struct json *gateway_explain(struct gateway *gateway, const struct ask *ask)
{
	struct asking asking = { .gateway = gateway, .ask = *ask };
	struct json *out = json_new_array();

	asking_add_chain(&asking, ask);
	for (size_t i = 0; i < asking.chain_len; i++)
		explain_choice(json_add_object(out), &asking, i);
	return out;
}
