#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/limits.h"
#include "core/log.h"
#include "core/random.h"
#include "gateway/machine.h"

#define DEFAULT_TIMEOUT_MS 180000

/* A probe that is not back by then is lost. */
#define PROBE_GRACE_MS 5000

static void set_text(char **at, const char *text)
{
	char *copy = text ? xstrdup(text) : NULL;

	free(*at);
	*at = copy;
}

/* The chat as this service gets it. */
static void fit_chat(struct asking *asking)
{
	const struct target *target = asking_target(asking);
	const struct model_map *models = asking->gateway->models;
	struct chat *chat = &asking->chat;
	struct route route =
		route_model(models, target->service, asking->ask.chat->model,
			    asking->at > 0, asking->ask.complexity);

	*chat = *asking->ask.chat;
	set_text(&asking->mapped_from, route.mapped_from);
	set_text(&asking->model, route.model);
	chat->model = asking->model;
	if (!chat->max_tokens)
		chat->max_tokens = DEFAULT_MAX_TOKENS;
	if (model_map_refuses_temperature(models, asking->model))
		chat->temperature = -1;
	chat->is_batched = desk_wants(asking);
	chat->quirks = target_quirks(target, asking->model);
	chat->bad_answer = asking->bad_answer;
	chat->complaint = asking->complaint;
}

static int64_t text_tokens(const char *text)
{
	return text ? price_tokens(text, strlen(text)) : 0;
}

int asking_build(struct asking *asking, struct err *err)
{
	const struct service *service = asking_target(asking)->service;
	const struct prompt *prompt;

	fit_chat(asking);
	prompt = asking->chat.prompt;
	service_request_release(&asking->request);
	service_request_init(&asking->request);
	if (!service->ops->build) {
		asking->tokens = prompt ? text_tokens(prompt->system) +
						  text_tokens(prompt->change) +
						  text_tokens(prompt->about) +
						  text_tokens(prompt->task)
					: 0;
		return 0;
	}
	if (service->ops->build(&asking->request, service, &asking->chat, err) <
		    0 ||
	    buf_check(&asking->request.body, "request", err) < 0)
		return -1;
	asking->tokens = price_tokens(asking->request.body.ptr,
				      asking->request.body.len);
	return 0;
}

/* True: the answer was there, and the ask has ended. */
static bool answer_from_cache(struct asking *asking)
{
	const struct service *service = asking_target(asking)->service;
	struct gateway *gateway = asking->gateway;

	asking->cache_key[0] = '\0';
	if (!gateway->cache || asking->ask.cache_ttl_s <= 0 ||
	    asking->bad_answer || service->ops->is_local)
		return false;
	cache_key(asking->cache_key, service, &asking->chat,
		  service->ops->build ? &asking->request : NULL);
	service_result_release(&asking->result);
	service_result_init(&asking->result);
	if (!cache_get(gateway->cache, asking->cache_key,
		       asking->ask.cache_ttl_s, &asking->result.reply))
		return false;
	asking->cached = true;
	attempt_add_cached(asking);
	asking_end(asking, FAULT_NONE);
	return true;
}

void asking_prepare(struct asking *asking)
{
	struct target *target = asking_target(asking);
	struct err err = ERR_INIT;

	if (target->service->load_key && target->key_state != KEY_READ) {
		target_read_key(target, asking);
		return;
	}
	if (target->service->needs_key && !target->key) {
		attempt_add_skipped(asking, FAULT_AUTH, "no key");
		asking_next(asking, FAULT_AUTH, "no key is configured");
		return;
	}
	if (asking_build(asking, &err) < 0) {
		asking_fail(asking,
			    err.code == ERR_TOO_LARGE ? FAULT_TOO_LARGE
						      : FAULT_REQUEST,
			    err.msg);
		return;
	}
	if (answer_from_cache(asking))
		return;
	if (desk_take(asking))
		return;
	if (prefix_wait(asking))
		return;
	target_queue(target, asking);
}

/* The permission to send, given back. */
static void unsend(struct asking *asking)
{
	struct target *target = asking_target(asking);

	asking->gateway->in_flight--;
	rate_end(&target->rate, clock_mono_ms(), FAULT_CANCELLED,
		 asking->tokens, 0);
}

/* It says nothing of the service. */
static void forget_ticket(struct target *target, const struct asking *asking)
{
	breaker_forget(&target->breaker, asking->ticket);
	if (asking->ticket.is_probe)
		memory_release_probe(target);
}

