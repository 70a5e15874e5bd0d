/* reviewdog's Diagnostic Format: rdjson. */
#include <stdlib.h>

#include "core/json.h"
#include "report/formats.h"
#include "report/phrases.h"

enum { TITLE_BYTES = 500, BODY_BYTES = 20000 };

static const char *const severity_word[SEVERITY_COUNT] = {
	[SEVERITY_INFO] = "INFO",
	[SEVERITY_MINOR] = "WARNING",
	[SEVERITY_MAJOR] = "ERROR",
	[SEVERITY_CRITICAL] = "ERROR",
};

static void add_range(struct json *at, const struct finding *finding)
{
	struct json *range = json_set_object(at, "range");

	json_set_int(json_set_object(range, "start"), "line", finding->line);
	json_set_int(json_set_object(range, "end"), "line",
		     finding->end_line > finding->line ? finding->end_line
						       : finding->line);
}

static void add_suggestion(struct json *at, const struct finding *finding)
{
	struct json *suggestion =
		json_add_object(json_set_array(at, "suggestions"));
	char *text = phrase_suggestion(finding);

	add_range(suggestion, finding);
	json_set_string(suggestion, "text", text);
	free(text);
}

static void add_diagnostic(struct json *list, const struct finding *finding)
{
	struct json *at = json_add_object(list);
	struct json *location;
	struct buf text;
	char *rule;

	/* reviewdog posts it as a comment. */
	buf_init(&text, REPORT_NEUTRAL_GROWTH << 20);
	report_neutralise_line(&text, finding->title, TITLE_BYTES);
	buf_addch(&text, '\n');
	report_neutralise(&text, finding->body ? finding->body : "",
			  BODY_BYTES);
	json_set_string(at, "message", text.ptr);
	buf_release(&text);
	location = json_set_object(at, "location");
	json_set_string(location, "path", finding->path ? finding->path : "");
	if (finding->line > 0)
		add_range(location, finding);
	json_set_string(at, "severity", severity_word[finding->severity]);
	rule = phrase_rule(finding);
	json_set_string(json_set_object(at, "code"), "value", rule);
	free(rule);
	if (finding->suggestion && finding->line > 0)
		add_suggestion(at, finding);
}

static void render(struct buf *out, const struct report *report)
{
	struct json *doc = json_new_object();
	struct json *list;

	json_set_string(json_set_object(doc, "source"), "name", "referee");
	list = json_set_array(doc, "diagnostics");
	for (size_t i = 0; i < report->count; i++) {
		const struct run_record *record = report->runs[i].record;

		for (size_t j = 0; j < record->findings.len; j++)
			add_diagnostic(list, &record->findings.items[j]);
	}
	json_print_to(out, doc);
	buf_addch(out, '\n');
	json_free(doc);
}

const struct report_format report_rdjson = { .name = "rdjson",
					     .render = render };
