/*
 * Changes of a project that something is due for, and all that is freed with
 * the project.
 */
#include <stdlib.h>
#include <string.h>

#include "app/ci_tests.h"
#include "app/poll_batches.h"
#include "app/poll_project.h"
#include "core/alloc.h"
#include "repo/object.h"

static void change_free(struct poll_change *change)
{
	free(change->place);
	free(change->branch);
	free(change->target);
	free(change->request);
	free(change->title);
	free(change->description);
	free(change->author);
	for (size_t i = 0; i < change->count; i++) {
		free(change->uses[i].period);
		ci_tests_release(&change->workflows[i].ci);
	}
	free(change->uses);
	free(change->workflows);
	changeset_release(&change->changeset);
	change_coverage_release(&change->coverage);
	judged_release(&change->judged);
	free(change);
}

static void reply_free(struct poll_reply *reply)
{
	free(reply->held);
	free(reply->comment);
	free(reply->text);
	free(reply->last_comment);
	free(reply);
}

struct poll_reply *poll_reply_add(struct poll_project *project,
				  struct pull_state *state)
{
	struct poll_reply *reply = xcalloc(1, sizeof(*reply));

	reply->state = state;
	ARRAY_GROW(project->replies, project->reply_count, project->reply_cap);
	project->replies[project->reply_count++] = reply;
	return reply;
}

static void question_free(struct poll_question *question)
{
	forge_answer_release(&question->answer);
	free(question->failure);
	free(question->id);
	free(question);
}

void poll_project_release(struct poll_project *project)
{
	for (size_t i = 0; i < project->reply_count; i++)
		reply_free(project->replies[i]);
	free(project->replies);
	for (size_t i = 0; i < project->question_count; i++)
		question_free(project->questions[i]);
	free(project->questions);
	for (size_t i = 0; i < project->change_count; i++)
		change_free(project->changes[i]);
	free(project->changes);
	for (size_t i = 0; i < project->state_count; i++) {
		pull_state_release(project->states[i]);
		free(project->states[i]);
	}
	free(project->states);
	strvec_release(&project->unreadable);
	poll_batches_free(project->batches);
	for (size_t i = 0; i < project->definitions_len; i++) {
		definitions_release(&project->definitions[i]->definitions);
		free(project->definitions[i]->branch);
		free(project->definitions[i]);
	}
	free(project->definitions);
	company_release(&project->company);
	mirror_free(project->mirror);
	project_lock_free(project->lock);
}

struct pull_state *poll_find_state(const struct poll_project *project,
				   int64_t number, const char *branch)
{
	for (size_t i = 0; i < project->state_count; i++) {
		struct pull_state *state = project->states[i];

		if (number ? state->number == number
			   : !state->number && !strcmp(state->branch, branch))
			return state;
	}
	return NULL;
}

bool poll_is_unreadable(const struct poll_project *project, int64_t number,
			const char *branch)
{
	char *path;
	bool is;

	if (!project->unreadable.len)
		return false;
	path = pull_state_path(number, branch);
	is = strvec_has(&project->unreadable, path);
	free(path);
	return is;
}

/* What a pull of this head would be called. */
static int describe(struct poll_change *change, struct repo *repo,
		    const struct oid *head, struct err *err)
{
	struct commit_info info = { 0 };
	const char *body;

	if (commit_read(&info, repo, head, err) < 0)
		return -1;
	body = strchr(info.message, '\n');
	change->title = xstrdup(info.subject);
	change->author = xstrdup(info.author_name);
	if (body && body[strspn(body, "\n \t")])
		change->description = xstrdup(body + strspn(body, "\n"));
	commit_info_release(&info);
	return 0;
}

int poll_change_add(struct poll_change **out, struct poll_project *project,
		    const struct oid *base, const struct oid *head,
		    const char *target, struct err *err)
{
	struct poll_change *change = xcalloc(1, sizeof(*change));
	struct repo *repo = mirror_repo(project->mirror);

	change->project = project;
	if (poll_definitions_for(&change->definitions, &change->trusted,
				 project, target, err) < 0 ||
	    describe(change, repo, head, err) < 0 ||
	    changeset_make(&change->changeset, repo, base, head,
			   &change->trusted, err) < 0) {
		change_free(change);
		return -1;
	}
	change_coverage_load(&change->coverage, repo, &change->changeset,
			     project->project, NULL);
	ARRAY_GROW(project->changes, project->change_count,
		   project->change_cap);
	project->changes[project->change_count++] = change;
	*out = change;
	return 0;
}

void poll_change_drop(struct poll_project *project)
{
	change_free(project->changes[--project->change_count]);
}

void poll_change_use(struct poll_change *change,
		     const struct workflow *workflow, const char *event,
		     const char *why)
{
	if (change->count == change->cap) {
		change->cap = change->cap ? 2 * change->cap : 8;
		change->workflows = xreallocarray(change->workflows,
						  change->cap,
						  sizeof(*change->workflows));
		change->uses = xreallocarray(change->uses, change->cap,
					     sizeof(*change->uses));
	}
	change->workflows[change->count] = (struct judge_workflow){
		.workflow = workflow,
		.event = event,
	};
	change->uses[change->count++] = (struct poll_use){ .event = event,
							   .why = why };
}

const char *poll_event(const char *name, enum trigger_event *event,
		       enum pull_action *action)
{
	static const enum trigger_event others[] = { EVENT_PUSH, EVENT_MANUAL,
						     EVENT_SCHEDULE };

	*event = EVENT_PULL_REQUEST;
	for (int i = PULL_ANY; name && i <= PULL_CLOSED; i++) {
		*action = (enum pull_action)i;
		if (!strcmp(name, trigger_name(*event, *action)))
			return trigger_name(*event, *action);
	}
	*action = PULL_OPENED;
	for (size_t i = 0; name && i < ARRAY_LEN(others); i++) {
		*event = others[i];
		if (!strcmp(name, trigger_name(*event, PULL_ANY)))
			return trigger_name(*event, PULL_ANY);
	}
	*event = EVENT_PULL_REQUEST;
	return trigger_name(*event, *action);
}
