/*
 * What there is to be posted: a look at what was posted before. Asks nobody.
 */
#include <stdlib.h>
#include <string.h>

#include "app/deliver_steps.h"
#include "core/alloc.h"
#include "core/sha256.h"

void deliver_digest(char out[SHA256_HEX_SIZE], const char *text)
{
	sha256_hex(text, strlen(text), out);
}

static bool is_posted(const struct deliver *deliver, const char *kind,
		      const char *key, const char *text)
{
	const struct posted *posted =
		pull_state_find_posted(deliver->input.state, kind, key);
	char digest[SHA256_HEX_SIZE];

	deliver_digest(digest, text);
	return posted && posted->digest && strcmp(posted->digest, digest) == 0;
}

bool deliver_wants_comment(const struct deliver *deliver,
			   const struct deliver_run *run)
{
	char *text;
	bool wants;

	if (!run->output->comment)
		return false;
	text = deliver_summary_text(&deliver->input, run);
	wants = !is_posted(deliver, "comment", run->record->workflow, text);
	free(text);
	return wants;
}

static bool wants_review(const struct deliver *deliver,
			 const struct deliver_run *run)
{
	struct deliver_choice choice;
	bool wants;

	deliver_choose(&choice, &deliver->input, run);
	wants = choice.line_count || choice.rest_count;
	deliver_choice_release(&choice);
	return wants;
}

char *deliver_status_words(const struct deliver *deliver,
			   const struct deliver_run *run)
{
	char *outcome = deliver_outcome(run->record);
	char *words = xstrf("%d %s %s",
			    (int)deliver_state(run->record->verdict),
			    deliver->input.pull->head, outcome);

	free(outcome);
	return words;
}

bool deliver_wants_status(const struct deliver *deliver,
			  const struct deliver_run *run)
{
	char *words;
	bool wants;

	if (!run->output->commit_status)
		return false;
	words = deliver_status_words(deliver, run);
	wants = !is_posted(deliver, "status", run->record->workflow, words);
	free(words);
	return wants;
}

bool deliver_is_to_resolve(const struct deliver *deliver, size_t i)
{
	const struct posted *posted = &deliver->input.state->posted[i];
	const struct known_finding *known;

	if (strcmp(posted->kind, "inline") != 0 || !posted->id ||
	    (posted->digest && strcmp(posted->digest, "resolved") == 0))
		return false;
	known = known_list_find(&deliver->input.state->findings, posted->key);
	return known && known->state != FINDING_OPEN;
}

bool deliver_wants_resolving(const struct deliver *deliver)
{
	for (size_t i = 0; i < deliver->input.state->posted_count; i++)
		if (deliver_is_to_resolve(deliver, i))
			return true;
	return false;
}

const struct posted *deliver_unread_review(const struct deliver *deliver,
					   const struct deliver_run *run)
{
	const struct posted *posted = pull_state_find_posted(
		deliver->input.state, "review", run->record->workflow);

	return posted && posted->id && posted->digest &&
			       !strcmp(posted->digest, UNREAD)
		       ? posted
		       : NULL;
}

bool deliver_wants_account(const struct deliver *deliver)
{
	for (size_t i = 0; i < deliver->input.run_count; i++)
		if (deliver_wants_comment(deliver, &deliver->input.runs[i]) ||
		    wants_review(deliver, &deliver->input.runs[i]) ||
		    deliver_unread_review(deliver, &deliver->input.runs[i]))
			return true;
	return deliver_wants_resolving(deliver);
}
