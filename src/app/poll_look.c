/*
 * What is due in a project: sees branches, pulls and requests as they are now,
 * remembers what happened to them, and makes the changes that are to be judged.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/change_facts.h"
#include "app/due.h"
#include "app/poll_project.h"
#include "core/alloc.h"
#include "core/clock.h"
#include "core/fault.h"
#include "core/log.h"
#include "repo/object.h"
#include "repo/pattern.h"
#include "repo/refs.h"
#include "repo/tree.h"
#include "store/requests.h"
#include "store/runs.h"
#include "workflow/trigger.h"

#define HEADS "refs/heads/"
/* A poll works on it at most that long. */
#define LOCK_MS ((int64_t)24 * 3600 * 1000)

struct look {
	struct poll_project *project;
	struct repo *repo;
	struct pattern_list pulls;
	bool is_first; /* nothing was ever remembered */
	const char *target;
	struct pull_state **touched; /* to be saved; borrowed */
	size_t touched_count, touched_cap;
};

static bool is_pull(const struct look *look, const char *branch)
{
	return look->pulls.len && strcmp(branch, look->target) != 0 &&
	       pattern_list_match_name(&look->pulls, branch);
}

static struct pull_state *find_state(const struct look *look,
				     const char *branch)
{
	const struct poll_project *project = look->project;

	for (size_t i = 0; i < project->state_count; i++)
		if (!project->states[i]->number &&
		    !strcmp(project->states[i]->branch, branch))
			return project->states[i];
	return NULL;
}

static struct pull_state *add_state(struct poll_project *project)
{
	struct pull_state *state = xcalloc(1, sizeof(*state));

	ARRAY_GROW(project->states, project->state_count, project->state_cap);
	project->states[project->state_count++] = state;
	return state;
}

static struct pull_state *state_of(struct look *look, const char *branch,
				   bool *is_new)
{
	struct pull_state *state = find_state(look, branch);

	*is_new = !state;
	if (!state) {
		state = add_state(look->project);
		pull_state_init(state, 0, branch);
	}
	return state;
}

static void touch(struct look *look, struct pull_state *state)
{
	state->epoch = project_lock_epoch(look->project->lock);
	ARRAY_GROW(look->touched, look->touched_count, look->touched_cap);
	look->touched[look->touched_count++] = state;
}

static int load_states(struct look *look, struct err *err)
{
	struct pull_list list = { 0 };

	look->is_first = !pull_states_exist(look->repo);
	if (pull_states_list(&list, look->repo, err) < 0)
		return -1;
	for (size_t i = 0; i < list.len; i++)
		*add_state(look->project) = list.items[i];
	free(list.items);
	return 0;
}

/* A change that cannot be looked at leaves the others alone. */
static void tell(struct look *look, const char *place, const struct err *err)
{
	look->project->problems++;
	log_error("project '%s': %s: %s", look->project->project->name, place,
		  err->msg);
}

static enum holds test(const struct poll_change *change,
		       const struct workflow *workflow,
		       enum trigger_event event, enum pull_action action,
		       const char **unknown)
{
	struct local_change view = { .changeset = change->changeset,
				     .base_name = change->branch,
				     .title = change->title,
				     .author = change->author };
	struct change_facts facts;
	enum holds holds;

	change_facts_make(&facts, &view, &change->coverage);
	facts.facts.event = event;
	facts.facts.action = action;
	holds = workflow_test(workflow, &facts.facts, unknown, NULL);
	change_facts_release(&facts);
	return holds;
}

static bool has_result(const struct look *look,
		       const struct poll_change *change, const char *workflow)
{
	struct run_record record = { 0 };
	struct err ignored = ERR_INIT;
	bool found = !runs_find(&record, look->repo,
				change->changeset.change_key, workflow,
				&ignored);

	if (found)
		run_record_release(&record);
	return found;
}

/* What happened makes which workflows due? A head that moved without a change
 * gets the notes of the results there are. */
