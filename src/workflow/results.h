#ifndef WORKFLOW_RESULTS_H
#define WORKFLOW_RESULTS_H

#include "core/json.h"
#include "store/record.h"
#include "workflow/plan.h"

/** \file
 * What tasks hand on: to later tasks as text, to the record and the test runner
 * as files. Pure.
 */

/** What one task came to. */
struct task_result {
	const struct task_record *record;
	const struct finding_list
		*findings; /* of ANSWER_FINDINGS, else empty */
};

/** What later tasks are told of it; NULL if there is nothing. The caller's. */
char *task_result_text(enum answer_kind kind, const struct task_result *result);

/**
 * The files that agents wrote, as they are meant to be used: what a reviewer
 * dropped is not among them, what it changed has its content. Only those of
 * tasks that `task` comes after; `task` = plan->task_count: of all. An array as
 * run_record.generated, the caller's; NULL: none.
 */
struct json *task_results_files(const struct plan *plan,
				const struct task_record *records, size_t task);

/** Takes the files out of an answer that hold placeholders of what was
 * redacted: nobody can put back what it was. Returns how many. */
size_t task_result_drop_redacted(struct json *answer);

#endif /* WORKFLOW_RESULTS_H */
