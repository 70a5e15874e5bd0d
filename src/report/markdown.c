/*
 * For comments and files. Text of models and forges is neutralised: it cannot
 * mention people, run quick actions, load images or carry HTML.
 */
#include <stdlib.h>
#include <string.h>

#include "core/limits.h"
#include "core/text.h"
#include "report/formats.h"
#include "report/phrases.h"

#define ZERO_WIDTH_SPACE "\xe2\x80\x8b"

/* A code span of any text on one line: the fence is longer than any run of
 * backticks inside. */
static void add_code_span(struct buf *out, const char *text)
{
	size_t longest = 0, run = 0;

	for (const char *at = text; *at; at++) {
		run = *at == '`' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	for (size_t i = 0; i <= longest; i++)
		buf_addch(out, '`');
	buf_addstr(out, longest ? " " : "");
	phrase_line(out, text, 1024);
	buf_addstr(out, longest ? " " : "");
	for (size_t i = 0; i <= longest; i++)
		buf_addch(out, '`');
}

static void add_place(struct buf *out, const struct finding *finding)
{
	struct buf place;

	buf_init(&place, 2048);
	phrase_place(&place, finding);
	add_code_span(out, place.ptr);
	buf_release(&place);
}

void report_neutralise(struct buf *out, const char *text, size_t max)
{
	char *clean = text_clean(text ? text : "", true);
	size_t len = text_cut(clean, strlen(clean), max);
	bool line_start = true;

	for (size_t i = 0; i < len; i++) {
		char ch = clean[i];

		if (ch == '<')
			buf_addstr(out, "&lt;");
		else if (ch == '&')
			buf_addstr(out, "&amp;");
		else if (ch == '@' || (ch == '/' && line_start))
			buf_addf(out, "%c" ZERO_WIDTH_SPACE, ch);
		else if (ch == '#' || (ch == '!' && clean[i + 1] == '['))
			buf_addf(out, "\\%c", ch);
		else
			buf_addch(out, ch);
		line_start = ch == '\n' || (line_start && strchr(" \t", ch));
	}
	free(clean);
}

static void add_finding(struct buf *out, const struct finding *finding)
{
	struct buf who;

	buf_init(&who, 1024);
	phrase_source(&who, finding);
	buf_addf(out, "- **%s** ", severity_name(finding->severity));
	add_place(out, finding);
	buf_addstr(out, " ");
	report_neutralise(out, finding->title, LIMIT_FINDING_TITLE);
	if (finding->body && *finding->body) {
		struct buf body;
		char *at;

		buf_init(&body, (size_t)4 * LIMIT_FINDING_BODY);
		report_neutralise(&body, finding->body, LIMIT_FINDING_BODY);
		buf_addstr(out, "  \n  ");
		for (at = body.ptr; *at; at++) {
			buf_addch(out, *at);
			if (*at == '\n')
				buf_addstr(out, "  ");
		}
		buf_release(&body);
	}
	buf_addf(out, " _(%s)_ `%s`\n", who.ptr, finding->fingerprint);
	buf_release(&who);
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
		add_code_span(out, file->path);
		buf_addstr(out, ": ");
		report_neutralise(out, file->reason ? file->reason : "", 120);
		buf_addch(out, '\n');
	}
	buf_addstr(out, "\n</details>\n");
}

static void add_agents(struct buf *out, const struct run_record *record)
{
	for (size_t i = 0; i < record->task_count; i++) {
		const struct task_record *task = &record->tasks[i];

		if (task->state == TASK_ANSWERED && !task->instead_of)
			continue;
		buf_addstr(out, "\n> ");
		add_code_span(out, task->agent);
		if (task->state == TASK_ANSWERED)
			buf_addf(out, " was answered by %s instead of %s.\n",
				 task->service, task->instead_of);
		else
			buf_addf(out, " %s: ",
				 task->state == TASK_FAILED ? "failed"
							    : "was skipped");
		if (task->state != TASK_ANSWERED) {
			report_neutralise(out, task->reason, 300);
			buf_addch(out, '\n');
		}
	}
}

static void render(struct buf *out, const struct report *report)
{
	for (size_t i = 0; i < report->count; i++) {
		const struct run_record *record = report->runs[i].record;

		buf_addstr(out, i ? "\n### " : "### ");
		report_neutralise(out, record->workflow, 100);
		buf_addstr(out, ": ");
		report_outcome(out, record);
		buf_addstr(out, "\n\n");
		for (size_t j = 0; j < record->findings.len; j++)
			add_finding(out, &record->findings.items[j]);
		add_agents(out, record);
		add_left_out(out, record);
		buf_addch(out, '\n');
		phrase_coverage(out, record);
		if (report->runs[i].reused)
			buf_addstr(out, " Same content, judged before.");
		buf_addch(out, '\n');
	}
}

const struct report_format report_markdown = { .name = "markdown",
					       .render = render };
