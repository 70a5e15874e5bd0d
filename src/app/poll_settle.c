/*
 * After judging: what became of it is remembered, results go to the remote.
 */
#include <stdlib.h>
#include <string.h>

#include "app/due.h"
#include "app/poll_project.h"
#include "core/alloc.h"
#include "core/clock.h"
#include "core/fault.h"
#include "repo/remote.h"

/* It is the result that was settled before, and is told on this head. */
static bool is_settled(const struct poll_change *change, size_t i,
		       const struct workflow_state *at)
{
	return change->workflows[i].is_only_told && at->is_untold &&
	       !strcmp(at->run, change->judged.runs[i].record.id);
}

static void settle_use(struct pull_state *state, struct poll_change *change,
		       size_t i)
{
	const struct run_record *record = &change->judged.runs[i].record;
	struct workflow_state *at = pull_state_workflow(state,
							record->workflow);
	int64_t now_ms = clock_wall_ms();
	char head[OID_HEX_SIZE];
	bool is_new;

	oid_format(head, &change->changeset.head);
	if (is_settled(change, i, at)) {
		memcpy(at->head, head, sizeof(at->head));
		return;
	}
	if (strcmp(at->change_key, change->changeset.change_key) != 0 ||
	    strcmp(at->head, head) != 0)
		due_mark(at, change->changeset.change_key, head,
			 change->uses[i].event, now_ms);
	is_new = strcmp(at->run, record->id) != 0;
	due_settle(at, record, now_ms);
	/* Nobody is told of it but git. */
	if (at->progress == PROGRESS_STORED && !poll_change_is_told(change))
		at->progress = PROGRESS_DONE;
	if (is_new)
		at->is_untold = at->progress != PROGRESS_STORED &&
				at->progress != PROGRESS_DONE &&
				poll_change_is_told(change);
	if (change->uses[i].period) {
		free(at->period);
		at->period = xstrdup(change->uses[i].period);
	}
}

static int settle_state(struct pull_state *state, void *payload,
			struct err *err UNUSED)
{
	struct poll_change *change = payload;

	state->epoch = project_lock_epoch(change->project->lock);
	if (change->is_landing) {
		state->is_closed = true;
		return 0;
	}
	for (size_t i = 0; i < change->judged.count; i++)
		settle_use(state, change, i);
	if (change->is_handled_by_head) {
		oid_format(state->head, &change->changeset.head);
		state->seen_at_ms = change->project->now_ms;
	}
	return 0;
}

static int settle_change(struct poll_project *project,
			 struct poll_change *change, struct err *err)
{
	if (!change->is_stored)
		return 0;
	if (change->request)
		return mirror_serve(project->mirror, change->request, err);
	fault_point("poll.settle");
	return pull_state_edit(mirror_repo(project->mirror),
			       change->pull ? change->pull->number : 0,
			       change->branch, settle_state, change, err);
}

int poll_settle(struct poll_project *project, struct err *err)
{
	for (size_t i = 0; i < project->change_count; i++)
		if (settle_change(project, project->changes[i], err) < 0)
			return -1;
	return 0;
}

int poll_push(struct poll_project *project, struct err *err)
{
	project->is_behind = mirror_has_news(project->mirror);
	if (!project->is_behind || !project->may_push)
		return 0;
	project->has_pushed = true;
	if (mirror_push(project->mirror, err) < 0)
		return -1;
	project->is_behind = false;
	return 0;
}

int poll_flush(struct poll_project *project, struct err *err)
{
	if (poll_lock(project, err) < 0 ||
	    mirror_open(&project->mirror, project->settings, project->project,
			project->token, &project->cancel, err) < 0)
		return -1;
	project->may_push = true;
	return poll_push(project, err);
}

static void set_text(char **to, const char *text)
{
	free(*to);
	*to = xstrdup(text);
}

/* Did everybody on that pull get an answer? */
static bool are_all_said(const struct poll_project *project,
			 const struct pull_state *state)
{
	for (size_t i = 0; i < project->reply_count; i++)
		if (project->replies[i]->state == state &&
		    !project->replies[i]->is_said)
			return false;
	return true;
}

int poll_answered(struct poll_project *project, struct err *err)
{
	struct pull_state **states = xcalloc(project->reply_count + 1,
					     sizeof(*states));
	size_t count = 0;
	int ret = 0;

	for (size_t i = 0; i < project->reply_count; i++) {
		const struct poll_reply *reply = project->replies[i];
		struct pull_state *state = reply->state;

		if (reply->is_said && reply->comment)
			set_text(&pull_state_posted(state, "command",
						    reply->comment)
					  ->id,
				 "answered");
		if (reply->read_at_ms && are_all_said(project, state)) {
			if (reply->last_comment)
				set_text(&state->last_comment,
					 reply->last_comment);
			state->comments_at_ms = reply->read_at_ms;
		}
		if (!count || states[count - 1] != state)
			states[count++] = state;
	}
	fault_point("poll.answered");
	if (count)
		ret = pull_states_save(mirror_repo(project->mirror), states,
				       count, err);
	free(states);
	return ret;
}
