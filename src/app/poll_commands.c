/*
 * What people say about a pull: commands, and opinions of findings.
 */
#include <stdlib.h>
#include <string.h>

#include "app/command.h"
#include "app/poll_look.h"
#include "app/poll_questions.h"
#include "core/alloc.h"
#include "core/limits.h"
#include "core/log.h"

/* A pull's comments and reviews, in the order of their ids. */
struct talk {
	struct look *look;
	struct poll_change *change;
	struct pull_state *state;
	struct strvec workflows;
	const char *last; /* the highest id of a comment that was looked at */
	size_t replies;
	bool is_cut; /* nobody could be asked who it was */
};

bool look_has_comments(const struct look *look, const struct pull_state *state,
		       const struct forge_pull *pull)
{
	const struct poll_question *question =
		poll_question_find(look->project, FORGE_COMMENTS, 0, NULL);

	for (size_t i = 0; question && i < question->answer.comment_count; i++)
		if (question->answer.comments[i].pull == state->number &&
		    poll_is_unheard(state, &question->answer.comments[i]))
			return true;
	return poll_pull_has_moved(look->project, state, pull);
}

/* Commands. */

static void set_text(char **to, const char *text)
{
	free(*to);
	*to = text ? xstrdup(text) : NULL;
}

static void due_by_hand(const struct talk *talk, const char *workflow)
{
	due_mark(pull_state_workflow(talk->state, workflow),
		 talk->change->changeset.change_key, talk->state->head,
		 trigger_name(EVENT_MANUAL, PULL_ANY),
		 talk->look->project->now_ms);
}

/* All that this pull would trigger, whatever happened to it. */
static bool review(const struct talk *talk, const struct command_author *author)
{
	const struct workflow_list *list =
		&talk->change->definitions->workflows;
	bool any = false;

	for (size_t i = 0; i < list->len; i++) {
		if (look_test(talk->change, talk->state, list->items[i],
			      EVENT_PULL_REQUEST, PULL_ANY, NULL) == HOLDS_NO ||
		    !command_may_start(talk->look->project->project, author,
				       list->items[i]->id))
			continue;
		due_by_hand(talk, list->items[i]->id);
		any = true;
	}
	return any;
}

/* What is shown of the pull is made anew. */
static void show_anew(struct pull_state *state)
{
	for (size_t i = 0; i < state->workflow_count; i++)
		if (state->workflows[i].progress == PROGRESS_DONE)
			state->workflows[i].progress = PROGRESS_STORED;
}

/* Does what was accepted. False: it cannot be done; `text` says why. */
static bool obey(const struct talk *talk, const struct command *command,
		 const struct command_author *author, struct buf *text)
{
	struct err err = ERR_INIT;

	switch (command->kind) {
	case COMMAND_RUN:
		due_by_hand(talk, command->workflow);
		return true;
	case COMMAND_REVIEW:
		if (review(talk, author))
			return true;
		buf_addstr(text, "No workflow here looks at pulls like this "
				 "one.");
		return false;
	case COMMAND_DISMISS:
		if (command_dismiss(talk->state, command, author->name,
				    talk->look->project->now_ms, &err) < 0) {
			buf_addf(text, "Nothing was dismissed: %s.", err.msg);
			return false;
		}
		show_anew(talk->state);
		return true;
	case COMMAND_HELP:
		command_help(text, &talk->workflows);
		return true;
	case COMMAND_NONE:
	case COMMAND_WRONG:
		break;
	}
	return false;
}

static const char *reaction_to(enum command_kind kind)
{
	return kind == COMMAND_RUN || kind == COMMAND_REVIEW ? "eyes" : "+1";
}

static void add_reply(struct talk *talk, const char *key, const char *reaction,
		      const struct buf *text, bool may_be_there)
{
	struct poll_reply *reply = poll_reply_add(talk->look->project,
						  talk->state);

	reply->comment = xstrdup(key);
	reply->reaction = reaction;
	if (text->len)
		reply->text = xstrdup(text->ptr);
	reply->may_be_there = may_be_there;
	talk->replies++;
}

/* What became of it stays with the pull. */
static void record(const struct talk *talk, const char *key,
		   const struct command_author *author, bool is_accepted,
		   const char *why)
{
	struct posted *posted = pull_state_posted(talk->state, "command", key);
	char *what = is_accepted
			     ? xstrf("accepted from %s", author->name)
			     : xstrf("refused to %s: %s", author->name, why);

	set_text(&posted->digest, what);
	set_text(&posted->head, talk->state->head);
	free(what);
}

