#include "app/scanner.h"

#include <stdlib.h>
#include <string.h>

#include "app/clone.h"
#include "code/lang.h"
#include "code/outline.h"
#include "core/alloc.h"
#include "core/clock.h"
#include "core/limits.h"
#include "core/text.h"
#include "store/findings_life.h"

static void add_found(const struct offline_remark *remark, void *payload)
{
	struct scanner *scanner = payload;
	struct finding *finding;

	if (scanner->result->record.findings.len + scanner->found.len >=
	    LIMIT_SCAN_FINDINGS) {
		scanner->dropped++;
		return;
	}
	finding = finding_list_add(&scanner->found);
	*finding = (struct finding){
		.path = xstrdup(remark->path),
		.line = remark->line,
		.end_line = remark->line,
		.quote = xstrdup(remark->quote ? remark->quote : ""),
		.severity = remark->severity,
		.category = xstrdup(remark->category),
		.title = xstrdup(remark->title),
		.body = xstrdup(remark->body),
		.confidence = -1,
		.rule = xstrdup(remark->rule),
	};
	strvec_add(&finding->agents, "scan");
	strvec_add(&scanner->result->baseline, remark->known_as);
}

int scanner_open(struct scanner *out, struct scan_result *result,
		 const struct repo *repo, struct err *err)
{
	char *otherwise = repo ? clone_state_dir(repo) : NULL;
	int ret;

	*out = (struct scanner){ .result = result };
	out->scan = (struct offline_scan){ .found = add_found, .payload = out };
	ret = secrets_shared(&out->scan.secrets, otherwise, err);
	free(otherwise);
	if (ret < 0)
		return -1;
	out->redactor = redactor_new(out->scan.secrets);
	out->rules = rule_set_new();
	rule_set_add_shipped(out->rules);
	out->scan.rules = out->rules;
	return 0;
}

static const char *plural(size_t count)
{
	return count == 1 ? "" : "s";
}

static void add_remarks(struct scanner *scanner)
{
	struct strvec *remarks = &scanner->result->remarks;
	const struct offline_scan *scan = &scanner->scan;

	for (size_t i = 0; i < scan->problems.len; i++)
		strvec_add(remarks, scan->problems.v[i]);
	if (scanner->binary)
		strvec_addf(remarks, "%zu binary file%s not looked at",
			    scanner->binary,
			    scanner->binary == 1 ? " was" : "s were");
	if (scan->ignored)
		strvec_addf(remarks, "%zu match%s excused by comments",
			    scan->ignored, scan->ignored == 1 ? "" : "es");
	if (scan->baselined)
		strvec_addf(remarks, "%zu match%s known from the baseline",
			    scan->baselined, scan->baselined == 1 ? "" : "es");
	if (scanner->dropped)
		strvec_addf(remarks, "%zu more finding%s left out",
			    scanner->dropped, plural(scanner->dropped));
}

void scanner_close(struct scanner *scanner)
{
	struct run_record *record = &scanner->result->record;

	findings_fingerprint(&record->findings);
	finding_list_sort(&record->findings);
	if (record->findings.len)
		record->verdict = VERDICT_ATTENTION;
	add_remarks(scanner);
	offline_scan_release(&scanner->scan);
	finding_list_release(&scanner->found);
	redactor_free(scanner->redactor);
	rule_set_free(scanner->rules);
}

void scanner_note_file(struct scanner *scanner, const char *path,
		       enum file_coverage coverage, const char *reason)
{
	struct run_record *record = &scanner->result->record;

	record->files = xreallocarray(record->files, record->file_count + 1,
				      sizeof(*record->files));
	record->files[record->file_count++] = (struct file_record){
		.path = xstrdup(path),
		.coverage = coverage,
		.reason = reason ? xstrdup(reason) : NULL,
	};
}

/* The line as it may be shown, with placeholders; long ones keep the part that
 * was quoted. */
static void show_line(struct finding *finding, const char *text,
		      const size_t *starts)
{
	const char *line = text + starts[finding->line];
	size_t len = starts[finding->line + 1] - 1 - starts[finding->line];
	char *shown;

	if (len && line[len - 1] == '\r')
		len--;
	if (len > LIMIT_SCAN_QUOTE) {
		line = finding->quote;
		len = text_cut(line, strlen(line), LIMIT_SCAN_QUOTE);
	}
	shown = text_utf8(line, len);
	free(finding->quote);
	finding->quote = shown;
}

static size_t *line_starts(const char *text, size_t len)
{
	size_t count = 1, line = 1;
	size_t *starts;

	for (size_t i = 0; i < len; i++)
		count += text[i] == '\n';
	starts = xcalloc(count + 2, sizeof(size_t));
	for (size_t i = 0; i < len; i++)
		if (text[i] == '\n')
			starts[++line] = i + 1;
	starts[count + 1] = len + 1;
	return starts;
}

static void name_symbol(struct finding *finding, const struct outline *outline)
{
	const struct symbol *symbol = outline_at(outline,
						 (uint32_t)finding->line);
	struct buf name;

	if (!symbol)
		return;
	buf_init(&name, LIMIT_FINDING_TITLE);
	symbol_add_path(&name, outline, symbol);
	finding->symbol = buf_detach(&name);
}

/* Puts code and symbols into what was found, from the text without its
 * secrets. */
static void finish_findings(struct scanner *scanner,
			    const struct rule_input *input)
{
	struct finding_list *all = &scanner->result->record.findings;
	struct outline outline;
	struct buf clean;
	size_t *starts;

	buf_init(&clean, (size_t)4 * LIMIT_SCAN_BYTES);
	redact_text(&clean, scanner->redactor, input->text, input->len,
		    input->path);
	starts = line_starts(clean.ptr, clean.len);
	outline_make(&outline, clean.ptr, clean.len, lang_of_path(input->path));
	for (size_t i = 0; i < scanner->found.len; i++) {
		struct finding *finding = &scanner->found.items[i];

		if (!clean.overflow)
			show_line(finding, clean.ptr, starts);
		name_symbol(finding, &outline);
		*finding_list_add(all) = *finding;
	}
	scanner->found.len = 0;
	outline_release(&outline);
	free(starts);
	buf_release(&clean);
}

void scanner_take(struct scanner *scanner, const struct rule_input *input,
		  bool with_rules)
{
	if (with_rules)
		offline_scan_rules(&scanner->scan, input);
	offline_scan_secrets(&scanner->scan, input);
	if (scanner->found.len)
		finish_findings(scanner, input);
}