static void mark(struct look *look, const struct poll_change *change,
		 struct pull_state *state, const struct pull_events *events,
		 bool has_moved)
{
	const struct workflow_list *list = &change->definitions->workflows;
	const char *key = change->changeset.change_key;

	for (size_t i = 0; i < list->len; i++) {
		const char *id = list->items[i]->id, *event = NULL;

		for (size_t j = 0; j < events->len && !event; j++)
			if (test(change, list->items[i], EVENT_PULL_REQUEST,
				 events->items[j], NULL) != HOLDS_NO)
				event = trigger_name(EVENT_PULL_REQUEST,
						     events->items[j]);
		if (!event && has_moved && has_result(look, change, id))
			event = trigger_name(EVENT_PULL_REQUEST,
					     PULL_SYNCHRONIZE);
		if (event)
			due_mark(pull_state_workflow(state, id), key,
				 state->head, event, look->project->now_ms);
	}
}

/* Of all that is marked for this content, what is to run now. */
static void choose(struct look *look, struct poll_change *change,
		   const struct pull_state *state)
{
	const struct workflow_list *list = &change->definitions->workflows;

	for (size_t i = 0; i < state->workflow_count; i++) {
		const struct workflow_state *at = &state->workflows[i];
		const struct workflow *workflow =
			workflow_list_find(list, at->workflow);
		const char *event, *why, *unknown = NULL;
		enum trigger_event kind;
		enum pull_action action;
		enum holds holds;

		if (!workflow ||
		    strcmp(at->change_key, change->changeset.change_key) != 0)
			continue;
		event = poll_event(at->event, &kind, &action);
		holds = test(change, workflow, kind, action, &unknown);
		why = due_now(at, holds == HOLDS_YES, look->project->now_ms);
		if (!why)
			continue;
		poll_change_use(change, workflow, event, why);
		if (holds == HOLDS_UNKNOWN)
			change->workflows[change->count - 1].unknown = unknown;
	}
}

/* Nothing happened to it, and nothing waits. */
static bool is_quiet(const struct look *look, const struct pull_state *state,
		     const char *head, bool is_closed)
{
	if (strcmp(state->head, head) != 0 || state->is_closed != is_closed ||
	    (state->base && strcmp(state->base, look->target) != 0))
		return false;
	for (size_t i = 0; i < state->workflow_count; i++)
		if (due_now(&state->workflows[i], true, look->project->now_ms))
			return false;
	return true;
}

static int tip_of(struct oid *out, struct look *look, const char *branch,
		  struct err *err)
{
	char *ref = xstrf(HEADS "%s", branch);
	int ret = ref_read(out, look->repo, ref, err);

	free(ref);
	return ret;
}

static int look_at_pull(struct look *look, const char *branch,
			const struct oid *head, bool is_closed, struct err *err)
{
	struct pull_events events;
	struct poll_change *change;
	struct pull_seen seen = { .base = look->target,
				  .is_closed = is_closed };
	char hex[OID_HEX_SIZE];
	struct pull_state *state;
	struct oid base;
	bool is_new, has_moved, leave_out;

	oid_format(hex, head);
	state = find_state(look, branch);
	if (state && is_quiet(look, state, hex, is_closed))
		return 0;
	if (tip_of(&base, look, look->target, err) < 0 ||
	    poll_change_add(&change, look->project, &base, head, look->target,
			    err) < 0)
		return -1;
	state = state_of(look, branch, &is_new);
	touch(look, state);
	change->place = xstrdup(branch);
	change->branch = xstrdup(branch);
	seen.head = hex;
	seen.change_key = change->changeset.change_key;
	seen.title = change->title;
	seen.author = change->author;
	has_moved = !is_new && strcmp(state->head, hex) != 0;
	leave_out = look->is_first &&
		    look->project->project->adopt == ADOPT_NEW;
	due_observe(&events, state, is_new, leave_out, &seen,
		    look->project->now_ms);
	mark(look, change, state, &events, has_moved);
	choose(look, change, state);
	if (!change->count || !change->changeset.file_count)
		poll_change_drop(look->project);
	return 0;
}