void asking_send(struct asking *asking)
{
	struct target *target = asking_target(asking);
	int64_t now = clock_mono_ms(), wait;
	int64_t timeout = target->service->timeout_ms;
	enum breaker_answer answer;
	enum budget_answer reserved;

	timeout = timeout > 0 ? timeout : DEFAULT_TIMEOUT_MS;
	if (timeout > asking->deadline_ms - now)
		timeout = asking->deadline_ms - now;
	if (timeout < 1)
		timeout = 1;

	service_result_release(&asking->result);
	service_result_init(&asking->result);
	asking->gateway->in_flight++;
	rate_take(&target->rate, asking->tokens);
	answer = breaker_ask(&target->breaker, clock_wall_ms(),
			     timeout + PROBE_GRACE_MS, &asking->ticket, &wait);
	if (answer == BREAKER_REFUSE ||
	    (answer == BREAKER_PROBE && !memory_claim_probe(target))) {
		unsend(asking);
		asking_choose(asking);
		return;
	}
	reserved = spend_reserve(asking);
	if (reserved != BUDGET_FITS) {
		unsend(asking);
		forget_ticket(target, asking);
	}
	if (reserved == BUDGET_WAIT) {
		spend_wait(asking);
		return;
	}
	if (reserved != BUDGET_FITS) {
		attempt_add_skipped(asking, FAULT_BUDGET,
				    asking->result.message);
		asking_fail(asking, FAULT_BUDGET, asking->result.message);
		return;
	}
	if (!asking->attempts_here)
		retry_purse_earn(&target->purse);
	asking->attempts++;
	asking->attempts_here++;
	asking->sent_ms = now;
	asking->state = ASKING_SENT;
	log_debug("%s: request %d of %s with %s", target->service->name,
		  asking->attempts, asking->chat.agent, asking->chat.model);
	if (send_start(asking, timeout) < 0)
		asking_take_result(asking);
}

/* What stopped early is no answer, whatever the status said. */
void asking_judge(struct asking *asking)
{
	struct service_result *result = &asking->result;
	const struct ask *ask = &asking->ask;
	struct err err = ERR_INIT;

	if (result->fault != FAULT_NONE)
		return;
	if (result->reply.stop == STOP_TRUNCATED)
		service_result_fail(result, FAULT_TRUNCATED,
				    "the answer was cut at %d tokens",
				    asking->chat.max_tokens);
	else if (result->reply.stop == STOP_REFUSED)
		service_result_fail(result, FAULT_REFUSED,
				    "the model declined to answer");
	else if (buf_check(&result->reply.text, "answer", &err) < 0 ||
		 (ask->check &&
		  ask->check(result->reply.text.ptr, result->reply.text.len,
			     ask->check_payload, &err) < 0))
		service_result_fail(result, FAULT_ANSWER, "%s", err.msg);
}

static int64_t used_tokens(const struct usage *usage)
{
	if (usage->input_tokens < 0)
		return -1;
	return usage->input_tokens +
	       (usage->cache_write_tokens > 0 ? usage->cache_write_tokens : 0);
}

static void tell_breaker(struct target *target, struct asking *asking)
{
	const char *name = target->service->name;

	/* 408 and 409 are worth a retry, but say nothing of its health. */
	if (fault_rule(asking->result.fault)->trips_breaker &&
	    asking->result.status / 100 != 4) {
		if (memory_fail(target, asking->ticket))
			log_warn("%s: left alone for %d s after %d failures in "
				 "a row",
				 name, BREAKER_OPEN_MS / 1000, BREAKER_FAULTS);
	} else if (memory_succeed(target, asking->ticket)) {
		log_info("%s: answers again", name);
	}
}

/* The service's own state, from what it just said. */
static void tell_target(struct asking *asking)
{
	struct target *target = asking_target(asking);
	struct service_result *result = &asking->result;
	int64_t now = clock_mono_ms();

	rate_end(&target->rate, now, result->fault, asking->tokens,
		 used_tokens(&result->reply.usage));
	/* What it orders comes before when all of its limits are full again. */
	if (result->wait_ms >= 0)
		result->rate.requests_reset_ms = result->rate.tokens_reset_ms =
			-1;
	rate_heed(&target->rate, now, &result->rate);
	if (result->wait_ms > 0 && fault_rule(result->fault)->retry)
		rate_block(&target->rate, now + result->wait_ms);
	tell_breaker(target, asking);
	if (asking->ticket.is_probe)
		memory_release_probe(target);
	if (fault_rule(result->fault)->blocks_key)
		target_block(target, result);
}

