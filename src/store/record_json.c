/*
 * Records as JSON, both ways. The format is in referee-refs(7); a change that
 * an older referee would misread raises RECORD_VERSION.
 */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/limits.h"
#include "core/text.h"
#include "store/record.h"

static const char *const task_state_names[] = {
	[TASK_ANSWERED] = "answered",
	[TASK_SKIPPED] = "skipped",
	[TASK_FAILED] = "failed",
};

static const char *const coverage_names[] = {
	[FILE_REVIEWED] = "reviewed",
	[FILE_PARTIAL] = "partial",
	[FILE_SKIPPED] = "skipped",
};

static void task_release(struct task_record *task)
{
	free(task->agent);
	free(task->reason);
	free(task->service);
	free(task->model);
	free(task->mapped_from);
	free(task->instead_of);
	free(task->instead_because);
	free(task->summary);
	free(task->left_out);
	strvec_release(&task->together);
	json_free(task->attempts);
	json_free(task->answer);
}

void run_record_release(struct run_record *record)
{
	free(record->workflow);
	free(record->title);
	free(record->event);
	free(record->reason);
	free(record->waits_for);
	free(record->instance);
	finding_list_release(&record->findings);
	for (size_t i = 0; i < record->task_count; i++)
		task_release(&record->tasks[i]);
	free(record->tasks);
	for (size_t i = 0; i < record->file_count; i++) {
		free(record->files[i].path);
		free(record->files[i].reason);
	}
	free(record->files);
	json_free(record->redacted);
	json_free(record->generated);
	*record = (struct run_record){ 0 };
}

static void format_task(struct json *list, const struct task_record *task)
{
	struct json *at = json_add_object(list);

	json_set_string(at, "agent", task->agent);
	json_set_string(at, "state", task_state_names[task->state]);
	json_set_string(at, "reason", task->reason);
	json_set_string(at, "service", task->service);
	json_set_string(at, "model", task->model);
	json_set_bool(at, "degraded", task->degraded);
	if (task->mapped_from)
		json_set_string(at, "mapped_from", task->mapped_from);
	json_set_string(at, "instead_of", task->instead_of);
	if (task->instead_because)
		json_set_string(at, "instead_because", task->instead_because);
	json_set_bool(at, "cached", task->cached);
	json_set_int(at, "duration_ms", task->duration_ms);
	json_set_int(at, "cost_nusd", task->cost_nusd);
	json_set_int(at, "input_tokens", task->input_tokens);
	json_set_int(at, "cached_tokens", task->cached_tokens);
	json_set_int(at, "output_tokens", task->output_tokens);
	json_set_int(at, "requests", task->requests);
	json_set_int(at, "findings", (int64_t)task->findings);
	json_set_int(at, "dropped", (int64_t)task->dropped);
	json_set_string(at, "left_out", task->left_out);
	json_set_string(at, "summary", task->summary);
	if (task->together.len) {
		struct json *names = json_set_array(at, "together");

		for (size_t i = 0; i < task->together.len; i++)
			json_add_string(names, task->together.v[i]);
	}
	if (task->attempts)
		json_set(at, "attempts", json_copy(task->attempts));
	if (task->answer)
		json_set(at, "answer", json_copy(task->answer));
}

static void format_lists(struct json *doc, const struct run_record *record)
{
	struct json *list = json_set_array(doc, "findings");

	for (size_t i = 0; i < record->findings.len; i++)
		json_add(list, finding_format(&record->findings.items[i]));
	list = json_set_array(doc, "tasks");
	for (size_t i = 0; i < record->task_count; i++)
		format_task(list, &record->tasks[i]);
	list = json_set_array(doc, "files");
	for (size_t i = 0; i < record->file_count; i++) {
		struct json *at = json_add_object(list);

		json_set_string(at, "path", record->files[i].path);
		json_set_string(at, "coverage",
				coverage_names[record->files[i].coverage]);
		json_set_string(at, "reason", record->files[i].reason);
	}
	if (record->redacted)
		json_set(doc, "redacted", json_copy(record->redacted));
	if (record->generated)
		json_set(doc, "generated", json_copy(record->generated));
}

