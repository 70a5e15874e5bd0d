#include "workflow/run_ask.h"

#include <stdlib.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "workflow/together.h"

static void on_answer(const struct outcome *outcome, void *payload)
{
	struct run_look *look = payload;
	struct run_asks *asks = look->asks;

	look->asking = NULL;
	asks->asked(look, outcome, asks->payload);
}

/* It ends as if nobody had been there to ask. */
static void end_unasked(struct run_look *look, const struct err *err)
{
	const struct outcome outcome = { .fault = FAULT_CANCELLED,
					 .err = *err };

	on_answer(&outcome, look);
}

/* Who waits past the end of the run waits for nothing. */
static int64_t patience_of(const struct run_asks *asks)
{
	int64_t left = asks->ends_mono_ms - clock_mono_ms();

	return left > 0 ? left : 1;
}

static void ask_alone(struct run_look *look)
{
	struct run_asks *asks = look->asks;
	struct err err = ERR_INIT;

	look->ask.run = asks->record->id;
	look->ask.patience_ms = patience_of(asks);
	if (asks->is_stopped) {
		err_set(&err, ERR_CANCELLED, "the run was stopped before");
		end_unasked(look, &err);
	} else if (gateway_ask(&look->asking, asks->gateway, &look->ask,
			       on_answer, look, &err) < 0) {
		end_unasked(look, &err);
	}
}

/* The time a look has left for asking by itself; 0: it does not. */
static int64_t time_left(const struct joint *joint,
			 const struct outcome *outcome)
{
	int64_t left = joint->ask.deadline_ms - outcome->duration_ms;
	const struct run_asks *asks = joint->owner;

	return asks->is_stopped || outcome->fault == FAULT_CANCELLED || left < 0
		       ? 0
		       : left;
}

static void note_others(struct task_record *record, const struct joint *joint,
			size_t index)
{
	for (size_t i = 0; i < joint->count; i++)
		if (i != index)
			strvec_add(&record->together,
				   joint->looks[i]->task->plan->use->name);
}

/* An agent takes its part of the answer, or asks for itself: that is its repair
 * if there was an answer that did not do. */
static void take_share(struct joint *joint, size_t index,
		       const struct outcome *outcome)
{
	struct run_look *look = joint->looks[index];
	struct run_asks *asks = joint->owner;
	int64_t left = time_left(joint, outcome);
	struct share share;

	joint_share(&share, joint, index, outcome);
	if (share.outcome.fault == FAULT_NONE || !left) {
		if (share.outcome.fault == FAULT_NONE)
			note_others(look->task->record, joint, index);
		asks->asked(look, &share.outcome, asks->payload);
	} else {
		run_task_charge(look, &share.outcome);
		asks->record->cost_unknown |= outcome->cost_unknown;
		look->ask.is_repair = share.outcome.fault == FAULT_ANSWER;
		look->ask.deadline_ms = left;
		ask_alone(look);
	}
	share_release(&share);
}

static void on_joint_answer(const struct outcome *outcome, void *payload)
{
	struct joint *joint = payload;

	for (size_t i = 0; i < joint->count; i++)
		joint->looks[i]->asking = NULL;
	for (size_t i = 0; i < joint->count; i++)
		take_share(joint, i, outcome);
	joint_free(joint);
}

static void ask_together(struct run_asks *asks, struct run_look **looks,
			 size_t count)
{
	struct joint *joint = joint_new(looks, count);
	struct asking *asking = NULL;
	struct err err = ERR_INIT;

	joint->owner = asks;
	joint->ask.run = asks->record->id;
	joint->ask.patience_ms = patience_of(asks);
	if (gateway_ask(&asking, asks->gateway, &joint->ask, on_joint_answer,
			joint, &err) < 0) {
		joint_free(joint);
		for (size_t i = 0; i < count; i++)
			end_unasked(looks[i], &err);
		return;
	}
	for (size_t i = 0; i < count; i++)
		looks[i]->asking = asking;
}

/* Those that `leader` says go out with the look at `first`. */
static void ask_group(struct run_asks *asks, struct run_look **looks,
		      const size_t *leader, size_t first, size_t count)
{
	struct run_look **group = xcalloc(count, sizeof(struct run_look *));
	size_t len = 0;

	for (size_t i = first; i < count; i++)
		if (leader[i] == first)
			group[len++] = looks[i];
	if (len > 1 && !asks->is_stopped)
		ask_together(asks, group, len);
	else
		for (size_t i = 0; i < len; i++)
			ask_alone(group[i]);
	free(group);
}

static void ask_all(struct run_asks *asks, struct run_look **looks,
		    size_t count)
{
	size_t *leader = together_leaders(looks, count, asks->gateway,
					  asks->input);

	for (size_t i = 0; i < count; i++)
		looks[i]->asks = asks;
	for (size_t i = 0; i < count; i++)
		if (leader[i] == i)
			ask_group(asks, looks, leader, i, count);
	free(leader);
}

void run_ask_due(struct run_asks *asks, struct run_task *tasks, size_t count)
{
	struct run_look **looks = NULL;
	size_t len = 0, cap = 0;

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < tasks[i].look_count; j++) {
			if (!tasks[i].looks[j].is_due)
				continue;
			tasks[i].looks[j].is_due = false;
			ARRAY_GROW(looks, len, cap);
			looks[len++] = &tasks[i].looks[j];
		}
	if (len)
		ask_all(asks, looks, len);
	free(looks);
}
