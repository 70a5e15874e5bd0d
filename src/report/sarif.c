/* SARIF 2.1.0: a run of the document for each run of ours. */
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "core/strvec.h"
#include "report/formats.h"

static const char *const level[SEVERITY_COUNT] = {
	[SEVERITY_INFO] = "note",
	[SEVERITY_MINOR] = "warning",
	[SEVERITY_MAJOR] = "error",
	[SEVERITY_CRITICAL] = "error",
};

static const char *rule_of(const struct finding *finding)
{
	if (finding->rule)
		return finding->rule;
	return finding->category ? finding->category : "finding";
}

/* In a plain text of SARIF brackets make links, and a backslash unmakes them.
 */
static void add_plain(struct buf *out, const char *text)
{
	for (; *text; text++) {
		if (strchr("[]\\", *text))
			buf_addch(out, '\\');
		buf_addch(out, *text);
	}
}

static struct json *message(const char *title, const char *body)
{
	struct json *at = json_new_object();
	struct buf text;

	buf_init(&text, 1 << 20);
	add_plain(&text, title);
	if (body && *body) {
		buf_addstr(&text, ": ");
		add_plain(&text, body);
	}
	json_set_string(at, "text", text.ptr);
	buf_release(&text);
	return at;
}

/* SARIF wants a URI: bytes that may not stand in one are percent-encoded. */
static void add_uri(struct json *at, const char *path)
{
	static const char unreserved[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789-._~/+@=,";
	struct buf uri;

	buf_init(&uri, 1 << 16);
	for (; *path; path++) {
		if (strchr(unreserved, *path))
			buf_addch(&uri, *path);
		else
			buf_addf(&uri, "%%%02X", (unsigned char)*path);
	}
	json_set_string(at, "uri", uri.ptr);
	json_set_string(at, "uriBaseId", "%SRCROOT%");
	buf_release(&uri);
}

static void add_location(struct json *result, const struct finding *finding)
{
	struct json *locations = json_set_array(result, "locations");
	struct json *physical;
	struct json *region;

	if (!finding->path)
		return;
	physical = json_set_object(json_add_object(locations),
				   "physicalLocation");
	add_uri(json_set_object(physical, "artifactLocation"), finding->path);
	if (finding->line < 1)
		return;
	region = json_set_object(physical, "region");
	json_set_int(region, "startLine", finding->line);
	if (finding->end_line > finding->line)
		json_set_int(region, "endLine", finding->end_line);
}

static void add_result(struct json *results, const struct finding *finding)
{
	struct json *result = json_add_object(results);

	json_set_string(result, "ruleId", rule_of(finding));
	json_set_string(result, "level", level[finding->severity]);
	json_set(result, "message", message(finding->title, finding->body));
	add_location(result, finding);
	json_set_string(json_set_object(result, "partialFingerprints"),
			"referee/v1", finding->fingerprint);
	json_set_string(json_set_object(result, "properties"), "severity",
			severity_name(finding->severity));
}

static void add_rules(struct json *driver, const struct run_record *record)
{
	struct json *rules = json_set_array(driver, "rules");
	struct strvec seen = STRVEC_INIT;

	for (size_t i = 0; i < record->findings.len; i++) {
		const char *id = rule_of(&record->findings.items[i]);

		if (strvec_has(&seen, id))
			continue;
		strvec_add(&seen, id);
		json_set_string(json_add_object(rules), "id", id);
	}
	strvec_release(&seen);
}

static void add_run(struct json *runs, const struct report_run *shown)
{
	const struct run_record *record = shown->record;
	struct json *run = json_add_object(runs);
	struct json *driver = json_set_object(json_set_object(run, "tool"),
					      "driver");
	struct json *results = json_set_array(run, "results");
	struct json *invocation =
		json_add_object(json_set_array(run, "invocations"));

	json_set_string(driver, "name", "referee");
	json_set_string(driver, "version", PACKAGE_VERSION);
	add_rules(driver, record);
	json_set_string(json_set_object(run, "automationDetails"), "id",
			record->workflow);
	json_set_bool(invocation, "executionSuccessful",
		      record->verdict != VERDICT_FAILED);
	if (record->reason)
		json_set(json_add_object(json_set_array(
				 invocation, "toolExecutionNotifications")),
			 "message", message(record->reason, NULL));
	for (size_t i = 0; i < record->findings.len; i++)
		add_result(results, &record->findings.items[i]);
}

static void render(struct buf *out, const struct report *report)
{
	struct json *doc = json_new_object();
	struct json *runs;
	char *text;

	json_set_string(doc, "$schema",
			"https://json.schemastore.org/sarif-2.1.0.json");
	json_set_string(doc, "version", "2.1.0");
	runs = json_set_array(doc, "runs");
	for (size_t i = 0; i < report->count; i++)
		add_run(runs, &report->runs[i]);
	text = json_print_pretty(doc);
	buf_addf(out, "%s\n", text);
	free(text);
	json_free(doc);
}

const struct report_format report_sarif = { .name = "sarif", .render = render };
