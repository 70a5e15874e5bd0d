#include "app/due.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

#define MINUTE_MS ((int64_t)60 * 1000)

/* What failed is tried again after these, then only when somebody asks. */
static const int64_t retry_after_ms[] = { 5 * MINUTE_MS, 30 * MINUTE_MS,
					  120 * MINUTE_MS };

/* Money comes back with a day or a month; nobody tells when. */
#define BUDGET_AFTER_MS (60 * MINUTE_MS)

const char due_undelivered[] = "was not delivered";

static void add_event(struct pull_events *events, enum pull_action action)
{
	events->items[events->len++] = action;
}

static bool has_label(const struct strvec *labels, const char *label)
{
	for (size_t i = 0; i < labels->len; i++)
		if (!strcmp(labels->v[i], label))
			return true;
	return false;
}

static bool has_new_label(const struct pull_state *state,
			  const struct pull_seen *seen)
{
	for (size_t i = 0; i < seen->label_count; i++)
		if (!has_label(&state->labels, seen->labels[i]))
			return true;
	return false;
}

static bool knows_key(const struct pull_state *state, const char *change_key)
{
	for (size_t i = 0; i < state->change_keys.len; i++)
		if (!strcmp(state->change_keys.v[i], change_key))
			return true;
	return false;
}

static void replace(char **text, const char *with)
{
	char *copy = with ? xstrdup(with) : NULL;

	free(*text);
	*text = copy;
}

static void remember(struct pull_state *state, const struct pull_seen *seen,
		     int64_t now_ms)
{
	snprintf(state->head, sizeof(state->head), "%s", seen->head);
	replace(&state->base, seen->base);
	replace(&state->title, seen->title);
	replace(&state->author, seen->author);
	strvec_release(&state->labels);
	for (size_t i = 0; i < seen->label_count; i++)
		strvec_add(&state->labels, seen->labels[i]);
	state->is_draft = seen->is_draft;
	state->is_closed = seen->is_closed;
	state->seen_at_ms = now_ms;
	if (!knows_key(state, seen->change_key))
		pull_state_add_key(state, seen->change_key);
}

void due_observe(struct pull_events *out, struct pull_state *state, bool is_new,
		 bool is_left_out, const struct pull_seen *seen, int64_t now_ms)
{
	*out = (struct pull_events){ 0 };
	if (is_new) {
		state->is_left_out = is_left_out;
		if (!is_left_out && !seen->is_closed)
			add_event(out, PULL_OPENED);
	} else {
		if (state->is_closed && !seen->is_closed)
			add_event(out, PULL_REOPENED);
		if (!seen->is_closed && !knows_key(state, seen->change_key))
			add_event(out, PULL_SYNCHRONIZE);
		if (state->is_draft && !seen->is_draft)
			add_event(out, PULL_READY);
		if (has_new_label(state, seen))
			add_event(out, PULL_LABELED);
		if (!state->is_closed && seen->is_closed)
			add_event(out, PULL_CLOSED);
	}
	remember(state, seen, now_ms);
}

void due_mark(struct workflow_state *state, const char *change_key,
	      const char *head, const char *event, int64_t now_ms)
{
	state->progress = PROGRESS_DUE;
	snprintf(state->change_key, sizeof(state->change_key), "%s",
		 change_key);
	snprintf(state->head, sizeof(state->head), "%s", head);
	state->run[0] = '\0';
	replace(&state->event, event);
	replace(&state->reason, NULL);
	replace(&state->waits_for, NULL);
	state->attempts = 0;
	state->retry_at_ms = 0;
	state->is_untold = false;
	state->changed_at_ms = now_ms;
}

const char *due_now(const struct workflow_state *state, bool is_told,
		    int64_t now_ms)
{
	switch (state->progress) {
	case PROGRESS_DUE:
		return "due";
	case PROGRESS_RUNNING:
		return "was interrupted";
	case PROGRESS_FAILED:
		if (state->retry_at_ms && state->retry_at_ms <= now_ms)
			return "failed before";
		return state->is_untold ? due_undelivered : NULL;
	case PROGRESS_SKIPPED:
		if (state->retry_at_ms && state->retry_at_ms <= now_ms)
			return "what it waited for may be there";
		if (is_told)
			return "what it waited for is known";
		return state->is_untold ? due_undelivered : NULL;
	case PROGRESS_STORED:
	case PROGRESS_DELIVERED:
		return due_undelivered;
	case PROGRESS_DONE:
		return NULL;
	}
	return NULL;
}

bool due_is_over(const struct pull_state *state)
{
	bool is_over = state->is_closed && !state->batch_count;

	for (size_t i = 0; is_over && i < state->workflow_count; i++) {
		const struct workflow_state *at = &state->workflows[i];

		is_over = at->progress == PROGRESS_DONE ||
			  (at->progress == PROGRESS_FAILED &&
			   !at->retry_at_ms && !at->is_untold);
	}
	return is_over;
}

int64_t due_again(int attempts, int64_t now_ms)
{
	size_t attempt = (size_t)attempts;

	return attempt < ARRAY_LEN(retry_after_ms)
		       ? now_ms + retry_after_ms[attempt]
		       : 0;
}

static void settle_failed(struct workflow_state *state, int64_t now_ms)
{
	state->progress = PROGRESS_FAILED;
	state->retry_at_ms = due_again(state->attempts++, now_ms);
}

void due_settle(struct workflow_state *state, const struct run_record *record,
		int64_t now_ms)
{
	memcpy(state->run, record->id, sizeof(state->run));
	replace(&state->reason, record->reason);
	replace(&state->waits_for, record->waits_for);
	state->retry_at_ms = 0;
	state->changed_at_ms = now_ms;
	if (record->verdict == VERDICT_FAILED) {
		settle_failed(state, now_ms);
	} else if (record->verdict == VERDICT_SKIPPED) {
		state->progress = PROGRESS_SKIPPED;
		if (record->waits_for && !strcmp(record->waits_for, "budget"))
			state->retry_at_ms = now_ms + BUDGET_AFTER_MS;
		/* The next poll asks what became of it. */
		if (record->waits_for &&
		    (!strcmp(record->waits_for, RUN_WAITS_FOR_BATCH) ||
		     !strcmp(record->waits_for, RUN_WAITS_FOR_CI)))
			state->retry_at_ms = now_ms;
	} else {
		state->progress = PROGRESS_STORED;
	}
}

bool due_on_schedule(char **next, const char *period, int64_t every_ms,
		     const char *tree, int64_t now_ms)
{
	int64_t number = now_ms / every_ms;
	const char *last_tree = period ? strchr(period, ' ') : NULL;

	*next = NULL;
	if (last_tree && (strtoll(period, NULL, 10) == number ||
			  !strcmp(last_tree + 1, tree)))
		return false;
	*next = xstrf("%" PRId64 " %s", number, tree);
	return true;
}
