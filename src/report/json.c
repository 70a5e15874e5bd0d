/*
 * One object: the change, `findings` of all runs, and each run in short. For
 * scripts; the record in refs/referee/runs has everything.
 */
#include <stdlib.h>

#include "core/clock.h"
#include "core/json.h"
#include "report/formats.h"

static const char *const coverage_name[] = {
	[FILE_REVIEWED] = "reviewed",
	[FILE_PARTIAL] = "partial",
	[FILE_SKIPPED] = "skipped",
};

static const char *const task_state_name[] = {
	[TASK_ANSWERED] = "answered",
	[TASK_SKIPPED] = "skipped",
	[TASK_FAILED] = "failed",
};

static void add_files(struct json *run, const struct run_record *record)
{
	struct json *files = json_set_array(run, "files");

	for (size_t i = 0; i < record->file_count; i++) {
		const struct file_record *file = &record->files[i];
		struct json *at = json_add_object(files);

		json_set_string(at, "path", file->path);
		json_set_string(at, "coverage", coverage_name[file->coverage]);
		if (file->reason)
			json_set_string(at, "reason", file->reason);
	}
}

static void add_tasks(struct json *run, const struct run_record *record)
{
	struct json *tasks = json_set_array(run, "agents");

	for (size_t i = 0; i < record->task_count; i++) {
		const struct task_record *task = &record->tasks[i];
		struct json *at = json_add_object(tasks);

		json_set_string(at, "name", task->agent);
		json_set_string(at, "state", task_state_name[task->state]);
		if (task->reason)
			json_set_string(at, "reason", task->reason);
		json_set_string(at, "service", task->service);
		json_set_string(at, "model", task->model);
		json_set_bool(at, "degraded", task->degraded);
		json_set_bool(at, "cached", task->cached);
		json_set_int(at, "requests", task->requests);
		json_set_int(at, "duration_ms", task->duration_ms);
		json_set_int(at, "cost_nusd", task->cost_nusd);
		json_set_int(at, "findings_dropped", (int64_t)task->dropped);
		if (task->summary)
			json_set_string(at, "summary", task->summary);
	}
}

static void add_run(struct json *runs, const struct report_run *shown)
{
	const struct run_record *record = shown->record;
	struct json *run = json_add_object(runs);
	char cost[MONEY_TEXT_SIZE], at[CLOCK_TEXT_SIZE];

	money_format(cost, record->cost_nusd);
	clock_format(at, record->started_at_ms);
	json_set_string(run, "id", record->id);
	json_set_string(run, "workflow", record->workflow);
	json_set_string(run, "title", record->title);
	json_set_string(run, "verdict", verdict_name(record->verdict));
	json_set_string(run, "reason", record->reason);
	json_set_bool(run, "degraded", record->degraded);
	json_set_bool(run, "reused", shown->reused);
	json_set_string(run, "definition", record->definition);
	json_set_string(run, "started_at", at);
	json_set_int(run, "duration_ms", record->duration_ms);
	json_set_string(run, "cost_usd", cost);
	json_set_bool(run, "cost_unknown", record->cost_unknown);
	json_set_int(run, "findings", (int64_t)record->findings.len);
	json_set_int(run, "dismissed", (int64_t)record->dismissed);
	add_tasks(run, record);
	add_files(run, record);
	if (record->redacted)
		json_set(run, "redacted", json_copy(record->redacted));
}

static void render(struct buf *out, const struct report *report)
{
	struct json *doc = json_new_object();
	struct json *findings;
	struct json *runs;
	char *text;

	json_set_int(doc, "version", 1);
	json_set_string(doc, "verdict", verdict_name(report_verdict(report)));
	json_set_string(doc, "base", report->base);
	json_set_string(doc, "head", report->head);
	if (report->count)
		json_set_string(doc, "change_key",
				report->runs[0].record->change_key);
	findings = json_set_array(doc, "findings");
	runs = json_set_array(doc, "runs");
	for (size_t i = 0; i < report->count; i++) {
		const struct run_record *record = report->runs[i].record;

		add_run(runs, &report->runs[i]);
		for (size_t j = 0; j < record->findings.len; j++) {
			struct json *at =
				finding_format(&record->findings.items[j]);

			json_set_string(at, "workflow", record->workflow);
			json_add(findings, at);
		}
	}
	text = json_print_pretty(doc);
	buf_addf(out, "%s\n", text);
	free(text);
	json_free(doc);
}

const struct report_format report_json = { .name = "json", .render = render };
