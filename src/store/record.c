#include "store/record.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "core/text.h"

static const char *const verdict_names[] = {
	[VERDICT_PASS] = "pass",
	[VERDICT_ATTENTION] = "attention",
	[VERDICT_SKIPPED] = "skipped",
	[VERDICT_FAILED] = "failed",
};

const char *verdict_name(enum verdict verdict)
{
	return verdict_names[verdict];
}

bool verdict_parse(enum verdict *out, const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(verdict_names); i++) {
		if (!strcmp(verdict_names[i], name)) {
			*out = (enum verdict)i;
			return true;
		}
	}
	return false;
}

struct finding *finding_list_add(struct finding_list *list)
{
	struct finding *finding;

	ARRAY_GROW(list->items, list->len, list->cap);
	finding = &list->items[list->len++];
	*finding = (struct finding){ .confidence = -1 };
	return finding;
}

void finding_release(struct finding *finding)
{
	free(finding->path);
	free(finding->quote);
	free(finding->category);
	free(finding->title);
	free(finding->body);
	free(finding->suggestion);
	free(finding->rule);
	free(finding->symbol);
	strvec_release(&finding->agents);
	*finding = (struct finding){ .confidence = -1 };
}

void finding_list_release(struct finding_list *list)
{
	for (size_t i = 0; i < list->len; i++)
		finding_release(&list->items[i]);
	free(list->items);
	*list = (struct finding_list){ 0 };
}

static int compare_text(const char *a, const char *b)
{
	return strcmp(a ? a : "", b ? b : "");
}

static int compare_findings(const void *left, const void *right)
{
	const struct finding *a = left, *b = right;
	int order;

	if (a->severity != b->severity)
		return a->severity < b->severity ? 1 : -1;
	order = compare_text(a->path, b->path);
	if (order)
		return order;
	if (a->line != b->line)
		return a->line < b->line ? -1 : 1;
	return compare_text(a->title, b->title);
}

void finding_list_sort(struct finding_list *list)
{
	if (list->len)
		qsort(list->items, list->len, sizeof(*list->items),
		      compare_findings);
}

struct json *finding_format(const struct finding *finding)
{
	struct json *at = json_new_object();
	struct json *agents;

	if (*finding->fingerprint)
		json_set_string(at, "fingerprint", finding->fingerprint);
	json_set_string(at, "path", finding->path);
	if (finding->line > 0) {
		json_set_int(at, "line", finding->line);
		json_set_int(at, "end_line", finding->end_line);
	} else {
		json_set_null(at, "line");
		json_set_null(at, "end_line");
	}
	json_set_string(at, "quote", finding->quote);
	json_set_string(at, "severity", severity_name(finding->severity));
	json_set_string(at, "category", finding->category);
	json_set_string(at, "title", finding->title);
	json_set_string(at, "body", finding->body);
	json_set_string(at, "suggestion", finding->suggestion);
	if (finding->confidence >= 0)
		json_set_double(at, "confidence", finding->confidence);
	else
		json_set_null(at, "confidence");
	if (finding->rule)
		json_set_string(at, "rule", finding->rule);
	if (finding->symbol)
		json_set_string(at, "symbol", finding->symbol);
	agents = json_set_array(at, "agents");
	for (size_t i = 0; i < finding->agents.len; i++)
		json_add_string(agents, finding->agents.v[i]);
	return at;
}

/* A text that must be there, without control characters, cut at `max`. */
static int take_text(char **out, const struct json *at, const char *name,
		     size_t max, struct err *err)
{
	const char *text;

	if (json_string(&text, at, name, err) < 0)
		return -1;
	*out = text_clean(text, true);
	(*out)[text_cut(*out, strlen(*out), max)] = '\0';
	return 0;
}

/* The same for one that may be missing or null, but nothing else. */
static int take_optional(char **out, const struct json *at, const char *name,
			 size_t max, struct err *err)
{
	*out = NULL;
	if (json_is_null(json_get(at, name)))
		return 0;
	return take_text(out, at, name, max, err);
}

static int take_line(int *out, const struct json *at, const char *name,
		     int otherwise, struct err *err)
{
	int64_t line;

	*out = otherwise;
	if (json_is_null(json_get(at, name)))
		return 0;
	if (json_int(&line, at, name, err) < 0)
		return -1;
	if (line < 0 || line > 100000000)
		return err_set(err, ERR_PROTOCOL, "%s: not a line number",
			       name);
	*out = (int)line;
	return 0;
}

