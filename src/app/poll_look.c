/*
 * What is due in a project: sees branches, pulls and requests as they are now,
 * remembers what happened to them, and makes the changes that are to be judged.
 */
#include "app/poll_look.h"

#include <stdlib.h>
#include <string.h>

#include "app/change_facts.h"
#include "app/command.h"
#include "app/poll_ci.h"
#include "app/poll_questions.h"
#include "core/alloc.h"
#include "core/clock.h"
#include "core/fault.h"
#include "core/limits.h"
#include "core/log.h"
#include "core/random.h"
#include "repo/object.h"
#include "repo/refs.h"
#include "store/runs.h"

/* A poll works on it at most that long. */
#define LOCK_MS ((int64_t)24 * 3600 * 1000)

static struct pull_state *add_state(struct poll_project *project)
{
	struct pull_state *state = xcalloc(1, sizeof(*state));

	ARRAY_GROW(project->states, project->state_count, project->state_cap);
	project->states[project->state_count++] = state;
	return state;
}

struct pull_state *look_state(struct look *look, int64_t number,
			      const char *branch, bool *is_new)
{
	struct pull_state *state = poll_find_state(look->project, number,
						   branch);

	*is_new = !state;
	if (!state) {
		state = add_state(look->project);
		pull_state_init(state, number, branch);
	}
	return state;
}

void look_touch(struct look *look, struct pull_state *state)
{
	for (size_t i = 0; i < look->touched_count; i++)
		if (look->touched[i] == state)
			return;
	state->epoch = project_lock_epoch(look->project->lock);
	ARRAY_GROW(look->touched, look->touched_count, look->touched_cap);
	look->touched[look->touched_count++] = state;
}

static int load_states(struct poll_project *project, struct err *err)
{
	struct repo *repo = mirror_repo(project->mirror);
	struct pull_list list = { 0 };

	project->is_first = !pull_states_exist(repo);
	if (pull_states_list(&list, repo, err) < 0)
		return -1;
	for (size_t i = 0; i < list.len; i++)
		*add_state(project) = list.items[i];
	free(list.items);
	project->unreadable = list.unreadable;
	project->problems += list.unreadable.len;
	return 0;
}

void look_tell(struct look *look, const char *place, const struct err *err)
{
	look->project->problems++;
	log_error("project '%s': %s: %s", look->project->project->name, place,
		  err->msg);
}

enum holds look_test(const struct poll_change *change,
		     const struct pull_state *state,
		     const struct workflow *workflow, enum trigger_event event,
		     enum pull_action action, const char **unknown)
{
	struct local_change view = { .changeset = change->changeset,
				     .base_name = change->target
							  ? change->target
							  : change->branch,
				     .title = change->title,
				     .author = change->author };
	struct change_facts facts;
	enum holds holds;

	change_facts_make(&facts, &view, &change->coverage);
	facts.facts.event = event;
	facts.facts.action = action;
	if (state) {
		facts.facts.labels = (const char *const *)state->labels.v;
		facts.facts.label_count = state->labels.len;
		facts.facts.draft = state->is_draft;
	}
	holds = workflow_test(workflow, &facts.facts, unknown, NULL);
	change_facts_release(&facts);
	return holds;
}

bool look_has_result(const struct look *look, const struct poll_change *change,
		     const char *workflow)
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

/* A fork's workflows do not run by themselves: who may let them is told. */
static void hold_back(struct look *look, struct pull_state *state,
		      struct workflow_state *at, const char *why)
{
	struct poll_reply *reply;

	if (at->progress != PROGRESS_DUE)
		return;
	at->progress = PROGRESS_SKIPPED;
	free(at->reason);
	at->reason = xstrdup(why);
	at->changed_at_ms = look->project->now_ms;
	reply = poll_reply_add(look->project, state);
	reply->held = xstrdup(at->workflow);
	reply->text = xstrdup(why);
}

const char *look_due(const struct look *look, const struct pull_state *state,
		     const struct workflow_state *at, bool is_told,
		     struct ci_tests *ci)
{
	const char *why = due_now(at, is_told, look->project->now_ms);
	struct ci_tests told;
	bool waits;

	if (ci)
		*ci = (struct ci_tests){ 0 };
	if (!why)
		return NULL;
	waits = poll_ci_waits(&told, look->project, state, at);
	if (ci)
		*ci = told;
	else
		ci_tests_release(&told);
	if (!waits)
		return why;
	return at->is_untold && !strcmp(at->head, state->head) ? due_undelivered
							       : NULL;
}

/* Somebody asked for it, and what was judged since is not the answer. */
static bool is_forced(const struct look *look, const struct workflow_state *at,
		      enum trigger_event kind)
{
	struct run_record record = { 0 };
	struct err ignored = ERR_INIT;
	bool is_answered;

	if (kind != EVENT_MANUAL || at->waits_for ||
	    at->progress == PROGRESS_STORED ||
	    at->progress == PROGRESS_DELIVERED)
		return false;
	if (at->progress == PROGRESS_FAILED ||
	    runs_find(&record, look->repo, at->change_key, at->workflow,
		      &ignored) < 0)
		return true;
	is_answered = ulid_time_ms(record.id) >= at->changed_at_ms;
	run_record_release(&record);
	return !is_answered;
}

