#ifndef WORKFLOW_TOGETHER_H
#define WORKFLOW_TOGETHER_H

#include "workflow/run_task.h"

/** \file
 * Small questions of one run that go out as one request (design part 9): which
 * they are, the one question, and what of its answer is whose. For run_ask.c,
 * preview.c and estimates.
 */

/** A question that may go out with others. */
struct candidate {
	const char *route; /* gateway_joint_route(); NULL: it goes alone */
	const char *agent; /* its name in the run */
	const struct ask *ask;
};

/**
 * leader[i] becomes the first of those that i goes out with; i itself where it
 * is that, or goes alone. Those go together that look at the same change in the
 * same way, ask the same service and model for findings, have the same time
 * limit and temperature, and come to little. Pure.
 */
void together_choose(size_t *leader, const struct candidate *list,
		     size_t count);

/** The same of looks that are ready at the same moment; the caller frees it. */
size_t *together_leaders(struct run_look *const *looks, size_t count,
			 struct gateway *gateway,
			 const struct run_input *input);

/** Several agents' questions as one. */
struct joint {
	struct run_look **looks;
	size_t count;
	struct prompt prompt;
	struct json *schema;
	const char **names; /* of their agents */
	char *agents;       /* "a+b", as the ledger calls them */
	struct chat chat;
	struct ask ask; /* but for its run */
	void *owner;    /* the asker's */
};

/** Borrows the looks: as they would be asked alone, and no less than two. */
struct joint *joint_new(struct run_look *const *looks, size_t count);
void joint_free(struct joint *joint);

/** What of an outcome is one agent's. */
struct share {
	struct outcome outcome; /* as if it had come alone */
	char *text;
	struct attempt *attempts; /* what they point at is the whole's */
};

/** Of the agent of looks[index]: its answer, or FAULT_ANSWER where that cannot
 * be read; and its part (core/part.h) of what was spent. */
void joint_share(struct share *out, const struct joint *joint, size_t index,
		 const struct outcome *outcome);
void share_release(struct share *share);

#endif /* WORKFLOW_TOGETHER_H */
