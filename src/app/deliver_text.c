#include "app/deliver_text.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "core/text.h"
#include "report/phrases.h"
#include "report/report.h"

#define FIXED_MAX    20 /* named in a summary */
#define TEXT_MAX     (1 * MIB)
#define MARK_FINDING "<!-- referee:finding:"

char *deliver_summary_marker(const struct run_record *record)
{
	return xstrf("<!-- referee:summary:%s -->", record->workflow);
}

char *deliver_review_marker(const struct run_record *record)
{
	return xstrf("<!-- referee:review:%s:%s -->", record->workflow,
		     record->id);
}

bool deliver_marked_finding(char out[FINGERPRINT_SIZE], const char *text)
{
	size_t mark = strlen(MARK_FINDING);
	size_t digits;

	if (strncmp(text, MARK_FINDING, mark) != 0)
		return false;
	digits = strspn(text + mark, "0123456789abcdef");
	if (digits != FINGERPRINT_SIZE - 1 ||
	    strncmp(text + mark + digits, " -->", 4) != 0)
		return false;
	memcpy(out, text + mark, digits);
	out[digits] = '\0';
	return true;
}

static bool is_dismissed(const struct pull_state *state,
			 const struct finding *finding)
{
	const struct known_finding *known =
		known_list_find(&state->findings, finding->fingerprint);

	return known && known->state == FINDING_DISMISSED;
}

/* The hunk both lines are in, so that a remark can span them. */
static bool in_one_hunk(const struct changed_file *file, int first, int last)
{
	for (size_t i = 0; i < file->hunk_count; i++) {
		const struct hunk *hunk = &file->hunks[i];

		if (first >= hunk->new_start &&
		    last < hunk->new_start + hunk->new_count)
			return true;
	}
	return false;
}

static bool find_line(struct deliver_line *out,
		      const struct changeset *changeset,
		      const struct finding *finding)
{
	const struct changed_file *file;
	int last = finding->end_line > finding->line ? finding->end_line
						     : finding->line;

	if (!changeset || !finding->path || finding->line <= 0)
		return false;
	file = changeset_find(changeset, finding->path);
	if (!file || file->status == FILE_DELETED)
		return false;
	*out = (struct deliver_line){ .finding = finding };
	if (in_one_hunk(file, finding->line, last)) {
		out->start_line = finding->line;
		out->line = last;
		out->is_whole = true;
		return true;
	}
	out->start_line = out->line = finding->line;
	return changed_file_has_line(file, finding->line);
}

void deliver_choose(struct deliver_choice *out,
		    const struct deliver_input *input,
		    const struct deliver_run *run)
{
	const struct finding_list *findings = &run->record->findings;
	size_t max = run->output->inline_max > 0
			     ? (size_t)run->output->inline_max
			     : 0;

	*out = (struct deliver_choice){ 0 };
	if (!run->output->inline_comments)
		return;
	out->lines = xcalloc(findings->len + 1, sizeof(*out->lines));
	out->rest = xcalloc(findings->len + 1, sizeof(struct finding *));
	for (size_t i = 0; i < findings->len; i++) {
		const struct finding *finding = &findings->items[i];

		if (finding->severity < run->output->inline_floor ||
		    is_dismissed(input->state, finding) ||
		    pull_state_find_posted(input->state, "inline",
					   finding->fingerprint))
			continue;
		if (out->line_count < max &&
		    find_line(&out->lines[out->line_count], input->changeset,
			      finding))
			out->line_count++;
		else if (!run->output->comment)
			/* Else the summary says it. */
			out->rest[out->rest_count++] = finding;
	}
}

void deliver_choice_release(struct deliver_choice *choice)
{
	free(choice->lines);
	free(choice->rest);
	*choice = (struct deliver_choice){ 0 };
}

static void add_suggestion(struct buf *out, const char *suggestion)
{
	char *clean = text_clean(suggestion, true);
	size_t len = strlen(clean), longest = 2, run = 0;

	for (const char *at = clean; *at; at++) {
		run = *at == '`' ? run + 1 : 0;
		longest = run > longest ? run : longest;
	}
	buf_addch(out, '\n');
	for (size_t i = 0; i <= longest; i++)
		buf_addch(out, '`');
	buf_addf(out, "suggestion\n%s%s", clean,
		 len && clean[len - 1] != '\n' ? "\n" : "");
	for (size_t i = 0; i <= longest; i++)
		buf_addch(out, '`');
	buf_addch(out, '\n');
	free(clean);
}

static void add_remark(struct buf *out, const struct finding *finding)
{
	buf_addf(out, "**%s** ", severity_name(finding->severity));
	report_neutralise(out, finding->title, LIMIT_FINDING_TITLE);
	buf_addch(out, '\n');
	if (finding->body && *finding->body) {
		buf_addch(out, '\n');
		report_neutralise(out, finding->body, LIMIT_FINDING_BODY);
		buf_addch(out, '\n');
	}
}

