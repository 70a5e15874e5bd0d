#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "core/attr.h"
#include "core/json.h"
#include "sample.h"

static struct json *rendered(const char *format)
{
	struct run_record record;
	struct json *doc = NULL;
	struct err err = ERR_INIT;
	char *text;

	sample_fill(&record);
	text = sample_render(&record, format);
	must(json_parse(&doc, text, strlen(text), &err));
	free(text);
	run_record_release(&record);
	return doc;
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
	cr_expect(strstr(text, "!\\[x\\](http://x)") != NULL, "%s", text);
	json_free(doc);
}
