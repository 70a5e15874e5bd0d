#include "unit.h"

#include <string.h>

#include "agents/answers.h"
#include "agents/findings.h"
#include "agents/prompt.h"
#include "core/buf.h"

Test(answers, of_each_kind_are_read_strictly)
{
	static const struct {
		enum answer_kind kind;
		const char *text;
		const char *message; /* NULL: it is fine */
	} cases[] = {
		{ ANSWER_FILES, "{\"files\":[]}", NULL },
		{ ANSWER_FILES,
		  "{\"files\":[{\"path\":\"T/ATests.swift\",\"content\":\"x\","
		  "\"why\":\"y\"}]}",
		  NULL },
		{ ANSWER_FILES, "{\"files\":[{\"path\":\"a\"}]}",
		  "files.0: content: a string expected" },
		{ ANSWER_FILES,
		  "{\"files\":[{\"path\":\"../a\",\"content\":\"x\",\"why\":"
		  "\"y\"}]}",
		  "../a: not a plain path" },
		{ ANSWER_DOCUMENT, "{\"title\":\"t\"}",
		  "markdown: a string expected" },
		{ ANSWER_DOCUMENT, "{\"title\":\"t\",\"markdown\":\"m\"}",
		  NULL },
		{ ANSWER_VERDICT,
		  "{\"items\":[{\"name\":\"a\",\"verdict\":\"burn\","
		  "\"reason\":\"r\"}]}",
		  "verdict: keep, change or drop expected, not 'burn'" },
		{ ANSWER_DOCUMENT, "{\"title\":\"t\",\"markdown\":\" \\n\"}",
		  "markdown: it must not be empty" },
		{ ANSWER_TESTS, "{\"passed\":1}",
		  "failed: a whole number expected" },
		{ ANSWER_TESTS, "{\"passed\":1,\"failed\":-1}",
		  "failed: a count expected" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct json *doc = NULL;
		struct err err = ERR_INIT;
		int ret = answer_parse(&doc, cases[i].kind, cases[i].text,
				       strlen(cases[i].text), &err);

		must_say(cases[i].message ? cases[i].message : "", err.msg);
		cr_assert(eq(int, ret, cases[i].message ? -1 : 0));
		json_free(doc);
	}
}

/* A good answer of each kind. */
static const char *const good[ANSWER_KIND_COUNT] = {
	[ANSWER_FINDINGS] =
		"{\"findings\":[{\"path\":\"A.swift\",\"line\":1,\"quote\":"
		"\"q\",\"severity\":\"major\",\"category\":\"c\",\"title\":"
		"\"t\",\"body\":\"b\"}],\"summary\":\"s\"}",
	[ANSWER_FILES] = "{\"files\":[{\"path\":\"T/ATests.swift\","
			 "\"content\":\"x\",\"why\":\"y\"}]}",
	[ANSWER_DOCUMENT] = "{\"title\":\"t\",\"markdown\":\"m\"}",
	[ANSWER_VERDICT] = "{\"items\":[{\"name\":\"a\",\"verdict\":"
			   "\"keep\",\"reason\":\"r\"}]}",
	[ANSWER_TESTS] = "{\"passed\":1,\"failed\":0}",
};

/* As a run reads it: findings have a reader of their own. */
static int read_as(enum answer_kind kind, const char *text, size_t len,
		   struct err *err)
{
	struct findings_answer findings;
	struct json *doc = NULL;
	int ret;

	if (kind == ANSWER_FINDINGS) {
		ret = findings_parse(&findings, text, len, "a", err);
		if (!ret)
			findings_answer_release(&findings);
		return ret;
	}
	ret = answer_parse(&doc, kind, text, len, err);
	json_free(doc);
	return ret;
}

static void must_be_bad(enum answer_kind kind, const char *text, size_t len)
{
	struct err err = ERR_INIT;

	if (read_as(kind, text, len, &err) == 0)
		cr_fail("%s takes %.*s", answer_kind_name(kind),
			(int)(len < 200 ? len : 200), text);
	cr_expect(err.code == ERR_PROTOCOL || err.code == ERR_TOO_LARGE, "%s",
		  err.msg);
	cr_expect(err.msg[0] != '\0');
}

Test(answers, bad_ones_are_bad_for_every_kind)
{
	static const char *const bad[] = {
		"",
		" \n\t",
		"```json\n```",
		"I found no issues.",
		"null",
		"true",
		"7",
		"\"findings\"",
		"[]",
		"[{}]",
		"{}",
		"{\"summary\":\"All is well.\"}",
		"{\"findings\":{},\"files\":{},\"items\":{},\"title\":[],"
		"\"markdown\":[],\"passed\":[],\"failed\":[]}",
		"{\"findings\":null,\"files\":null,\"items\":null,\"title\":"
		"null,\"markdown\":null,\"passed\":null,\"failed\":null}",
		"{\"findings\":\"none\",\"files\":\"none\",\"items\":"
		"\"none\",\"title\":1,\"markdown\":1,\"passed\":\"1\","
		"\"failed\":\"0\"}",
		"{\"findings\":[7],\"files\":[7],\"items\":[7],\"title\":{},"
		"\"markdown\":{},\"passed\":0.5,\"failed\":0.5}",
		"{\"Findings\":[],\"Files\":[],\"Items\":[],\"Title\":\"t\","
		"\"Markdown\":\"m\",\"Passed\":1,\"Failed\":0}",
		"<html><body>Bad gateway</body></html>",
		"{'findings': []}",
		"\xff\xfe{}",
		"{\"error\":{\"message\":\"overloaded\"}}",
	};

	for (int kind = 0; kind < ANSWER_KIND_COUNT; kind++)
		for (size_t i = 0; i < ARRAY_LEN(bad); i++)
			must_be_bad((enum answer_kind)kind, bad[i],
				    strlen(bad[i]));
}

/* Wherever it was cut, doubled, or had something put in. */
Test(answers, good_ones_are_bad_once_they_are_damaged)
{
	static const char *const inserts[] = { "\x01", "\xff", "\xc3" };

	for (int i = 0; i < ANSWER_KIND_COUNT; i++) {
		enum answer_kind kind = (enum answer_kind)i;
		size_t len = strlen(good[kind]);
		struct err err = ERR_INIT;
		struct buf text;

		must(read_as(kind, good[kind], len, &err));
		for (size_t cut = 0; cut < len; cut++)
			must_be_bad(kind, good[kind], cut);
		buf_init(&text, 64UL << 20);
		buf_addf(&text, "%s%s", good[kind], good[kind]);
		must_be_bad(kind, text.ptr, text.len);
		for (size_t at = 0; at < len; at++)
			for (size_t j = 0; j < ARRAY_LEN(inserts); j++) {
				buf_reset(&text);
				buf_add(&text, good[kind], at);
				buf_addstr(&text, inserts[j]);
				buf_addstr(&text, good[kind] + at);
				must_be_bad(kind, text.ptr, text.len);
			}
		/* A NUL may not hide what is behind it. */
		buf_reset(&text);
		buf_add(&text, good[kind], len);
		buf_add(&text, "\0x", 2);
		must_be_bad(kind, text.ptr, text.len);
		buf_release(&text);
	}
}

Test(answers, long_and_deep_ones_are_refused_in_good_time)
{
	enum { HUGE = 10 << 20, DEEP = 100000 };
	static const char *const fillers[] = { "x", "[", "{\"a\":", "\"" };

	for (int kind = 0; kind < ANSWER_KIND_COUNT; kind++) {
		for (size_t i = 0; i < ARRAY_LEN(fillers); i++) {
			size_t times = i ? DEEP : HUGE;
			struct buf text;

			buf_init(&text, 64UL << 20);
			for (size_t j = 0; j < times; j++)
				buf_addstr(&text, fillers[i]);
			must_be_bad((enum answer_kind)kind, text.ptr, text.len);
			buf_release(&text);
		}
	}
}

Test(answers, generated_files_go_only_where_they_may)
{
	static const char *const fine[] = { "Tests/WalletTests/ATests.swift",
					    "app/src/test/java/a/BTest.kt",
					    "docs/adr/0001.md" };
	static const char *const bad[] = {
		"",
		"/etc/passwd",
		"~/x",
		"a/../b",
		"./a",
		"a//b",
		".git/hooks/pre-commit",
		"a/.GIT/config",
		".gitattributes",
		".github/workflows/x.yml",
		".gitlab-ci.yml",
		"x/.referee/workflows/a.yml",
		"app/build.gradle.kts",
		"Podfile",
		"fastlane/Fastfile",
		"a\nb",
		"a\\b",
		"C:\\x",
		"a/\xe2\x80\xae"
		"b",
	};
	struct err err = ERR_INIT;
	char longer[500];

	for (size_t i = 0; i < ARRAY_LEN(fine); i++)
		must(generated_path_check(fine[i], &err));
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (generated_path_check(bad[i], &err) == 0)
			cr_fail("%s was allowed", bad[i]);
	memset(longer, 'a', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	must_fail(ERR_INVALID, generated_path_check(longer, &err));
}

Test(answers, every_kind_has_a_schema)
{
	for (int i = 0; i < ANSWER_KIND_COUNT; i++) {
		struct json *schema = prompt_schema((enum answer_kind)i);

		must_say("object", json_string_or(schema, "type", ""));
		json_free(schema);
	}
}
