#include "sample.h"

#include <string.h>

#include "core/alloc.h"

static void add_finding(struct run_record *record, const char *path, int line,
			enum severity severity, const char *title,
			const char *body)
{
	struct finding *finding = finding_list_add(&record->findings);

	memcpy(finding->fingerprint,
	       record->findings.len > 1 ? "ba9876543210" : "0123456789ab",
	       FINGERPRINT_SIZE);
	finding->path = path ? xstrdup(path) : NULL;
	finding->line = finding->end_line = line;
	finding->severity = severity;
	finding->category = xstrdup("security");
	finding->title = xstrdup(title);
	finding->body = xstrdup(body);
	finding->quote = xstrdup("save(token)");
	finding->confidence = 0.93;
	strvec_add(&finding->agents, "security-agent");
}

void sample_add_file(struct run_record *record, const char *path,
		     enum file_coverage coverage, const char *reason)
{
	struct file_record *file = &record->files[record->file_count++];

	file->path = xstrdup(path);
	file->coverage = coverage;
	file->reason = reason ? xstrdup(reason) : NULL;
}

void sample_fill(struct run_record *record)
{
	*record = (struct run_record){ .verdict = VERDICT_ATTENTION,
				       .bar = SEVERITY_MAJOR,
				       .duration_ms = 41234,
				       .cost_nusd = 42100000 };
	memcpy(record->id, "01JD3M0000000000000000000A", ULID_SIZE);
	memset(record->change_key, '5', 64);
	record->workflow = xstrdup("pr-review");
	record->title = xstrdup("Review");
	add_finding(record, "Wallet/Session.swift", 42, SEVERITY_MAJOR,
		    "Access token kept in UserDefaults",
		    "Any app backup contains it; keep it in the Keychain.");
	add_finding(record, "a b.kt", 0, SEVERITY_MINOR,
		    "Hi @ada \x1b[31m<img src=x> #7",
		    "/close\n![x](http://x) &amp; more");
	record->files = xcalloc(2, sizeof(*record->files));
	sample_add_file(record, "Wallet/Session.swift", FILE_REVIEWED, NULL);
	sample_add_file(record, "Pods/A.m", FILE_SKIPPED, "vendored");
	record->tasks = xcalloc(1, sizeof(*record->tasks));
	record->task_count = 1;
	record->tasks[0].agent = xstrdup("security-agent");
	record->tasks[0].model = xstrdup("claude-opus-5-5");
}

char *sample_render(const struct run_record *record, const char *format)
{
	struct report_run run = { record, false };
	struct report report = { .runs = &run, .count = 1, .head = "abc" };
	struct buf out;

	buf_init(&out, (size_t)1 << 27);
	report_format_find(format)->render(&out, &report);
	return buf_detach(&out);
}
