#ifndef WORKFLOW_RUN_TASK_H
#define WORKFLOW_RUN_TASK_H

#include "agents/findings.h"
#include "agents/prompt.h"
#include "workflow/run.h"

/* One task of a run, from its prompts to its answer. For run.c, preview.c
 * and estimates alone. */

enum run_task_state { TASK_WAITS, TASK_RUNS, TASK_ENDED };

/** What an answer may have unless the workflow says. */
enum { RUN_ANSWER_TOKENS = 8000 };

struct run_asks;
struct run_task;

/** One look of a task at a part of the change: one question. */
struct run_look {
	struct run_task *task;
	struct prompt prompt;
	struct prompt_coverage coverage;
	struct chat chat;
	struct ask ask;
	char *desk_name;       /* of this question; NULL: it cannot wait */
	bool is_due;           /* to be asked now              */
	struct run_asks *asks; /* that it was asked by         */
	struct asking *asking; /* NULL: not asked, or answered */
	bool is_answered;
};

struct run_task {
	const struct plan_task *plan;
	struct run *run;
	enum run_task_state state;
	struct run_look *looks;  /* one; several where the change is large */
	size_t look_count, open; /* of which not ended */
	struct json *schema;
	char head[OID_HEX_SIZE]; /* of the change */
	struct tests_job *tests; /* of ANSWER_TESTS, while it runs */
	struct json *files;      /* what it tests: as agents wrote it */
	int64_t started_mono_ms;
	struct findings_answer findings; /* of ANSWER_FINDINGS */
	struct task_record *record;      /* in the run's record */
	char *failure;         /* of the first look that failed; NULL: none */
	char *unsupported;     /* what the service cannot do; NULL: it can */
	bool lacks_budget;     /* skipped for want of money that comes back */
	const char *waits_for; /* RUN_WAITS_FOR_...: a later poll may have it;
				  static; NULL: nothing */
	bool was_degraded;
};

/** Makes the prompts; `results` are those of the tasks before it. */
void run_task_prepare(struct run_task *task, const struct run_input *input,
		      const struct prompt_text *results, size_t result_count);

/** Reads the outcome of one look into the task and its record. The last one
 * ends the task. */
void run_task_settle(struct run_look *look, const struct run_input *input,
		     const struct outcome *outcome);

/** Counts what was spent on a look that is asked again. */
void run_task_charge(const struct run_look *look,
		     const struct outcome *outcome);

/** Ends it without an answer. */
void run_task_end(struct run_task *task, enum task_state state,
		  const char *reason);

void run_task_release(struct run_task *task);

/** What later tasks are told of it, the caller's; NULL if there is nothing. */
char *run_task_result(const struct run_task *task);

/** Takes over what the tasks of an earlier record of the same run answered:
 * they have ended. */
void run_earlier_take(struct run_task *tasks, struct run_record *earlier);

/** Fills the record's files: how much of each the tasks looked at. */
void run_files_settle(struct run_record *record, const struct run_task *tasks,
		      const struct run_input *input);

/** Was there to be an answer, and is none: it failed, or the last stand-in
 * could not do it either? */
bool run_task_is_missing(const struct run_task *task);

/** Says in the record how the run ended and why; `stop_reason` NULL: it was not
 * stopped. All tasks have ended, findings and files are in the record. */
void run_decide(struct run_record *record, const struct run_task *tasks,
		const struct run_input *input, const char *stop_reason);

/** simple, medium or complex: from the size of the change, the risk of what it
 * touches and the agent. *why (may be NULL) is static text. */
enum complexity run_complexity(const struct changeset *changeset,
			       const struct agent_definition *agent,
			       const struct complexity_settings *settings,
			       const char **why);

#endif /* WORKFLOW_RUN_TASK_H */
