/*
 * Pulls, whoever tells of them: what happened to one since the last poll, and
 * what it became on its target.
 */
#include <stdlib.h>
#include <string.h>

#include "app/command.h"
#include "app/poll_look.h"
#include "core/alloc.h"
#include "core/limits.h"
#include "repo/merges.h"
#include "repo/object.h"

enum { LANDING_STEPS = 100 };

bool look_is_pull(const struct look *look, const char *branch)
{
	return look->pulls.len && strcmp(branch, look->target) != 0 &&
	       pattern_list_match_name(&look->pulls, branch);
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
			if (look_test(change, state, list->items[i],
				      EVENT_PULL_REQUEST, events->items[j],
				      NULL) != HOLDS_NO)
				event = trigger_name(EVENT_PULL_REQUEST,
						     events->items[j]);
		if (!event && has_moved && look_has_result(look, change, id))
			event = trigger_name(EVENT_PULL_REQUEST,
					     PULL_SYNCHRONIZE);
		if (event)
			due_mark(pull_state_workflow(state, id), key,
				 state->head, event, look->project->now_ms);
	}
}

static bool has_text(const char *seen, const char *remembered)
{
	return !seen || (remembered && !strcmp(seen, remembered));
}

static bool has_labels(const struct pull_seen *seen,
		       const struct pull_state *state)
{
	if (seen->label_count != state->labels.len)
		return false;
	for (size_t i = 0; i < seen->label_count; i++)
		if (strcmp(seen->labels[i], state->labels.v[i]) != 0)
			return false;
	return true;
}

bool look_is_quiet(const struct look *look, const struct pull_state *state,
		   const struct pull_subject *subject)
{
	const struct pull_seen *seen = &subject->seen;
	char head[OID_HEX_SIZE];
	struct buf ignored;
	bool may_run;

	oid_format(head, &subject->head);
	if (strcmp(state->head, head) != 0 ||
	    state->is_closed != seen->is_closed ||
	    state->is_draft != seen->is_draft ||
	    !has_text(seen->base, state->base) ||
	    !has_text(seen->title, state->title) ||
	    !has_text(seen->author, state->author) || !has_labels(seen, state))
		return false;
	if (!subject->pull)
		return !look_waits(look, state);
	if (look_has_comments(look, state, subject->pull))
		return false;
	buf_init(&ignored, KIB);
	may_run = fork_may_run(&ignored, look->project->project, state,
			       subject->pull->is_fork);
	buf_release(&ignored);
	return !may_run || !look_waits(look, state);
}

/* The forge knows better than the head's commit. */
static void replace(char **text, const char *with)
{
	if (!with)
		return;
	free(*text);
	*text = xstrdup(with);
}

static void describe(struct poll_change *change,
		     const struct pull_subject *subject)
{
	const struct forge_pull *pull = subject->pull;

	change->place = xstrdup(subject->place);
	change->target = xstrdup(subject->seen.base);
	change->pull = pull;
	if (subject->branch)
		change->branch = xstrdup(subject->branch);
	replace(&change->title, subject->seen.title);
	replace(&change->author, subject->seen.author);
	if (!pull)
		return;
	free(change->description);
	change->description = NULL;
	replace(&change->description, pull->body);
}

static int add_landed(struct look *look, const struct pull_state *state,
		      const struct pull_subject *subject,
		      const struct oid *commit, struct err *err)
{
	struct poll_change *change;
	struct oid parent;

	if (look_parent(&parent, look, commit, err) < 0 ||
	    poll_change_add(&change, look->project, &parent, commit,
			    subject->seen.base, err) < 0)
		return -1;
	describe(change, subject);
	free(change->place);
	change->place = xstrf("%s, which took in %s", subject->seen.base,
			      subject->place);
	change->is_landing = true;
	for (size_t i = 0; i < state->workflow_count; i++) {
		const char *id = state->workflows[i].workflow;
		const struct workflow *workflow =
			workflow_list_find(&change->definitions->workflows, id);

		if (workflow && look_has_result(look, change, id))
			poll_change_use(
				change, workflow,
				trigger_name(EVENT_PULL_REQUEST, PULL_CLOSED),
				"the commit it became");
	}
	if (!change->count)
		poll_change_drop(look->project);
	return 0;
}

/* The commit that a closed pull became gets its notes; until they are there,
 * the pull does not count as closed. */
