/*
 * For comments and files. Text of models and forges is neutralised: it cannot
 * mention people, run quick actions, load images or carry HTML.
 */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "core/text.h"
#include "report/formats.h"
#include "report/phrases.h"

enum { MAX_PHRASE = 4096 };

static void add_place(struct buf *out, const struct finding *finding)
{
	struct buf place;

	buf_init(&place, 2048);
	phrase_place(&place, finding);
	report_code_span(out, place.ptr, 2048);
	buf_release(&place);
}

/* Sentences of ours that hold names of others. */
static void add_phrase(struct buf *out,
		       void (*phrase)(struct buf *out, const void *of),
		       const void *of)
{
	struct buf plain;

	buf_init(&plain, MAX_PHRASE);
	phrase(&plain, of);
	report_neutralise_line(out, plain.ptr, MAX_PHRASE);
	buf_release(&plain);
}

static void source(struct buf *out, const void *of)
{
	phrase_source(out, of);
}

static void coverage(struct buf *out, const void *of)
{
	phrase_coverage(out, of);
}

static void outcome(struct buf *out, const void *of)
{
	report_outcome(out, of);
}

/* Below its title, as a part of the same item of the list. */
static void add_body(struct buf *out, const char *text)
{
	struct buf body;

	buf_init(&body,
		 (size_t)(REPORT_NEUTRAL_GROWTH + 1) * LIMIT_FINDING_BODY);
	report_neutralise(&body, text, LIMIT_FINDING_BODY);
	buf_addstr(out, "  \n");
	for (const char *at = body.ptr; *at;) {
		size_t len = strcspn(at, "\n");

		if (len)
			buf_addf(out, "  %.*s", (int)len, at);
		buf_addch(out, '\n');
		at += len + (at[len] == '\n');
	}
	buf_release(&body);
}

static void add_finding(struct buf *out, const struct finding *finding)
{
	buf_addf(out, "- **%s** ", severity_name(finding->severity));
	add_place(out, finding);
	buf_addstr(out, " ");
	report_neutralise_line(out, finding->title, LIMIT_FINDING_TITLE);
	buf_addstr(out, " _(");
	add_phrase(out, source, finding);
	buf_addf(out, ")_ `%s`", finding->fingerprint);
	if (finding->body && *finding->body)
		add_body(out, finding->body);
	else
		buf_addch(out, '\n');
}

/* Where a heading's text begins, outside of fenced code; NULL: it is none. */
static const char *heading_of(const char *line, bool *in_fence)
{
	size_t level = strspn(line, "#");

	if (!strncmp(line + strspn(line, " "), "```", 3))
		*in_fence = !*in_fence;
	if (*in_fence || !level || level > 6 || line[level] != ' ')
		return NULL;
	return line + level + 1;
}

/* Headings stay headings, below ours; all else is neutralised. */
static void add_document_text(struct buf *out, char *text)
{
	bool in_fence = false;
	char *part = text;

	for (char *line = text; *line;) {
		char *end = line + strcspn(line, "\n");
		char *next = end + (*end == '\n');
		const char *heading = heading_of(line, &in_fence);

		if (heading) {
			*end = '\0';
			if (line > part)
				line[-1] = '\0';
			if (line > part)
				report_neutralise(out, part,
						  LIMIT_DOCUMENT_BYTES);
			buf_addstr(out, "\n#### ");
			report_neutralise_line(out, heading,
					       LIMIT_FINDING_TITLE);
			buf_addch(out, '\n');
			part = next;
		}
		line = next;
	}
	report_neutralise(out, part, LIMIT_DOCUMENT_BYTES);
	buf_addch(out, '\n');
}

