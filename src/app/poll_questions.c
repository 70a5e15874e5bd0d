#include "app/poll_questions.h"

#include <stdlib.h>
#include <string.h>

#include "app/command.h"
#include "app/poll_ci.h"
#include "core/alloc.h"

enum { QUESTIONS_MAX = 500 }; /* of a poll; the next one asks the rest */

struct poll_question *poll_question_add(struct poll_project *project,
					enum forge_act act, int64_t pull,
					const char *id)
{
	struct poll_question *question = xcalloc(1, sizeof(*question));

	question->act = act;
	question->pull = pull;
	if (id)
		question->id = xstrdup(id);
	ARRAY_GROW(project->questions, project->question_count,
		   project->question_cap);
	project->questions[project->question_count++] = question;
	return question;
}

static struct poll_question *find(const struct poll_project *project,
				  enum forge_act act, int64_t pull,
				  const char *id)
{
	for (size_t i = 0; i < project->question_count; i++) {
		struct poll_question *question = project->questions[i];

		if (question->act == act && question->pull == pull &&
		    (!id || (question->id && !strcmp(question->id, id))))
			return question;
	}
	return NULL;
}

const struct poll_question *
poll_question_asked(const struct poll_project *project, enum forge_act act,
		    int64_t pull, const char *id)
{
	return find(project, act, pull, id);
}

const struct poll_question *
poll_question_find(const struct poll_project *project, enum forge_act act,
		   int64_t pull, const char *id)
{
	const struct poll_question *question = find(project, act, pull, id);

	return question && question->is_answered ? question : NULL;
}

int poll_compare_ids(const char *a, const char *b)
{
	size_t x = strlen(a), y = strlen(b);

	return x != y ? (x < y ? -1 : 1) : strcmp(a, b);
}

bool poll_is_unheard(const struct pull_state *state,
		     const struct forge_comment *comment)
{
	/* What was said before referee came is nobody's command. */
	if (!state->last_comment)
		return comment->updated_ms > state->comments_at_ms;
	return poll_compare_ids(comment->id, state->last_comment) > 0;
}

bool poll_pull_has_moved(const struct poll_project *project,
			 const struct pull_state *state,
			 const struct forge_pull *pull)
{
	if (!state)
		return !project->is_first;
	return pull->updated_ms > state->comments_at_ms;
}

/* Not asked yet. False: that is enough for one poll. */
static bool ask(struct poll_project *project, enum forge_act act, int64_t pull,
		const char *id)
{
	if (project->question_count >= QUESTIONS_MAX)
		return false;
	if (!find(project, act, pull, id))
		poll_question_add(project, act, pull, id);
	return true;
}

static bool has_remarks(const struct pull_state *state)
{
	for (size_t i = 0; state && i < state->posted_count; i++)
		if (!strcmp(state->posted[i].kind, "inline") &&
		    state->posted[i].id)
			return true;
	return false;
}

/* What people said, and what they think of our remarks. */
static void ask_about(struct poll_project *project,
		      const struct pull_state *state, int64_t number)
{
	ask(project, FORGE_REVIEWS, number, NULL);
	if (!has_remarks(state))
		return;
	ask(project, FORGE_LINE_COMMENTS, number, NULL);
	ask(project, FORGE_THREADS, number, NULL);
}

static void ask_comments(struct poll_project *project, int64_t since_ms)
{
	if (ask(project, FORGE_COMMENTS, 0, NULL))
		find(project, FORGE_COMMENTS, 0, NULL)->since_ms = since_ms;
}

/* All comments were read as of this time. */
static int64_t read_until(const struct poll_project *project)
{
	int64_t latest = 0;

	for (size_t i = 0; i < project->state_count; i++)
		if (project->states[i]->comments_at_ms > latest)
			latest = project->states[i]->comments_at_ms;
	return latest;
}

/* Comments are asked for each time, conditionally. */
static void ask_about_open(struct poll_project *project,
			   const struct forge_answer *list)
{
	int64_t latest = read_until(project), since_ms = latest;

	for (size_t i = 0; i < list->pull_count; i++) {
		const struct forge_pull *pull = &list->pulls[i];
		const struct pull_state *state =
			poll_find_state(project, pull->number, NULL);
		int64_t from = state ? state->comments_at_ms : latest;

		if (!poll_pull_has_moved(project, state, pull))
			continue;
		if (from < since_ms)
			since_ms = from;
		ask_about(project, state, pull->number);
	}
	if (!project->is_first)
		ask_comments(project, since_ms);
}

static bool is_listed(const struct forge_answer *list, int64_t number)
{
	for (size_t i = 0; i < list->pull_count; i++)
		if (list->pulls[i].number == number)
			return true;
	return false;
}

void poll_questions_pulls(struct poll_project *project)
{
	const struct poll_question *list =
		poll_question_find(project, FORGE_PULLS, 0, NULL);

	if (!list)
		return;
	for (size_t i = 0; i < project->state_count; i++) {
		const struct pull_state *state = project->states[i];

		if (state->number <= 0 || state->is_closed ||
		    is_listed(&list->answer, state->number))
			continue;
		ask(project, FORGE_PULL, state->number, NULL);
	}
	ask_about_open(project, &list->answer);
	poll_ci_questions(project);
}

static bool is_command(const struct forge_comment *comment)
{
	const struct strvec none = STRVEC_INIT;
	struct command command;
	bool is;

	command_parse(&command, comment->body, &none);
	is = command.kind != COMMAND_NONE;
	command_release(&command);
	return is;
}

static void ask_for_authors(struct poll_project *project,
			    const struct forge_answer *answer)
{
	for (size_t i = 0; i < answer->comment_count; i++) {
		const struct forge_comment *comment = &answer->comments[i];

		if (!comment->author || !is_command(comment))
			continue;
		ask(project, FORGE_WHO, 0, NULL);
		ask(project, FORGE_PERMISSION, 0, comment->author);
	}
}

static bool is_ours(const struct pull_state *state, const char *id)
{
	for (size_t i = 0; state && i < state->posted_count; i++)
		if (!strcmp(state->posted[i].kind, "inline") &&
		    state->posted[i].id && !strcmp(state->posted[i].id, id))
			return true;
	return false;
}

static void ask_for_reactions(struct poll_project *project, int64_t number,
			      const struct forge_answer *lines)
{
	const struct pull_state *state = poll_find_state(project, number, NULL);

	for (size_t i = 0; i < lines->comment_count; i++)
		if (lines->comments[i].has_reactions &&
		    is_ours(state, lines->comments[i].id)) {
			ask(project, FORGE_WHO, 0, NULL);
			ask(project, FORGE_REACTIONS, number,
			    lines->comments[i].id);
		}
}

void poll_questions_people(struct poll_project *project)
{
	size_t count = project->question_count;

	for (size_t i = 0; i < count; i++) {
		const struct poll_question *question = project->questions[i];

		if (question->act == FORGE_COMMENTS ||
		    question->act == FORGE_REVIEWS)
			ask_for_authors(project, &question->answer);
		else if (question->act == FORGE_PULL && question->is_answered)
			ask_about(
				project,
				poll_find_state(project, question->pull, NULL),
				question->pull);
		else if (question->act == FORGE_LINE_COMMENTS)
			ask_for_reactions(project, question->pull,
					  &question->answer);
	}
}