/* A review that was written on another head speaks of that one. */
static bool is_of_this_head(const struct talk *talk,
			    const struct forge_comment *comment)
{
	return !comment->head || !strcmp(comment->head, talk->state->head);
}

static void answer(struct talk *talk, const struct forge_comment *comment,
		   const char *key, const struct command *command,
		   const struct command_author *author)
{
	const struct poll_project *project = talk->look->project;
	const struct posted *before = pull_state_find_posted(talk->state,
							     "command", key);
	bool approves, is_accepted, is_new = !before;
	enum command_verdict verdict;
	struct buf text;

	if (before && before->id)
		return;
	buf_init(&text, 16 * KIB);
	verdict = command_judge(&text, &approves, command, author,
				project->project, talk->change->pull->is_fork);
	is_accepted = verdict == COMMAND_ACCEPTED;
	if (is_accepted && !is_of_this_head(talk, comment)) {
		is_accepted = false;
		buf_addstr(&text,
			   "The head has moved since; nothing was done.");
	}
	if (is_accepted && approves)
		talk->state->is_approved = true;
	if (is_accepted && (is_new || command->kind == COMMAND_HELP))
		is_accepted = obey(talk, command, author, &text);
	/* Nobody can react to a review. */
	if (is_accepted && !text.len && !strncmp(key, "review:", 7))
		buf_addf(&text, "Accepted for %.12s.", talk->state->head);
	if (verdict != COMMAND_IGNORED) {
		if (is_new)
			record(talk, key, author, is_accepted,
			       text.ptr ? text.ptr : "");
		log_info("project '%s': %s: %s %s", project->project->name,
			 talk->change->place,
			 is_accepted ? "a command of" : "refused a command of",
			 author->name);
		add_reply(talk, key,
			  is_accepted ? reaction_to(command->kind) : "confused",
			  &text, !is_new);
	}
	buf_release(&text);
}

/* False: it is not known who it was. */
static bool find_author(struct command_author *out, const struct talk *talk,
			const struct forge_comment *comment)
{
	const struct poll_project *project = talk->look->project;
	const struct poll_question *permission = poll_question_find(
		project, FORGE_PERMISSION, 0, comment->author);
	const struct poll_question *who = poll_question_find(project, FORGE_WHO,
							     0, NULL);
	const struct forge_answer *us = who ? &who->answer : NULL;

	if (!us)
		return false;
	*out = (struct command_author){ .name = comment->author };
	out->is_self = us->user_id ? comment->author_id &&
					     !strcmp(us->user_id,
						     comment->author_id)
				   : !strcmp(us->user, comment->author);
	if (permission)
		out->permission = permission->answer.permission;
	else
		for (size_t i = 0; i < project->question_count; i++)
			if (project->questions[i]->act == FORGE_PERMISSION &&
			    !strcmp(project->questions[i]->id, comment->author))
				return project->questions[i]->is_missing;
	return true;
}

static void hear(struct talk *talk, const struct forge_comment *comment,
		 bool is_review)
{
	struct command_author author;
	struct command command;
	char *key;

	command_parse(&command, comment->body, &talk->workflows);
	if (command.kind == COMMAND_NONE || !comment->author) {
		command_release(&command);
		return;
	}
	key = is_review ? xstrf("review:%s", comment->id)
			: xstrdup(comment->id);
	if (find_author(&author, talk, comment))
		answer(talk, comment, key, &command, &author);
	else
		talk->is_cut = true;
	free(key);
	command_release(&command);
}

static void hear_reviews(struct talk *talk, const struct forge_answer *answer)
{
	for (size_t i = 0; i < answer->comment_count; i++)
		if (!answer->comments[i].state ||
		    strcmp(answer->comments[i].state, "pending") != 0)
			hear(talk, &answer->comments[i], true);
}

static int compare_comments(const void *a, const void *b)
{
	const struct forge_comment *const *x = a, *const *y = b;

	return poll_compare_ids((*x)->id, (*y)->id);
}

