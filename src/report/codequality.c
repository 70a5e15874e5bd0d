/* GitLab's code quality report: an array of issues as Code Climate has them. */
#include <stdlib.h>

#include "core/json.h"
#include "core/limits.h"
#include "core/strvec.h"
#include "report/formats.h"
#include "report/phrases.h"

static const char *const severity_word[SEVERITY_COUNT] = {
	[SEVERITY_INFO] = "info",
	[SEVERITY_MINOR] = "minor",
	[SEVERITY_MAJOR] = "major",
	[SEVERITY_CRITICAL] = "critical",
};

static void add_issue(struct json *list, const struct finding *finding)
{
	struct json *at = json_add_object(list);
	struct json *location;
	struct buf title;
	char *rule;

	buf_init(&title, LIMIT_FINDING_BODY);
	phrase_line(&title, finding->title, LIMIT_FINDING_TITLE);
	rule = phrase_rule(finding);
	json_set_string(at, "description", title.len ? title.ptr : rule);
	json_set_string(at, "check_name", rule);
	free(rule);
	buf_release(&title);
	json_set_string(at, "fingerprint", finding->fingerprint);
	json_set_string(at, "severity", severity_word[finding->severity]);
	location = json_set_object(at, "location");
	json_set_string(location, "path", finding->path ? finding->path : "");
	/* GitLab wants a line; what has none is shown at the top. */
	json_set_int(json_set_object(location, "lines"), "begin",
		     finding->line > 0 ? finding->line : 1);
}

/* GitLab shows one of a fingerprint: what a rule finds for two workflows is one
 * matter. */
static void add_once(struct json *list, struct strvec *seen,
		     const struct finding *finding)
{
	if (strvec_has(seen, finding->fingerprint))
		return;
	strvec_add(seen, finding->fingerprint);
	add_issue(list, finding);
}

static void render(struct buf *out, const struct report *report)
{
	struct json *list = json_new_array();
	struct strvec seen = STRVEC_INIT;
	char *text;

	for (size_t i = 0; i < report->count; i++) {
		const struct run_record *record = report->runs[i].record;

		for (size_t j = 0; j < record->findings.len; j++)
			add_once(list, &seen, &record->findings.items[j]);
	}
	strvec_release(&seen);
	text = json_print_pretty(list);
	buf_addf(out, "%s\n", text);
	free(text);
	json_free(list);
}

const struct report_format report_codequality = { .name = "codequality",
						  .render = render };
