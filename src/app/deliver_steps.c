/*
 * What each step of a delivery asks of the forge, and what it makes of the
 * answer.
 */
#include "app/deliver_steps.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/log.h"

static const struct deliver_run *run_of(const struct deliver *deliver)
{
	return &deliver->input.runs[deliver->run];
}

static bool is_ours(const struct deliver *deliver,
		    const struct forge_comment *comment)
{
	if (deliver->user_id)
		return comment->author_id &&
		       strcmp(comment->author_id, deliver->user_id) == 0;
	return comment->author && deliver->user &&
	       strcmp(comment->author, deliver->user) == 0;
}

static bool starts_with(const char *text, const char *start)
{
	return strncmp(text, start, strlen(start)) == 0;
}

static void set_text(char **to, const char *text)
{
	free(*to);
	*to = text ? xstrdup(text) : NULL;
}

static void remember(struct deliver *deliver, const char *kind, const char *key,
		     const char *id, const char *digest)
{
	struct posted *posted = pull_state_posted(deliver->input.state, kind,
						  key);

	set_text(&posted->id, id);
	set_text(&posted->head, deliver->input.pull->head);
	set_text(&posted->digest, digest);
	deliver->is_dirty = true;
}

static const char *keep(struct deliver *deliver, char *text)
{
	strvec_take(&deliver->texts, text);
	return text;
}

static void set_wish(struct deliver *deliver, enum forge_act act)
{
	deliver->wish = (struct forge_wish){
		.act = act,
		.pull = deliver->input.pull->number,
		.head = deliver->input.pull->head,
	};
}

/* Steps. start: true if a call is to be made, the wish is set then. */

static bool start_head(struct deliver *deliver)
{
	bool wants = deliver_wants_account(deliver);

	for (size_t i = 0; !wants && i < deliver->input.run_count; i++)
		wants = deliver_wants_status(deliver, &deliver->input.runs[i]);
	if (!wants)
		deliver->is_over = true;
	set_wish(deliver, FORGE_PULL);
	return wants;
}

static void take_head(struct deliver *deliver, struct forge_answer *answer)
{
	const struct forge_pull *now = &answer->pulls[0];

	if (strcmp(now->head, deliver->input.pull->head) == 0 &&
	    !now->is_closed)
		return;
	deliver->result.is_moved = true;
	deliver->is_over = true;
}

static bool start_who(struct deliver *deliver)
{
	set_wish(deliver, FORGE_WHO);
	return deliver_wants_account(deliver);
}

static void take_who(struct deliver *deliver, struct forge_answer *answer)
{
	set_text(&deliver->user, answer->user);
	set_text(&deliver->user_id, answer->user_id);
}

static bool start_find_review(struct deliver *deliver)
{
	if (!deliver->has_choice) {
		deliver_choose(&deliver->choice, &deliver->input,
			       run_of(deliver));
		deliver->has_choice = true;
	}
	set_wish(deliver, FORGE_REVIEWS);
	return deliver->choice.line_count || deliver->choice.rest_count;
}

static void take_reviews(struct deliver *deliver, struct forge_answer *answer)
{
	char *marker = deliver_review_marker(run_of(deliver)->record);

	for (size_t i = 0; i < answer->comment_count; i++) {
		const struct forge_comment *review = &answer->comments[i];

		if (!is_ours(deliver, review))
			continue;
		if (review->state && strcmp(review->state, "pending") == 0)
			strvec_add(&deliver->pending, review->id);
		else if (starts_with(review->body, marker))
			set_text(&deliver->review_id, review->id);
	}
	free(marker);
}

static bool start_drop(struct deliver *deliver)
{
	if (!deliver->pending.len || !deliver_has_time(deliver))
		return false;
	set_wish(deliver, FORGE_DROP_REVIEW);
	deliver->wish.id = deliver->pending.v[deliver->pending.len - 1];
	return true;
}

static void take_drop(struct deliver *deliver, struct forge_answer *answer)
{
	(void)answer;
	free(deliver->pending.v[--deliver->pending.len]);
	deliver->pending.v[deliver->pending.len] = NULL;
	deliver->step = STEP_DROP;
}

