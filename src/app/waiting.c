#include "app/waiting.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/fault.h"
#include "store/pulls.h"
#include "store/runs.h"

static bool is_relaxed(const struct judge_input *input)
{
	for (size_t i = 0; i < input->workflow_count; i++)
		if (input->workflows[i].workflow->relaxed)
			return true;
	return false;
}

static struct waiting_place place_of(const struct judge_input *input)
{
	return (struct waiting_place){
		.pull = input->pull,
		.branch = input->pull ? NULL : input->branch,
		.gateway = input->gateway,
		.project = input->project,
		.instance = input->instance,
	};
}

static struct desk_kept kept_of(const struct batch_state *batch)
{
	return (struct desk_kept){
		.service = batch->service,
		.id = batch->id,
		.sent_at_ms = batch->sent_at_ms,
		.request = batch->request,
	};
}

int waiting_open_state(struct desk **out, const struct waiting_place *place,
		       const struct pull_state *state, struct repo *repo,
		       struct err *err)
{
	struct desk *desk = desk_new(place->gateway, place->project,
				     place->instance);

	for (size_t i = 0; i < state->batch_count; i++) {
		const struct desk_kept kept = kept_of(&state->batches[i]);

		desk_load(desk, &kept);
	}
	/* What others sent counts on us from here on: that is remembered
	 * first. */
	if (desk_adopt(desk) &&
	    waiting_keep(desk, place, INT64_MIN, repo, err) < 0) {
		desk_free(desk);
		return -1;
	}
	desk_visit(desk);
	*out = desk;
	return 0;
}

int waiting_open(struct desk **out, const struct judge_input *input,
		 struct repo *repo, struct err *err)
{
	const struct waiting_place place = place_of(input);
	struct pull_state state = { 0 };
	int ret = 0;

	*out = NULL;
	if (!input->may_wait || (!place.pull && !place.branch))
		return 0;
	if (pull_state_load(&state, repo, place.pull, place.branch, err) < 0) {
		if (err->code != ERR_NOT_FOUND)
			return -1;
		*err = (struct err)ERR_INIT;
	}
	if (is_relaxed(input) || state.batch_count)
		ret = waiting_open_state(out, &place, &state, repo, err);
	pull_state_release(&state);
	return ret;
}

struct keeping {
	struct desk *desk;
	int64_t done_ms;
};

static void keep_batch(const struct desk_kept *kept, void *payload)
{
	struct pull_state *state = payload;

	ARRAY_GROW(state->batches, state->batch_count, state->batch_cap);
	state->batches[state->batch_count++] = (struct batch_state){
		.service = xstrdup(kept->service),
		.id = xstrdup(kept->id),
		.sent_at_ms = kept->sent_at_ms,
		.request = kept->request,
	};
}

/* Two changes of one branch may be judged at the same time. */
static int edit(struct pull_state *state, void *payload, struct err *err UNUSED)
{
	const struct keeping *keeping = payload;
	size_t count = 0;

	for (size_t i = 0; i < state->batch_count; i++) {
		struct batch_state *batch = &state->batches[i];
		const struct desk_kept kept = kept_of(batch);

		if (desk_has(keeping->desk, &kept))
			batch_state_release(batch);
		else
			state->batches[count++] = *batch;
	}
	state->batch_count = count;
	desk_save(keeping->desk, keeping->done_ms, keep_batch, state);
	return 0;
}

int waiting_keep(struct desk *desk, const struct waiting_place *place,
		 int64_t done_ms, struct repo *repo, struct err *err)
{
	struct keeping keeping = { .desk = desk, .done_ms = done_ms };

	fault_point("batch.keep");
	return pull_state_edit(repo, place->pull, place->branch, edit, &keeping,
			       err);
}

int waiting_keep_news(struct desk *desk, const struct judge_input *input,
		      struct repo *repo, struct err *err)
{
	const struct waiting_place place = place_of(input);

	return waiting_keep(desk, &place, INT64_MIN, repo, err);
}

int waiting_submit(struct desk *desk, const struct judge_input *input,
		   struct repo *repo, struct err *err)
{
	if (!desk || !desk_has_news(desk))
		return 0;
	desk_submit(desk);
	return waiting_keep_news(desk, input, repo, err);
}

static bool waits_for(const struct run_record *record, const char *what)
{
	return record->verdict == VERDICT_SKIPPED && record->waits_for &&
	       !strcmp(record->waits_for, what);
}

static bool waits(const struct run_record *record)
{
	return waits_for(record, RUN_WAITS_FOR_BATCH) ||
	       waits_for(record, RUN_WAITS_FOR_CI);
}

void waiting_reuse(struct judged *judged, struct repo *repo)
{
	for (size_t i = 0; i < judged->count; i++) {
		struct run_record *record = &judged->runs[i].record, stored;
		struct err err = ERR_INIT;

		if (!waits(record) ||
		    runs_find(&stored, repo, record->change_key,
			      record->workflow, &err) < 0)
			continue;
		if (waits_for(&stored, record->waits_for) &&
		    !strcmp(stored.head, record->head)) {
			run_record_release(record);
			*record = stored;
			judged->runs[i].reused = true;
		} else {
			run_record_release(&stored);
		}
	}
}

int waiting_end(struct desk *desk, const struct judge_input *input,
		const struct judged *judged, struct repo *repo, struct err *err)
{
	const struct waiting_place place = place_of(input);
	bool over = true;

	if (!desk || !desk_is_used(desk))
		return 0;
	for (size_t i = 0; i < judged->count; i++)
		over &= !waits_for(&judged->runs[i].record,
				   RUN_WAITS_FOR_BATCH);
	return waiting_keep(desk, &place, over ? INT64_MAX : INT64_MIN, repo,
			    err);
}
