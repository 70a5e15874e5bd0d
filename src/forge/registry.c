/*
 * The kinds of forge that are spoken here, and what all of them share.
 */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "forge/backend.h"

static const struct {
	bool is_known;
	const struct forge_ops *ops;
} kinds[] = {
	[FORGE_GITHUB] = { true, &github_forge },
	[FORGE_PLAIN] = { true, NULL },
};

int forge_kind_find(const struct forge_ops **out, enum forge_kind kind,
		    struct err *err)
{
	if ((size_t)kind >= ARRAY_LEN(kinds) || !kinds[kind].is_known)
		return err_set(err, ERR_INVALID,
			       "this referee does not speak to forge = %s; "
			       "forge = plain works with any git server",
			       forge_kind_names[kind]);
	*out = kinds[kind].ops;
	return 0;
}

static const char *const act_names[] = {
	[FORGE_WHO] = "our own account",
	[FORGE_PULLS] = "the list of open pulls",
	[FORGE_PULL] = "what became of it",
	[FORGE_COMMENTS] = "the comments",
	[FORGE_LINE_COMMENTS] = "the comments on lines",
	[FORGE_PULL_COMMENTS] = "its comments",
	[FORGE_REVIEWS] = "its reviews",
	[FORGE_REVIEW_LINES] = "the comments of our review",
	[FORGE_PERMISSION] = "the permission of an account",
	[FORGE_REVIEW] = "posting a review",
	[FORGE_DROP_REVIEW] = "deleting our pending review",
	[FORGE_ADD_COMMENT] = "posting a comment",
	[FORGE_EDIT_COMMENT] = "changing our comment",
	[FORGE_STATUS] = "setting the commit status",
	[FORGE_CHECK] = "posting a check run",
	[FORGE_REACT] = "reacting to a comment",
	[FORGE_REACT_LINE] = "reacting to a comment on a line",
	[FORGE_REACTIONS] = "the reactions to a comment",
	[FORGE_THREADS] = "its conversations",
	[FORGE_RESOLVE] = "resolving a conversation",
	[FORGE_STATUSES] = "the statuses of a commit",
	[FORGE_CHECKS] = "the check runs of a commit",
	[FORGE_OPEN_PULL] = "opening a pull",
};

const char *forge_act_name(enum forge_act act)
{
	return act_names[act];
}

void forge_request_release(struct forge_request *request)
{
	free(request->url);
	buf_release(&request->body);
	*request = (struct forge_request){ 0 };
}

struct forge_pull *forge_answer_pull(struct forge_answer *answer)
{
	ARRAY_GROW(answer->pulls, answer->pull_count, answer->pull_cap);
	answer->pulls[answer->pull_count] = (struct forge_pull){ 0 };
	return &answer->pulls[answer->pull_count++];
}

struct forge_comment *forge_answer_comment(struct forge_answer *answer)
{
	ARRAY_GROW(answer->comments, answer->comment_count,
		   answer->comment_cap);
	answer->comments[answer->comment_count] = (struct forge_comment){ 0 };
	return &answer->comments[answer->comment_count++];
}

struct forge_reaction *forge_answer_reaction(struct forge_answer *answer)
{
	ARRAY_GROW(answer->reactions, answer->reaction_count,
		   answer->reaction_cap);
	answer->reactions[answer->reaction_count] =
		(struct forge_reaction){ 0 };
	return &answer->reactions[answer->reaction_count++];
}

struct forge_thread *forge_answer_thread(struct forge_answer *answer)
{
	ARRAY_GROW(answer->threads, answer->thread_count, answer->thread_cap);
	answer->threads[answer->thread_count] = (struct forge_thread){ 0 };
	return &answer->threads[answer->thread_count++];
}

struct forge_signal *forge_answer_signal(struct forge_answer *answer)
{
	ARRAY_GROW(answer->signals, answer->signal_count, answer->signal_cap);
	answer->signals[answer->signal_count] = (struct forge_signal){ 0 };
	return &answer->signals[answer->signal_count++];
}

static void release_pull(struct forge_pull *pull)
{
	free(pull->head_ref);
	free(pull->base_ref);
	free(pull->head_repository);
	free(pull->title);
	free(pull->body);
	free(pull->url);
	free(pull->author);
	free(pull->author_id);
	strvec_release(&pull->labels);
}

static void release_comment(struct forge_comment *comment)
{
	free(comment->id);
	free(comment->author);
	free(comment->author_id);
	free(comment->body);
	free(comment->head);
	free(comment->state);
	free(comment->path);
}

void forge_answer_release(struct forge_answer *answer)
{
	for (size_t i = 0; i < answer->pull_count; i++)
		release_pull(&answer->pulls[i]);
	for (size_t i = 0; i < answer->comment_count; i++)
		release_comment(&answer->comments[i]);
	for (size_t i = 0; i < answer->reaction_count; i++) {
		free(answer->reactions[i].author);
		free(answer->reactions[i].author_id);
		free(answer->reactions[i].what);
	}
	for (size_t i = 0; i < answer->thread_count; i++) {
		free(answer->threads[i].id);
		free(answer->threads[i].comment_id);
	}
	for (size_t i = 0; i < answer->signal_count; i++) {
		free(answer->signals[i].name);
		free(answer->signals[i].word);
		free(answer->signals[i].url);
	}
	free(answer->signals);
	free(answer->pulls);
	free(answer->comments);
	free(answer->reactions);
	free(answer->threads);
	free(answer->user);
	free(answer->user_id);
	free(answer->id);
	free(answer->url);
	free(answer->cursor);
	*answer = (struct forge_answer){ 0 };
}

void forge_url_segment(struct buf *out, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~";

	for (; *text; text++) {
		if (strchr(plain, *text))
			buf_addch(out, *text);
		else
			buf_addf(out, "%%%02X", (unsigned char)*text);
	}
}
