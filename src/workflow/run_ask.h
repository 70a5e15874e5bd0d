#ifndef WORKFLOW_RUN_ASK_H
#define WORKFLOW_RUN_ASK_H

#include "workflow/run_task.h"

/* The questions of a run on their way to the gateway and back: those that may
 * go out as one, and again by themselves where that did not do. For run.c
 * alone. */

/** Told of every look that was asked, exactly once; also from inside
 * run_ask_due(). */
typedef void run_asked_fn(struct run_look *look, const struct outcome *outcome,
			  void *payload);

struct run_asks {
	struct gateway *gateway;
	const struct run_input *input;
	struct run_record *record;
	run_asked_fn *asked;
	void *payload;
	int64_t ends_mono_ms; /* the run, whatever is still asked then */
	bool is_stopped;      /* set by the run: nothing more is asked */
};

/** Asks all that is due, so that what may go out together does; `asks` stays
 * where it is until they are answered. */
void run_ask_due(struct run_asks *asks, struct run_task *tasks, size_t count);

#endif /* WORKFLOW_RUN_ASK_H */
