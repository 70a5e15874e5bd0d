#ifndef WORKFLOW_RUN_TASK_H
#define WORKFLOW_RUN_TASK_H

#include "agents/findings.h"
#include "agents/prompt.h"
#include "workflow/run.h"

/* One task of a run, from its prompt to its answer. For run.c alone. */

enum run_task_state { TASK_WAITS, TASK_RUNS, TASK_ENDED };

struct run_task {
	const struct plan_task *plan;
	struct run *run;
	enum run_task_state state;
	struct prompt prompt;
	struct prompt_coverage coverage;
	struct json *schema;
	struct chat chat;
	struct ask ask;
	struct asking *asking;
	int64_t started_mono_ms;
	struct findings_answer findings; /* of ANSWER_FINDINGS */
	struct task_record *record;      /* in the run's record */
	bool lacks_budget; /* skipped for want of money that comes back */
	bool was_degraded;
};

/** Makes the prompt; `results` are those of the tasks before it. */
void run_task_prepare(struct run_task *task, const struct run_input *input,
		      const struct prompt_text *results, size_t result_count);

/** Reads the outcome into the task and its record. */
void run_task_settle(struct run_task *task, const struct run_input *input,
		     const struct outcome *outcome);

/** Ends it without an answer. */
void run_task_end(struct run_task *task, enum task_state state,
		  const char *reason);

void run_task_release(struct run_task *task);

/** What later tasks are told of it; NULL if there is nothing. */
const char *run_task_result(const struct run_task *task);

/** simple, medium or complex: from the size of the change, the risk of what it
 * touches and the agent. */
enum complexity run_complexity(const struct changeset *changeset,
			       const struct agent_definition *agent);

#endif /* WORKFLOW_RUN_TASK_H */
