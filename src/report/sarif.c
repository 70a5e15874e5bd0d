/*
 * SARIF 2.1.0: a run of the document for each run of ours. Made so that
 * GitHub's code scanning takes it: rules that are described, a category for
 * each workflow, a document that is never without a run. No columns: regions
 * are whole lines.
 */
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "core/strvec.h"
#include "core/text.h"
#include "report/formats.h"
#include "report/phrases.h"

#define SOURCE_ROOT "%SRCROOT%"

static const char *const level[SEVERITY_COUNT] = {
	[SEVERITY_INFO] = "note",
	[SEVERITY_MINOR] = "warning",
	[SEVERITY_MAJOR] = "error",
	[SEVERITY_CRITICAL] = "error",
};

/* In a plain text of SARIF [text](target) makes a link, which a backslash
 * unmakes and another one makes again; braces come twice, as one alone is a
 * place for an argument. */
static void add_plain(struct buf *out, const char *text)
{
	char *clean = text_clean(text, true);

	for (const char *at = clean; *at; at++) {
		size_t slashes = strspn(at, "\\");

		if (!strncmp(at + slashes, "](", 2)) {
			buf_addf(out, "%.*s%.*s\\]", (int)slashes, at,
				 (int)slashes, at);
			at += slashes;
			continue;
		}
		if (strchr("{}", *at))
			buf_addch(out, *at);
		buf_addch(out, *at);
	}
	free(clean);
}

static void set_message(struct json *at, const char *name, const char *text)
{
	struct buf plain;

	buf_init(&plain, 1 << 20);
	add_plain(&plain, text);
	json_set_string(json_set_object(at, name), "text", plain.ptr);
	buf_release(&plain);
}

