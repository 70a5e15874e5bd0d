#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/json.h"
#include "sample.h"

/* The record, which is released, in that format. */
static struct json *parsed(struct run_record *record, const char *format)
{
	struct json *doc = NULL;
	struct err err = ERR_INIT;
	char *text = sample_render(record, format);

	must(json_parse(&doc, text, strlen(text), &err));
	free(text);
	run_record_release(record);
	return doc;
}

static struct json *rendered(const char *format)
{
	struct run_record record;

	sample_fill(&record);
	return parsed(&record, format);
}

static void says(const struct json *doc, const char *path, const char *wanted)
{
	const char *text = json_string_or(doc, path, "(nothing)");

	if (strcmp(text, wanted) != 0)
		cr_fail("%s is %s, not %s", path, text, wanted);
}

Test(json, has_findings_and_runs)
{
	struct json *doc = rendered("json");

	says(doc, "verdict", "attention");
	says(doc, "findings.0.path", "Wallet/Session.swift");
	says(doc, "findings.0.fingerprint", "0123456789ab");
	cr_assert(eq(i64, json_int_or(doc, "findings.0.line", 0), 42));
	cr_assert(json_is_null(json_find(doc, "findings.1.line")));
	says(doc, "runs.0.files.1.reason", "vendored");
	json_free(doc);
}

Test(sarif, is_of_version_2_1_0)
{
	struct json *doc = rendered("sarif");

	says(doc, "version", "2.1.0");
	says(doc, "runs.0.tool.driver.name", "referee");
	says(doc, "runs.0.results.0.level", "error");
	says(doc,
	     "runs.0.results.1.locations.0.physicalLocation.artifactLocation."
	     "uri",
	     "a%20b.kt");
	cr_assert(json_find(doc, "runs.0.results.1.locations.0."
				 "physicalLocation.region") == NULL);
	json_free(doc);
}

Test(rdjson, has_a_diagnostic_for_each_finding)
{
	struct json *doc = rendered("rdjson");

	says(doc, "source.name", "referee");
	cr_assert(eq(sz, json_len(json_get(doc, "diagnostics")), 2));
	says(doc, "diagnostics.0.severity", "ERROR");
	cr_assert(eq(
		i64,
		json_int_or(doc, "diagnostics.0.location.range.start.line", 0),
		42));
	json_free(doc);
}

Test(codequality, has_what_gitlab_requires)
{
	struct json *doc = rendered("codequality");

	cr_assert(eq(sz, json_len(doc), 2));
	says(doc, "0.check_name", "security");
	says(doc, "0.severity", "major");
	says(doc, "1.location.path", "a b.kt");
	cr_assert(eq(i64, json_int_or(doc, "1.location.lines.begin", 0), 1));
	json_free(doc);
}

/* What reviewdog posts is Markdown. */
Test(rdjson, is_neutralised_where_it_is_posted)
{
	static const char *const never[] = { "@ada",     "<img", "![",
					     "\n/close", "\x1b", "#7" };
	struct json *doc = rendered("rdjson");
	const char *text = json_string_or(doc, "diagnostics.1.message", "");

	cr_assert(strstr(text, "more") != NULL);
	for (size_t i = 0; i < ARRAY_LEN(never); i++)
		cr_expect(strstr(text, never[i]) == NULL, "%s in %s", never[i],
			  text);
	text = json_string_or(doc, "diagnostics.0.message", "");
	cr_expect(strstr(text, "Access token kept in UserDefaults\n") == text);
	json_free(doc);
}

Test(sarif, has_no_links_of_models)
{
	struct json *doc = rendered("sarif");
	const char *text = json_string_or(doc, "runs.0.results.1.message.text",
					  "");

	cr_assert(strstr(text, "more") != NULL);
	cr_expect(strstr(text, "![x\\](http://x)") != NULL, "%s", text);
	json_free(doc);
}