/* What agents wrote that is no finding: a decision record, a plan. */
static void add_document(struct buf *out, const struct task_record *task)
{
	const char *text = json_string_or(task->answer, "markdown", NULL);
	size_t len, cut;
	char *shown;

	if (!text)
		return;
	len = strlen(text);
	cut = text_cut(text, len, LIMIT_DOCUMENT_BYTES);
	buf_addstr(out, "\n<details><summary>");
	report_neutralise_line(out, json_string_or(task->answer, "title", ""),
			       LIMIT_FINDING_TITLE);
	buf_addstr(out, " (");
	report_neutralise_line(out, task->agent, 80);
	buf_addstr(out, ")</summary>\n\n");
	shown = xmemdup(text, cut);
	add_document_text(out, shown);
	free(shown);
	if (cut < len)
		buf_addstr(out, "\nThe rest is in the record.\n");
	buf_addstr(out, "\n</details>\n");
}

static void add_generated(struct buf *out, const struct run_record *record)
{
	const struct json *at;

	for (at = json_first(record->generated); at; at = json_next(at)) {
		buf_addstr(out, "- Wrote ");
		report_code_span(out, json_string_or(at, "path", "?"),
				 LIMIT_PATH_BYTES);
		buf_addstr(out, ": ");
		report_neutralise_line(out, json_string_or(at, "why", ""), 300);
		buf_addch(out, '\n');
	}
}

static void add_left_out(struct buf *out, const struct run_record *record)
{
	size_t left = record->file_count -
		      run_record_files(record, FILE_REVIEWED);

	if (!left)
		return;
	buf_addf(
		out,
		"\n<details><summary>%zu %s not reviewed in full</summary>\n\n",
		left, left == 1 ? "file" : "files");
	for (size_t i = 0; i < record->file_count; i++) {
		const struct file_record *file = &record->files[i];

		if (file->coverage == FILE_REVIEWED)
			continue;
		buf_addstr(out, "- ");
		report_code_span(out, file->path, 1024);
		buf_addstr(out, ": ");
		report_neutralise_line(out, file->reason, 120);
		buf_addch(out, '\n');
	}
	buf_addstr(out, "\n</details>\n");
}

static void add_substitute(struct buf *out, const struct task_record *task)
{
	buf_addf(out, " was answered by %s instead of %s", task->service,
		 task->instead_of);
	if (task->instead_because) {
		buf_addstr(out, " (");
		report_neutralise_line(out, task->instead_because, 300);
		buf_addch(out, ')');
	}
	buf_addstr(out, ".\n");
}

static void add_agents(struct buf *out, const struct run_record *record)
{
	for (size_t i = 0; i < record->task_count; i++) {
		const struct task_record *task = &record->tasks[i];

		if (task->state == TASK_ANSWERED && !task->instead_of)
			continue;
		buf_addstr(out, "\n> ");
		report_code_span(out, task->agent, 80);
		if (task->state == TASK_ANSWERED)
			add_substitute(out, task);
		else
			buf_addf(out, " %s: ",
				 task->state == TASK_FAILED ? "failed"
							    : "was skipped");
		if (task->state != TASK_ANSWERED) {
			report_neutralise_line(out, task->reason, 300);
			buf_addch(out, '\n');
		}
	}
}

static void render(struct buf *out, const struct report *report)
{
	for (size_t i = 0; i < report->count; i++) {
		const struct run_record *record = report->runs[i].record;

		buf_addstr(out, i ? "\n### " : "### ");
		report_neutralise_line(out, record->workflow, 100);
		buf_addstr(out, ": ");
		add_phrase(out, outcome, record);
		buf_addstr(out, "\n\n");
		for (size_t j = 0; j < record->findings.len; j++)
			add_finding(out, &record->findings.items[j]);
		for (size_t j = 0; j < record->task_count; j++)
			add_document(out, &record->tasks[j]);
		add_generated(out, record);
		add_agents(out, record);
		add_left_out(out, record);
		buf_addch(out, '\n');
		add_phrase(out, coverage, record);
		if (report->runs[i].reused)
			buf_addstr(out, " Same content, judged before.");
		buf_addch(out, '\n');
	}
}

const struct report_format report_markdown = { .name = "markdown",
					       .render = render };
