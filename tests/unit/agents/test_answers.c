#include "unit.h"

#include <string.h>

#include "agents/answers.h"
#include "agents/prompt.h"

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
		{ ANSWER_TESTS, "{\"passed\":1}",
		  "failed: a whole number expected" },
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
