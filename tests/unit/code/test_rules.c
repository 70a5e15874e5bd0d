#include "unit.h"

#include <string.h>

#include "code/rules.h"
#include "core/alloc.h"
#include "core/buf.h"
#include "core/limits.h"

#define RULE(id, more)                                                     \
	"  - id: " id "\n    title: A title\n    message: Bad.\n"          \
	"    fix: Mend it.\n    severity: minor\n    category: security\n" \
	"    languages: [swift, kotlin, xml]\n" more

/* "bad" as a word of the code. */
#define BAD_RULE "rules:\n" RULE("bad-word", "    pattern: '\\bbad\\b'\n")

static struct rule_set *rules_of(const char *text)
{
	struct rule_set *set = rule_set_new();
	struct mistakes mistakes = { 0 };
	struct buf out;

	buf_init(&out, 1 * MIB);
	if (!rule_set_add_file(set, "r.yml", text, strlen(text), &mistakes)) {
		mistakes_format(&out, &mistakes);
		cr_fatal("%s", out.ptr);
	}
	buf_release(&out);
	mistakes_release(&mistakes);
	return set;
}

static struct rule_hits scan(const struct rule_set *set, const char *path,
			     const char *text)
{
	struct rule_hits hits = { 0 };
	struct rule_input input = {
		.path = path,
		.file_class = class_of_path(path),
		.text = text,
		.len = strlen(text),
	};

	rules_scan(&hits, set, &input);
	return hits;
}

/* "rule:line+count rule:line+count" of what the rules say. */
static char *said(const char *rules, const char *path, const char *text)
{
	struct rule_set *set = rules_of(rules);
	struct rule_hits hits = scan(set, path, text);
	struct buf out;

	buf_init(&out, 10000);
	for (size_t i = 0; i < hits.len; i++)
		buf_addf(&out, "%s%s:%d+%zu", i ? " " : "",
			 hits.items[i].rule->id, hits.items[i].lines[0],
			 hits.items[i].count);
	rule_hits_release(&hits);
	rule_set_free(set);
	return buf_detach(&out);
}

