#include <string.h>

#include "core/clock.h"
#include "gateway/machine.h"

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

/* Why it would be passed over now; NULL: it would not. */
static const char *obstacle(const struct target *target)
{
	int64_t wall = clock_wall_ms(), wait;

	if (target_is_blocked(target, wall))
		return target->blocked_why;
	if (breaker_refuses(&target->breaker, wall, &wait))
		return "left alone after repeated failures";
	return NULL;
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
	if (!target) {
		json_set_string(out, "skipped", "there is no such service");
		return;
	}
	why = obstacle(target);
	if (why)
		json_set_string(out, "skipped", why);
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
	json_set_int(out, "attempts", RETRY_ATTEMPTS_PER_SERVICE);
	if (chat->prompt)
		json_set_int(out, "worst_case_nusd",
			     spend_ceiling(gateway, target->service,
					   route.model,
					   prompt_tokens(chat->prompt),
					   chat->max_tokens));
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