static void add_source(struct buf *out, const struct finding *finding)
{
	struct buf who;

	buf_init(&who, 4 * KIB);
	phrase_source(&who, finding);
	buf_addstr(out, "\n_(");
	report_neutralise(out, who.ptr, who.len);
	buf_addf(out, ")_ `%s`\n", finding->fingerprint);
	buf_release(&who);
}

char *deliver_line_text(const struct deliver_line *line)
{
	const struct finding *finding = line->finding;
	struct buf out;

	buf_init(&out, TEXT_MAX);
	buf_addf(&out, MARK_FINDING "%s -->\n", finding->fingerprint);
	add_remark(&out, finding);
	if (line->is_whole && finding->suggestion)
		add_suggestion(&out, finding->suggestion);
	add_source(&out, finding);
	return buf_detach(&out);
}

static void add_in_body(struct buf *out, const struct finding *finding)
{
	struct buf place;

	buf_init(&place, 4 * KIB);
	phrase_place(&place, finding);
	buf_addstr(out, "\n---\n");
	report_neutralise(out, place.ptr, place.len);
	buf_addch(out, '\n');
	add_remark(out, finding);
	add_source(out, finding);
	buf_release(&place);
}

char *deliver_review_text(const struct deliver_run *run,
			  const struct deliver_choice *choice, bool with_lines)
{
	char *marker = deliver_review_marker(run->record);
	size_t remarks = choice->line_count + choice->rest_count;
	struct buf out;

	buf_init(&out, TEXT_MAX);
	buf_addf(&out, "%s\n**", marker);
	report_neutralise(&out, run->record->workflow, 100);
	buf_addf(&out, "**: %zu %s\n", remarks,
		 remarks == 1 ? "remark" : "remarks");
	for (size_t i = 0; !with_lines && i < choice->line_count; i++)
		add_in_body(&out, choice->lines[i].finding);
	for (size_t i = 0; i < choice->rest_count; i++)
		add_in_body(&out, choice->rest[i]);
	free(marker);
	return buf_detach(&out);
}

static void add_fixed(struct buf *out, const struct known_list *known,
		      const char *workflow)
{
	size_t count = 0;

	for (size_t i = 0; i < known->len; i++) {
		const struct known_finding *finding = &known->items[i];

		if (finding->state != FINDING_FIXED || !finding->workflow ||
		    strcmp(finding->workflow, workflow) != 0)
			continue;
		if (count++ == 0)
			buf_addstr(out, "\nFixed since it was said:\n\n");
		if (count > FIXED_MAX)
			continue;
		buf_addstr(out, "- ");
		report_neutralise(out, finding->title, LIMIT_FINDING_TITLE);
		buf_addf(out, " `%s`\n", finding->fingerprint);
	}
	if (count > FIXED_MAX)
		buf_addf(out, "- and %zu more\n", count - FIXED_MAX);
}

/* The same text for the same content, whatever the head is called. */
char *deliver_summary_text(const struct deliver_input *input,
			   const struct deliver_run *run)
{
	const struct report_format *markdown = report_format_find("markdown");
	struct run_record shown = *run->record;
	struct report_run item = { .record = &shown };
	const struct report report = { .runs = &item, .count = 1 };
	char *marker = deliver_summary_marker(run->record);
	struct buf out;

	shown.findings = (struct finding_list){ 0 };
	for (size_t i = 0; i < run->record->findings.len; i++)
		if (!is_dismissed(input->state,
				  &run->record->findings.items[i]))
			*finding_list_add(&shown.findings) =
				run->record->findings.items[i];
	item.reused = shown.pull != 0 && shown.pull != input->pull->number;
	buf_init(&out, TEXT_MAX);
	buf_addf(&out, "%s\n", marker);
	markdown->render(&out, &report);
	add_fixed(&out, &input->state->findings, shown.workflow);
	/* Its strings are the record's. */
	free(shown.findings.items);
	free(marker);
	return buf_detach(&out);
}

char *deliver_outcome(const struct run_record *record)
{
	struct buf out;

	buf_init(&out, 4 * KIB);
	report_outcome(&out, record);
	return buf_detach(&out);
}

enum forge_state deliver_state(enum verdict verdict)
{
	static const enum forge_state states[] = {
		[VERDICT_PASS] = FORGE_SUCCESS,
		[VERDICT_ATTENTION] = FORGE_FAILURE,
		[VERDICT_SKIPPED] = FORGE_PENDING,
		[VERDICT_FAILED] = FORGE_ERROR,
	};

	return states[verdict];
}