static int take_lines(struct finding *out, const struct json *at,
		      struct err *err)
{
	if (take_line(&out->line, at, "line", 0, err) < 0 ||
	    take_line(&out->end_line, at, "end_line", out->line, err) < 0)
		return -1;
	if (out->end_line < out->line)
		out->end_line = out->line;
	return 0;
}

static int take_severity(enum severity *out, const struct json *at,
			 struct err *err)
{
	const char *name;

	if (json_string(&name, at, "severity", err) < 0)
		return -1;
	if (!severity_parse(out, name))
		return err_set(err, ERR_PROTOCOL,
			       "severity: info, minor, major or critical "
			       "expected, not '%.40s'",
			       name);
	return 0;
}

static int take_confidence(double *out, const struct json *at, struct err *err)
{
	*out = -1;
	if (json_is_null(json_get(at, "confidence")))
		return 0;
	if (json_double(out, at, "confidence", err) < 0)
		return -1;
	if (!(*out >= 0 && *out <= 1))
		return err_set(err, ERR_PROTOCOL,
			       "confidence: 0 to 1 expected");
	return 0;
}

void names_read(struct strvec *out, const struct json *list)
{
	const struct json *item = json_first(list);

	for (; item && out->len < 32; item = json_next(item)) {
		const char *name = json_string_or(item, "", "");
		char *clean = text_clean(name, false);

		clean[text_cut(clean, strlen(clean), LIMIT_FINDING_TITLE)] =
			'\0';
		strvec_take(out, clean);
	}
}

int finding_parse(struct finding *out, const struct json *at, struct err *err)
{
	struct finding finding = { .confidence = -1 };

	if (!json_is_object(at))
		return err_set(err, ERR_PROTOCOL, "an object expected");
	if (take_text(&finding.path, at, "path", 4096, err) < 0 ||
	    take_lines(&finding, at, err) < 0 ||
	    take_optional(&finding.quote, at, "quote", LIMIT_FINDING_BODY,
			  err) < 0 ||
	    take_severity(&finding.severity, at, err) < 0 ||
	    take_text(&finding.category, at, "category", 60, err) < 0 ||
	    take_text(&finding.title, at, "title", LIMIT_FINDING_TITLE, err) <
		    0 ||
	    take_text(&finding.body, at, "body", LIMIT_FINDING_BODY, err) < 0 ||
	    take_optional(&finding.suggestion, at, "suggestion",
			  LIMIT_FINDING_BODY, err) < 0 ||
	    take_confidence(&finding.confidence, at, err) < 0 ||
	    take_optional(&finding.rule, at, "rule", 100, err) < 0 ||
	    take_optional(&finding.symbol, at, "symbol", 200, err) < 0) {
		finding_release(&finding);
		return -1;
	}
	snprintf(finding.fingerprint, sizeof(finding.fingerprint), "%s",
		 json_string_or(at, "fingerprint", ""));
	names_read(&finding.agents, json_get(at, "agents"));
	*out = finding;
	return 0;
}

size_t run_record_files(const struct run_record *record,
			enum file_coverage coverage)
{
	size_t count = 0;

	for (size_t i = 0; i < record->file_count; i++)
		count += record->files[i].coverage == coverage;
	return count;
}

size_t run_record_findings(const struct run_record *record,
			   enum severity severity)
{
	size_t count = 0;

	for (size_t i = 0; i < record->findings.len; i++)
		count += record->findings.items[i].severity == severity;
	return count;
}

const struct task_record *
run_record_failing_tests(const struct run_record *record)
{
	for (size_t i = 0; i < record->task_count; i++)
		if (json_int_or(record->tasks[i].answer, "failed", 0) > 0)
			return &record->tasks[i];
	return NULL;
}

bool run_record_is_serious(const struct run_record *record)
{
	for (size_t i = 0; i < record->findings.len; i++)
		if (record->findings.items[i].severity >= record->bar)
			return true;
	return run_record_failing_tests(record) != NULL;
}

void money_format(char out[MONEY_TEXT_SIZE], int64_t nusd)
{
	const int64_t step = 100000; /* nano-USD in $0.0001 */
	int64_t units = nusd / step + (nusd % step > 0);

	snprintf(out, MONEY_TEXT_SIZE, "%lld.%04lld",
		 (long long)(units / 10000), (long long)(units % 10000));
}