/* SARIF wants a URI: bytes that may not stand in one are percent-encoded. */
static void set_artifact(struct json *at, const char *path)
{
	static const char unreserved[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789-._~/+@=,";
	struct json *artifact = json_set_object(at, "artifactLocation");
	struct buf uri;

	buf_init(&uri, 1 << 16);
	for (; *path; path++) {
		if (strchr(unreserved, *path))
			buf_addch(&uri, *path);
		else
			buf_addf(&uri, "%%%02X", (unsigned char)*path);
	}
	json_set_string(artifact, "uri", uri.ptr);
	json_set_string(artifact, "uriBaseId", SOURCE_ROOT);
	buf_release(&uri);
}

static void set_region(struct json *at, const char *name,
		       const struct finding *finding)
{
	struct json *region = json_set_object(at, name);

	json_set_int(region, "startLine", finding->line);
	if (finding->end_line > finding->line)
		json_set_int(region, "endLine", finding->end_line);
}

static void add_location(struct json *result, const struct finding *finding)
{
	struct json *locations = json_set_array(result, "locations");
	struct json *physical;

	if (!finding->path)
		return;
	physical = json_set_object(json_add_object(locations),
				   "physicalLocation");
	set_artifact(physical, finding->path);
	if (finding->line > 0)
		set_region(physical, "region", finding);
}

static void add_fix(struct json *result, const struct finding *finding)
{
	struct json *fix = json_add_object(json_set_array(result, "fixes"));
	struct json *change =
		json_add_object(json_set_array(fix, "artifactChanges"));
	struct json *replacement =
		json_add_object(json_set_array(change, "replacements"));
	char *text = phrase_suggestion(finding);

	set_artifact(change, finding->path);
	set_region(replacement, "deletedRegion", finding);
	json_set_string(json_set_object(replacement, "insertedContent"), "text",
			text);
	free(text);
}

static void add_text(struct json *result, const struct finding *finding,
		     const char *rule)
{
	const char *title = finding->title && *finding->title ? finding->title
							      : rule;
	struct buf text;

	buf_init(&text, 1 << 20);
	buf_addstr(&text, title);
	if (finding->body && *finding->body)
		buf_addf(&text, ": %s", finding->body);
	set_message(result, "message", text.ptr);
	buf_release(&text);
}

/* What of the rule is known where only the record is. */
static void add_rule(struct json *rules, const struct finding *finding,
		     const char *id)
{
	static const char help[] =
		"'referee dismiss FINGERPRINT --reason TEXT' hides a finding "
		"that is wrong or of no use until its code changes.";
	struct json *rule = json_add_object(rules);
	struct buf text;

	json_set_string(rule, "id", id);
	buf_init(&text, 1 << 10);
	buf_addf(&text, finding->rule ? "Rule %s" : "Remarks on %s", id);
	set_message(rule, "shortDescription", text.ptr);
	buf_reset(&text);
	buf_addf(&text,
		 finding->rule ? "What the rule %s finds in changed code."
			       : "What agents remark on %s in a change.",
		 id);
	set_message(rule, "fullDescription", text.ptr);
	buf_release(&text);
	set_message(rule, "help", help);
}

/* The place of the finding's rule among the rules of its run. */
static size_t rule_index(struct strvec *ids, struct json *rules,
			 const struct finding *finding, const char *id)
{
	for (size_t i = 0; i < ids->len; i++)
		if (!strcmp(ids->v[i], id))
			return i;
	strvec_add(ids, id);
	add_rule(rules, finding, id);
	return ids->len - 1;
}

static void add_results(struct json *run, struct json *rules,
			const struct finding_list *findings)
{
	struct json *results = json_set_array(run, "results");
	struct strvec ids = STRVEC_INIT;

	for (size_t i = 0; i < findings->len; i++) {
		const struct finding *finding = &findings->items[i];
		struct json *result = json_add_object(results);
		char *id = phrase_rule(finding);

		json_set_string(result, "ruleId", id);
		json_set_int(result, "ruleIndex",
			     (int64_t)rule_index(&ids, rules, finding, id));
		json_set_string(result, "level", level[finding->severity]);
		add_text(result, finding, id);
		add_location(result, finding);
		json_set_string(json_set_object(result, "partialFingerprints"),
				"referee/v1", finding->fingerprint);
		json_set_string(json_set_object(result, "properties"),
				"severity", severity_name(finding->severity));
		if (finding->suggestion && finding->path && finding->line > 0)
			add_fix(result, finding);
		free(id);
	}
	strvec_release(&ids);
}

/* The run, and the list for its rules. */
static struct json *add_empty_run(struct json **rules, struct json *runs)
{
	struct json *run = json_add_object(runs);
	struct json *driver = json_set_object(json_set_object(run, "tool"),
					      "driver");

	json_set_string(driver, "name", "referee");
	json_set_string(driver, "semanticVersion", PACKAGE_VERSION);
	*rules = json_set_array(driver, "rules");
	set_message(json_set_object(json_set_object(run, "originalUriBaseIds"),
				    SOURCE_ROOT),
		    "description", "The top folder of the repository.");
	return run;
}

static void add_invocation(struct json *run, const struct run_record *record)
{
	struct json *at = json_add_object(json_set_array(run, "invocations"));
	bool has_failed = record->verdict == VERDICT_FAILED;
	struct json *told;

	json_set_bool(at, "executionSuccessful", !has_failed);
	if (!record->reason || !*record->reason)
		return;
	told = json_add_object(
		json_set_array(at, "toolExecutionNotifications"));
	json_set_string(told, "level", has_failed ? "error" : "note");
	set_message(told, "message", record->reason);
}

static void add_run(struct json *runs, const struct run_record *record)
{
	struct json *rules;
	struct json *run = add_empty_run(&rules, runs);
	struct buf id;

	/* A category and what it is about; no clock and no chance, so that the
	 * same findings are the same file. */
	buf_init(&id, 1 << 10);
	buf_addf(&id, "%s/%.16s", record->workflow, record->change_key);
	json_set_string(json_set_object(run, "automationDetails"), "id",
			id.ptr);
	buf_release(&id);
	add_invocation(run, record);
	add_results(run, rules, &record->findings);
}

static void render(struct buf *out, const struct report *report)
{
	struct json *doc = json_new_object();
	struct json *runs, *rules;
	char *text;

	json_set_string(doc, "$schema",
			"https://json.schemastore.org/sarif-2.1.0.json");
	json_set_string(doc, "version", "2.1.0");
	runs = json_set_array(doc, "runs");
	for (size_t i = 0; i < report->count; i++)
		add_run(runs, report->runs[i].record);
	if (!report->count)
		json_set_array(add_empty_run(&rules, runs), "results");
	text = json_print_pretty(doc);
	buf_addf(out, "%s\n", text);
	free(text);
	json_free(doc);
}

const struct report_format report_sarif = { .name = "sarif", .render = render };
