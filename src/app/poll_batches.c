#include "app/poll_batches.h"

#include <stdlib.h>
#include <string.h>

#include "app/waiting.h"
#include "core/alloc.h"
#include "core/clock.h"

/* Those of one pull or branch. */
struct poll_batches {
	const struct pull_state *state;
	struct waiting_place place;
	struct desk *desk;
	struct poll_batches *next;
};

static bool is_of(const struct poll_change *change,
		  const struct pull_state *state)
{
	if (change->is_landing || change->request)
		return false;
	if (change->pull)
		return change->pull->number == state->number;
	return !state->number && change->branch &&
	       !strcmp(change->branch, state->branch);
}

static bool is_left(const struct poll_project *project,
		    const struct pull_state *state)
{
	if (!state->batch_count)
		return false;
	for (size_t i = 0; i < project->change_count; i++)
		if (is_of(project->changes[i], state))
			return false;
	return true;
}

bool poll_batches_are_left(const struct poll_project *project)
{
	for (size_t i = 0; i < project->state_count; i++)
		if (is_left(project, project->states[i]))
			return true;
	return false;
}

int poll_batches_visit(struct poll_project *project, struct gateway *gateway,
		       const char *instance, struct err *err)
{
	for (size_t i = 0; i < project->state_count; i++) {
		const struct pull_state *state = project->states[i];
		struct poll_batches *batches;

		if (!is_left(project, state))
			continue;
		batches = xcalloc(1, sizeof(*batches));
		batches->state = state;
		batches->place = (struct waiting_place){
			.pull = state->number,
			.branch = state->branch,
			.gateway = gateway,
			.project = project->project->name,
			.instance = instance,
		};
		batches->next = project->batches;
		project->batches = batches;
		if (waiting_open_state(&batches->desk, &batches->place, state,
				       mirror_repo(project->mirror), err) < 0)
			return -1;
	}
	return 0;
}

void poll_batches_settle(struct poll_project *project)
{
	const struct poll_batches *at;

	for (at = project->batches; at; at = at->next)
		desk_settle(at->desk);
}

/* Is there a run that may still want the answers? */
static bool is_waited_for(const struct pull_state *state)
{
	for (size_t i = 0; i < state->workflow_count && !state->is_closed;
	     i++) {
		const struct workflow_state *at = &state->workflows[i];

		if (at->retry_at_ms || at->progress == PROGRESS_DUE ||
		    at->progress == PROGRESS_RUNNING)
			return true;
	}
	return false;
}

int poll_batches_keep(struct poll_project *project, struct err *err)
{
	int64_t old_ms = clock_wall_ms() - DESK_GIVE_UP_MS;
	const struct poll_batches *at;

	for (at = project->batches; at; at = at->next)
		if (waiting_keep(at->desk, &at->place,
				 is_waited_for(at->state) ? old_ms : INT64_MAX,
				 mirror_repo(project->mirror), err) < 0)
			return -1;
	return 0;
}

void poll_batches_free(struct poll_batches *batches)
{
	struct poll_batches *next;

	for (; batches; batches = next) {
		next = batches->next;
		desk_free(batches->desk);
		free(batches);
	}
}
