#include "report/phrases.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "core/strvec.h"
#include "core/text.h"
#include "report/report.h"

void phrase_line(struct buf *out, const char *text, size_t max)
{
	char *clean = text_clean(text ? text : "", false);
	size_t len = strlen(clean);
	size_t cut = text_cut(clean, len, max);

	buf_add(out, clean, cut);
	if (cut < len)
		buf_addstr(out, "...");
	free(clean);
}

char *phrase_rule(const struct finding *finding)
{
	const char *const names[] = { finding->rule, finding->category };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		char *clean = text_clean(names[i] ? names[i] : "", false);

		if (clean[strspn(clean, " ")])
			return clean;
		free(clean);
	}
	return xstrdup("finding");
}

char *phrase_suggestion(const struct finding *finding)
{
	char *text = text_clean(finding->suggestion, true);
	size_t len = strlen(text);

	if (len && text[len - 1] == '\n')
		text[len - 1] = '\0';
	return text;
}

/* Columns, counted as characters: good enough for the scripts people review. */
static size_t columns(const char *text, size_t len)
{
	size_t count = 0;

	for (size_t i = 0; i < len; i++)
		count += ((unsigned char)text[i] & 0xC0) != 0x80;
	return count;
}

/* Spaces between words stay as many as they are, but where a line is broken. */
static void wrap_line(struct buf *out, const char *line, size_t len,
		      const char *indent, size_t width)
{
	size_t used = 0, gap = 0;

	while (len) {
		const char *space = memchr(line, ' ', len);
		size_t word = space ? (size_t)(space - line) : len;
		size_t wide = columns(line, word);

		if (used && used + gap + wide > width) {
			buf_addch(out, '\n');
			used = 0;
		}
		if (used)
			buf_addf(out, "%*s", (int)gap, "");
		else
			buf_addstr(out, indent);
		used += (used ? gap : strlen(indent)) + wide;
		buf_add(out, line, word);
		line += word;
		len -= word;
		for (gap = 0; len && *line == ' '; gap++, len--)
			line++;
	}
	buf_addch(out, '\n');
}

void phrase_wrapped(struct buf *out, const char *text, const char *indent,
		    size_t width)
{
	char *clean = text_clean(text ? text : "", true);
	const char *at = clean;

	while (*at) {
		size_t len = strcspn(at, "\n");

		wrap_line(out, at, len, indent, width);
		at += len;
		at += *at == '\n';
	}
	free(clean);
}

/* "1 major, 2 minor, 1 dismissed"; "no findings" if there are none. */
static void add_counts(struct buf *out, const struct run_record *record)
{
	const char *separator = "";

	for (int i = SEVERITY_COUNT - 1; i >= 0; i--) {
		size_t count = run_record_findings(record, (enum severity)i);

		if (!count)
			continue;
		buf_addf(out, "%s%zu %s", separator, count,
			 severity_name((enum severity)i));
		separator = ", ";
	}
	if (!*separator)
		buf_addstr(out, "no findings");
	if (record->dismissed)
		buf_addf(out, ", %zu dismissed", record->dismissed);
}

void report_outcome(struct buf *out, const struct run_record *record)
{
	buf_addf(out, "%s", verdict_name(record->verdict));
	if (record->degraded)
		buf_addstr(out, " (degraded)");
	buf_addstr(out, " - ");
	if (record->reason) {
		phrase_line(out, record->reason, LIMIT_FINDING_TITLE);
		if (!record->findings.len && !record->dismissed)
			return;
		buf_addstr(out, "; ");
	}
	add_counts(out, record);
}

static void add_models(struct buf *out, const struct run_record *record)
{
	struct strvec models = STRVEC_INIT;

	for (size_t i = 0; i < record->task_count; i++) {
		const struct task_record *task = &record->tasks[i];
		const char *name = task->model ? task->model : task->service;

		if (task->state == TASK_ANSWERED && name &&
		    !strvec_has(&models, name))
			strvec_add(&models, name);
	}
	for (size_t i = 0; i < models.len; i++) {
		buf_addstr(out, i ? ", " : " with ");
		phrase_line(out, models.v[i], 80);
	}
	strvec_release(&models);
}

void phrase_coverage(struct buf *out, const struct run_record *record)
{
	char cost[MONEY_TEXT_SIZE];
	size_t partial = run_record_files(record, FILE_PARTIAL);

	money_format(cost, record->cost_nusd);
	buf_addf(out, "Reviewed %zu of %zu %s",
		 run_record_files(record, FILE_REVIEWED), record->file_count,
		 record->file_count == 1 ? "file" : "files");
	if (partial)
		buf_addf(out, " (%zu more in part)", partial);
	add_models(out, record);
	if (record->duration_ms < 10000)
		buf_addf(out, " in %.1f s", (double)record->duration_ms / 1000);
	else
		buf_addf(out, " in %lld s",
			 (long long)(record->duration_ms + 500) / 1000);
	buf_addf(out, " for %s$%s.", record->cost_unknown ? "about " : "",
		 cost);
}

void phrase_place(struct buf *out, const struct finding *finding)
{
	if (!finding->path) {
		buf_addstr(out, "whole change");
		return;
	}
	phrase_line(out, finding->path, 1024);
	if (finding->line > 0)
		buf_addf(out, ":%d", finding->line);
	if (finding->line > 0 && finding->end_line > finding->line)
		buf_addf(out, "-%d", finding->end_line);
}

void phrase_source(struct buf *out, const struct finding *finding)
{
	for (size_t i = 0; i < finding->agents.len; i++) {
		buf_addstr(out, i ? " and " : "");
		phrase_line(out, finding->agents.v[i], 80);
	}
	if (finding->confidence >= 0)
		buf_addf(out, "%s%.2f", finding->agents.len ? ", " : "",
			 finding->confidence);
}