static const struct {
	const char *rules, *path, *text, *said;
} cases[] = {
	/* one finding a rule and file, with its count */
	{ BAD_RULE, "A.swift", "a\nbad\nbad bad\n", "bad-word:2+3" },
	/* comments, strings and other languages do not count */
	{ BAD_RULE, "A.swift", "// bad\nlet a = \"bad\"\n", "" },
	{ BAD_RULE, "A.java", "bad();\n", "" },
	{ BAD_RULE, "A.swift", "", "" },
	{ BAD_RULE, "A.swift", "bad", "bad-word:1+1" },
	{ BAD_RULE, "A.kt", "a\r\nbad\r\n", "bad-word:2+1" },
	/* what is generated, vendored or a test */
	{ BAD_RULE, "Pods/A/A.swift", "bad\n", "" },
	{ BAD_RULE, "A.pb.swift", "bad\n", "" },
	{ BAD_RULE, "AppTests/ATests.swift", "bad\n", "" },
	{ "rules:\n" RULE("t", "    pattern: bad\n    in_tests: only\n"),
	  "AppTests/ATests.swift", "bad\n", "t:1+1" },
	{ "rules:\n" RULE("t", "    pattern: bad\n    in_tests: only\n"),
	  "App/A.swift", "bad\n", "" },
	{ "rules:\n" RULE("t", "    pattern: bad\n    in_tests: true\n"),
	  "AppTests/ATests.swift", "bad\n", "t:1+1" },
	/* views */
	{ "rules:\n" RULE("v", "    view: raw\n    pattern: bad\n"), "A.swift",
	  "// bad\n", "v:1+1" },
	{ "rules:\n" RULE("v", "    view: str\n    pattern: bad\n"), "A.swift",
	  "// bad\nlet a = \"bad\"\n", "v:2+1" },
	/* paths */
	{ "rules:\n" RULE("p", "    paths: [\"*.kt\"]\n    pattern: bad\n"),
	  "A.swift", "bad\n", "" },
	{ "rules:\n" RULE("p", "    paths: [\"!old/**\"]\n    pattern: bad\n"),
	  "old/A.swift", "bad\n", "" },
	{ "rules:\n" RULE("p", "    paths: [\"!old/**\"]\n    pattern: bad\n"),
	  "new/A.swift", "bad\n", "p:1+1" },
	/* words are in any case */
	{ "rules:\n" RULE("w", "    words: [Bad]\n    pattern: (?i:bad)\n"),
	  "A.swift", "x\nBAD\n", "w:2+1" },
	{ "rules:\n" RULE("w", "    words: [no]\n    pattern: bad\n"),
	  "A.swift", "bad\n", "" },
	/* what excuses a match */
	{ "rules:\n" RULE("u", "    pattern: bad\n    unless: but\n"),
	  "A.swift", "bad but\nbut\nbad\n", "u:3+1" },
	{ "rules:\n" RULE("u", "    pattern: bad\n    unless: but\n"
			       "    near: 1\n"),
	  "A.swift", "but\nbad\n\nbad\n", "u:4+1" },
	{ "rules:\n" RULE("u", "    pattern: bad\n    unless_file: but\n"),
	  "A.swift", "bad\n\n\n\nbut\n", "" },
	{ "rules:\n" RULE("u", "    pattern: bad\n    requires: ^import\n"),
	  "A.swift", "bad\n", "" },
	{ "rules:\n" RULE("u", "    pattern: bad\n    requires: ^import\n"),
	  "A.swift", "bad\nimport A\n", "u:1+1" },
	/* more than one line */
	{ "rules:\n" RULE("m", "    pattern: a\\s*b\n    lines: 3\n"),
	  "A.swift", "x\na\n\nb\n", "m:2+1" },
	{ "rules:\n" RULE("m", "    pattern: a\\s*b\n    lines: 3\n"),
	  "A.swift", "a\n\n\nb\n", "" },
	{ "rules:\n" RULE("m", "    pattern: a\\s*b\n    lines: 2\n"
			       "    words: [b]\n"),
	  "A.swift", "a\nb\na\nb\n", "m:1+2" },
	{ "rules:\n" RULE("m", "    pattern: a[^}]*b\n    lines: 9\n"),
	  "A.swift", "a\na\na\nb b\n", "m:1+1" },
	/* ^ and $ are the ends of lines */
	{ "rules:\n" RULE("l", "    pattern: ^bad$\n"), "A.swift",
	  "bad x\nbad\n", "l:2+1" },
	/* the words that name a secret */
	{ "rules:\n" RULE("s", "    pattern: 'log\\(\\w*(?&secret)'\n"),
	  "A.swift",
	  "log(userPassword)\nlog(mapPin)\nlog(secretary)\nlog(apiKey)\n",
	  "s:1+2" },
	/* excused by a comment */
	{ BAD_RULE, "A.swift", "bad // referee:ignore bad-word it is fine\n",
	  "" },
	{ BAD_RULE, "A.swift", "// referee:ignore bad-word it is fine\nbad\n",
	  "" },
	{ BAD_RULE, "A.swift", "/* referee:ignore x-y,bad-word known */ bad\n",
	  "" },
	{ BAD_RULE, "A.swift", "// referee:ignore bad-word: known\n\nbad\n",
	  "bad-word:3+1" },
	{ BAD_RULE, "A.swift", "bad // referee:ignore bad-words it is fine\n",
	  "bad-word:1+1" },
	{ BAD_RULE, "A.swift", "bad // referee:ignore bad-word\n",
	  "bad-word:1+1" },
	{ BAD_RULE, "A.xml", "<bad/> <!-- referee:ignore bad-word known -->\n",
	  "" },
	{ BAD_RULE, "A.xml", "<bad/> <!-- referee:ignore bad-word-->\n",
	  "bad-word:1+1" },
	{ BAD_RULE, "A.swift",
	  "// x\nlet a = \"referee:ignore bad-word it is fine\"; bad\n",
	  "bad-word:2+1" },
};

Test(rules, say_once_for_each_file_what_their_patterns_find)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *got = said(cases[i].rules, cases[i].path, cases[i].text);

		cr_expect(eq(str, got, (char *)cases[i].said), "%s: %s",
			  cases[i].path, cases[i].text);
		free(got);
	}
}

