#ifndef WORKFLOW_PREVIEW_H
#define WORKFLOW_PREVIEW_H

#include "core/buf.h"
#include "workflow/run.h"

/** Appends what a run would do, a line a task: its agent, the services it would
 * ask in their order, what it waits for. */
void preview_tasks(struct buf *out, const struct run_input *input);

/** Appends what would be sent for each task, redacted as it would be: the parts
 * of the prompt to read, and the request as gateway_show() has it. Results of
 * earlier tasks are not known yet and say so. */
void preview_prompts(struct buf *out, struct gateway *gateway,
		     const struct run_input *input);

/**
 * What each task would come to, an array of objects: agent, phase, what it
 * waits for, complexity, bounds on tokens, the services as gateway_explain()
 * has them, `expected_nusd` if the first service that is there answers at once,
 * and `at_most_nusd` if everything has to be tried. Of a task that goes out
 * with others, `together_with` names them, `one_request` is what that comes to,
 * and `expected_nusd` its part of it; the rest is what it would ask alone. Of a
 * task that no service is asked for, `asks_nobody` says why in their place.
 * Asks nobody. The caller frees it.
 */
struct json *preview_explain(struct gateway *gateway,
			     const struct run_input *input);

#endif /* WORKFLOW_PREVIEW_H */
