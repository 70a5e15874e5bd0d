/*
 * For a terminal and for notes: the same layout, in a note without colour, code
 * and fingerprints.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "core/text.h"
#include "report/formats.h"
#include "report/phrases.h"

/* What one note shows of a run; the record has the rest. */
enum { NOTE_FINDINGS = 100, NOTE_FILES = 20, NOTE_DOCUMENT = 4000, WIDTH = 90 };

#define INDENT "         "

struct look {
	bool colour;
	bool code; /* the quoted line and the fingerprint too */
	size_t max_findings, max_files;
	size_t max_document; /* bytes shown of each */
};

static const char *const severity_colour[SEVERITY_COUNT] = {
	[SEVERITY_INFO] = "\033[36m",
	[SEVERITY_MINOR] = "\033[33m",
	[SEVERITY_MAJOR] = "\033[31m",
	[SEVERITY_CRITICAL] = "\033[1;31m",
};

static const char *const verdict_colour[] = {
	[VERDICT_PASS] = "\033[1;32m",
	[VERDICT_ATTENTION] = "\033[1;33m",
	[VERDICT_SKIPPED] = "\033[1;36m",
	[VERDICT_FAILED] = "\033[1;31m",
};

static const char *on(const struct look *look, const char *code)
{
	return look->colour ? code : "";
}

static const char *off(const struct look *look)
{
	return look->colour ? "\033[0m" : "";
}

static void add_quote(struct buf *out, const struct finding *finding)
{
	const char *at = finding->quote ? finding->quote : "";
	int line = finding->line;

	while (*at) {
		size_t len = strcspn(at, "\n");
		struct buf one;

		buf_init(&one, LIMIT_BLOB_BYTES);
		buf_add(&one, at, len);
		buf_addstr(out, INDENT);
		if (line > 0)
			buf_addf(out, "%5d | ", line++);
		else
			buf_addstr(out, "      | ");
		phrase_line(out, one.ptr, 200);
		buf_addch(out, '\n');
		buf_release(&one);
		at += len;
		at += *at == '\n';
	}
}

/* The body, and behind its last words who says so. */
static void add_body(struct buf *out, const struct finding *finding,
		     const struct look *look)
{
	struct buf text;

	buf_init(&text, (size_t)2 * LIMIT_FINDING_BODY);
	if (finding->body) {
		buf_addstr(&text, finding->body);
		while (text.len && strchr(" \n", text.ptr[text.len - 1]))
			buf_truncate(&text, text.len - 1);
		buf_addstr(&text, text.len ? "  [" : "[");
	} else {
		buf_addch(&text, '[');
	}
	phrase_source(&text, finding);
	buf_addch(&text, ']');
	if (look->code && *finding->fingerprint)
		buf_addf(&text, " %s", finding->fingerprint);
	phrase_wrapped(out, text.ptr, INDENT, WIDTH);
	buf_release(&text);
}

static void add_finding(struct buf *out, const struct finding *finding,
			const struct look *look)
{
	const char *name = severity_name(finding->severity);

	buf_addf(out, "  %s%s%s%*s",
		 on(look, severity_colour[finding->severity]), name, off(look),
		 (int)(strlen(name) < 5 ? 7 - strlen(name) : 2), "");
	buf_addstr(out, on(look, "\033[1m"));
	phrase_place(out, finding);
	buf_addstr(out, off(look));
	buf_addstr(out, "  ");
	phrase_line(out, finding->title, LIMIT_FINDING_TITLE);
	buf_addch(out, '\n');
	if (look->code)
		add_quote(out, finding);
	add_body(out, finding, look);
}

static void add_findings(struct buf *out, const struct run_record *record,
			 const struct look *look)
{
	size_t count = record->findings.len;
	size_t shown = count < look->max_findings ? count : look->max_findings;

	for (size_t i = 0; i < shown; i++)
		add_finding(out, &record->findings.items[i], look);
	if (shown < count)
		buf_addf(out, "  ... and %zu more; `referee show` has them.\n",
			 count - shown);
	if (count)
		buf_addch(out, '\n');
}

static bool same_gap(const struct file_record *a, const struct file_record *b)
{
	return a->coverage == b->coverage &&
	       strcmp(a->reason ? a->reason : "", b->reason ? b->reason : "") ==
		       0;
}

/* Does no file before it share how it was left out, and why? */
static bool is_first_gap(const struct run_record *record, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (same_gap(&record->files[j], &record->files[i]))
			return false;
	return true;
}

/* All files that were left out as files[first] was: how many, and the names of
 * at most `max` of them. */
static size_t list_gap(struct buf *names, const struct run_record *record,
		       size_t first, size_t max)
{
	size_t count = 0;

	for (size_t i = first; i < record->file_count; i++) {
		const struct file_record *file = &record->files[i];

		if (!same_gap(file, &record->files[first]) || count++ >= max)
			continue;
		buf_addstr(names, count > 1 ? ", " : "");
		phrase_line(names, file->path, 1024);
	}
	return count;
}

static void add_gap(struct buf *out, const struct file_record *file,
		    size_t count, const char *names)
{
	struct buf why;

	buf_init(&why, 1024);
	phrase_line(&why, file->reason ? file->reason : "no reason given", 120);
	buf_addf(out, "  %s",
		 file->coverage == FILE_PARTIAL ? "In part" : "Not reviewed");
	if (count == 1) {
		buf_addf(out, ": %s (%s)\n", names, why.ptr);
	} else {
		buf_addf(out, " (%s):\n", why.ptr);
		phrase_wrapped(out, names, INDENT, WIDTH);
	}
	buf_release(&why);
}

