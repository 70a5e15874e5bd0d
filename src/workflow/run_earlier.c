/*
 * A run that had to wait goes on in a later poll.
 */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "workflow/run_task.h"

/* Who said it first gets it back. */
static void take_findings(struct run_task *task, struct run_record *earlier)
{
	struct finding_list left = { 0 };

	for (size_t i = 0; i < earlier->findings.len; i++) {
		struct finding *finding = &earlier->findings.items[i];
		bool is_its = finding->agents.len &&
			      !strcmp(finding->agents.v[0],
				      task->record->agent);

		*finding_list_add(is_its ? &task->findings.findings
					 : &left) = *finding;
	}
	free(earlier->findings.items);
	earlier->findings = left;
}

void run_earlier_take(struct run_task *tasks, struct run_record *earlier)
{
	for (size_t i = 0; i < earlier->task_count; i++) {
		struct task_record *from = &earlier->tasks[i];
		struct run_task *task = &tasks[i];

		if (from->state != TASK_ANSWERED)
			continue;
		free(task->record->agent);
		*task->record = *from;
		*from = (struct task_record){ 0 };
		task->was_degraded = task->record->degraded;
		task->state = TASK_ENDED;
		take_findings(task, earlier);
	}
}