static void make_lines(struct deliver *deliver)
{
	const struct deliver_choice *choice = &deliver->choice;

	deliver->lines = xcalloc(choice->line_count + 1,
				 sizeof(*deliver->lines));
	for (size_t i = 0; i < choice->line_count; i++) {
		const struct deliver_line *from = &choice->lines[i];

		deliver->lines[i] = (struct forge_line){
			.path = from->finding->path,
			.line = from->line,
			.start_line = from->start_line,
			.text = keep(deliver, deliver_line_text(from)),
		};
	}
}

static bool start_review(struct deliver *deliver)
{
	const struct deliver_choice *choice = &deliver->choice;

	if (deliver->review_id ||
	    (!choice->line_count && !choice->rest_count) ||
	    !deliver_has_time(deliver) || !deliver_count_post(deliver))
		return false;
	make_lines(deliver);
	deliver->review = (struct forge_review){
		.head = deliver->input.pull->head,
		.text = keep(deliver,
			     deliver_review_text(run_of(deliver), choice,
						 !deliver->is_plain)),
		.lines = deliver->lines,
		.count = deliver->is_plain ? 0 : choice->line_count,
	};
	set_wish(deliver, FORGE_REVIEW);
	deliver->wish.review = &deliver->review;
	return true;
}

static void take_review(struct deliver *deliver, struct forge_answer *answer)
{
	set_text(&deliver->review_id, answer->id);
	deliver->result.posts++;
}

/* It may be there all the same: look, then once without remarks on lines. */
static bool review_failed(struct deliver *deliver, const struct err *err)
{
	bool may_be_there = err->code == ERR_INVALID ||
			    err->code == ERR_UNAVAILABLE ||
			    err->code == ERR_TIMEOUT;

	if (!may_be_there || deliver->was_looked_for)
		return false;
	log_info("%s", err->msg);
	deliver->was_looked_for = true;
	deliver->is_plain = err->code == ERR_INVALID;
	deliver->step = STEP_FIND_REVIEW;
	return true;
}

static bool start_lines(struct deliver *deliver)
{
	const struct posted *unread = deliver_unread_review(deliver,
							    run_of(deliver));

	if (!deliver->review_id && unread)
		set_text(&deliver->review_id, unread->id);
	set_wish(deliver, FORGE_REVIEW_LINES);
	deliver->wish.id = deliver->review_id;
	return deliver->review_id != NULL;
}

/* Whatever the review has no comment of is in its body. */
static void remember_said(struct deliver *deliver)
{
	const struct deliver_choice *choice = &deliver->choice;

	for (size_t i = 0; i < choice->line_count; i++)
		remember(deliver, "inline",
			 choice->lines[i].finding->fingerprint, NULL, NULL);
	for (size_t i = 0; i < choice->rest_count; i++)
		remember(deliver, "inline", choice->rest[i]->fingerprint, NULL,
			 NULL);
}

/* It is said, all the same; where, the next delivery asks again. */
static bool lines_failed(struct deliver *deliver, const struct err *err)
{
	(void)err;
	remember_said(deliver);
	remember(deliver, "review", run_of(deliver)->record->workflow,
		 deliver->review_id, UNREAD);
	return false;
}

static void take_lines(struct deliver *deliver, struct forge_answer *answer)
{
	char fingerprint[FINGERPRINT_SIZE];

	remember_said(deliver);
	for (size_t i = 0; i < answer->comment_count; i++)
		if (deliver_marked_finding(fingerprint,
					   answer->comments[i].body))
			remember(deliver, "inline", fingerprint,
				 answer->comments[i].id, NULL);
	remember(deliver, "review", run_of(deliver)->record->workflow,
		 deliver->review_id, NULL);
}

static const struct posted *our_comment(const struct deliver *deliver)
{
	const struct posted *posted =
		pull_state_find_posted(deliver->input.state, "comment",
				       run_of(deliver)->record->workflow);

	return posted && posted->id ? posted : NULL;
}