Test(sarif, texts_are_taken_for_nothing_else)
{
	static const struct {
		const char *title, *text;
	} cases[] = {
		{ "array[0] of C:\\x", "array[0] of C:\\x" },
		{ "[a](1)", "[a\\](1)" },
		{ "[a\\](1)", "[a\\\\\\](1)" },
		{ "if {0} {", "if {{0}} {{" },
		{ "\x1b[31mred\x07", "[31mred" },
		{ "", "security" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct run_record record;
		struct finding *finding;
		struct json *doc;

		sample_fill(&record);
		finding = &record.findings.items[0];
		free(finding->title);
		finding->title = xstrdup(cases[i].title);
		finding->body[0] = '\0';
		doc = parsed(&record, "sarif");
		says(doc, "runs.0.results.0.message.text", cases[i].text);
		json_free(doc);
	}
}

Test(sarif, describes_each_rule_once)
{
	struct run_record record;
	struct json *doc;

	sample_fill(&record);
	record.findings.items[1].rule = xstrdup("ios-secret");
	doc = parsed(&record, "sarif");
	says(doc, "runs.0.tool.driver.rules.0.id", "security");
	says(doc, "runs.0.tool.driver.rules.0.shortDescription.text",
	     "Remarks on security");
	says(doc, "runs.0.tool.driver.rules.1.id", "ios-secret");
	says(doc, "runs.0.results.1.ruleId", "ios-secret");
	cr_assert(
		eq(i64, json_int_or(doc, "runs.0.results.1.ruleIndex", -1), 1));
	json_free(doc);
	doc = rendered("sarif");
	cr_assert(eq(sz, json_len(json_find(doc, "runs.0.tool.driver.rules")),
		     1));
	json_free(doc);
}

Test(sarif, a_failed_run_is_no_success)
{
	struct run_record record;
	struct json *doc;

	sample_fill(&record);
	record.verdict = VERDICT_FAILED;
	record.reason = xstrdup("nobody answers");
	doc = parsed(&record, "sarif");
	cr_assert(not(json_bool_or(
		doc, "runs.0.invocations.0.executionSuccessful", true)));
	says(doc,
	     "runs.0.invocations.0.toolExecutionNotifications.0.message.text",
	     "nobody answers");
	says(doc, "runs.0.invocations.0.toolExecutionNotifications.0.level",
	     "error");
	says(doc, "runs.0.automationDetails.id", "pr-review/5555555555555555");
	json_free(doc);
}

Test(sarif, is_never_without_a_run)
{
	struct report report = { 0 };
	struct json *doc = NULL;
	struct err err = ERR_INIT;
	struct buf text;

	buf_init(&text, 1 << 16);
	report_format_find("sarif")->render(&text, &report);
	must(json_parse(&doc, text.ptr, text.len, &err));
	cr_assert(eq(sz, json_len(json_get(doc, "runs")), 1));
	cr_assert(json_is_array(json_find(doc, "runs.0.results")));
	json_free(doc);
	buf_release(&text);
}

/* So many more findings, each of the next severity. */
static void add_many(struct run_record *record, size_t count, size_t body_len)
{
	char *body = xcalloc(body_len + 1, 1);

	memset(body, 'x', body_len);
	for (size_t i = 0; i < count; i++) {
		struct finding *finding = finding_list_add(&record->findings);

		memcpy(finding->fingerprint, "0123456789ab", FINGERPRINT_SIZE);
		finding->severity = (enum severity)(i % SEVERITY_COUNT);
		finding->category = xstrdup("security");
		finding->title = xstrdup("T");
		finding->body = xstrdup(body);
	}
	free(body);
}

static size_t results_at(const struct json *doc, const char *level)
{
	const struct json *at = json_first(json_find(doc, "runs.0.results"));
	size_t count = 0;

	for (; at; at = json_next(at))
		count += !strcmp(json_string_or(at, "level", ""), level);
	return count;
}

#define NOTIFIED "runs.0.invocations.0.toolExecutionNotifications."

Test(sarif, keeps_the_most_severe_where_there_are_too_many)
{
	struct run_record record;
	struct json *doc;

	sample_fill(&record);
	record.reason = xstrdup("a reason");
	add_many(&record, 6000, 1);
	doc = parsed(&record, "sarif");
	cr_expect(eq(sz, results_at(doc, "error"), 3001));
	cr_expect(eq(sz, results_at(doc, "warning"), 1501));
	cr_expect(eq(sz, results_at(doc, "note"), 498));
	says(doc, NOTIFIED "0.message.text", "a reason");
	says(doc, NOTIFIED "1.level", "warning");
	says(doc, NOTIFIED "1.message.text",
	     "1002 less severe findings are left out: code scanning takes no "
	     "more in one document");
	json_free(doc);
}

Test(sarif, is_never_longer_than_code_scanning_takes)
{
	struct run_record record;
	struct json *doc = NULL;
	struct err err = ERR_INIT;
	char *text;

	sample_fill(&record);
	add_many(&record, 4000, 4000);
	text = sample_render(&record, "sarif");
	run_record_release(&record);
	cr_expect(lt(sz, strlen(text), 10 * 1000 * 1000));
	cr_expect(gt(sz, strlen(text), 7 * 1000 * 1000));
	must(json_parse(&doc, text, strlen(text), &err));
	free(text);
	cr_expect(eq(sz, results_at(doc, "note"), 0));
	cr_expect(gt(sz, results_at(doc, "error"), 1500));
	json_free(doc);
}

Test(sarif, has_no_more_runs_than_code_scanning_takes)
{
	struct report_run runs[23];
	struct run_record records[23] = { 0 };
	struct report report = { .runs = runs, .count = ARRAY_LEN(runs) };
	struct json *doc = NULL;
	struct err err = ERR_INIT;
	struct buf text;

	for (size_t i = 0; i < ARRAY_LEN(runs); i++) {
		records[i].verdict = i == 21 ? VERDICT_FAILED : VERDICT_PASS;
		records[i].workflow = xstrf("w%zu", i);
		if (i == 22)
			add_many(&records[i], 1, 1);
		runs[i] = (struct report_run){ .record = &records[i] };
	}
	buf_init(&text, 1 << 20);
	report_format_find("sarif")->render(&text, &report);
	must(json_parse(&doc, text.ptr, text.len, &err));
	cr_expect(eq(sz, json_len(json_get(doc, "runs")), 20));
	says(doc, NOTIFIED "0.message.text",
	     "3 workflows are left out: code scanning takes no more in one "
	     "document");
	says(doc, "runs.17.automationDetails.id", "w17/");
	says(doc, "runs.18.automationDetails.id", "w21/");
	says(doc, "runs.19.automationDetails.id", "w22/");
	for (size_t i = 0; i < ARRAY_LEN(runs); i++)
		run_record_release(&records[i]);
	json_free(doc);
	buf_release(&text);
}

/* Lines are replaced, with the break behind the last. */
Test(machine, a_suggestion_has_no_line_break_at_its_end)
{
	struct run_record record;
	struct json *doc;

	sample_fill(&record);
	record.findings.items[0].suggestion = xstrdup("a\nb\n");
	record.findings.items[0].end_line = 43;
	record.findings.items[1].suggestion = xstrdup("nowhere");
	doc = parsed(&record, "rdjson");
	says(doc, "diagnostics.0.suggestions.0.text", "a\nb");
	cr_assert(json_find(doc, "diagnostics.1.suggestions") == NULL);
	json_free(doc);
	sample_fill(&record);
	record.findings.items[0].suggestion = xstrdup("a\nb\n");
	doc = parsed(&record, "sarif");
	says(doc,
	     "runs.0.results.0.fixes.0.artifactChanges.0.replacements.0."
	     "insertedContent.text",
	     "a\nb");
	json_free(doc);
}

Test(codequality, has_what_two_workflows_found_once)
{
	struct run_record record;
	struct report_run runs[2] = { { &record, false }, { &record, false } };
	struct report report = { .runs = runs, .count = 2 };
	struct json *doc = NULL;
	struct err err = ERR_INIT;
	struct buf text;

	sample_fill(&record);
	buf_init(&text, 1 << 16);
	report_format_find("codequality")->render(&text, &report);
	must(json_parse(&doc, text.ptr, text.len, &err));
	cr_assert(eq(sz, json_len(doc), 2));
	json_free(doc);
	buf_release(&text);
	run_record_release(&record);
}
