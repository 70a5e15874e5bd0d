/*
 * A delivery is a row of steps, each with at most one call to the forge.
 */
#include "app/deliver.h"

#include <stdlib.h>
#include <string.h>

#include "app/deliver_steps.h"
#include "core/alloc.h"
#include "core/clock.h"
#include "core/fault.h"
#include "core/log.h"

#define LOCK_LEFT_MS 45000 /* a post may take so long */
#define HOUR_MS      3600000

static void advance(struct deliver *deliver);

static void forget_texts(struct deliver *deliver)
{
	strvec_release(&deliver->texts);
	free(deliver->lines);
	free(deliver->notes);
	deliver->lines = NULL;
	deliver->notes = NULL;
}

void deliver_forget_run(struct deliver *deliver)
{
	deliver_choice_release(&deliver->choice);
	strvec_release(&deliver->pending);
	free(deliver->review_id);
	deliver->review_id = NULL;
	deliver->has_choice = deliver->is_plain = false;
	deliver->was_looked_for = false;
}

static void finish(struct deliver *deliver)
{
	const struct err *err = deliver->failure.code == ERR_OK
					? NULL
					: &deliver->failure;

	deliver->done(&deliver->result, err, deliver->payload);
	forget_texts(deliver);
	deliver_forget_run(deliver);
	strvec_release(&deliver->threads);
	strvec_release(&deliver->resolved);
	free(deliver->user);
	free(deliver->user_id);
	free(deliver);
}

bool deliver_is_refusal(const struct err *err)
{
	return err->code == ERR_INVALID || err->code == ERR_AUTH ||
	       err->code == ERR_NOT_FOUND || err->code == ERR_PROTOCOL;
}

/* Keeps the first failure, to be told in the end. One thing that cannot be
 * posted does not keep back the others, a forge that is in trouble does. */
static void note_failure(struct deliver *deliver, const struct err *err)
{
	if (deliver->failure.code == ERR_OK)
		deliver->failure = *err;
	else
		log_warn("%s", err->msg);
	if (!deliver_is_refusal(err))
		deliver->is_over = true;
}

/* Counts a post; false when the hour has had enough of them. */
bool deliver_count_post(struct deliver *deliver)
{
	int64_t now = clock_wall_ms();
	char *hour = xstrf("%lld", (long long)(now / HOUR_MS));
	struct posted *posted = pull_state_posted(deliver->input.state, "posts",
						  "hour");
	long count = 0;
	struct err err = ERR_INIT;

	if (posted->digest && strcmp(posted->digest, hour) == 0 && posted->id)
		count = strtol(posted->id, NULL, 10);
	free(posted->digest);
	posted->digest = hour;
	if (count >= POSTS_PER_HOUR) {
		err_set(&err, ERR_RATE,
			"project %s: pull %lld: posted %d times within the "
			"hour; the rest comes later",
			deliver->input.project,
			(long long)deliver->input.pull->number, POSTS_PER_HOUR);
		err.detail = (long)((HOUR_MS - now % HOUR_MS) / 1000 + 1);
		note_failure(deliver, &err);
		return false;
	}
	free(posted->id);
	posted->id = xstrf("%ld", count + 1);
	return true;
}

/* Whoever's right to work here has run out must not post. */
bool deliver_has_time(struct deliver *deliver)
{
	struct err err = ERR_INIT;

	if (!deliver->input.lock ||
	    project_lock_left_ms(deliver->input.lock) > LOCK_LEFT_MS)
		return true;
	err_set(&err, ERR_CONFLICT,
		"project %s: pull %lld: the right to work on the project runs "
		"out; the next poll posts",
		deliver->input.project, (long long)deliver->input.pull->number);
	note_failure(deliver, &err);
	return false;
}

static void on_saved(const struct err *err, void *payload)
{
	struct deliver *deliver = payload;

	if (err) {
		/* What cannot be remembered must not be added to. */
		note_failure(deliver, err);
		deliver->is_over = true;
	}
	advance(deliver);
}

static void go_on(struct deliver *deliver)
{
	const struct deliver_input *input = &deliver->input;
	struct err err = ERR_INIT;

	if (!deliver->is_dirty) {
		advance(deliver);
		return;
	}
	deliver->is_dirty = false;
	fault_point("deliver.save");
	if (input->save(input->state, on_saved, deliver, input->save_payload,
			&err) < 0)
		on_saved(&err, deliver);
}

static void on_answer(struct forge_answer *answer, const struct err *err,
		      void *payload)
{
	struct deliver *deliver = payload;
	enum step step = deliver->step;

	/* take() and failed() may lead elsewhere. */
	deliver->step = step + 1;
	if (!err)
		deliver_steps[step].take(deliver, answer);
	else if (!deliver_steps[step].failed ||
		 !deliver_steps[step].failed(deliver, err)) {
		note_failure(deliver, err);
		/* Without a look there must be no second post. */
		if (step == STEP_HEAD || step == STEP_WHO || step == STEP_DROP)
			deliver->is_over = true;
		if (step == STEP_FIND_REVIEW)
			deliver->step = STEP_FIND_COMMENT;
		if (step == STEP_FIND_COMMENT)
			deliver->step = STEP_STATUS;
	}
	forget_texts(deliver);
	go_on(deliver);
}

static void advance(struct deliver *deliver)
{
	struct err err = ERR_INIT;

	while (!deliver->is_over && deliver->step < STEP_END) {
		if (!deliver_steps[deliver->step].start(deliver)) {
			deliver->step++;
			continue;
		}
		if (deliver->is_over)
			break;
		if (forge_start(deliver->input.forge, &deliver->wish, on_answer,
				deliver, &err) == 0)
			return;
		note_failure(deliver, &err);
		deliver->is_over = true;
	}
	finish(deliver);
}

static void begin(const struct err *err, void *payload)
{
	struct deliver *deliver = payload;

	if (err) {
		note_failure(deliver, err);
		deliver->is_over = true;
	}
	advance(deliver);
}

int deliver_start(struct loop *loop, const struct deliver_input *input,
		  deliver_done_fn *done, void *payload, struct err *err)
{
	struct deliver *deliver = xcalloc(1, sizeof(*deliver));

	deliver->input = *input;
	deliver->loop = loop;
	deliver->done = done;
	deliver->payload = payload;
	deliver->is_over = !input->run_count ||
			   !forge_can(input->forge, FORGE_STATUS);
	if (loop_timer_start(NULL, loop, 0, begin, deliver, err) == 0)
		return 0;
	free(deliver);
	return -1;
}
