#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/log.h"
#include "gateway/machine.h"

#define DEFAULT_DEADLINE_MS 600000

/* One opening of a breaker is waited for, and the probe after it. */
#define BREAKER_PATIENCE_MS (BREAKER_OPEN_MS + 30000)

static const char *const state_names[] = {
	[ASKING_CHOOSING] = "choosing",
	[ASKING_FOR_KEY] = "reading the key",
	[ASKING_FOR_PREFIX] = "waiting for the prefix",
	[ASKING_QUEUED] = "waiting for the rate limit",
	[ASKING_FOR_BUDGET] = "waiting for what others have reserved",
	[ASKING_SENT] = "waiting for the reply",
	[ASKING_BACKING_OFF] = "backing off",
	[ASKING_FOR_BREAKER] = "waiting for the breaker",
	[ASKING_ENDED] = "ended",
};

/* Adds "service: message" to what people are told at the end. */
static void add_trouble(struct asking *asking, const char *service,
			const char *message)
{
	size_t len = strlen(asking->trouble);
	size_t left = sizeof(asking->trouble) - len;

	if (left < 40)
		return;
	snprintf(asking->trouble + len, left, "%s%s%s%s", len ? "; " : "",
		 service ? service : "", service ? ": " : "", message);
}

static void release(struct asking *asking)
{
	free(asking->model);
	free(asking->mapped_from);
	free(asking->bad_answer);
	free(asking->complaint);
	service_request_release(&asking->request);
	service_result_release(&asking->result);
	for (size_t i = 0; i < asking->tried.len; i++)
		attempt_release(&asking->tried.items[i]);
	free(asking->tried.items);
	free(asking);
}

static void stop_waiting(struct asking *asking)
{
	loop_timer_cancel(asking->timer);
	asking->timer = NULL;
	target_unqueue(asking);
	prefix_leave(asking);
}

static void fill_outcome(struct outcome *out, const struct asking *asking,
			 enum fault fault)
{
	const struct choice *last =
		&asking->chain[asking->at < asking->chain_len
				       ? asking->at
				       : asking->chain_len - 1];
	const struct choice *first = &asking->chain[0];

	*out = (struct outcome){
		.fault = fault,
		.service = last->name,
		.mapped_from = asking->mapped_from,
		.instead_of = last == first ? NULL : first->name,
		.first_fault = asking->first_fault,
		.trouble = asking->trouble[0] ? asking->trouble : NULL,
		.budget_returns = fault == FAULT_BUDGET &&
				  asking->budget_returns,
		.degraded = last->is_stand_in && asking->attempts > 0,
		.is_local = last->target &&
			    last->target->service->ops->is_local,
		.cached = asking->cached,
		.waits = asking->waits,
		.duration_ms = clock_mono_ms() - asking->started_ms,
		.usage = asking->usage,
		.cost_nusd = asking->cost_nusd,
		.cost_unknown = asking->cost_unknown,
		.cache_saved_nusd = asking->saved_nusd,
		.requests = asking->attempts,
		.attempts = asking->tried.items,
		.attempt_count = asking->tried.len,
	};
	if (fault == FAULT_NONE) {
		out->text = asking->result.reply.text.ptr;
		out->text_len = asking->result.reply.text.len;
		out->model = asking->result.reply.model
				     ? asking->result.reply.model
				     : asking->model;
		return;
	}
	out->model = asking->model;
	err_set(&out->err, ERR_UNAVAILABLE, "%s",
		asking->trouble[0] ? asking->trouble : fault_name(fault));
}

void asking_end(struct asking *asking, enum fault fault)
{
	struct gateway *gateway = asking->gateway;
	struct outcome outcome;

	assert(!asking->http_call && !asking->service_call);
	stop_waiting(asking);
	asking->state = ASKING_ENDED;
	DL_DELETE(gateway->askings, asking);
	fill_outcome(&outcome, asking, fault);
	log_debug("ask %s: %s after %d requests", asking->ask.chat->agent,
		  fault == FAULT_NONE ? "answered" : fault_name(fault),
		  asking->attempts);
	asking->done(&outcome, asking->payload);
	release(asking);
}

void asking_stop(struct asking *asking, enum fault fault)
{
	char message[100];

	if (asking->is_stopping)
		return;
	asking->is_stopping = true;
	asking->stop_fault = fault;
	snprintf(message, sizeof(message), "%s while %s",
		 fault == FAULT_TIMEOUT ? "out of time" : "cancelled",
		 state_names[asking->state]);
	add_trouble(asking,
		    asking->at < asking->chain_len
			    ? asking->chain[asking->at].name
			    : NULL,
		    message);
	if (asking->http_call || asking->service_call)
		send_cancel(asking); /* ends in asking_take_result() */
	else
		asking_end(asking, fault);
}