/* A pull whose branch is gone is closed. */
static void look_at_gone(struct look *look)
{
	size_t count = look->project->state_count;

	for (size_t i = 0; i < count; i++) {
		struct pull_state *state = look->project->states[i];
		struct err err = ERR_INIT;
		struct oid head;

		if (state->number || state->is_closed ||
		    !is_pull(look, state->branch) ||
		    tip_of(&head, look, state->branch, &err) == 0)
			continue;
		err = (struct err)ERR_INIT;
		if (!oid_parse(&head, state->head) ||
		    !object_exists(look->repo, &head)) {
			state->is_closed = true;
			touch(look, state);
		} else if (look_at_pull(look, state->branch, &head, true,
					&err) < 0) {
			tell(look, state->branch, &err);
		}
	}
}

/* Pushes and schedules: what has the branch as it is now, and before. */

static void mark_event(struct look *look, struct poll_change *change,
		       struct pull_state *state, const char *head,
		       enum trigger_event event)
{
	const struct workflow_list *list = &change->definitions->workflows;

	for (size_t i = 0; i < list->len; i++) {
		struct workflow_state *at;

		if (test(change, list->items[i], event, PULL_ANY, NULL) ==
		    HOLDS_NO)
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
static int look_at_retries(struct look *look, const struct pull_state *state,
			   const struct oid *head, struct err *err)
{
	const struct workflow_state *at = state->workflows;
	size_t left = state->workflow_count;
	struct run_record record = { 0 };
	struct poll_change *change;
	struct oid base;
	bool found;

	while (left && !due_now(at, false, look->project->now_ms)) {
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
		object_exists(look->repo, &base);
	run_record_release(&record);
	if (!found)
		return 0;
	if (poll_change_add(&change, look->project, &base, head, state->branch,
			    err) < 0)
		return -1;
	change->place = xstrdup(state->branch);
	change->branch = xstrdup(state->branch);
	choose(look, change, state);
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

static int look_at_push(struct look *look, const char *branch,
			const struct oid *head, struct err *err)
{
	struct poll_change *change;
	char hex[OID_HEX_SIZE];
	bool is_new;
	struct pull_state *state = find_state(look, branch);
	struct oid base;

	oid_format(hex, head);
	if (state && !strcmp(state->head, hex))
		return look_at_retries(look, state, head, err);
	state = state_of(look, branch, &is_new);
	touch(look, state);
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
	choose(look, change, state);
	if (!change->count || !change->changeset.file_count) {
		poll_change_drop(look->project);
		handled(look, state, hex);
	}
	return 0;
}

/* The commit before, or itself where there is none. */
static int parent_of(struct oid *out, struct look *look, const struct oid *id,
		     struct err *err)
{
	struct commit_info info = { 0 };

	if (commit_read(&info, look->repo, id, err) < 0)
		return -1;
	*out = info.parent_count ? info.parents[0] : *id;
	commit_info_release(&info);
	return 0;
}

static int add_scheduled(struct look *look, const char *branch,
			 const struct oid *head,
			 const struct workflow *workflow, char *period,
			 struct err *err)
{
	const struct pull_state *state = find_state(look, branch);
	const struct workflow_state *at =
		state ? pull_state_find(state, workflow->id) : NULL;
	struct poll_change *change;
	struct oid base;

	if ((!at || !oid_parse(&base, at->head) || oid_equal(&base, head) ||
	     !object_exists(look->repo, &base)) &&
	    parent_of(&base, look, head, err) < 0)
		return -1;
	if (poll_change_add(&change, look->project, &base, head, branch, err) <
	    0)
		return -1;
	change->place = xstrdup(branch);
	change->branch = xstrdup(branch);
	if (!change->changeset.file_count ||
	    test(change, workflow, EVENT_SCHEDULE, PULL_ANY, NULL) ==
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

static int look_at_schedules(struct look *look, const char *branch,
			     const struct oid *head, struct err *err)
{
	struct definitions *definitions;
	struct pull_state *state = find_state(look, branch);
	char hex[OID_HEX_SIZE];
	struct oid tree;
	int ret = 0;

	if (poll_definitions_at(&definitions, look->project, head, err) < 0 ||
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

static void look_at_branch(struct look *look, const struct ref_entry *entry)
{
	const char *branch = entry->name + strlen(HEADS);
	const char *by_default = mirror_default_branch(look->project->mirror);
	struct err err = ERR_INIT;
	int ret;

	if (is_pull(look, branch))
		ret = look_at_pull(look, branch, &entry->id, false, &err);
	else
		ret = look_at_push(look, branch, &entry->id, &err);
	if (!ret && by_default && !strcmp(branch, by_default))
		ret = look_at_schedules(look, branch, &entry->id, &err);
	if (ret < 0)
		tell(look, branch, &err);
}

/* Somebody asks for a workflow on a commit: whatever is stored, it runs. */
static int look_at_request(struct look *look, const struct run_request *request,
			   struct err *err)
{
	struct poll_change *change;
	const struct workflow *workflow;
	bool is_behind;
	struct oid base;

	if (tip_of(&base, look, look->target, err) < 0 ||
	    repo_is_ancestor(&is_behind, look->repo, &request->commit, &base,
			     err) < 0)
		return -1;
	if (is_behind && parent_of(&base, look, &request->commit, err) < 0)
		return -1;
	if (poll_change_add(&change, look->project, &base, &request->commit,
			    look->target, err) < 0)
		return -1;
	change->place = xstrf("request %s/%s", request->workflow,
			      request->name);
	change->request = xstrdup(request->ref);
	/* Shipped ones too. Nothing else is looked at after the requests. */
	workflow = definitions_named(change->definitions, request->workflow,
				     look->project->settings, err);
	if (!workflow) {
		poll_change_drop(look->project);
		return -1;
	}
	poll_change_use(change, workflow, trigger_name(EVENT_MANUAL, PULL_ANY),
			"asked for");
	change->workflows[0].is_forced = true;
	return 0;
}

static int look_at_requests(struct look *look, struct err *err)
{
	struct request_list list;

	if (requests_list(&list, look->repo, err) < 0)
		return -1;
	for (size_t i = 0; i < list.len; i++) {
		struct err why = ERR_INIT;

		if (look_at_request(look, &list.items[i], &why) < 0)
			tell(look, list.items[i].ref, &why);
	}
	request_list_release(&list);
	return 0;
}

static int save_states(struct look *look, struct err *err)
{
	const struct poll_project *project = look->project;

	if (project->dry_run || !look->touched_count)
		return 0;
	fault_point("poll.states");
	return pull_states_save(look->repo, look->touched, look->touched_count,
				err);
}

static int find_due(struct look *look, struct err *err)
{
	const struct poll_project *project = look->project;
	const struct ref_list *branches = mirror_branches(project->mirror);

	for (size_t i = 0; i < project->project->pulls.len; i++)
		if (pattern_list_add(&look->pulls, project->project->pulls.v[i],
				     err) < 0)
			return -1;
	look->target = project->project->target
			       ? project->project->target
			       : mirror_default_branch(project->mirror);
	if (!look->target)
		return err_set(err, ERR_NOT_FOUND,
			       "the remote does not tell its default branch; "
			       "name one with target =");
	if (load_states(look, err) < 0)
		return -1;
	for (size_t i = 0; i < branches->len; i++)
		look_at_branch(look, &branches->items[i]);
	look_at_gone(look);
	if (save_states(look, err) < 0)
		return -1;
	return look_at_requests(look, err);
}

int poll_look(struct poll_project *project, struct err *err)
{
	struct look look = { .project = project };
	int ret;

	if (project->project->forge != FORGE_PLAIN)
		return err_set(err, ERR_INVALID,
			       "pulls of %s are not polled by this version; "
			       "set forge = plain for its branches",
			       forge_kind_names[project->project->forge]);
	if (project_lock_take(&project->lock, project->settings->state_dir,
			      project->project->name, LOCK_MS, err) < 0 ||
	    mirror_open(&project->mirror, project->settings, project->project,
			NULL, &project->cancel, err) < 0 ||
	    mirror_update(project->mirror, err) < 0 ||
	    company_open(&project->company, project->settings, err) < 0)
		return -1;
	look.repo = mirror_repo(project->mirror);
	project->now_ms = clock_wall_ms();
	ret = find_due(&look, err);
	pattern_list_release(&look.pulls);
	free(look.touched);
	return ret;
}