/* The call was given up by us: says nothing of the service. */
static void take_stopped(struct asking *asking)
{
	struct target *target = asking_target(asking);

	rate_end(&target->rate, clock_mono_ms(), FAULT_CANCELLED,
		 asking->tokens, -1);
	forget_ticket(target, asking);
	service_result_fail(&asking->result, asking->stop_fault, "%s",
			    asking->stop_fault == FAULT_TIMEOUT ? "out of time"
								: "cancelled");
	spend_settle(asking);
	attempt_add_sent(asking);
	asking_end(asking, asking->stop_fault);
}

/* The one repair: the same question with the answer and what is wrong. */
static bool repair(struct asking *asking)
{
	struct service_result *result = &asking->result;

	if (result->fault != FAULT_ANSWER || asking->bad_answer ||
	    result->reply.text.len > LIMIT_REPAIR_BYTES ||
	    asking->ask.is_joint || asking->ask.is_repair ||
	    asking->attempts >= RETRY_ATTEMPTS_PER_ASK ||
	    asking_target(asking)->service->ops->is_local)
		return false;
	asking->bad_answer = xmemdup(result->reply.text.ptr,
				     result->reply.text.len);
	asking->complaint = xstrdup(result->message);
	asking_prepare(asking);
	return true;
}

/* Refused for a parameter: the same without it. */
static bool adapt(struct asking *asking)
{
	struct target *target = asking_target(asking);

	/* Somebody may have learnt it while this was under way. */
	if (asking->result.fault != FAULT_REQUEST ||
	    !(asking->result.quirks & ~asking->chat.quirks) ||
	    asking->attempts >= RETRY_ATTEMPTS_PER_ASK)
		return false;
	memory_learn(target, asking->model, asking->result.quirks);
	log_info("%s: %s takes fewer parameters than were sent",
		 target->service->name, asking->model);
	asking_prepare(asking);
	return true;
}

static void go_on(struct asking *asking)
{
	struct target *target = asking_target(asking);
	struct service_result *result = &asking->result;
	size_t left = asking->chain_len - asking->at - 1;
	struct retry_state state = {
		.fault = result->fault,
		.wait_ms = result->wait_ms,
		.should_retry = result->should_retry,
		.attempts_here = asking->attempts_here,
		.attempts_total = asking->attempts,
		.has_next = left > 0,
		.has_peer = left > 0 &&
			    !asking->chain[asking->at + 1].is_stand_in,
		.left_ms = asking->waits_until_ms - clock_mono_ms(),
	};
	struct retry_decision decision;
	uint32_t random;

	random_bytes(&random, sizeof(random));
	decision = retry_decide(&state, random);
	if (decision.step == RETRY_AGAIN && result->fault != FAULT_RATE &&
	    !retry_purse_spend(&target->purse))
		decision.step = state.has_next ? RETRY_NEXT : RETRY_END;
	if (result->fault == FAULT_ANSWER && asking->ask.is_joint)
		decision.step = RETRY_END; /* each agent asks for itself */
	if (decision.step == RETRY_AGAIN) {
		log_info("%s: %s: again in %lld ms", target->service->name,
			 result->message, (long long)decision.wait_ms);
		asking_choose_later(asking, ASKING_BACKING_OFF,
				    decision.wait_ms);
	} else if (decision.step == RETRY_NEXT) {
		log_info("%s: %s: the next service is asked",
			 target->service->name, result->message);
		asking_next(asking, result->fault, result->message);
	} else {
		asking_fail(asking, result->fault, result->message);
	}
}

void asking_recover(struct asking *asking)
{
	if (!repair(asking) && !adapt(asking))
		go_on(asking);
}

void asking_take_result(struct asking *asking)
{
	struct gateway *gateway = asking->gateway;

	asking->http_call = NULL;
	asking->service_call = NULL;
	gateway->in_flight--;
	prefix_release(asking);
	if (asking->is_stopping) {
		take_stopped(asking);
	} else {
		service_result_mask(&asking->result);
		asking_judge(asking);
		tell_target(asking);
		spend_settle(asking);
		attempt_add_sent(asking);
		asking->waited_ms = 0;
		if (asking->result.fault == FAULT_NONE) {
			if (asking->cache_key[0])
				cache_put(gateway->cache, asking->cache_key,
					  &asking->result.reply);
			asking_end(asking, FAULT_NONE);
		} else {
			asking_recover(asking);
		}
	}
}