/* Grouped by reason: a change of forty files may have two of them. */
static void add_skipped_files(struct buf *out, const struct run_record *record,
			      const struct look *look)
{
	size_t room = look->max_files, left = 0;

	for (size_t i = 0; i < record->file_count; i++) {
		const struct file_record *file = &record->files[i];
		struct buf names;
		size_t count;

		if (file->coverage == FILE_REVIEWED || !is_first_gap(record, i))
			continue;
		buf_init(&names, LIMIT_BLOB_BYTES);
		count = list_gap(&names, record, i, room);
		if (room)
			add_gap(out, file, count, names.ptr);
		left += count > room ? count - room : 0;
		room -= count < room ? count : room;
		buf_release(&names);
	}
	if (left)
		buf_addf(out, "  ... and %zu more files\n", left);
}

static void add_substitute(struct buf *out, const struct task_record *task)
{
	buf_addstr(out, "  ");
	phrase_line(out, task->agent, 80);
	buf_addf(out, ": answered by %s instead of %s",
		 task->service ? task->service : "?", task->instead_of);
	if (task->instead_because) {
		buf_addstr(out, " (");
		phrase_line(out, task->instead_because, 300);
		buf_addch(out, ')');
	}
	buf_addch(out, '\n');
}

static void add_failed_tasks(struct buf *out, const struct run_record *record)
{
	for (size_t i = 0; i < record->task_count; i++) {
		const struct task_record *task = &record->tasks[i];

		if (task->instead_of && task->state == TASK_ANSWERED)
			add_substitute(out, task);
		if (task->dropped) {
			buf_addstr(out, "  ");
			phrase_line(out, task->agent, 80);
			buf_addf(out,
				 ": %zu of its findings or files could "
				 "not be used\n",
				 task->dropped);
		}
		if (task->state == TASK_ANSWERED)
			continue;
		buf_addstr(out, "  ");
		phrase_line(out, task->agent, 80);
		buf_addstr(out, task->state == TASK_FAILED ? " failed: "
							   : " skipped: ");
		phrase_line(out,
			    task->reason ? task->reason : "no reason given",
			    300);
		buf_addch(out, '\n');
	}
}

/* What agents wrote that is no finding: a decision record, a plan. */
static void add_documents(struct buf *out, const struct run_record *record,
			  const struct look *look)
{
	for (size_t i = 0; i < record->task_count; i++) {
		const struct json *answer = record->tasks[i].answer;
		const char *text = json_string_or(answer, "markdown", NULL);
		size_t len, cut;
		char *shown;

		if (!text)
			continue;
		len = strlen(text);
		cut = text_cut(text, len, look->max_document);
		buf_addstr(out, "  ");
		phrase_line(out, json_string_or(answer, "title", ""),
			    LIMIT_FINDING_TITLE);
		buf_addstr(out, " (");
		phrase_line(out, record->tasks[i].agent, 80);
		buf_addstr(out, ")\n");
		shown = xmemdup(text, cut);
		phrase_wrapped(out, shown, "    ", WIDTH);
		free(shown);
		if (cut < len)
			buf_addstr(out,
				   "    ... `referee show` has the rest.\n");
		buf_addch(out, '\n');
	}
}

static void add_generated(struct buf *out, const struct run_record *record)
{
	const struct json *at;

	for (at = json_first(record->generated); at; at = json_next(at)) {
		buf_addstr(out, "  Wrote ");
		phrase_line(out, json_string_or(at, "path", "?"), 1024);
		buf_addstr(out, ": ");
		phrase_line(out, json_string_or(at, "why", "no reason given"),
			    300);
		buf_addch(out, '\n');
	}
}

static void add_run(struct buf *out, const struct run_record *record,
		    bool reused, const struct look *look)
{
	buf_addf(out, "%s: %s", record->workflow,
		 on(look, verdict_colour[record->verdict]));
	report_outcome(out, record);
	buf_addf(out, "%s%s\n\n", off(look),
		 reused ? " (same content, judged before)" : "");
	add_findings(out, record, look);
	add_documents(out, record, look);
	add_generated(out, record);
	add_failed_tasks(out, record);
	add_skipped_files(out, record, look);
	buf_addstr(out, "  ");
	phrase_coverage(out, record);
	buf_addch(out, '\n');
}

void report_note_section(struct buf *out, const struct run_record *record)
{
	const struct look look = { .max_document = NOTE_DOCUMENT,
				   .max_findings = NOTE_FINDINGS,
				   .max_files = NOTE_FILES };

	add_run(out, record, false, &look);
}

void report_note_trailer(struct buf *out, const struct run_record *record)
{
	char cost[MONEY_TEXT_SIZE];

	money_format(cost, record->cost_nusd);
	buf_addf(out, "Referee-Run: %s %s %s %.16s %s USD", record->id,
		 record->workflow, verdict_name(record->verdict),
		 record->change_key, cost);
}

static void render(struct buf *out, const struct report *report)
{
	const struct look look = { .colour = report->colour,
				   .code = true,
				   .max_document = SIZE_MAX,
				   .max_findings = SIZE_MAX,
				   .max_files = SIZE_MAX };

	for (size_t i = 0; i < report->count; i++) {
		if (i)
			buf_addch(out, '\n');
		add_run(out, report->runs[i].record, report->runs[i].reused,
			&look);
	}
}

const struct report_format report_text = { .name = "text", .render = render };