static int look_at_landing(struct look *look, struct pull_state *state,
			   const struct pull_subject *subject, struct err *err)
{
	const struct strvec *keys = &state->change_keys;
	struct landing landing = { .max = LANDING_STEPS };
	size_t before = look->project->change_count;
	struct oid tip, commit;

	if (!keys->len)
		return 0;
	landing.change_key = keys->v[keys->len - 1];
	if (look_tip(&tip, look, subject->seen.base, err) < 0)
		return -1;
	if (merges_find(&commit, look->repo, &tip, &landing, err) < 0) {
		if (err->code != ERR_NOT_FOUND)
			return -1;
		*err = (struct err)ERR_INIT;
		return 0;
	}
	if (oid_equal(&commit, &subject->head))
		return 0;
	if (add_landed(look, state, subject, &commit, err) < 0)
		return -1;
	if (look->project->change_count > before)
		state->is_closed = false;
	return 0;
}

/* Events, commands and what follows from them; the change is as it is now. */
static void observe(struct look *look, struct poll_change *change,
		    const struct pull_subject *subject)
{
	const struct poll_project *project = look->project;
	int64_t number = subject->pull ? subject->pull->number : 0;
	struct pull_seen seen = subject->seen;
	struct pull_events events;
	struct pull_state *state;
	char head[OID_HEX_SIZE];
	bool is_new, has_moved;

	oid_format(head, &subject->head);
	state = look_state(look, number, subject->branch, &is_new);
	look_touch(look, state);
	seen.head = head;
	seen.change_key = change->changeset.change_key;
	seen.title = change->title;
	seen.author = change->author;
	has_moved = !is_new && strcmp(state->head, head) != 0;
	due_observe(&events, state, is_new,
		    project->is_first && project->project->adopt == ADOPT_NEW,
		    &seen, project->now_ms);
	mark(look, change, state, &events, has_moved);
	if (subject->pull)
		look_at_comments(look, change, state);
	look_choose(look, change, state);
}

int look_at_pull(struct look *look, const struct pull_subject *subject,
		 struct err *err)
{
	struct poll_project *project = look->project;
	int64_t number = subject->pull ? subject->pull->number : 0;
	struct pull_state *state = poll_find_state(project, number,
						   subject->branch);
	bool was_open = state && !state->is_closed;
	struct poll_change *change;
	struct oid base;

	if ((state && look_is_quiet(look, state, subject)) ||
	    poll_definitions_wait(project, subject->seen.base))
		return 0;
	if (look_tip(&base, look, subject->seen.base, err) < 0 ||
	    poll_change_add(&change, project, &base, &subject->head,
			    subject->seen.base, err) < 0)
		return -1;
	describe(change, subject);
	if (subject->pull && subject->pull->is_fork &&
	    !(state && state->is_approved))
		change->tests_refused = "a pull from a fork";
	observe(look, change, subject);
	if (!change->count || !change->changeset.file_count)
		poll_change_drop(project);
	if (!was_open || !subject->seen.is_closed)
		return 0;
	return look_at_landing(look, state, subject, err);
}

int look_at_pull_branch(struct look *look, const char *branch,
			const struct oid *head, struct err *err)
{
	const struct pull_subject subject = {
		.seen = { .base = look->target },
		.place = branch,
		.branch = branch,
		.head = *head,
	};

	return look_at_pull(look, &subject, err);
}

/* A pull whose branch is gone is closed. */
static void look_at_gone(struct look *look, struct pull_state *state)
{
	struct pull_subject subject = {
		.seen = { .base = look->target, .is_closed = true },
		.place = state->branch,
		.branch = state->branch,
	};
	struct err err = ERR_INIT;

	if (!oid_parse(&subject.head, state->head) ||
	    !object_exists(look->repo, &subject.head)) {
		state->is_closed = true;
		look_touch(look, state);
	} else if (look_at_pull(look, &subject, &err) < 0) {
		look_tell(look, state->branch, &err);
	}
}

void look_at_gone_branches(struct look *look)
{
	size_t count = look->project->state_count;

	for (size_t i = 0; i < count; i++) {
		struct pull_state *state = look->project->states[i];
		struct err ignored = ERR_INIT;
		struct oid head;

		if (!state->number && !state->is_closed &&
		    look_is_pull(look, state->branch) &&
		    look_tip(&head, look, state->branch, &ignored) < 0)
			look_at_gone(look, state);
	}
}