static void on_timer(const struct err *err, void *payload)
{
	struct asking *asking = payload;
	struct gateway *gateway = asking->gateway;

	asking->timer = NULL;
	gateway_enter(gateway);
	if (err) {
		asking_stop(asking, FAULT_CANCELLED);
	} else {
		asking->state = ASKING_CHOOSING;
		asking_choose(asking);
	}
	gateway_leave(gateway);
}

void asking_choose_later(struct asking *asking, enum asking_state state,
			 int64_t delay_ms)
{
	struct err err = ERR_INIT;

	asking->state = state;
	asking->waited_ms += delay_ms;
	if (loop_timer_start(&asking->timer, asking->gateway->loop, delay_ms,
			     on_timer, asking, &err) < 0)
		asking_stop(asking, FAULT_CANCELLED);
}

void asking_fail(struct asking *asking, enum fault fault, const char *message)
{
	if (asking->at == 0)
		asking->first_fault = fault;
	add_trouble(asking, asking->chain[asking->at].name, message);
	asking_end(asking, fault);
}

/* What the service at hand came to; on to the next one. */
static void pass_over(struct asking *asking, enum fault fault,
		      const char *message)
{
	if (asking->at == 0)
		asking->first_fault = fault;
	asking->fault = fault;
	add_trouble(asking, asking->chain[asking->at].name, message);
	asking->attempts_here = 0;
	asking->at++;
}

void asking_next(struct asking *asking, enum fault fault, const char *message)
{
	pass_over(asking, fault, message);
	asking_choose(asking);
}

/* The shortest wait until one of its services may be probed; -1: none is left
 * alone. */
static int64_t breaker_wait(const struct asking *asking)
{
	int64_t wall = clock_wall_ms(), shortest = -1, wait;

	for (size_t i = 0; i < asking->chain_len; i++) {
		const struct target *target = asking->chain[i].target;

		if (target && !target_is_blocked(target, wall) &&
		    breaker_refuses(&target->breaker, wall, &wait) &&
		    (shortest < 0 || wait < shortest))
			shortest = wait;
	}
	return shortest;
}

/* Waiting is better than giving up, for as long as there is hope. */
static bool waits_for_breaker(struct asking *asking)
{
	int64_t now = clock_mono_ms(), wait = breaker_wait(asking);

	if (wait < 0 || asking->attempts >= RETRY_ATTEMPTS_PER_ASK)
		return false;
	if (!asking->breaker_patience_ms)
		asking->breaker_patience_ms = now + BREAKER_PATIENCE_MS;
	if (now + wait >= asking->breaker_patience_ms ||
	    now + wait >= asking->waits_until_ms)
		return false;
	asking->at = 0;
	asking->attempts_here = 0;
	asking_choose_later(asking, ASKING_FOR_BREAKER, wait);
	return true;
}

/* Said once, however often it is looked at. */
static void skip(struct asking *asking, enum fault fault, const char *why)
{
	unsigned bit = 1U << asking->at;

	if (asking->skipped & bit) {
		asking->fault = fault;
		asking->at++;
		return;
	}
	asking->skipped |= bit;
	attempt_add_skipped(asking, fault, why);
	pass_over(asking, fault, why);
}

void asking_skip(struct asking *asking, enum fault fault, const char *why)
{
	skip(asking, fault, why);
	asking_choose(asking);
}

void asking_choose(struct asking *asking)
{
	int64_t wall = clock_wall_ms(), wait;

	while (asking->at < asking->chain_len) {
		const struct choice *choice = &asking->chain[asking->at];
		const struct target *target = choice->target;
		/* Then nothing is sent now, and the answer may be there. */
		bool may_wait = desk_wants(asking);

		if (choice->is_stand_in && waits_for_breaker(asking))
			return;
		if (!target) {
			skip(asking, FAULT_AUTH, "there is no such service");
		} else if (!may_wait && target_is_blocked(target, wall)) {
			skip(asking, target->blocked_fault,
			     target->blocked_why);
		} else if (!may_wait &&
			   breaker_refuses(&target->breaker, wall, &wait)) {
			skip(asking, FAULT_OVERLOADED,
			     "left alone after repeated failures");
		} else {
			asking_prepare(asking);
			return;
		}
	}
	if (waits_for_breaker(asking))
		return;
	asking_end(asking, asking->fault);
}

static bool has_choice(const struct asking *asking, const char *name)
{
	for (size_t i = 0; i < asking->chain_len; i++)
		if (strcmp(asking->chain[i].name, name) == 0)
			return true;
	return false;
}