static void choose_one(struct look *look, struct poll_change *change,
		       struct pull_state *state, struct workflow_state *at)
{
	const struct workflow *workflow = workflow_list_find(
		&change->definitions->workflows, at->workflow);
	const char *event, *why, *unknown = NULL;
	struct ci_tests ci;
	enum trigger_event kind;
	enum pull_action action;
	enum holds holds;

	event = poll_event(at->event, &kind, &action);
	if (!workflow)
		return;
	holds = look_test(change, state, workflow, kind, action, &unknown);
	why = look_due(look, state, at, holds == HOLDS_YES, &ci);
	if (!why)
		return;
	poll_change_use(change, workflow, event, why);
	change->workflows[change->count - 1].ci = ci;
	if (holds == HOLDS_UNKNOWN)
		change->workflows[change->count - 1].unknown = unknown;
	change->workflows[change->count - 1].is_forced = is_forced(look, at,
								   kind);
	change->workflows[change->count - 1].is_only_told =
		at->is_untold && why == due_undelivered;
	if (at->progress != PROGRESS_DUE)
		return;
	at->progress = PROGRESS_RUNNING;
	look_touch(look, state);
}

void look_choose(struct look *look, struct poll_change *change,
		 struct pull_state *state)
{
	struct buf why;

	buf_init(&why, KIB);
	for (size_t i = 0; i < state->workflow_count; i++) {
		struct workflow_state *at = &state->workflows[i];

		if (strcmp(at->change_key, change->changeset.change_key) != 0)
			continue;
		if (change->pull && !fork_may_run(&why, look->project->project,
						  state, change->pull->is_fork))
			hold_back(look, state, at, why.ptr);
		else
			choose_one(look, change, state, at);
		buf_reset(&why);
	}
	buf_release(&why);
}

bool look_waits(const struct look *look, const struct pull_state *state)
{
	for (size_t i = 0; i < state->workflow_count; i++)
		if (look_due(look, state, &state->workflows[i], true, NULL))
			return true;
	return false;
}

int look_tip(struct oid *out, struct look *look, const char *branch,
	     struct err *err)
{
	char *ref = xstrf(HEADS "%s", branch);
	int ret = ref_read(out, look->repo, ref, err);

	free(ref);
	return ret;
}

int look_parent(struct oid *out, struct look *look, const struct oid *id,
		struct err *err)
{
	struct commit_info info = { 0 };

	if (commit_read(&info, look->repo, id, err) < 0)
		return -1;
	*out = info.parent_count ? info.parents[0] : *id;
	commit_info_release(&info);
	return 0;
}

static void look_at_branch(struct look *look, const struct ref_entry *entry)
{
	const char *branch = entry->name + strlen(HEADS);
	const char *by_default = mirror_default_branch(look->project->mirror);
	struct err err = ERR_INIT;
	int ret;

	/* Nobody's work but ours. */
	if (!strncmp(branch, GENERATED_BRANCHES, strlen(GENERATED_BRANCHES)))
		return;
	if (poll_is_unreadable(look->project, 0, branch))
		return;
	if (look_is_pull(look, branch))
		ret = look_at_pull_branch(look, branch, &entry->id, &err);
	else
		ret = look_at_push(look, branch, &entry->id, &err);
	if (!ret && by_default && !strcmp(branch, by_default))
		ret = look_at_schedules(look, branch, &entry->id, &err);
	if (ret < 0)
		look_tell(look, branch, &err);
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

/* Plain git has branches for pulls. */
static int find_patterns(struct look *look, struct err *err)
{
	const struct project_settings *project = look->project->project;

	for (size_t i = 0; i < project->pulls.len; i++)
		if (pattern_list_add(&look->pulls, project->pulls.v[i], err) <
		    0)
			return -1;
	return 0;
}

static int find_due(struct look *look, struct err *err)
{
	const struct poll_project *project = look->project;
	const struct ref_list *branches = mirror_branches(project->mirror);

	look->target = project->project->target
			       ? project->project->target
			       : mirror_default_branch(project->mirror);
	if (!look->target)
		return err_set(err, ERR_NOT_FOUND,
			       "the remote does not tell its default branch; "
			       "name one with target =");
	if (project->project->forge == FORGE_PLAIN &&
	    find_patterns(look, err) < 0)
		return -1;
	for (size_t i = 0; i < branches->len; i++)
		look_at_branch(look, &branches->items[i]);
	look_at_gone_branches(look);
	look_at_forge_pulls(look);
	look_at_mistakes(look);
	if (save_states(look, err) < 0)
		return -1;
	return look_at_requests(look, err);
}

int poll_lock(struct poll_project *project, struct err *err)
{
	return project_lock_take(&project->lock, project->settings->state_dir,
				 project->project->name, LOCK_MS, err);
}

int poll_open(struct poll_project *project, struct err *err)
{
	if (poll_lock(project, err) < 0 ||
	    mirror_open(&project->mirror, project->settings, project->project,
			project->token, &project->cancel, err) < 0 ||
	    mirror_update(project->mirror, err) < 0 ||
	    company_open(&project->company, project->settings, err) < 0 ||
	    load_states(project, err) < 0)
		return -1;
	poll_questions_pulls(project);
	return 0;
}

int poll_look(struct poll_project *project, struct err *err)
{
	struct look look = { .project = project,
			     .repo = mirror_repo(project->mirror) };
	int ret;

	project->now_ms = clock_wall_ms();
	ret = find_due(&look, err);
	pattern_list_release(&look.pulls);
	free(look.touched);
	return ret;
}
