#include "app/poll_ci.h"

#include <stdlib.h>
#include <string.h>

#include "app/due.h"
#include "core/alloc.h"
#include "core/clock.h"
#include "repo/refs.h"

static bool is_awaited(const struct poll_project *project,
		       const struct workflow_state *at)
{
	return project->project->tests == TESTS_CI && at->waits_for &&
	       !strcmp(at->waits_for, RUN_WAITS_FOR_CI);
}

/* What was pushed for the head that is waited for; NULL: nothing. */
static const struct posted *pushed_for(const struct pull_state *state,
				       const struct workflow_state *at)
{
	const struct posted *posted = pull_state_find_posted(state, "branch",
							     at->workflow);

	return posted && posted->id && posted->digest && posted->head &&
			       !strcmp(posted->head, at->head)
		       ? posted
		       : NULL;
}

/* It waits now, and for something that the forge knows. */
static bool is_asked_about(const struct poll_project *project,
			   const struct pull_state *state,
			   const struct workflow_state *at)
{
	const struct posted *posted = pushed_for(state, at);

	return is_awaited(project, at) && !strcmp(at->head, state->head) &&
	       due_now(at, false, clock_wall_ms()) && posted && posted->at_ms;
}

void poll_ci_questions(struct poll_project *project)
{
	for (size_t i = 0; i < project->state_count; i++) {
		const struct pull_state *state = project->states[i];

		for (size_t j = 0;
		     j < state->workflow_count && !state->is_closed; j++) {
			const struct workflow_state *at = &state->workflows[j];
			const char *commit;

			if (!is_asked_about(project, state, at))
				continue;
			commit = pushed_for(state, at)->digest;
			poll_question_add(project, FORGE_STATUSES,
					  state->number, commit);
			poll_question_add(project, FORGE_CHECKS, state->number,
					  commit);
		}
	}
}

static const struct forge_answer *answer_to(struct ci_view *view,
					    const struct poll_project *project,
					    enum forge_act act, int64_t number)
{
	const struct poll_question *question =
		poll_question_asked(project, act, number, view->commit);

	if (question && question->failure)
		view->unread = question->failure;
	return question && question->is_answered ? &question->answer : NULL;
}

/* Is it in the mirror what was pushed? Else it was made anew since. */
static bool is_last_made(const struct poll_project *project, const char *ref,
			 const struct oid *commit)
{
	struct err none = ERR_INIT;
	struct oid made;

	return ref_read(&made, mirror_repo(project->mirror), ref, &none) == 0 &&
	       oid_equal(&made, commit);
}

/* Of the branch and its commit; `ref` and `lost` are where they live. */
static void view_branch(struct ci_view *view, char **lost,
			const struct poll_project *project, const char *ref,
			const struct posted *posted)
{
	struct oid commit, there;

	if (!posted || !oid_parse(&commit, posted->digest) ||
	    !is_last_made(project, ref, &commit))
		return;
	view->commit = posted->digest;
	view->since_ms = posted->at_ms;
	if (!mirror_published(&there, project->mirror, ref))
		*lost = xstrf("somebody removed %s before CI had finished",
			      view->branch);
	else if (!oid_equal(&there, &commit))
		*lost = xstrf("somebody else's commits are on %s: CI does not "
			      "finish what was generated",
			      view->branch);
	view->lost = *lost;
}

bool poll_ci_waits(struct ci_tests *out, const struct poll_project *project,
		   const struct pull_state *state,
		   const struct workflow_state *at)
{
	struct ci_view view = {
		.wanted = &project->project->tests_checks,
		.timeout_ms = project->project->tests_timeout_ms,
		.now_ms = project->now_ms,
		.since_ms = ulid_time_ms(at->run),
	};
	char *ref, *lost = NULL;
	bool is_over;
	struct oid head;

	*out = (struct ci_tests){ 0 };
	if (!is_awaited(project, at))
		return false;
	/* A head that is gone, or was not looked at yet. */
	if (strcmp(at->head, state->head) != 0 || !oid_parse(&head, at->head))
		return true;
	ref = generated_ref(at->workflow, state->number, &head);
	view.branch = ref + strlen(HEADS);
	view_branch(&view, &lost, project, ref, pushed_for(state, at));
	if (view.commit) {
		view.statuses = answer_to(&view, project, FORGE_STATUSES,
					  state->number);
		view.checks = answer_to(&view, project, FORGE_CHECKS,
					state->number);
	}
	is_over = ci_tests_judge(out, &view);
	free(ref);
	free(lost);
	return view.commit && !is_over;
}

const char *poll_ci_refused(const struct poll_change *change)
{
	if (!change->project->forge)
		return "tests = ci needs a forge whose statuses can be read: "
		       "forge = github";
	if (change->pull && change->pull->is_fork)
		return "a pull from a fork: on a branch of the project its "
		       "code would run with the project's secrets";
	if (change->request)
		return "tests = ci waits for the project's CI, and a request "
		       "by ref does not";
	return NULL;
}