static void add_choice(struct asking *asking, const char *name)
{
	struct choice *choice = &asking->chain[asking->chain_len];
	const struct choice *first = &asking->chain[0];

	if (asking->chain_len == CHAIN_MAX || has_choice(asking, name))
		return;
	choice->name = name;
	choice->target = target_find(asking->gateway, name);
	choice->is_stand_in = choice != first && choice->target &&
			      choice->target->service->ops->is_local &&
			      !(first->target &&
				first->target->service->ops->is_local);
	asking->chain_len++;
}

/* Several agents' questions in one end where a service answers in a form of its
 * own: there each agent asks for itself. */
static void cut_chain(struct asking *asking)
{
	for (size_t i = 1; i < asking->chain_len; i++)
		if (!asking->chain[i].target ||
		    !asking->chain[i].target->service->ops->takes_any_schema)
			asking->chain_len = i;
}

void asking_add_chain(struct asking *asking, const struct ask *ask)
{
	struct target *target;

	for (size_t i = 0; i < ask->service_count; i++)
		add_choice(asking, ask->services[i]);
	target = asking->chain[0].target;
	for (int i = 0; i < CHAIN_MAX && ask->service_count == 1 && target &&
			target->service->fallback;
	     i++) {
		add_choice(asking, target->service->fallback);
		target = target_find(asking->gateway,
				     target->service->fallback);
	}
	for (target = asking->gateway->targets; ask->allow_degraded && target;
	     target = target->hh.next)
		if (target->service->ops->is_local)
			add_choice(asking, target->service->name);
	if (ask->is_joint)
		cut_chain(asking);
}

void asking_begin_all(struct gateway *gateway)
{
	struct asking *asking;

	while ((asking = gateway->beginners) != NULL) {
		/* What is freed has left the list before.
		 * NOLINTNEXTLINE(clang-analyzer-unix.Malloc) */
		target_unqueue(asking);
		asking_choose(asking);
	}
}

static void on_begin(const struct err *err, void *payload)
{
	struct gateway *gateway = payload;

	gateway->begin = NULL;
	gateway_enter(gateway);
	while (err && gateway->beginners)
		asking_stop(gateway->beginners, FAULT_CANCELLED);
	gateway_leave(gateway);
}

/* The first step is never taken from inside gateway_ask(): by gateway_leave(),
 * or where nobody has entered by the next turn of the loop. */
static int begin(struct asking *asking, struct err *err)
{
	struct gateway *gateway = asking->gateway;

	if (!gateway->depth && !gateway->begin &&
	    loop_timer_start(&gateway->begin, gateway->loop, 0, on_begin,
			     gateway, err) < 0)
		return -1;
	asking_wait_in(asking, &gateway->beginners);
	return 0;
}

int gateway_ask(struct asking **out, struct gateway *gateway,
		const struct ask *ask, ask_done_fn *done, void *payload,
		struct err *err)
{
	struct asking *asking;

	if (!ask->service_count || !ask->chat || !ask->chat->agent)
		return err_set(err, ERR_INVALID, "nobody is asked");
	if (gateway->ending)
		return err_set(err, ERR_CANCELLED, "the gateway is closed");
	asking = xcalloc(1, sizeof(*asking));
	asking->gateway = gateway;
	asking->ask = *ask;
	asking->done = done;
	asking->payload = payload;
	asking->started_ms = clock_mono_ms();
	asking->deadline_ms = asking->started_ms +
			      (ask->deadline_ms ? ask->deadline_ms
						: DEFAULT_DEADLINE_MS);
	asking->waits_until_ms = asking->deadline_ms;
	if (ask->patience_ms &&
	    asking->started_ms + ask->patience_ms < asking->deadline_ms)
		asking->waits_until_ms = asking->started_ms + ask->patience_ms;
	service_request_init(&asking->request);
	service_result_init(&asking->result);
	asking_add_chain(asking, ask);

	if (deadline_watch(asking, err) < 0 || begin(asking, err) < 0) {
		release(asking);
		return -1;
	}
	DL_APPEND(gateway->askings, asking);
	if (out)
		*out = asking;
	return 0;
}

static void on_cancelled(const struct err *err, void *payload)
{
	struct asking *asking = payload;
	struct gateway *gateway = asking->gateway;

	(void)err;
	asking->timer = NULL;
	gateway_enter(gateway);
	asking_stop(asking, FAULT_CANCELLED);
	gateway_leave(gateway);
}

void gateway_cancel(struct asking *asking)
{
	struct err err = ERR_INIT;

	if (asking->is_stopping || asking->state == ASKING_ENDED)
		return;
	if (asking->http_call || asking->service_call) {
		asking_stop(asking, FAULT_CANCELLED);
		return;
	}
	/* Not from inside this call. */
	stop_waiting(asking);
	if (loop_timer_start(&asking->timer, asking->gateway->loop, 0,
			     on_cancelled, asking, &err) < 0)
		log_error("cancel: %s", err.msg); /* the loop's end tells it */
}