void run_record_format(struct buf *out, const struct run_record *record)
{
	struct json *doc = json_new_object();
	char at[CLOCK_TEXT_SIZE];
	char *text;

	clock_format(at, record->started_at_ms);
	json_set_int(doc, "version", RECORD_VERSION);
	json_set_string(doc, "id", record->id);
	json_set_string(doc, "workflow", record->workflow);
	json_set_string(doc, "title", record->title);
	json_set_string(doc, "definition", record->definition);
	json_set_string(doc, "change_key", record->change_key);
	json_set_string(doc, "base", record->base);
	json_set_string(doc, "head", record->head);
	json_set_string(doc, "event", record->event);
	json_set_int(doc, "pull", record->pull);
	json_set_string(doc, "verdict", verdict_name(record->verdict));
	json_set_string(doc, "reason", record->reason);
	if (record->waits_for)
		json_set_string(doc, "waits_for", record->waits_for);
	json_set_bool(doc, "degraded", record->degraded);
	json_set_string(doc, "attention", severity_name(record->bar));
	json_set_string(doc, "started_at", at);
	json_set_int(doc, "started_at_ms", record->started_at_ms);
	json_set_int(doc, "duration_ms", record->duration_ms);
	json_set_int(doc, "cost_nusd", record->cost_nusd);
	json_set_bool(doc, "cost_unknown", record->cost_unknown);
	json_set_string(doc, "instance", record->instance);
	json_set_int(doc, "epoch", record->epoch);
	format_lists(doc, record);
	text = json_print_pretty(doc);
	buf_addf(out, "%s\n", text);
	free(text);
	json_free(doc);
}

/* Strangers' text: cleaned and cut. */
static char *text_member(const struct json *at, const char *name)
{
	const char *text = json_string_or(json_get(at, name), "", NULL);
	char *clean;

	if (!text)
		return NULL;
	clean = text_clean(text, true);
	clean[text_cut(clean, strlen(clean), LIMIT_FINDING_BODY)] = '\0';
	return clean;
}

static int64_t count_member(const struct json *at, const char *name)
{
	int64_t value = json_int_or(json_get(at, name), "", 0);

	return value < 0 ? 0 : value;
}

static int word_member(int *out, const struct json *at, const char *name,
		       const char *const *words, size_t count, struct err *err)
{
	const char *word;

	if (json_string(&word, at, name, err) < 0)
		return -1;
	for (size_t i = 0; i < count; i++) {
		if (!strcmp(words[i], word)) {
			*out = (int)i;
			return 0;
		}
	}
	return err_set(err, ERR_PROTOCOL, "%s: unknown word '%.40s'", name,
		       word);
}

static int parse_task(struct task_record *out, const struct json *at,
		      struct err *err)
{
	int state = 0;

	if (word_member(&state, at, "state", task_state_names,
			ARRAY_LEN(task_state_names), err) < 0)
		return -1;
	out->state = (enum task_state)state;
	out->agent = text_member(at, "agent");
	if (!out->agent)
		return err_set(err, ERR_PROTOCOL, "agent: a string expected");
	out->reason = text_member(at, "reason");
	out->service = text_member(at, "service");
	out->model = text_member(at, "model");
	out->mapped_from = text_member(at, "mapped_from");
	out->instead_of = text_member(at, "instead_of");
	out->instead_because = text_member(at, "instead_because");
	out->left_out = text_member(at, "left_out");
	out->summary = text_member(at, "summary");
	out->degraded = json_bool_or(json_get(at, "degraded"), "", false);
	out->cached = json_bool_or(json_get(at, "cached"), "", false);
	out->duration_ms = count_member(at, "duration_ms");
	out->cost_nusd = count_member(at, "cost_nusd");
	out->input_tokens = count_member(at, "input_tokens");
	out->cached_tokens = count_member(at, "cached_tokens");
	out->output_tokens = count_member(at, "output_tokens");
	out->requests = (int)count_member(at, "requests");
	out->findings = (size_t)count_member(at, "findings");
	out->dropped = (size_t)count_member(at, "dropped");
	names_read(&out->together, json_get(at, "together"));
	if (json_is_array(json_get(at, "attempts")))
		out->attempts = json_copy(json_get(at, "attempts"));
	if (json_is_object(json_get(at, "answer")))
		out->answer = json_copy(json_get(at, "answer"));
	return 0;
}

static int parse_file(struct file_record *out, const struct json *at,
		      struct err *err)
{
	int coverage = 0;

	if (word_member(&coverage, at, "coverage", coverage_names,
			ARRAY_LEN(coverage_names), err) < 0)
		return -1;
	out->coverage = (enum file_coverage)coverage;
	out->path = text_member(at, "path");
	if (!out->path)
		return err_set(err, ERR_PROTOCOL, "path: a string expected");
	out->reason = text_member(at, "reason");
	return 0;
}

static int parse_lists(struct run_record *out, const struct json *doc,
		       struct err *err)
{
	const struct json *findings, *tasks, *files, *at;

