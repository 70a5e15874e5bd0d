#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/secret.h"
#include "gateway/machine.h"
#include "io/file.h"
#include "io/work.h"

/* A key that was refused may be replaced while we run. */
#define KEY_BLOCK_MS   600000
#define QUOTA_BLOCK_MS 3600000

struct target *target_find(struct gateway *gateway, const char *name)
{
	struct target *target;

	HASH_FIND_STR(gateway->targets, name, target);
	return target;
}

void target_free(struct target *target)
{
	struct learnt *learnt, *next_learnt;
	struct lane *lane, *next_lane;

	learnt = target->learnt;
	HASH_CLEAR(hh, target->learnt);
	for (; learnt; learnt = next_learnt) {
		next_learnt = learnt->hh.next;
		free(learnt->model);
		free(learnt);
	}
	lane = target->lanes;
	HASH_CLEAR(hh, target->lanes);
	for (; lane; lane = next_lane) {
		next_lane = lane->hh.next;
		free(lane->project);
		free(lane);
	}
	loop_timer_cancel(target->wake);
	file_lock_free(target->probe_lock);
	secret_free(target->key);
	free(target);
}

unsigned target_quirks(const struct target *target, const char *model)
{
	struct learnt *learnt;

	HASH_FIND_STR(target->learnt, model, learnt);
	return learnt && learnt->until_ms > clock_wall_ms() ? learnt->quirks
							    : 0;
}

void target_know(struct target *target, const char *model, unsigned quirks,
		 int64_t until_ms)
{
	struct learnt *learnt;

	HASH_FIND_STR(target->learnt, model, learnt);
	if (!learnt) {
		learnt = xcalloc(1, sizeof(*learnt));
		learnt->model = xstrdup(model);
		HASH_ADD_KEYPTR(hh, target->learnt, learnt->model,
				strlen(learnt->model), learnt);
	}
	learnt->quirks |= quirks;
	if (until_ms > learnt->until_ms)
		learnt->until_ms = until_ms;
}

bool target_is_blocked(const struct target *target, int64_t wall_ms)
{
	return wall_ms < target->blocked_until_ms;
}

const char *target_obstacle(const struct target *target)
{
	int64_t wall = clock_wall_ms(), wait;

	if (!target)
		return "there is no such service";
	if (target->service->lacks_key)
		return "there is no key for it";
	if (target_is_blocked(target, wall))
		return target->blocked_why;
	if (breaker_refuses(&target->breaker, wall, &wait))
		return "left alone after repeated failures";
	return NULL;
}

void target_block(struct target *target, const struct service_result *result)
{
	int64_t wall = clock_wall_ms(), until = result->blocked_until_ms;

	if (!until)
		until = wall + (result->fault == FAULT_QUOTA ? QUOTA_BLOCK_MS
							     : KEY_BLOCK_MS);
	if (until <= target->blocked_until_ms)
		return;
	target->blocked_until_ms = until;
	target->blocked_fault = result->fault;
	snprintf(target->blocked_why, sizeof(target->blocked_why), "%s",
		 result->message);
	log_warn("%s: not asked for %lld s: %s", target->service->name,
		 (long long)((until - wall) / 1000), result->message);
	memory_save(target->gateway);
}

static struct lane *find_lane(struct target *target, const char *project)
{
	struct lane *lane;

	HASH_FIND_STR(target->lanes, project, lane);
	if (!lane) {
		lane = xcalloc(1, sizeof(*lane));
		lane->project = xstrdup(project);
		HASH_ADD_KEYPTR(hh, target->lanes, lane->project,
				strlen(lane->project), lane);
	}
	return lane;
}

void asking_wait_in(struct asking *asking, struct asking **list)
{
	DL_APPEND2(*list, asking, wait_prev, wait_next);
	asking->waiting_in = list;
}

void target_queue(struct target *target, struct asking *asking)
{
	struct lane *lane = find_lane(
		target, asking->ask.project ? asking->ask.project : "");

	asking->state = ASKING_QUEUED;
	asking->lane = lane;
	if (!lane->waiting)
		DL_APPEND(target->turns, lane);
	asking_wait_in(asking, &lane->waiting);
}