Test(rules, count_only_matches_that_touch_wanted_lines)
{
	struct rule_set *set = rules_of(
		"rules:\n" RULE("m", "    pattern: a[^b]*b\n    lines: 4\n"));
	const char *text = "a b\na\n\nb\na b\n";
	bool wanted[] = { false, false, false, false, true, false };
	struct rule_input input = {
		.path = "A.swift",
		.file_class = CLASS_SOURCE,
		.text = text,
		.len = strlen(text),
		.wanted = wanted,
		.wanted_len = ARRAY_LEN(wanted),
	};
	struct rule_hits hits = { 0 };

	rules_scan(&hits, set, &input);
	cr_assert(eq(sz, hits.len, 1));
	cr_expect(eq(sz, hits.items[0].count, 1));
	cr_expect(eq(int, hits.items[0].lines[0], 4));
	cr_expect(eq(str, hits.items[0].quote, "b"));
	rule_hits_release(&hits);
	rule_set_free(set);
}

Test(rules, hits_are_in_order_of_severity_and_line)
{
	char *got = said("rules:\n" RULE("z", "    pattern: one\n")
				 RULE("a", "    pattern: two\n") "\n",
			 "A.swift", "one\ntwo\n");

	cr_expect(eq(str, got, "z:1+1 a:2+1"));
	free(got);
}

Test(rules, keep_the_first_lines_and_count_all_matches)
{
	struct rule_set *set = rules_of(BAD_RULE);
	struct rule_hits hits;
	char text[4 * 50 + 1];

	for (size_t i = 0; i < 50; i++)
		memcpy(text + 4 * i, "bad\n", 4);
	text[4 * 50] = '\0';
	hits = scan(set, "A.swift", text);
	cr_assert(eq(sz, hits.len, 1));
	cr_expect(eq(sz, hits.items[0].count, 50));
	cr_expect(eq(sz, hits.items[0].line_count, RULE_HIT_LINES));
	cr_expect(eq(int, hits.items[0].lines[RULE_HIT_LINES - 1],
		     RULE_HIT_LINES));
	rule_hits_release(&hits);
	rule_set_free(set);
}

Test(rules, count_what_is_excused)
{
	struct rule_set *set = rules_of(BAD_RULE);
	struct rule_hits hits =
		scan(set, "A.swift",
		     "bad // referee:ignore bad-word it is fine\n"
		     "x\nbad // referee:ignore bad-word\n");

	cr_expect(eq(sz, hits.ignored, 1));
	cr_assert(eq(sz, hits.len, 1));
	cr_expect(hits.items[0].has_bare_ignore);
	rule_hits_release(&hits);
	rule_set_free(set);
}

Test(rules, pass_over_what_the_baseline_knows_wherever_it_moved)
{
	struct rule_set *set = rules_of(BAD_RULE);
	struct mistakes mistakes = { 0 };
	char *line = rule_baseline_line("bad-word", "A.swift", "if bad { }");
	char *text = xstrf("# known\n\n%s\r\n", line);
	struct rule_hits hits;

	cr_assert(
		rule_set_add_baseline(set, "b", text, strlen(text), &mistakes));
	hits = scan(set, "A.swift", "\n\n  if  bad {}\nbad\n");
	cr_expect(eq(sz, hits.baselined, 1));
	cr_assert(eq(sz, hits.len, 1));
	cr_expect(eq(int, hits.items[0].lines[0], 4));
	rule_hits_release(&hits);
	hits = scan(set, "B.swift", "if bad {}\n");
	cr_expect(eq(sz, hits.len, 1));
	rule_hits_release(&hits);
	free(line);
	free(text);
	mistakes_release(&mistakes);
	rule_set_free(set);
}

static const struct {
	const char *text, *said;
} baseline_mistakes[] = {
	{ "bad-word 012345678901 A b.swift\n", "" },
	{ "# c\nbad-word 01234567890 A.swift\n",
	  "b:2:1: 'RULE DIGEST PATH' expected\n" },
	{ "bad-word\n", "b:1:1: 'RULE DIGEST PATH' expected\n" },
	{ "bad-word 012345678901 ", "b:1:1: 'RULE DIGEST PATH' expected\n" },
};

Test(rules, mistakes_in_a_baseline_have_their_place)
{
	for (size_t i = 0; i < ARRAY_LEN(baseline_mistakes); i++) {
		struct rule_set *set = rule_set_new();
		struct mistakes mistakes = { 0 };
		const char *text = baseline_mistakes[i].text;
		struct buf out;

		buf_init(&out, 10000);
		rule_set_add_baseline(set, "b", text, strlen(text), &mistakes);
		mistakes_format(&out, &mistakes);
		cr_expect(eq(str, out.ptr, (char *)baseline_mistakes[i].said));
		buf_release(&out);
		mistakes_release(&mistakes);
		rule_set_free(set);
	}
}

