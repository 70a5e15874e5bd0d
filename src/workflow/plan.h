#ifndef WORKFLOW_PLAN_H
#define WORKFLOW_PLAN_H

#include "config/settings.h"
#include "workflow/workflow.h"

/** \file
 * What a run will do: a workflow's agents as tasks of a graph, each with the
 * services it may ask. Made before anything is asked, shown by `referee plan`.
 */

struct plan_task {
	const struct workflow_agent *use;     /* as the workflow has it */
	const struct agent_definition *agent; /* as it is defined       */
	const char *phase;                    /* NULL: none             */
	size_t *after; /* tasks that must end before, by index */
	size_t after_count, after_cap;
	struct strvec services; /* in the order they are tried; the last one's
				   own `fallback =` may follow */
	bool may_degrade;       /* offline may stand in in the end        */
	bool stops_run;         /* if all fail: `continue: false`         */
	int64_t timeout_ms;
};

struct plan {
	const struct workflow *workflow;
	struct plan_task *tasks; /* in an order in which they could run */
	size_t task_count;
	int64_t timeout_ms; /* of the whole run */
	char definition[17];
};

/** Borrows all of it. `service`: asked instead of any other; or NULL. */
void plan_make(struct plan *out, const struct workflow *workflow,
	       const struct agent_list *agents, const struct settings *settings,
	       const char *service);
void plan_release(struct plan *plan);

/** The notify section that is told when that service fails; NULL: none. */
const char *plan_notify(const struct workflow *workflow, const char *service);

/** Does `task` come after `earlier`, directly or by others in between? */
bool plan_follows(const struct plan *plan, size_t task, size_t earlier);

/** Do both come after the same tasks, so that they are ready together? */
bool plan_same_turn(const struct plan_task *a, const struct plan_task *b);

#endif /* WORKFLOW_PLAN_H */
