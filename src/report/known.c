#include "report/known.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/json.h"
#include "core/limits.h"
#include "report/phrases.h"

#define INDENT     "         "
#define DATE_BYTES 10 /* "2026-11-24" */

static bool is_shown(const struct known_finding *known,
		     const struct known_report *report)
{
	return !report->only_open || known->state == FINDING_OPEN;
}

size_t known_report_count(const struct known_report *report)
{
	size_t count = 0;

	for (size_t i = 0; i < report->count; i++)
		for (size_t j = 0; j < report->states[i]->findings.len; j++)
			count += is_shown(&report->states[i]->findings.items[j],
					  report);
	return count;
}

static int compare_known(const void *left, const void *right)
{
	static const int order[] = {
		[FINDING_OPEN] = 0, [FINDING_DISMISSED] = 1, [FINDING_FIXED] = 2
	};
	const struct known_finding *a =
		*(const struct known_finding *const *)left;
	const struct known_finding *b =
		*(const struct known_finding *const *)right;
	int by_path;

	if (a->state != b->state)
		return order[a->state] - order[b->state];
	if (a->severity != b->severity)
		return a->severity < b->severity ? 1 : -1;
	by_path = strcmp(a->path ? a->path : "", b->path ? b->path : "");
	if (by_path)
		return by_path;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return strcmp(a->fingerprint, b->fingerprint);
}

/* Those shown of one state, in order; the caller frees the array. */
static const struct known_finding **sorted(size_t *count,
					   const struct pull_state *state,
					   const struct known_report *report)
{
	const struct known_list *list = &state->findings;
	const struct known_finding **items = xcalloc(list->len + 1,
						     sizeof(*items));

	*count = 0;
	for (size_t i = 0; i < list->len; i++)
		if (is_shown(&list->items[i], report))
			items[(*count)++] = &list->items[i];
	qsort(items, *count, sizeof(*items), compare_known);
	return items;
}

/* "open since 2026-11-24", "dismissed by Ada on 2026-11-24: a test". */
static void add_state(struct buf *out, const struct known_finding *known)
{
	const struct finding_event *last;
	char at[CLOCK_TEXT_SIZE];

	buf_addstr(out, finding_state_name(known->state));
	if (!known->event_count)
		return;
	last = &known->history[known->event_count - 1];
	if (last->by) {
		buf_addstr(out, " by ");
		phrase_line(out, last->by, LIMIT_FINDING_TITLE);
	}
	clock_format(at, last->at_ms);
	buf_addf(out, " %s %.*s",
		 known->state == FINDING_DISMISSED ? "on" : "since", DATE_BYTES,
		 at);
	if (last->reason && *last->reason) {
		buf_addstr(out, ": ");
		phrase_line(out, last->reason, LIMIT_FINDING_BODY);
	}
}

static void add_finding(struct buf *out, const struct known_finding *known)
{
	const struct finding place = { .path = known->path,
				       .line = known->line };
	const char *severity = severity_name(known->severity);

	buf_addf(out, "  %s%*s", severity,
		 (int)(strlen(severity) < 5 ? 7 - strlen(severity) : 2), "");
	phrase_place(out, &place);
	buf_addstr(out, "  ");
	phrase_line(out, known->title, LIMIT_FINDING_TITLE);
	buf_addstr(out, "\n" INDENT);
	add_state(out, known);
	buf_addstr(out, "  [");
	phrase_line(out, known->workflow, LIMIT_FINDING_TITLE);
	buf_addstr(out, ", ");
	phrase_line(out, known->agent, LIMIT_FINDING_TITLE);
	buf_addf(out, "] %s\n", known->fingerprint);
}

static void add_heading(struct buf *out, const struct pull_state *state)
{
	if (state->branch)
		phrase_line(out, state->branch, LIMIT_REF_NAME_BYTES);
	else
		buf_addf(out, "pull %" PRId64, state->number);
	buf_addch(out, '\n');
}

void known_report_text(struct buf *out, const struct known_report *report)
{
	const char *separator = "";

	for (size_t i = 0; i < report->count; i++) {
		size_t count;
		const struct known_finding **items =
			sorted(&count, report->states[i], report);

		if (count && report->headings) {
			buf_addstr(out, separator);
			add_heading(out, report->states[i]);
			separator = "\n";
		}
		for (size_t j = 0; j < count; j++)
			add_finding(out, items[j]);
		free(items);
	}
}

static void add_history(struct json *to, const struct known_finding *known)
{
	struct json *history = json_set_array(to, "history");

	for (size_t i = 0; i < known->event_count; i++) {
		const struct finding_event *event = &known->history[i];
		struct json *at = json_add_object(history);
		char when[CLOCK_TEXT_SIZE];

		clock_format(when, event->at_ms);
		json_set_string(at, "what", event->what);
		json_set_string(at, "at", when);
		if (event->by)
			json_set_string(at, "by", event->by);
		if (event->reason)
			json_set_string(at, "reason", event->reason);
		if (event->head)
			json_set_string(at, "head", event->head);
	}
}

static void add_json(struct json *findings, const struct pull_state *state,
		     const struct known_finding *known)
{
	struct json *at = json_add_object(findings);

	json_set_string(at, "fingerprint", known->fingerprint);
	json_set_string(at, "state", finding_state_name(known->state));
	if (state->branch)
		json_set_string(at, "branch", state->branch);
	else
		json_set_int(at, "pull", state->number);
	json_set_string(at, "severity", severity_name(known->severity));
	json_set_string(at, "path", known->path);
	if (known->line > 0)
		json_set_int(at, "line", known->line);
	else
		json_set_null(at, "line");
	json_set_string(at, "title", known->title);
	json_set_string(at, "category", known->category);
	json_set_string(at, "workflow", known->workflow);
	json_set_string(at, "agent", known->agent);
	if (known->rule && *known->rule)
		json_set_string(at, "rule", known->rule);
	if (known->symbol)
		json_set_string(at, "symbol", known->symbol);
	json_set_string(at, "code", known->code);
	add_history(at, known);
}

void known_report_json(struct buf *out, const struct known_report *report)
{
	struct json *doc = json_new_object();
	struct json *findings;
	char *text;

	json_set_int(doc, "version", 1);
	findings = json_set_array(doc, "findings");
	for (size_t i = 0; i < report->count; i++) {
		size_t count;
		const struct known_finding **items =
			sorted(&count, report->states[i], report);

		for (size_t j = 0; j < count; j++)
			add_json(findings, report->states[i], items[j]);
		free(items);
	}
	text = json_print_pretty(doc);
	buf_addf(out, "%s\n", text);
	free(text);
	json_free(doc);
}