static bool start_find_comment(struct deliver *deliver)
{
	set_wish(deliver, FORGE_PULL_COMMENTS);
	return deliver_wants_comment(deliver, run_of(deliver)) &&
	       !our_comment(deliver);
}

static void take_comments(struct deliver *deliver, struct forge_answer *answer)
{
	const char *workflow = run_of(deliver)->record->workflow;
	char *marker = deliver_summary_marker(run_of(deliver)->record);

	for (size_t i = 0; i < answer->comment_count; i++) {
		const struct forge_comment *comment = &answer->comments[i];

		if (!is_ours(deliver, comment) ||
		    !starts_with(comment->body, marker))
			continue;
		remember(deliver, "comment", workflow, comment->id, NULL);
		break;
	}
	free(marker);
}

static bool start_comment(struct deliver *deliver)
{
	const struct posted *posted = our_comment(deliver);

	if (!deliver_wants_comment(deliver, run_of(deliver)) ||
	    !deliver_has_time(deliver) || !deliver_count_post(deliver))
		return false;
	set_wish(deliver, posted ? FORGE_EDIT_COMMENT : FORGE_ADD_COMMENT);
	deliver->wish.id = posted ? posted->id : NULL;
	deliver->wish.text =
		keep(deliver,
		     deliver_summary_text(&deliver->input, run_of(deliver)));
	return true;
}

static void take_comment(struct deliver *deliver, struct forge_answer *answer)
{
	char digest[SHA256_HEX_SIZE];

	deliver_digest(digest, deliver->wish.text);
	remember(deliver, "comment", run_of(deliver)->record->workflow,
		 answer->id, digest);
	deliver->result.posts++;
}

/* Somebody deleted it: look for another, else say it anew. */
static bool comment_failed(struct deliver *deliver, const struct err *err)
{
	if (deliver->wish.act != FORGE_EDIT_COMMENT ||
	    err->code != ERR_NOT_FOUND)
		return false;
	remember(deliver, "comment", run_of(deliver)->record->workflow, NULL,
		 NULL);
	deliver->step = STEP_FIND_COMMENT;
	return true;
}

static void make_check(struct deliver *deliver, const char *name,
		       const char *outcome)
{
	const struct deliver_run *run = run_of(deliver);
	const struct finding_list *findings = &run->record->findings;
	size_t count = 0;

	deliver->notes = xcalloc(findings->len + 1, sizeof(*deliver->notes));
	for (size_t i = 0; i < findings->len && count < FORGE_NOTES_MAX; i++) {
		const struct finding *from = &findings->items[i];

		if (!from->path || from->line <= 0)
			continue;
		deliver->notes[count++] = (struct forge_annotation){
			.path = from->path,
			.line = from->line,
			.end_line = from->end_line > from->line ? from->end_line
								: from->line,
			.severity = from->severity,
			.title = from->title,
			.text = from->body,
		};
	}
	deliver->check = (struct forge_check){
		.name = name,
		.state = deliver_state(run->record->verdict),
		.title = outcome,
		.text = keep(deliver,
			     deliver_summary_text(&deliver->input, run)),
		.notes = deliver->notes,
		.count = count,
	};
	set_wish(deliver, FORGE_CHECK);
	deliver->wish.check = &deliver->check;
}

static bool start_status(struct deliver *deliver)
{
	const struct deliver_run *run = run_of(deliver);
	const char *name, *outcome;

	if (!deliver_wants_status(deliver, run) || !deliver_has_time(deliver))
		return false;
	name = keep(deliver, xstrf("referee/%s", run->record->workflow));
	outcome = keep(deliver, deliver_outcome(run->record));
	if (forge_can(deliver->input.forge, FORGE_CHECK)) {
		make_check(deliver, name, outcome);
		return true;
	}
	deliver->status = (struct forge_status){
		.context = name,
		.state = deliver_state(run->record->verdict),
		.text = outcome,
	};
	set_wish(deliver, FORGE_STATUS);
	deliver->wish.status = &deliver->status;
	return true;
}

