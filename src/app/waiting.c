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

static void load_all(struct desk *desk, const struct pull_state *state)
{
	for (size_t i = 0; i < state->batch_count; i++) {
		const struct batch_state *batch = &state->batches[i];

		desk_load(desk, batch->service, batch->id, batch->sent_at_ms,
			  batch->request);
	}
}

int waiting_open(struct desk **out, const struct judge_input *input,
		 struct repo *repo, struct err *err)
{
	struct pull_state state = { 0 };
	int ret;

	*out = NULL;
	if (!input->may_wait || (!input->pull && !input->branch))
		return 0;
	ret = pull_state_load(&state, repo, input->pull,
			      input->pull ? NULL : input->branch, err);
	if (ret < 0 && err->code != ERR_NOT_FOUND)
		return -1;
	*err = (struct err)ERR_INIT;
	if (is_relaxed(input) || (!ret && state.batch_count))
		*out = desk_new(input->gateway, input->project);
	if (!ret && *out)
		load_all(*out, &state);
	if (!ret)
		pull_state_release(&state);
	if (*out)
		desk_visit(*out);
	return 0;
}

struct keeping {
	const struct desk *desk;
	bool over;
	struct pull_state *state;
};

static void keep_batch(const char *service, const char *id, int64_t sent_at_ms,
		       struct json *request, void *payload)
{
	struct pull_state *state = payload;

	ARRAY_GROW(state->batches, state->batch_count, state->batch_cap);
	state->batches[state->batch_count++] = (struct batch_state){
		.service = xstrdup(service),
		.id = xstrdup(id),
		.sent_at_ms = sent_at_ms,
		.request = request,
	};
}

static int edit(struct pull_state *state, void *payload, struct err *err UNUSED)
{
	const struct keeping *keeping = payload;

	pull_state_drop_batches(state);
	desk_save(keeping->desk, keeping->over, keep_batch, state);
	return 0;
}

int waiting_keep(const struct desk *desk, const struct judge_input *input,
		 bool over, struct repo *repo, struct err *err)
{
	struct keeping keeping = { .desk = desk, .over = over };

	fault_point("batch.keep");
	return pull_state_edit(repo, input->pull,
			       input->pull ? NULL : input->branch, edit,
			       &keeping, err);
}

int waiting_submit(struct desk *desk, const struct judge_input *input,
		   struct repo *repo, struct err *err)
{
	if (!desk || !desk_has_news(desk))
		return 0;
	desk_submit(desk);
	return waiting_keep(desk, input, false, repo, err);
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

int waiting_end(const struct desk *desk, const struct judge_input *input,
		const struct judged *judged, struct repo *repo, struct err *err)
{
	bool over = true;

	if (!desk || !desk_is_used(desk))
		return 0;
	for (size_t i = 0; i < judged->count; i++)
		over &= !waits_for(&judged->runs[i].record,
				   RUN_WAITS_FOR_BATCH);
	return waiting_keep(desk, input, over, repo, err);
}