#define HEAD                                                        \
	"rules:\n  - id: a\n    title: t\n    languages: [swift]\n" \
	"    message: m\n    fix: f\n    severity: minor\n    category: c\n"

static const struct {
	const char *text, *said;
} mistaken[] = {
	{ HEAD "    pattern: '('\n",
	  "r.yml:9:16: 'pattern': at 1: missing closing parenthesis\n" },
	{ HEAD "    patern: x\n",
	  "r.yml:2:5: 'pattern' is missing\n"
	  "r.yml:9:5: unknown key 'patern', did you mean 'pattern'?\n" },
	{ HEAD "    pattern: x\n    view: cod\n",
	  "r.yml:10:11: unknown view 'cod', did you mean 'code'?\n" },
	{ HEAD "    pattern: x\n    lines: 41\n",
	  "r.yml:10:12: 'lines' must be 0 to 40\n" },
	{ HEAD "    pattern: x\n    near: x\n",
	  "r.yml:10:11: 'near' must be 0 to 40\n" },
	{ HEAD "    pattern: x\n    in_tests: maybe\n",
	  "r.yml:10:15: unknown in_tests 'maybe'\n" },
	{ HEAD "    pattern: x\n    words: x\n",
	  "r.yml:10:12: a list expected for 'words'\n" },
	{ HEAD "    pattern: x\n    words: ['']\n",
	  "r.yml:10:13: an empty word\n" },
	{ HEAD "    pattern: x\n    words: [[a]]\n",
	  "r.yml:10:13: a single value expected for 'words'\n" },
	{ HEAD "    pattern: x\n    examples: { matches: [] }\n",
	  "r.yml:10:17: unknown key 'matches', did you mean 'match'?\n" },
	{ HEAD "    pattern: x\n    examples: { match: x }\n",
	  "r.yml:10:24: a list expected for 'match'\n" },
	{ HEAD "    pattern: x\n    pattern: x\n",
	  "r.yml:10:5: repeated key 'pattern', also on line 9\n" },
	{ HEAD "    pattern: x\n  - id: a\n",
	  "r.yml:10:5: 'category' is missing\n"
	  "r.yml:10:5: 'fix' is missing\n"
	  "r.yml:10:5: 'languages' is missing\n"
	  "r.yml:10:5: 'message' is missing\n"
	  "r.yml:10:5: 'pattern' is missing\n"
	  "r.yml:10:5: 'severity' is missing\n"
	  "r.yml:10:5: 'title' is missing\n"
	  "r.yml:10:9: a second rule 'a'\n" },
	{ "rules:\n  - id: A b\n    title: t\n    languages: [swft, any]\n"
	  "    message: ''\n    fix: f\n    severity: bad\n"
	  "    category: c\n    pattern: x\n",
	  "r.yml:2:9: 'id' must be 1 to 60 of a-z, 0-9 and -\n"
	  "r.yml:4:17: unknown language 'swft', did you mean 'swift'?\n"
	  "r.yml:5:14: 'message' is empty\n"
	  "r.yml:7:15: unknown severity 'bad'\n" },
	{ "rules: x\n", "r.yml:1:8: a list expected for 'rules'\n" },
	{ "rules: [x]\n", "r.yml:1:9: a mapping expected for 'a rule'\n" },
	{ "- a\n", "r.yml:1:1: a mapping expected for 'rules'\n" },
	{ "rule: []\n",
	  "r.yml:1:1: unknown key 'rule', did you mean 'rules'?\n" },
	{ "off: [swift-force]\n", "r.yml:1:7: unknown rule 'swift-force'\n" },
	{ HEAD "    pattern: x\noff: [b]\n",
	  "r.yml:10:7: unknown rule 'b', did you mean 'a'?\n" },
	{ HEAD "    pattern: x\n    paths: ['[a']\n", NULL },
	{ "", NULL },
};

