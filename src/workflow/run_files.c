/*
 * What a run looked at of each file.
 */
#include <stdlib.h>
#include <string.h>

#include "code/rules.h"
#include "core/alloc.h"
#include "core/text.h"
#include "workflow/run_task.h"

/* How far the look saw a file, and why no further. Offline sees little of a
 * source file in a language that it has no rules for. */
static enum file_coverage seen_of(const char **reason,
				  const struct run_input *input,
				  const struct run_task *task,
				  const struct prompt_coverage *seen,
				  size_t index)
{
	const struct changed_file *file =
		&sources_changeset(input->sources)->files[index];
	const struct service_settings *service =
		task->record->service ? settings_service(input->settings,
							 task->record->service)
				      : NULL;

	*reason = seen->reason[index];
	if (seen->coverage[index] != FILE_REVIEWED || !service ||
	    service->kind != KIND_OFFLINE ||
	    (file->file_class != CLASS_SOURCE &&
	     file->file_class != CLASS_TEST) ||
	    rules_know_file(file->path))
		return seen->coverage[index];
	*reason = "offline has no rules for its language; only secrets and the "
		  "like were looked for";
	return FILE_PARTIAL;
}

/* A file counts as far as the look that saw most of it. */
static void settle_file(struct file_record *file,
			const struct run_record *record,
			const struct run_task *tasks,
			const struct run_input *input, size_t index)
{
	const struct run_record *earlier = input->earlier;
	const char *reason = "no agent answered";

	file->coverage = FILE_SKIPPED;
	if (earlier && index < earlier->file_count) {
		file->coverage = earlier->files[index].coverage;
		reason = earlier->files[index].reason;
	}
	for (size_t i = 0; i < record->task_count; i++)
		for (size_t j = 0; j < tasks[i].look_count; j++) {
			const struct run_look *look = &tasks[i].looks[j];
			enum file_coverage coverage;
			const char *why;

			if (!look->is_answered)
				continue;
			coverage = seen_of(&why, input, &tasks[i],
					   &look->coverage, index);
			if (coverage > file->coverage)
				continue;
			file->coverage = coverage;
			reason = why;
		}
	if (file->coverage != FILE_REVIEWED && reason)
		file->reason = xstrdup(reason);
}

void run_files_settle(struct run_record *record, const struct run_task *tasks,
		      const struct run_input *input)
{
	const struct changeset *changeset = sources_changeset(input->sources);

	record->file_count = changeset->file_count;
	record->files = xcalloc(changeset->file_count, sizeof(*record->files));
	for (size_t i = 0; i < changeset->file_count; i++) {
		record->files[i].path =
			text_utf8(changeset->files[i].path,
				  strlen(changeset->files[i].path));
		settle_file(&record->files[i], record, tasks, input, i);
	}
}
