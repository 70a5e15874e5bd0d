#include "app/announce_text.h"

#include "core/limits.h"
#include "report/phrases.h"
#include "report/report.h"

enum {
	WORST_SHOWN = 5,   /* findings of a run, in words */
	MOST_LISTED = 100, /* the same, for programs      */
	MAX_TITLE = 200,
	MAX_REASON = 200,
};

void announce_title(struct buf *out, const struct announce_input *input)
{
	buf_addf(out, "%s %s", input->project, input->place);
	if (!input->title)
		return;
	buf_addstr(out, ": ");
	phrase_line(out, input->title, MAX_TITLE);
}

static void add_findings(struct buf *out, const struct finding_list *findings)
{
	for (size_t i = 0; i < findings->len && i < WORST_SHOWN; i++) {
		const struct finding *finding = &findings->items[i];

		buf_addf(out, "%s  ", severity_name(finding->severity));
		phrase_place(out, finding);
		buf_addstr(out, "  ");
		phrase_line(out, finding->title, MAX_TITLE);
		buf_addch(out, '\n');
	}
	if (findings->len > WORST_SHOWN)
		buf_addf(out, "and %zu more\n", findings->len - WORST_SHOWN);
}

/* What became of one agent, where it is not what was wanted. */
static void add_failure(struct buf *out, const struct task_record *task)
{
	bool failed = task->state == TASK_FAILED;

	if (!failed && !task->degraded && !task->instead_of)
		return;
	phrase_line(out, task->agent, MAX_TITLE);
	if (failed) {
		buf_addstr(out, " failed: ");
		phrase_line(out, task->reason, MAX_REASON);
	} else if (task->degraded) {
		buf_addf(out, ": the offline service stood in for %s",
			 task->instead_of ? task->instead_of : "the others");
	} else {
		buf_addf(out, ": %s answered instead of %s",
			 task->service ? task->service : "another",
			 task->instead_of);
	}
	if (!failed && task->instead_because) {
		buf_addstr(out, " (");
		phrase_line(out, task->instead_because, MAX_REASON);
		buf_addch(out, ')');
	}
	buf_addch(out, '\n');
}

static void add_failures(struct buf *out, const struct run_record *record)
{
	for (size_t i = 0; i < record->task_count; i++)
		add_failure(out, &record->tasks[i]);
}

void announce_text(struct buf *out, const struct run_record *record)
{
	add_findings(out, &record->findings);
	add_failures(out, record);
	phrase_coverage(out, record);
}

static void add_finding(struct json *list, const struct finding *finding)
{
	struct json *at = json_add_object(list);

	json_set_string(at, "fingerprint", finding->fingerprint);
	json_set_string(at, "severity", severity_name(finding->severity));
	json_set_string(at, "category", finding->category);
	json_set_string(at, "path", finding->path);
	json_set_int(at, "line", finding->line);
	json_set_string(at, "title", finding->title);
}

static void add_run(struct json *list, const struct run_record *record)
{
	struct json *at = json_add_object(list);
	struct json *counts, *findings;

	json_set_string(at, "id", record->id);
	json_set_string(at, "workflow", record->workflow);
	json_set_string(at, "verdict", verdict_name(record->verdict));
	json_set_string(at, "reason", record->reason);
	json_set_bool(at, "degraded", record->degraded);
	json_set_string(at, "base", record->base);
	json_set_string(at, "head", record->head);
	json_set_string(at, "change_key", record->change_key);
	json_set_int(at, "duration_ms", record->duration_ms);
	json_set_int(at, "cost_nusd", record->cost_nusd);
	json_set_int(at, "files", (int64_t)record->file_count);
	json_set_int(at, "files_reviewed",
		     (int64_t)run_record_files(record, FILE_REVIEWED));
	counts = json_set_object(at, "severities");
	for (int i = 0; i < SEVERITY_COUNT; i++)
		json_set_int(
			counts, severity_name((enum severity)i),
			(int64_t)run_record_findings(record, (enum severity)i));
	findings = json_set_array(at, "findings");
	for (size_t i = 0; i < record->findings.len && i < MOST_LISTED; i++)
		add_finding(findings, &record->findings.items[i]);
}

struct json *announce_document(const struct announce_input *input,
			       const struct announce_run *const *runs,
			       size_t count)
{
	struct json *doc = json_new_object();
	struct json *list;

	json_set_string(doc, "project", input->project);
	json_set_string(doc, "place", input->place);
	if (input->pull) {
		struct json *pull = json_set_object(doc, "pull");

		json_set_int(pull, "number", input->pull);
		json_set_string(pull, "title", input->title);
		json_set_string(pull, "author", input->author);
	}
	list = json_set_array(doc, "runs");
	for (size_t i = 0; i < count; i++)
		add_run(list, runs[i]->record);
	return doc;
}