	if (json_array(&findings, doc, "findings", err) < 0 ||
	    json_array(&tasks, doc, "tasks", err) < 0 ||
	    json_array(&files, doc, "files", err) < 0)
		return -1;
	for (at = json_first(findings); at; at = json_next(at))
		if (finding_parse(finding_list_add(&out->findings), at, err) <
		    0)
			return err_prefix(err, "findings");
	out->tasks = xcalloc(json_len(tasks), sizeof(*out->tasks));
	for (at = json_first(tasks); at; at = json_next(at))
		if (parse_task(&out->tasks[out->task_count++], at, err) < 0)
			return err_prefix(err, "tasks");
	out->files = xcalloc(json_len(files), sizeof(*out->files));
	for (at = json_first(files); at; at = json_next(at))
		if (parse_file(&out->files[out->file_count++], at, err) < 0)
			return err_prefix(err, "files");
	if (json_is_object(json_get(doc, "redacted")))
		out->redacted = json_copy(json_get(doc, "redacted"));
	if (json_is_array(json_get(doc, "generated")))
		out->generated = json_copy(json_get(doc, "generated"));
	return 0;
}

static int fixed_member(char *out, size_t size, const struct json *doc,
			const char *name, struct err *err)
{
	const char *text;

	if (json_string(&text, doc, name, err) < 0)
		return -1;
	if (strlen(text) != size - 1)
		return err_set(err, ERR_PROTOCOL, "%s: %zu characters expected",
			       name, size - 1);
	memcpy(out, text, size);
	return 0;
}

static int parse_head(struct run_record *out, const struct json *doc,
		      struct err *err)
{
	int verdict = 0, bar = SEVERITY_MAJOR;
	static const char *const verdicts[] = { "pass", "attention", "skipped",
						"failed" };
	static const char *const severities[] = { "info", "minor", "major",
						  "critical" };

	if (fixed_member(out->id, sizeof(out->id), doc, "id", err) < 0 ||
	    fixed_member(out->definition, sizeof(out->definition), doc,
			 "definition", err) < 0 ||
	    fixed_member(out->change_key, sizeof(out->change_key), doc,
			 "change_key", err) < 0 ||
	    fixed_member(out->base, sizeof(out->base), doc, "base", err) < 0 ||
	    fixed_member(out->head, sizeof(out->head), doc, "head", err) < 0 ||
	    word_member(&verdict, doc, "verdict", verdicts, ARRAY_LEN(verdicts),
			err) < 0 ||
	    word_member(&bar, doc, "attention", severities,
			ARRAY_LEN(severities), err) < 0)
		return -1;
	out->verdict = (enum verdict)verdict;
	out->bar = (enum severity)bar;
	out->workflow = text_member(doc, "workflow");
	if (!out->workflow)
		return err_set(err, ERR_PROTOCOL,
			       "workflow: a string expected");
	out->title = text_member(doc, "title");
	out->event = text_member(doc, "event");
	out->reason = text_member(doc, "reason");
	out->waits_for = text_member(doc, "waits_for");
	out->instance = text_member(doc, "instance");
	out->pull = count_member(doc, "pull");
	out->degraded = json_bool_or(doc, "degraded", false);
	out->started_at_ms = count_member(doc, "started_at_ms");
	out->duration_ms = count_member(doc, "duration_ms");
	out->cost_nusd = count_member(doc, "cost_nusd");
	out->cost_unknown = json_bool_or(doc, "cost_unknown", false);
	out->epoch = count_member(doc, "epoch");
	return 0;
}

int run_record_parse(struct run_record *out, const char *text, size_t len,
		     struct err *err)
{
	struct run_record record = { 0 };
	struct json *doc = NULL;
	int64_t version;
	int ret = -1;

	if (len > LIMIT_RECORD_BYTES)
		return err_set(err, ERR_TOO_LARGE, "record is over %ld bytes",
			       LIMIT_RECORD_BYTES);
	if (json_parse(&doc, text, len, err) < 0)
		return err_prefix(err, "record");
	if (json_int(&version, doc, "version", err) < 0)
		goto out;
	if (version != RECORD_VERSION) {
		err_set(err, ERR_INVALID,
			"record is of version %lld; this referee reads %d",
			(long long)version, RECORD_VERSION);
		goto out;
	}
	if (parse_head(&record, doc, err) < 0 ||
	    parse_lists(&record, doc, err) < 0) {
		err_prefix(err, "record");
		goto out;
	}
	*out = record;
	record = (struct run_record){ 0 };
	ret = 0;
out:
	run_record_release(&record);
	json_free(doc);
	return ret;
}
