#include "unit.h"

#include <string.h>

#include "core/alloc.h"
#include "store/record.h"

static void fill(struct run_record *record)
{
	struct finding *finding = finding_list_add(&record->findings);

	memcpy(record->id, "01JD3M0000000000000000000A", ULID_SIZE);
	record->workflow = xstrdup("pr-review");
	record->title = xstrdup("Review");
	memset(record->definition, 'a', 16);
	memset(record->change_key, 'b', 64);
	memset(record->base, 'c', 40);
	memset(record->head, 'd', 40);
	record->verdict = VERDICT_ATTENTION;
	record->bar = SEVERITY_MAJOR;
	record->pull = 9007199254740993;
	finding->path = xstrdup("A.swift");
	finding->line = finding->end_line = 3;
	finding->severity = SEVERITY_MAJOR;
	finding->category = xstrdup("security");
	finding->title = xstrdup("Title");
	finding->body = xstrdup("Body\nof two lines");
	strvec_add(&finding->agents, "security-agent");
	record->tasks = xcalloc(1, sizeof(*record->tasks));
	record->task_count = 1;
	record->tasks[0].agent = xstrdup("security-agent");
	record->tasks[0].state = TASK_FAILED;
	record->tasks[0].reason = xstrdup("no key");
	strvec_add(&record->tasks[0].together, "lint-agent");
	record->files = xcalloc(1, sizeof(*record->files));
	record->file_count = 1;
	record->files[0].path = xstrdup("A.swift");
	record->files[0].coverage = FILE_PARTIAL;
}

Test(record, is_the_same_after_a_round_trip)
{
	struct run_record record = { 0 }, again = { 0 };
	struct err err = ERR_INIT;
	struct buf first, second;

	fill(&record);
	buf_init(&first, 100000);
	buf_init(&second, 100000);
	run_record_format(&first, &record);
	must(run_record_parse(&again, first.ptr, first.len, &err));
	run_record_format(&second, &again);
	cr_assert(eq(str, second.ptr, first.ptr));
	cr_assert(eq(i64, again.pull, 9007199254740993));
	cr_assert(eq(sz, again.tasks[0].together.len, 1));
	cr_assert(eq(sz, run_record_findings(&again, SEVERITY_MAJOR), 1));
	cr_assert(eq(sz, run_record_files(&again, FILE_PARTIAL), 1));
	run_record_release(&record);
	run_record_release(&again);
	buf_release(&first);
	buf_release(&second);
}

/* The record with one piece of its text replaced. */
static int parse_with(const char *old, const char *new, struct err *err)
{
	struct run_record record = { 0 }, again = { 0 };
	struct buf text, changed;
	const char *hit;
	int ret;

	fill(&record);
	buf_init(&text, 100000);
	buf_init(&changed, 100000);
	run_record_format(&text, &record);
	hit = strstr(text.ptr, old);
	cr_assert(hit != NULL, "%s", old);
	buf_add(&changed, text.ptr, (size_t)(hit - text.ptr));
	buf_addstr(&changed, new);
	buf_addstr(&changed, hit + strlen(old));
	ret = run_record_parse(&again, changed.ptr, changed.len, err);
	run_record_release(&record);
	run_record_release(&again);
	buf_release(&text);
	buf_release(&changed);
	return ret;
}

Test(record, of_strangers_is_read_strictly)
{
	struct err err = ERR_INIT;

	must_fail(ERR_INVALID,
		  parse_with("\"version\":\t1", "\"version\":\t2", &err));
	must_fail(ERR_PROTOCOL,
		  parse_with("\"attention\",", "\"perfect\",", &err));
	must_fail(ERR_PROTOCOL, parse_with("\"partial\"", "\"half\"", &err));
	must_fail(ERR_PROTOCOL, parse_with("\"major\",\n", "4,\n", &err));
	must_fail(ERR_PROTOCOL, parse_with("\"01JD3M", "\"1JD3M", &err));
	must(parse_with("\"epoch\"", "\"unheard of\":\t7, \"epoch\"", &err));
	must_fail(ERR_PROTOCOL, parse_with("{", "", &err));
}

Test(finding, says_what_is_wrong_with_it)
{
	static const struct {
		char *text, *message;
	} cases[] = {
		{ "[]", "an object expected" },
		{ "{}", "path: a string expected" },
		{ "{\"path\":\"a\",\"line\":\"x\"}",
		  "line: a whole number expected" },
		{ "{\"path\":\"a\",\"line\":-1}", "line: not a line number" },
		{ "{\"path\":\"a\",\"severity\":\"bad\"}",
		  "severity: info, minor, major or critical expected, not "
		  "'bad'" },
		{ "{\"path\":\"a\",\"severity\":\"info\",\"category\":\"c\","
		  "\"title\":\"t\",\"body\":\"b\",\"confidence\":7}",
		  "confidence: 0 to 1 expected" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct finding finding = { 0 };
		struct err err = ERR_INIT;
		struct json *doc = NULL;

		must(json_parse(&doc, cases[i].text, strlen(cases[i].text),
				&err));
		must_fail(ERR_PROTOCOL, finding_parse(&finding, doc, &err));
		cr_assert(eq(str, err.msg, cases[i].message));
		json_free(doc);
	}
}

Test(money, is_rounded_up)
{
	char text[MONEY_TEXT_SIZE];

	money_format(text, 0);
	cr_assert(eq(str, text, "0.0000"));
	money_format(text, 1);
	cr_assert(eq(str, text, "0.0001"));
	money_format(text, 42100000);
	cr_assert(eq(str, text, "0.0421"));
	money_format(text, 12345678900000);
	cr_assert(eq(str, text, "12345.6789"));
}
