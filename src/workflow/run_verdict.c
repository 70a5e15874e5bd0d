/*
 * How a run ended. The one place that says so, and never green by failure:
 * whatever was not answered decides first.
 */
#include <string.h>

#include "core/alloc.h"
#include "workflow/run_task.h"

/* A record in the making, and the tasks it is of. */
struct ending {
	struct run_record *record;
	const struct run_task *tasks;
};

bool run_task_is_missing(const struct run_task *task)
{
	return !task->plan->use->optional &&
	       (task->record->state == TASK_FAILED ||
		(task->record->state == TASK_SKIPPED && task->was_degraded));
}

static const struct run_task *first_in(const struct ending *ending,
				       enum task_state state)
{
	for (size_t i = 0; i < ending->record->task_count; i++)
		if (ending->tasks[i].record->state == state &&
		    !ending->tasks[i].plan->use->optional)
			return &ending->tasks[i];
	return NULL;
}

/* Left out for want of money that another day has: it is not the end of it. */
static const struct run_task *first_without_budget(const struct ending *ending)
{
	for (size_t i = 0; i < ending->record->task_count; i++)
		if (ending->tasks[i].lacks_budget &&
		    !ending->tasks[i].plan->use->optional)
			return &ending->tasks[i];
	return NULL;
}

/* Batches come first: what waits for CI is known when it comes to that. */
static const struct run_task *first_that_waits(const struct ending *ending)
{
	const struct run_task *first = NULL;

	for (size_t i = 0; i < ending->record->task_count; i++) {
		const struct run_task *task = &ending->tasks[i];

		if (task->record->state != TASK_SKIPPED || !task->waits_for)
			continue;
		if (!strcmp(task->waits_for, RUN_WAITS_FOR_BATCH))
			return task;
		if (!first)
			first = task;
	}
	return first;
}

static bool has_answers(const struct run_record *record)
{
	for (size_t i = 0; i < record->task_count; i++)
		if (record->tasks[i].state == TASK_ANSWERED)
			return true;
	return false;
}

static bool is_degraded(const struct ending *ending)
{
	bool is_degraded = false;

	for (size_t i = 0; i < ending->record->task_count; i++) {
		const struct run_task *task = &ending->tasks[i];

		is_degraded |= task->was_degraded &&
			       (task->record->state == TASK_ANSWERED ||
				run_task_is_missing(task));
	}
	return is_degraded;
}

/* `waits_for` NULL: for nothing. */
static void end_by_task(struct run_record *record, enum verdict verdict,
			const struct run_task *task, const char *waits_for)
{
	const char *reason = task->record->reason;

	record->verdict = verdict;
	record->waits_for = waits_for ? xstrdup(waits_for) : NULL;
	record->reason = xstrf("%s: %s", task->plan->use->name,
			       reason ? reason : "no reason given");
}

static void end_for_reason(struct run_record *record, enum verdict verdict,
			   const char *reason)
{
	record->verdict = verdict;
	record->reason = xstrdup(reason);
}

static void end_unanswered(const struct ending *ending,
			   const struct run_input *input)
{
	const struct run_task *skipped = first_in(ending, TASK_SKIPPED);

	if (skipped)
		end_by_task(ending->record, VERDICT_SKIPPED, skipped,
			    input->unknown);
	else
		end_for_reason(ending->record, VERDICT_SKIPPED, "no agents");
}

static void judge_findings(struct run_record *record)
{
	const struct task_record *tests = run_record_failing_tests(record);

	record->verdict = run_record_is_serious(record) ? VERDICT_ATTENTION
							: VERDICT_PASS;
	if (tests)
		record->reason = xstrf("%s: %s", tests->agent, tests->summary);
}

void run_decide(struct run_record *record, const struct run_task *tasks,
		const struct run_input *input, const char *stop_reason)
{
	const struct ending ending = { record, tasks };
	const struct run_task *task;

	record->degraded |= is_degraded(&ending);
	if (stop_reason)
		end_for_reason(record, VERDICT_FAILED, stop_reason);
	else if ((task = first_in(&ending, TASK_FAILED)))
		end_by_task(record, VERDICT_FAILED, task, task->waits_for);
	else if ((task = first_that_waits(&ending)))
		end_by_task(record, VERDICT_SKIPPED, task, task->waits_for);
	else if ((task = first_without_budget(&ending)))
		end_by_task(record, VERDICT_SKIPPED, task, "budget");
	else if (record->degraded)
		end_for_reason(record, VERDICT_FAILED,
			       "offline stood in for a service that failed");
	else if (!has_answers(record))
		end_unanswered(&ending, input);
	else if (!run_record_files(record, FILE_REVIEWED) &&
		 !run_record_files(record, FILE_PARTIAL) &&
		 !record->findings.len)
		end_for_reason(record, VERDICT_SKIPPED,
			       "none of the files is one to review");
	else
		judge_findings(record);
}