static void hear_comments(struct talk *talk, const struct forge_answer *answer)
{
	const struct forge_comment **mine = xcalloc(answer->comment_count + 1,
						    sizeof(*mine));
	size_t count = 0;

	for (size_t i = 0; i < answer->comment_count; i++)
		if (answer->comments[i].pull == talk->state->number &&
		    poll_is_unheard(talk->state, &answer->comments[i]))
			mine[count++] = &answer->comments[i];
	qsort(mine, count, sizeof(*mine), compare_comments);
	for (size_t i = 0; i < count && !talk->is_cut; i++) {
		hear(talk, mine[i], false);
		if (!talk->is_cut)
			talk->last = mine[i]->id;
	}
	free(mine);
}

/* Opinions. */

static void add_opinion(const struct talk *talk, const char *fingerprint,
			const char *what, const char *by)
{
	struct known_list *known = &talk->state->findings;

	for (size_t i = 0; i < known->len; i++)
		if (!strcmp(known->items[i].fingerprint, fingerprint))
			known_finding_note(&known->items[i], what, by,
					   talk->look->project->now_ms);
}

static void hear_reactions(const struct talk *talk, const struct posted *posted,
			   const struct forge_answer *us)
{
	const struct poll_question *question =
		poll_question_find(talk->look->project, FORGE_REACTIONS,
				   talk->state->number, posted->id);

	for (size_t i = 0; question && i < question->answer.reaction_count;
	     i++) {
		const struct forge_reaction *reaction =
			&question->answer.reactions[i];

		if (!reaction->author || !reaction->what ||
		    (us && us->user && !strcmp(us->user, reaction->author)))
			continue;
		if (!strcmp(reaction->what, "+1"))
			add_opinion(talk, posted->key, "liked",
				    reaction->author);
		else if (!strcmp(reaction->what, "-1"))
			add_opinion(talk, posted->key, "disliked",
				    reaction->author);
	}
}

static void hear_thread(const struct talk *talk, const struct posted *posted)
{
	const struct poll_question *question = poll_question_find(
		talk->look->project, FORGE_THREADS, talk->state->number, NULL);

	/* What we resolved ourselves is nobody's opinion. */
	if (posted->digest && !strcmp(posted->digest, "resolved"))
		return;
	for (size_t i = 0; question && i < question->answer.thread_count; i++) {
		const struct forge_thread *thread =
			&question->answer.threads[i];

		if (thread->is_resolved && thread->comment_id &&
		    !strcmp(thread->comment_id, posted->id))
			add_opinion(talk, posted->key, "resolved", NULL);
	}
}

static void hear_opinions(const struct talk *talk)
{
	const struct poll_question *who =
		poll_question_find(talk->look->project, FORGE_WHO, 0, NULL);

	for (size_t i = 0; i < talk->state->posted_count; i++) {
		const struct posted *posted = &talk->state->posted[i];

		if (strcmp(posted->kind, "inline") != 0 || !posted->id)
			continue;
		hear_reactions(talk, posted, who ? &who->answer : NULL);
		hear_thread(talk, posted);
	}
}

/* The comments count as read once everybody has their answer. */
static void close_talk(struct talk *talk, bool is_whole)
{
	struct poll_project *project = talk->look->project;
	int64_t read_at_ms = talk->change->pull->updated_ms;

	if (!is_whole || talk->is_cut)
		read_at_ms = talk->state->comments_at_ms;
	if (talk->replies) {
		struct poll_reply *last =
			project->replies[project->reply_count - 1];

		set_text(&last->last_comment, talk->last);
		last->read_at_ms = read_at_ms;
		return;
	}
	if (talk->last)
		set_text(&talk->state->last_comment, talk->last);
	talk->state->comments_at_ms = read_at_ms;
}

void look_at_comments(struct look *look, struct poll_change *change,
		      struct pull_state *state)
{
	const struct poll_project *project = look->project;
	const struct workflow_list *list = &change->definitions->workflows;
	const struct poll_question *comments =
		poll_question_find(project, FORGE_COMMENTS, 0, NULL);
	const struct poll_question *reviews =
		poll_question_find(project, FORGE_REVIEWS, state->number, NULL);
	struct talk talk = { .look = look, .change = change, .state = state };

	for (size_t i = 0; i < list->len; i++)
		strvec_add(&talk.workflows, list->items[i]->id);
	hear_opinions(&talk);
	if (!change->pull->is_closed && comments)
		hear_comments(&talk, &comments->answer);
	if (!change->pull->is_closed && reviews)
		hear_reviews(&talk, &reviews->answer);
	close_talk(&talk, (comments && reviews) || project->is_first ||
				  change->pull->is_closed);
	strvec_release(&talk.workflows);
}