Test(rules, mistakes_in_a_file_are_all_named_with_their_place)
{
	for (size_t i = 0; i < ARRAY_LEN(mistaken); i++) {
		struct rule_set *set = rule_set_new();
		struct mistakes mistakes = { 0 };
		const char *text = mistaken[i].text;
		struct buf out;
		bool fine;

		buf_init(&out, 100000);
		fine = rule_set_add_file(set, "r.yml", text, strlen(text),
					 &mistakes);
		mistakes_sort(&mistakes);
		mistakes_format(&out, &mistakes);
		cr_expect(not(fine), "%s", text);
		if (mistaken[i].said)
			cr_expect(strcmp(out.ptr, mistaken[i].said) == 0,
				  "%s\nis said, not\n%s", out.ptr,
				  mistaken[i].said);
		buf_release(&out);
		mistakes_release(&mistakes);
		rule_set_free(set);
	}
}

Test(rules, a_project_replaces_and_switches_off_shipped_ones)
{
	const char *text = "rules:\n" RULE("swift-force-try",
					   "    pattern: mine\n") //
		"off: [swift-force-cast]\n";
	struct rule_set *set = rule_set_new();
	struct mistakes mistakes = { 0 };
	size_t shipped;

	rule_set_add_shipped(set);
	shipped = rule_set_len(set);
	cr_assert(
		rule_set_add_file(set, "r.yml", text, strlen(text), &mistakes));
	cr_expect(eq(sz, rule_set_len(set), shipped - 1));
	for (size_t i = 0; i < rule_set_len(set); i++) {
		const struct rule *rule = rule_set_get(set, i);

		cr_expect(ne(str, (char *)rule->id, "swift-force-cast"));
		if (!strcmp(rule->id, "swift-force-try"))
			cr_expect(not(rule->is_shipped));
	}
	mistakes_release(&mistakes);
	rule_set_free(set);
}

Test(rules, a_hostile_pattern_ends_and_is_reported, .timeout = 60)
{
	struct rule_set *set = rules_of(
		"rules:\n" RULE("evil", "    pattern: '(a+)+$'\n")
			RULE("fine", "    pattern: aaa\n"));
	size_t len = 200000;
	char *text = xcalloc(1, len + 1);
	struct rule_hits hits;

	memset(text, 'a', len);
	for (size_t i = 59; i < len; i += 60) {
		text[i] = '\n';
		text[i - 1] = '!';
	}
	hits = scan(set, "A.swift", text);
	cr_assert(eq(sz, hits.problems.len, 1));
	cr_expect(eq(str, hits.problems.v[0],
		     "rule evil on A.swift: the pattern takes too many steps; "
		     "its findings there are incomplete"));
	cr_assert(eq(sz, hits.len, 1));
	cr_expect(eq(str, hits.items[0].rule->id, "fine"));
	rule_hits_release(&hits);
	rule_set_free(set);
	free(text);
}

static const struct {
	const char *what;
	const char *piece;
	size_t count;
} odd_files[] = {
	{ "one long line", "bad ", 500000 },
	{ "braces", "{\n", 200000 },
	{ "open comments", "/* bad\n", 100000 },
	{ "open strings", "\"bad \\(\n", 100000 },
	{ "ignores", "// referee:ignore bad-word x y z\n", 50000 },
	{ "no text", "\xff\xfe\x01 bad\n", 100000 },
	{ "empty lines", "\n", 500000 },
};

Test(rules, odd_files_are_looked_at_in_time, .timeout = 60)
{
	struct rule_set *set = rule_set_new();

	rule_set_add_shipped(set);
	for (size_t i = 0; i < ARRAY_LEN(odd_files); i++) {
		size_t size = strlen(odd_files[i].piece);
		size_t len = size * odd_files[i].count;
		char *text = xcalloc(1, len + 1);
		struct rule_hits hits;

		for (size_t at = 0; at < len; at += size)
			memcpy(text + at, odd_files[i].piece, size);
		hits = scan(set, "A.swift", text);
		cr_expect(eq(sz, hits.problems.len, 0), "%s",
			  odd_files[i].what);
		rule_hits_release(&hits);
		free(text);
	}
	rule_set_free(set);
}

Test(rules, bytes_behind_a_nul_count_too)
{
	static const char text[] = "a\0b\nbad\n";
	struct rule_set *set = rules_of(BAD_RULE);
	struct rule_hits hits = { 0 };
	struct rule_input input = {
		.path = "A.swift",
		.file_class = CLASS_SOURCE,
		.text = text,
		.len = sizeof(text) - 1,
	};

	rules_scan(&hits, set, &input);
	cr_assert(eq(sz, hits.len, 1));
	cr_expect(eq(int, hits.items[0].lines[0], 2));
	rule_hits_release(&hits);
	rule_set_free(set);
}
