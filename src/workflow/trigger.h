#ifndef WORKFLOW_TRIGGER_H
#define WORKFLOW_TRIGGER_H

#include "workflow/condition.h"
#include "workflow/facts.h"
#include "workflow/workflow.h"

/** \file
 * When a workflow applies. Pure functions of the facts of a change; any thread.
 */

/** One thing that was looked at, and what came of it. */
struct reason {
	enum holds holds;
	const char *subject; /* "event" or a condition's name; static    */
	char *text;          /* the values that decided, on a line       */
	size_t trigger;      /* which of the workflow's triggers, from 0 */
};

/** Zeroed: empty. */
struct reasons {
	struct reason *items;
	size_t len, cap;
};

void reasons_release(struct reasons *reasons);

/**
 * Does the workflow apply? HOLDS_UNKNOWN: some trigger would, if only what is
 * not known were known; then *unknown (may be NULL) is the condition's name.
 *
 * `reasons` gets every condition of every trigger whose event fits, and each
 * event that does not; NULL: nobody wants to know, and the first trigger that
 * matches ends the search.
 */
enum holds workflow_test(const struct workflow *workflow,
			 const struct facts *facts, const char **unknown,
			 struct reasons *reasons);

/** Is there a trigger for the event, whatever its conditions say? */
bool workflow_has_event(const struct workflow *workflow,
			enum trigger_event event, enum pull_action action);

/** The shortest `every` of its schedules in milliseconds; 0: it has none. */
int64_t workflow_every_ms(const struct workflow *workflow);

/** "pull_request.opened", "push": as in the files. Static. */
const char *trigger_name(enum trigger_event event, enum pull_action action);

#endif /* WORKFLOW_TRIGGER_H */
