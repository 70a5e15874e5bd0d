/*
 * Writes reports of runs of every kind, with hostile texts in them, for tests
 * that compare them with a schema. Usage: show_reports FORMAT DIR
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "report/report.h"

enum { LONG_TEXT = 4000, MANY = 300 };

/* What models and strangers may say. */
static const char *const texts[] = {
	"",
	" ",
	"plain",
	"a line\nand another\n",
	"\x1b[31mred\x07 \r\n\t\x7f",
	"\xff\xfe not UTF-8 \xc3",
	"\xe2\x80\xae right to left, no \xe2\x80\x8b width",
	"{0} {} {{x}} {",
	"[click](http://evil.example/?a=b) [1](2)",
	"[a\\](http://evil.example) [b\\\\](1) [c\\\\\\](1)",
	"![x](http://evil.example/p.png) [[nested](1)](2) a[0](1)",
	"array[0] and C:\\new\\",
	"@ada #7 /close <img src=x onerror=alert(1)> &amp;",
	"\"quoted\" and 'quoted', back\\slash, </script>",
	"```suggestion\nrm -rf /\n```",
	"%s%n%d %2e%2e",
	"\xf0\x9f\x94\x91 \xc3\xa4\xc3\xb6\xc3\xbc \xe6\xbc\xa2\xe5\xad\x97",
};

static const char *const paths[] = {
	"ios/Session.swift",
	"a b.kt",
	"100%.swift",
	"%2e%2e/x.swift",
	"\xc3\xbc\xe6\xbc\xa2/\xf0\x9f\x94\x91.swift",
	"c:/x.swift",
	"http:/x.swift",
	"a?b#c&d=e;f.swift",
	"[id](x)/{0}.ts",
	"back\\slash \"quoted\".m",
	"~/.x",
	"-rf",
};

static struct finding *add(struct run_record *record, const char *path,
			   const char *text)
{
	struct finding *finding = finding_list_add(&record->findings);

	snprintf(finding->fingerprint, FINGERPRINT_SIZE, "%012zx",
		 record->findings.len);
	finding->path = xstrdup(path);
	finding->severity = record->findings.len % SEVERITY_COUNT;
	finding->category = xstrdup(text);
	finding->title = xstrdup(text);
	finding->body = xstrdup(text);
	finding->confidence = -1;
	return finding;
}

static void add_hostile(struct run_record *record)
{
	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		struct finding *finding =
			add(record, paths[i % ARRAY_LEN(paths)], texts[i]);

		finding->line = (int)i;
		finding->end_line = (int)(i + i % 3);
		finding->suggestion = xstrdup(texts[i]);
		finding->quote = xstrdup(texts[i]);
		finding->rule = i % 2 ? xstrdup(texts[i]) : NULL;
		finding->symbol = xstrdup(texts[i]);
		strvec_add(&finding->agents, texts[i]);
	}
}

static void add_many(struct run_record *record)
{
	char *text = xcalloc(LONG_TEXT + 1, 1);

	memset(text, '{', LONG_TEXT);
	for (int i = 0; i < MANY; i++) {
		struct finding *finding = add(record, "ios/Session.swift",
					      text);

		finding->line = finding->end_line = 1 + i;
		finding->category[60] = '\0';
	}
	free(text);
}

static void add_paths(struct run_record *record)
{
	for (size_t i = 0; i < ARRAY_LEN(paths); i++) {
		struct finding *finding = add(record, paths[i], "title");

		finding->line = finding->end_line = 100000000;
	}
}

/* A run of each kind; `fill` may be NULL. */
static const struct sample {
	const char *workflow;
	enum verdict verdict;
	const char *reason;
	void (*fill)(struct run_record *record);
} samples[] = {
	{ "pass", VERDICT_PASS, NULL, NULL },
	{ "skipped", VERDICT_SKIPPED, "the coverage [is](1) {not} known",
	  NULL },
	{ "failed", VERDICT_FAILED, "fake: \x1b[31m503\n", NULL },
	{ "degraded", VERDICT_FAILED, "degraded", add_paths },
	{ "hostile", VERDICT_ATTENTION, NULL, add_hostile },
	{ "Paths.v1", VERDICT_ATTENTION, NULL, add_paths },
	{ "many", VERDICT_ATTENTION, NULL, add_many },
};

enum { SAMPLES = ARRAY_LEN(samples) };

static void make(struct run_record *record, const struct sample *sample)
{
	*record = (struct run_record){
		.verdict = sample->verdict,
		.bar = SEVERITY_MAJOR,
		.started_at_ms = 1790000000000,
		.duration_ms = 41234,
		.cost_nusd = 42100000,
		.degraded = sample->verdict == VERDICT_FAILED,
	};
	memcpy(record->id, "01JD3M0000000000000000000A", ULID_SIZE);
	memset(record->change_key, '5', 64);
	memcpy(record->definition, "0123456789abcdef", 16);
	record->workflow = xstrdup(sample->workflow);
	record->title = xstrdup(texts[4]);
	record->reason = sample->reason ? xstrdup(sample->reason) : NULL;
	record->task_count = 1;
	record->tasks = xcalloc(1, sizeof(*record->tasks));
	record->tasks[0].agent = xstrdup("security-agent");
	record->tasks[0].state = TASK_FAILED;
	record->tasks[0].reason = xstrdup(texts[4]);
	record->file_count = 1;
	record->files = xcalloc(1, sizeof(*record->files));
	record->files[0].path = xstrdup(paths[2]);
	record->files[0].coverage = FILE_PARTIAL;
	record->files[0].reason = xstrdup(texts[7]);
	if (sample->fill)
		sample->fill(record);
}

/* Writes DIR/NAME. */
static int show(const char *format, const char *dir, const char *name,
		const struct report_run *runs, size_t count)
{
	const struct report report = { .runs = runs, .count = count };
	char *path = xstrf("%s/%s", dir, name);
	FILE *out = fopen(path, "w");
	struct buf text;
	int ret = -1;

	buf_init(&text, 64UL << 20);
	report_format_find(format)->render(&text, &report);
	if (out && !text.overflow &&
	    fwrite(text.ptr, 1, text.len, out) == text.len)
		ret = 0;
	if (out && fclose(out) != 0)
		ret = -1;
	if (ret < 0)
		perror(path);
	buf_release(&text);
	free(path);
	return ret;
}

int main(int argc, char **argv)
{
	struct run_record records[SAMPLES];
	struct report_run runs[SAMPLES];
	int failed = 0;

	if (argc != 3 || !report_format_find(argv[1])) {
		fprintf(stderr, "usage: show_reports FORMAT DIR\n");
		return 2;
	}
	for (size_t i = 0; i < SAMPLES; i++) {
		make(&records[i], &samples[i]);
		runs[i] = (struct report_run){ &records[i], i % 2 };
		failed |= show(argv[1], argv[2], samples[i].workflow, &runs[i],
			       1);
	}
	failed |= show(argv[1], argv[2], "none", runs, 0);
	failed |= show(argv[1], argv[2], "all", runs, SAMPLES);
	for (size_t i = 0; i < SAMPLES; i++)
		run_record_release(&records[i]);
	return failed ? 1 : 0;
}
