/*
 * SARIF 2.1.0: a run of the document for each run of ours. Made so that
 * GitHub's code scanning takes it: rules that are described, a category for
 * each workflow, a document that is never without a run and within the limits.
 * No columns: regions are whole lines.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/json.h"
#include "core/log.h"
#include "core/strvec.h"
#include "core/text.h"
#include "report/formats.h"
#include "report/phrases.h"

#define SOURCE_ROOT "%SRCROOT%"

/* Code scanning refuses more runs, shows no more results of a run, and refuses
 * a document that is longer when it is compressed: ours is shorter before. */
enum {
	MOST_RUNS = 20,
	MOST_RESULTS = 5000,
	MOST_BYTES = 10 * 1000 * 1000,
};

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

/* Which findings of a run there is room for: the most severe ones, of equal
 * ones the first. */
struct room {
	size_t of[SEVERITY_COUNT];
};

static struct room room_for(const struct finding_list *findings, size_t most)
{
	struct room room = { { 0 } };

	for (size_t i = 0; i < findings->len; i++)
		room.of[findings->items[i].severity]++;
	for (int i = SEVERITY_COUNT - 1; i >= 0; i--) {
		if (room.of[i] > most)
			room.of[i] = most;
		most -= room.of[i];
	}
	return room;
}

static void add_results(struct json *run, struct json *rules,
			const struct finding_list *findings, struct room room)
{
	struct json *results = json_set_array(run, "results");
	struct strvec ids = STRVEC_INIT;

	for (size_t i = 0; i < findings->len; i++) {
		const struct finding *finding = &findings->items[i];
		struct json *result;
		char *id;

		if (!room.of[finding->severity])
			continue;
		room.of[finding->severity]--;
		result = json_add_object(results);
		id = phrase_rule(finding);
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

struct invocation {
	struct json *at;
	struct json *told; /* NULL: nothing yet */
};

static void add_notification(struct invocation *invocation, const char *how,
			     const char *text)
{
	struct json *told;

	if (!invocation->told)
		invocation->told = json_set_array(invocation->at,
						  "toolExecutionNotifications");
	told = json_add_object(invocation->told);
	json_set_string(told, "level", how);
	set_message(told, "message", text);
}

static struct invocation add_invocation(struct json *run,
					const struct run_record *record)
{
	struct invocation invocation = {
		.at = json_add_object(json_set_array(run, "invocations")),
	};
	bool has_failed = record->verdict == VERDICT_FAILED;

	json_set_bool(invocation.at, "executionSuccessful", !has_failed);
	if (record->reason && *record->reason)
		add_notification(&invocation, has_failed ? "error" : "note",
				 record->reason);
	return invocation;
}

/* What a document leaves out for the limits. */
struct left_out {
	size_t runs, findings;
};

static void add_left_out(struct invocation *invocation, size_t count,
			 const char *what)
{
	char text[100];

	if (!count)
		return;
	snprintf(text, sizeof(text),
		 "%zu %s left out: code scanning takes no more in one document",
		 count, what);
	add_notification(invocation, "warning", text);
}

static void add_run(struct json *runs, const struct run_record *record,
		    size_t most, struct left_out *left_out)
{
	struct invocation invocation;
	struct json *rules;
	bool is_first = !json_len(runs);
	struct json *run = add_empty_run(&rules, runs);
	struct buf id;

	/* A category and what it is about; no clock and no chance, so that the
	 * same findings are the same file. */
	buf_init(&id, 1 << 10);
	buf_addf(&id, "%s/%.16s", record->workflow, record->change_key);
	json_set_string(json_set_object(run, "automationDetails"), "id",
			id.ptr);
	buf_release(&id);
	invocation = add_invocation(run, record);
	if (is_first)
		add_left_out(&invocation, left_out->runs, "workflows are");
	if (record->findings.len > most) {
		add_left_out(&invocation, record->findings.len - most,
			     "less severe findings are");
		left_out->findings += record->findings.len - most;
	}
	add_results(run, rules, &record->findings,
		    room_for(&record->findings, most));
}

/* How much a run is wanted where not all fit: what failed, then by its most
 * severe finding. */
static int weight_of(const struct run_record *record)
{
	int most = record->verdict == VERDICT_FAILED ? SEVERITY_COUNT : -1;

	for (size_t i = 0; i < record->findings.len; i++)
		if ((int)record->findings.items[i].severity > most)
			most = (int)record->findings.items[i].severity;
	return most;
}

/* Is it among the MOST_RUNS that weigh most? */
static bool has_place(const struct report *report, size_t index)
{
	int own = weight_of(report->runs[index].record);
	size_t before = 0;

	for (size_t i = 0; i < report->count; i++) {
		int other = weight_of(report->runs[i].record);

		before += other > own || (other == own && i < index);
	}
	return before < MOST_RUNS;
}

/* With at most so many results of each run; the caller frees it. */
static char *print(const struct report *report, size_t most,
		   struct left_out *left_out)
{
	struct json *doc = json_new_object();
	struct json *runs, *rules;
	char *text;

	*left_out = (struct left_out){ 0 };
	if (report->count > MOST_RUNS)
		left_out->runs = report->count - MOST_RUNS;
	json_set_string(doc, "$schema",
			"https://json.schemastore.org/sarif-2.1.0.json");
	json_set_string(doc, "version", "2.1.0");
	runs = json_set_array(doc, "runs");
	for (size_t i = 0; i < report->count; i++)
		if (has_place(report, i))
			add_run(runs, report->runs[i].record, most, left_out);
	if (!report->count)
		json_set_array(add_empty_run(&rules, runs), "results");
	text = json_print_pretty(doc);
	json_free(doc);
	return text;
}

static void render(struct buf *out, const struct report *report)
{
	struct left_out left_out;
	size_t most = 0, len;
	char *text;

	for (size_t i = 0; i < report->count; i++)
		if (report->runs[i].record->findings.len > most)
			most = report->runs[i].record->findings.len;
	most = most < MOST_RESULTS ? most : MOST_RESULTS;
	text = print(report, most, &left_out);
	while ((len = strlen(text)) >= MOST_BYTES && most) {
		free(text);
		most = most * MOST_BYTES / len * 9 / 10;
		text = print(report, most, &left_out);
	}
	if (left_out.runs || left_out.findings)
		log_warn("sarif: code scanning takes no more: %zu findings and "
			 "%zu workflows are left out",
			 left_out.findings, left_out.runs);
	buf_addf(out, "%s\n", text);
	free(text);
}

const struct report_format report_sarif = { .name = "sarif", .render = render };