static void take_status(struct deliver *deliver, struct forge_answer *answer)
{
	char *words = deliver_status_words(deliver, run_of(deliver));
	char digest[SHA256_HEX_SIZE];

	deliver_digest(digest, words);
	remember(deliver, "status", run_of(deliver)->record->workflow,
		 answer->id, digest);
	deliver->result.posts++;
	free(words);
}

static bool start_next_run(struct deliver *deliver)
{
	deliver_forget_run(deliver);
	if (++deliver->run < deliver->input.run_count)
		deliver->step = STEP_FIND_REVIEW - 1;
	return false;
}

static bool start_threads(struct deliver *deliver)
{
	set_wish(deliver, FORGE_THREADS);
	return deliver_wants_resolving(deliver);
}

static void take_threads(struct deliver *deliver, struct forge_answer *answer)
{
	struct pull_state *state = deliver->input.state;

	for (size_t i = 0; i < state->posted_count; i++) {
		bool is_open = false;

		if (!deliver_is_to_resolve(deliver, i))
			continue;
		for (size_t j = 0; j < answer->thread_count; j++) {
			const struct forge_thread *thread = &answer->threads[j];

			if (!thread->comment_id || thread->is_resolved ||
			    strcmp(thread->comment_id, state->posted[i].id) !=
				    0)
				continue;
			strvec_add(&deliver->threads, thread->id);
			strvec_add(&deliver->resolved, state->posted[i].key);
			is_open = true;
		}
		/* Deleted, or somebody was faster. */
		if (!is_open)
			set_text(&state->posted[i].digest, "resolved");
		deliver->is_dirty |= !is_open;
	}
}

static bool start_resolve(struct deliver *deliver)
{
	if (!deliver->threads.len || !deliver_has_time(deliver))
		return false;
	set_wish(deliver, FORGE_RESOLVE);
	deliver->wish.id = deliver->threads.v[deliver->threads.len - 1];
	return true;
}

static void drop_last(struct strvec *vec)
{
	free(vec->v[--vec->len]);
	vec->v[vec->len] = NULL;
}

static void take_resolve(struct deliver *deliver, struct forge_answer *answer)
{
	const char *key = deliver->resolved.v[deliver->resolved.len - 1];
	struct posted *posted = pull_state_posted(deliver->input.state,
						  "inline", key);

	(void)answer;
	set_text(&posted->digest, "resolved");
	deliver->is_dirty = true;
	drop_last(&deliver->threads);
	drop_last(&deliver->resolved);
	deliver->step = STEP_RESOLVE;
}

/* Closing conversations is a courtesy: the summary says what is fixed. What a
 * forge refuses it refuses again; where it is in trouble the next poll tries.
 */
static bool resolve_failed(struct deliver *deliver, const struct err *err)
{
	log_info("%s", err->msg);
	deliver->result.has_open |= !deliver_is_refusal(err);
	strvec_release(&deliver->threads);
	strvec_release(&deliver->resolved);
	return true;
}

const struct deliver_step deliver_steps[] = {
	[STEP_HEAD] = { start_head, take_head, NULL },
	[STEP_WHO] = { start_who, take_who, NULL },
	[STEP_FIND_REVIEW] = { start_find_review, take_reviews, NULL },
	[STEP_DROP] = { start_drop, take_drop, NULL },
	[STEP_REVIEW] = { start_review, take_review, review_failed },
	[STEP_LINES] = { start_lines, take_lines, lines_failed },
	[STEP_FIND_COMMENT] = { start_find_comment, take_comments, NULL },
	[STEP_COMMENT] = { start_comment, take_comment, comment_failed },
	[STEP_STATUS] = { start_status, take_status, NULL },
	[STEP_NEXT_RUN] = { start_next_run, NULL, NULL },
	[STEP_THREADS] = { start_threads, take_threads, resolve_failed },
	[STEP_RESOLVE] = { start_resolve, take_resolve, resolve_failed },
};
