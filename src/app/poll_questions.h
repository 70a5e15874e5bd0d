#ifndef APP_POLL_QUESTIONS_H
#define APP_POLL_QUESTIONS_H

#include "app/poll_project.h"

/* What is asked of the forge in a poll, one thing following from another: open
 * pulls; what became of those that are gone, and what people said; who they
 * are. Pure, of what is remembered and what was answered. */

/* About pulls that are gone, or that something happened to. */
void poll_questions_pulls(struct poll_project *project);

/* What follows from the answers: about pulls that were closed, those who gave
 * commands, who likes which finding. */
void poll_questions_people(struct poll_project *project);

/* Was anything said about the pull since its comments were read? */
bool poll_pull_has_moved(const struct poll_project *project,
			 const struct pull_state *state,
			 const struct forge_pull *pull);

/* Is it a comment that was not read yet? */
bool poll_is_unheard(const struct pull_state *state,
		     const struct forge_comment *comment);

/* Numbers of the forge, as text, in their order. */
int poll_compare_ids(const char *a, const char *b);

#endif /* APP_POLL_QUESTIONS_H */
