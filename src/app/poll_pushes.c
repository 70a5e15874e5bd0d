/*
 * Branches that are no pulls: what was pushed to them, and what is due there
 * with time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/poll_look.h"
#include "core/alloc.h"
#include "repo/object.h"
#include "repo/tree.h"
#include "store/runs.h"

static void mark_event(struct look *look, struct poll_change *change,
		       struct pull_state *state, const char *head,
		       enum trigger_event event)
{
	const struct workflow_list *list = &change->definitions->workflows;

	for (size_t i = 0; i < list->len; i++) {
		struct workflow_state *at;

		if (look_test(change, NULL, list->items[i], event, PULL_ANY,
			      NULL) == HOLDS_NO)
			continue;
		at = pull_state_workflow(state, list->items[i]->id);
		if (strcmp(at->change_key, change->changeset.change_key) != 0 ||
		    strcmp(at->head, head) != 0)
			due_mark(at, change->changeset.change_key, head,
				 trigger_name(event, PULL_ANY),
				 look->project->now_ms);
	}
}

/* What failed on the push that was handled last: its record knows what it was
 * compared with. */
static int look_at_retries(struct look *look, struct pull_state *state,
			   const struct oid *head, struct err *err)
{
	const struct workflow_state *at = state->workflows;
	size_t left = state->workflow_count;
	struct run_record record = { 0 };
	struct poll_change *change;
	struct oid base;
	bool found;

	while (left && !look_due(look, state, at, false, NULL)) {
		at++;
		left--;
	}
	if (!left || runs_find(&record, look->repo, at->change_key,
			       at->workflow, err) < 0) {
		*err = (struct err)ERR_INIT;
		return 0;
	}
	found = !strcmp(record.head, state->head) &&
		oid_parse(&base, record.base) &&
		object_exists(look->repo, &base) &&
		!poll_definitions_wait(look->project, state->branch);
	run_record_release(&record);
	if (!found)
		return 0;
	if (poll_change_add(&change, look->project, &base, head, state->branch,
			    err) < 0)
		return -1;
	change->place = xstrdup(state->branch);
	change->branch = xstrdup(state->branch);
	look_choose(look, change, state);
	if (!change->count)
		poll_change_drop(look->project);
	return 0;
}

/* Nothing is to be done about it but to remember where it is. */
static void handled(struct look *look, struct pull_state *state,
		    const char *head)
{
	snprintf(state->head, sizeof(state->head), "%s", head);
	state->seen_at_ms = look->project->now_ms;
}

int look_at_push(struct look *look, const char *branch, const struct oid *head,
		 struct err *err)
{
	struct poll_change *change;
	char hex[OID_HEX_SIZE];
	bool is_new;
	struct pull_state *state = poll_find_state(look->project, 0, branch);
	struct oid base;

	oid_format(hex, head);
	if (state && !strcmp(state->head, hex))
		return look_at_retries(look, state, head, err);
	if (state && poll_definitions_wait(look->project, branch))
		return 0;
	state = look_state(look, 0, branch, &is_new);
	look_touch(look, state);
	if (!oid_parse(&base, state->head) ||
	    !object_exists(look->repo, &base)) {
		handled(look, state, hex);
		return 0;
	}
	if (poll_change_add(&change, look->project, &base, head, branch, err) <
	    0)
		return -1;
	change->place = xstrdup(branch);
	change->branch = xstrdup(branch);
	change->is_handled_by_head = true;
	mark_event(look, change, state, hex, EVENT_PUSH);
	look_choose(look, change, state);
	if (!change->count || !change->changeset.file_count) {
		poll_change_drop(look->project);
		handled(look, state, hex);
	}
	return 0;
}

static int add_scheduled(struct look *look, const char *branch,
			 const struct oid *head,
			 const struct workflow *workflow, char *period,
			 struct err *err)
{
	const struct pull_state *state = poll_find_state(look->project, 0,
							 branch);
	const struct workflow_state *at =
		state ? pull_state_find(state, workflow->id) : NULL;
	struct poll_change *change;
	struct oid base;

	if ((!at || !oid_parse(&base, at->head) || oid_equal(&base, head) ||
	     !object_exists(look->repo, &base)) &&
	    look_parent(&base, look, head, err) < 0)
		return -1;
	if (poll_change_add(&change, look->project, &base, head, branch, err) <
	    0)
		return -1;
	change->place = xstrdup(branch);
	change->branch = xstrdup(branch);
	if (!change->changeset.file_count ||
	    look_test(change, NULL, workflow, EVENT_SCHEDULE, PULL_ANY, NULL) ==
		    HOLDS_NO) {
		poll_change_drop(look->project);
		return 0;
	}
	poll_change_use(change, workflow,
			trigger_name(EVENT_SCHEDULE, PULL_ANY),
			"its time came");
	change->uses[change->count - 1].period = xstrdup(period);
	return 0;
}

int look_at_schedules(struct look *look, const char *branch,
		      const struct oid *head, struct err *err)
{
	struct definitions *definitions;
	struct pull_state *state = poll_find_state(look->project, 0, branch);
	char hex[OID_HEX_SIZE];
	struct oid tree, trusted;
	int ret = 0;

	if (poll_definitions_wait(look->project, branch))
		return 0;
	if (poll_definitions_for(&definitions, &trusted, look->project, branch,
				 err) < 0 ||
	    tree_of_commit(&tree, look->repo, head, err) < 0)
		return -1;
	oid_format(hex, &tree);
	for (size_t i = 0; i < definitions->workflows.len && !ret; i++) {
		const struct workflow *workflow =
			definitions->workflows.items[i];
		int64_t every_ms = workflow_every_ms(workflow);
		const struct workflow_state *at =
			state ? pull_state_find(state, workflow->id) : NULL;
		char *period = NULL;

		if (every_ms &&
		    due_on_schedule(&period, at ? at->period : NULL, every_ms,
				    hex, look->project->now_ms))
			ret = add_scheduled(look, branch, head, workflow,
					    period, err);
		free(period);
	}
	return ret;
}
