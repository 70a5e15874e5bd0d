#include "workflow/results.h"

#include <string.h>

#include "agents/answers.h"
#include "code/redact.h"
#include "core/alloc.h"

/* What one task may tell the next ones; the prompt has its own bounds. */
enum { TOLD_BYTES = 512 * 1024, BODY_BYTES = 600 };

static const char *member(const struct json *item, const char *name)
{
	return json_string_or(item, name, "");
}

static void tell_findings(struct buf *out, const struct task_result *result)
{
	for (size_t i = 0; i < result->findings->len; i++) {
		const struct finding *finding = &result->findings->items[i];

		buf_addf(out, "- %s %s", severity_name(finding->severity),
			 finding->path ? finding->path : "(no file)");
		if (finding->line)
			buf_addf(out, ":%d", finding->line);
		buf_addf(out, " %s\n", finding->title);
		if (finding->body && *finding->body)
			buf_addf(out, "  %.*s\n", (int)BODY_BYTES,
				 finding->body);
	}
}

static void tell_files(struct buf *out, const struct json *answer)
{
	const struct json *at;

	for (at = json_first(json_get(answer, "files")); at;
	     at = json_next(at)) {
		buf_addf(out, "## %s\n", member(at, "path"));
		if (*member(at, "why"))
			buf_addf(out, "Why: %s\n", member(at, "why"));
		if (*member(at, "covers"))
			buf_addf(out, "Covers: %s\n", member(at, "covers"));
		buf_addf(out, "%s\n", member(at, "content"));
	}
}

static void tell_verdict(struct buf *out, const struct json *answer)
{
	const struct json *at;

	for (at = json_first(json_get(answer, "items")); at; at = json_next(at))
		buf_addf(out, "- %s: %s. %s\n", member(at, "name"),
			 member(at, "verdict"), member(at, "reason"));
}

static void tell_tests(struct buf *out, const struct json *answer)
{
	int64_t passed = 0, failed = 0;
	struct err err;

	if (json_int(&passed, answer, "passed", &err) < 0 ||
	    json_int(&failed, answer, "failed", &err) < 0)
		return;
	buf_addf(out, "%lld tests passed, %lld failed.\n%s\n",
		 (long long)passed, (long long)failed,
		 member(answer, "output"));
}

char *task_result_text(enum answer_kind kind, const struct task_result *result)
{
	const struct task_record *record = result->record;
	struct buf out;

	if (record->state != TASK_ANSWERED)
		return NULL;
	buf_init(&out, TOLD_BYTES);
	if (kind == ANSWER_FINDINGS)
		tell_findings(&out, result);
	else if (kind == ANSWER_FILES)
		tell_files(&out, record->answer);
	else if (kind == ANSWER_DOCUMENT)
		buf_addf(&out, "# %s\n%s\n", member(record->answer, "title"),
			 member(record->answer, "markdown"));
	else if (kind == ANSWER_VERDICT)
		tell_verdict(&out, record->answer);
	else
		tell_tests(&out, record->answer);
	if (record->summary)
		buf_addf(&out, "%s\n", record->summary);
	if (out.len)
		return buf_detach(&out);
	buf_release(&out);
	return NULL;
}

static const struct json *find_path(const struct json *list, const char *path)
{
	const struct json *at;

	for (at = json_first(list); at; at = json_next(at))
		if (!strcmp(member(at, "path"), path))
			return at;
	return NULL;
}

static void remove_item(struct json **list, const struct json *item)
{
	struct json *rest = json_new_array();
	const struct json *at;

	for (at = json_first(*list); at; at = json_next(at))
		if (at != item)
			json_add(rest, json_copy(at));
	json_free(*list);
	*list = rest;
}

/* The later of two files of one path counts. */
static void add_file(struct json **list, const char *agent, const char *path,
		     const char *content, const struct json *from)
{
	const struct json *known = find_path(*list, path);
	struct json *item;

	if (known)
		remove_item(list, known);
	item = json_add_object(*list);
	json_set_string(item, "path", path);
	json_set_string(item, "content", content);
	json_set_string(item, "why", json_string_or(from, "why", NULL));
	json_set_string(item, "covers", json_string_or(from, "covers", NULL));
	json_set_string(item, "agent", agent);
}

static void add_files(struct json **list, const struct task_record *record)
{
	const struct json *at;

	for (at = json_first(json_get(record->answer, "files")); at;
	     at = json_next(at))
		add_file(list, record->agent, member(at, "path"),
			 member(at, "content"), at);
}

/* A document that says where in the repository it belongs. */
static void add_document(struct json **list, const struct task_record *record)
{
	const char *path = member(record->answer, "path");
	struct err err = ERR_INIT;

	if (*path && generated_path_check(path, &err) == 0)
		add_file(list, record->agent, path,
			 member(record->answer, "markdown"), NULL);
}

static void apply_verdict(struct json **list, const struct json *answer)
{
	const struct json *at;

	for (at = json_first(json_get(answer, "items")); at;
	     at = json_next(at)) {
		const char *content = json_string_or(at, "content", NULL);
		const char *verdict = member(at, "verdict");
		const struct json *file = find_path(*list, member(at, "name"));
		struct json *copy;

		if (!file)
			continue;
		if (!strcmp(verdict, "change") && content) {
			copy = json_copy(file);
			add_file(list, member(copy, "agent"),
				 member(copy, "path"), content, copy);
			json_free(copy);
		} else if (!strcmp(verdict, "drop")) {
			remove_item(list, file);
		}
	}
}

struct json *task_results_files(const struct plan *plan,
				const struct task_record *records, size_t task)
{
	struct json *list = json_new_array();

	for (size_t i = 0; i < plan->task_count; i++) {
		const struct task_record *record = &records[i];

		if (record->state != TASK_ANSWERED || !record->answer ||
		    (task < plan->task_count && !plan_follows(plan, task, i)))
			continue;
		switch (plan->tasks[i].agent->answer) {
		case ANSWER_FILES:
			add_files(&list, record);
			break;
		case ANSWER_DOCUMENT:
			add_document(&list, record);
			break;
		case ANSWER_VERDICT:
			apply_verdict(&list, record->answer);
			break;
		default:
			break;
		}
	}
	if (json_len(list))
		return list;
	json_free(list);
	return NULL;
}

size_t task_result_drop_redacted(struct json *answer)
{
	struct json *kept = json_new_array();
	const struct json *at;
	size_t dropped = 0;

	for (at = json_first(json_get(answer, "files")); at;
	     at = json_next(at)) {
		const char *content = member(at, "content");

		if (redact_has_placeholder(content, strlen(content)))
			dropped++;
		else
			json_add(kept, json_copy(at));
	}
	if (dropped)
		json_set(answer, "files", kept);
	else
		json_free(kept);
	return dropped;
}