void target_unqueue(struct asking *asking)
{
	if (!asking->waiting_in)
		return;
	DL_DELETE2(*asking->waiting_in, asking, wait_prev, wait_next);
	asking->waiting_in = NULL;
	if (asking->lane && !asking->lane->waiting)
		DL_DELETE(asking_target(asking)->turns, asking->lane);
	asking->lane = NULL;
}

static void on_wake(const struct err *err, void *payload)
{
	struct target *target = payload;
	struct gateway *gateway = target->gateway;

	target->wake = NULL;
	if (err)
		return;
	gateway_enter(gateway);
	gateway_leave(gateway);
}

static void wake_in(struct target *target, int64_t delay_ms)
{
	struct err err = ERR_INIT;

	if (target->wake)
		loop_timer_cancel(target->wake);
	target->wake = NULL;
	if (loop_timer_start(&target->wake, target->gateway->loop, delay_ms,
			     on_wake, target, &err) < 0)
		log_debug("%s: %s", target->service->name, err.msg);
}

void target_dispatch(struct target *target)
{
	const struct gateway *gateway = target->gateway;

	while (target->turns && gateway->in_flight < gateway->concurrency) {
		struct lane *lane = target->turns;
		struct asking *asking = lane->waiting;
		int64_t now = clock_mono_ms();
		int64_t wait = rate_wait(&target->rate, now, asking->tokens);

		if (wait > 0 && now + wait >= asking->waits_until_ms) {
			target_unqueue(asking);
			asking_skip(asking, FAULT_RATE,
				    "its rate limit leaves no time for it");
			continue;
		}
		if (wait) {
			if (wait > 0)
				wake_in(target, wait);
			return;
		}
		target_unqueue(asking);
		/* Somebody else's turn, if this lane is still waiting. */
		if (target->turns == lane && lane->next) {
			DL_DELETE(target->turns, lane);
			DL_APPEND(target->turns, lane);
		}
		asking_send(asking);
	}
}

/* A key being read on a worker thread. */
struct key_job {
	struct target *target;
	struct secret *key;
	struct err err;
};

static void read_key(void *payload, struct cancel *cancel)
{
	struct key_job *job = payload;
	const struct service *service = job->target->service;

	(void)cancel; /* it has a time limit of its own */
	if (service->load_key(&job->key, service->load_key_payload, &job->err) <
	    0)
		job->key = NULL;
}

/* All who waited go on, with or without it. */
static void key_read(const struct err *err, void *payload)
{
	struct key_job *job = payload;
	struct target *target = job->target;
	struct gateway *gateway = target->gateway;
	struct asking *asking;

	gateway_enter(gateway);
	gateway->jobs--;
	if (err)
		job->err = *err;
	target->key = job->key;
	target->key_state = job->key ? KEY_READ : KEY_MISSING;
	if (!job->key)
		log_warn("%s: %s", target->service->name, job->err.msg);
	while ((asking = target->awaiting_key) != NULL) {
		target_unqueue(asking);
		if (target->key) {
			asking_prepare(asking);
			continue;
		}
		attempt_add_skipped(asking, FAULT_AUTH, job->err.msg);
		asking_next(asking, FAULT_AUTH, job->err.msg);
	}
	if (!job->key) {
		struct service_result result;

		service_result_init(&result);
		service_result_fail(&result, FAULT_AUTH, "%s", job->err.msg);
		target_block(target, &result);
		target->key_state = KEY_UNREAD;
		service_result_release(&result);
	}
	free(job);
	gateway_leave(gateway);
}

void target_read_key(struct target *target, struct asking *asking)
{
	struct key_job *job;
	struct err err = ERR_INIT;

	asking->state = ASKING_FOR_KEY;
	if (target->key_state == KEY_BEING_READ) {
		asking_wait_in(asking, &target->awaiting_key);
		return;
	}
	job = xcalloc(1, sizeof(*job));
	job->target = target;
	if (work_start(NULL, target->gateway->loop, read_key, key_read, job,
		       &err) < 0) {
		free(job);
		asking_stop(asking, FAULT_CANCELLED);
		return;
	}
	target->gateway->jobs++;
	target->key_state = KEY_BEING_READ;
	asking_wait_in(asking, &target->awaiting_key);
}
