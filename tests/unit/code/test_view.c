#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "code/view.h"
#include "core/alloc.h"
#include "core/attr.h"

static char *view_of(const char *text, enum lang lang, enum code_view view)
{
	size_t len = strlen(text);
	char *out = xcalloc(len + 1, 1);

	code_view(out, text, len, lang, view);
	return out;
}

static void check(const char *text, enum lang lang, enum code_view view,
		  const char *wanted)
{
	char *seen = view_of(text, lang, view);

	cr_expect(eq(str, seen, (char *)wanted), "%s: %s", lang_name(lang),
		  text);
	free(seen);
}

struct code_case {
	enum lang lang;
	const char *text;
	const char *code; /* NULL: the text */
};

/* What is code and what is not, by language. */
static const struct code_case code_cases[] = {
	{ LANG_SWIFT, "a // b\nc", "a     \nc" },
	{ LANG_SWIFT, "a /* b /* c */ d */ e", "a                   e" },
	{ LANG_SWIFT, "x = \"a\\\"b\" + y", "x = \"    \" + y" },
	{ LANG_SWIFT, "\"// no\" // yes", "\"     \"       " },
	{ LANG_SWIFT, "\"a\\(b + \"c\")d\" e", "\" \\(b + \" \") \" e" },
	{ LANG_SWIFT, "\"\\(f(\")\"))\" g", "\"\\(f(\" \"))\" g" },
	{ LANG_SWIFT, "#\"a\"b\\(c)\"# d", "#\"       \"# d" },
	{ LANG_SWIFT, "#\"a\\#(c)\"# d", "#\" \\#(c)\"# d" },
	{ LANG_SWIFT, "\"\"\"\na\"b\n\"\"\" c", "\"\"\"\n   \n\"\"\" c" },
	{ LANG_SWIFT, "##\"\"\"\n\"\"\"#\n\"\"\"## c",
	  "##\"\"\"\n    \n\"\"\"## c" },
	{ LANG_SWIFT, "let r = /a\"b/ + c", "let r = /   / + c" },
	{ LANG_SWIFT, "a / b / c", NULL },
	{ LANG_SWIFT, "let r = #/a\"\\/b/# + c", "let r = #/     /# + c" },
	{ LANG_SWIFT, "func `it's \"x\"`() { }", NULL },
	{ LANG_SWIFT, "\"open\nnext", "\"    \nnext" },
	{ LANG_SWIFT, "\"a\\(b \"c\nnext \"d\"", "\" \\(b \" \nnext \" \"" },
	{ LANG_SWIFT, "#if DEBUG\nx\n#endif", NULL },
	{ LANG_KOTLIN, "\"a${b(\"c\")}d\"", "\" ${b(\" \")} \"" },
	{ LANG_KOTLIN, "\"a${ if (x) { y } else z }d\"",
	  "\" ${ if (x) { y } else z } \"" },
	{ LANG_KOTLIN, "\"\"\"a\\\"\"\" + b", "\"\"\"  \"\"\" + b" },
	{ LANG_KOTLIN, "\"\"\"a\"\"\"\" + b", "\"\"\" \"\"\"\" + b" },
	{ LANG_KOTLIN, "c == '\"' || d", "c == ' ' || d" },
	{ LANG_KOTLIN, "c == '\\'' // x", "c == '  '     " },
	{ LANG_KOTLIN, "\"\"\"a ${'\"'} b\"\"\" c",
	  "\"\"\"  ${' '}  \"\"\" c" },
	{ LANG_KOTLIN, "fun `don't \"do\"`() = 1", NULL },
	{ LANG_JAVA, "char c = '\"'; // it's", "char c = ' ';        " },
	{ LANG_JAVA, "/* a /* b */ c", "             c" },
	{ LANG_JAVA, "\"\"\"\na \\\"\"\" b\"\"\"; c",
	  "\"\"\"\n        \"\"\"; c" },
	{ LANG_JAVA, "\"a ${b}\"", "\"      \"" },
	{ LANG_OBJC, "NSLog(@\"%@ // x\", y);", "NSLog(@\"       \", y);" },
	{ LANG_OBJC, "#pragma mark don't\nx", NULL },
	{ LANG_OBJCXX, "int a = 1'000'000; 'b'", "int a = 1'000'000; ' '" },
	{ LANG_OBJCXX, "R\"x(a\")b)x\" c", "R\"x(    )x\" c" },
	{ LANG_XML, "<a b=\"c\">it's \"d\"</a>", "<a b=\" \">it's \"d\"</a>" },
	{ LANG_XML, "<!-- \"a -->b", "           b" },
	{ LANG_XML, "<a><![CDATA[<b c=\"d\">]]></a>", NULL },
	{ LANG_XML, "<a b=\"c><d e=\"f\">", "<a b=\"  <d e=\" \">" },
	{ LANG_GRADLE, "a 'b//c' // d", "a '    '     " },
	{ LANG_GRADLE, "\"${x['y']}z\"", "\"${x[' ']} \"" },
	{ LANG_PROPERTIES, "a=b#c\n  # d\n! e", "a=b#c\n     \n   " },
	{ LANG_ENV, "A='b c' # d\nB=e#f", "A='   '    \nB=e#f" },
	{ LANG_XCCONFIG, "A = b // c", "A = b     " },
	{ LANG_STRINGS, "/* a */\n\"k\" = \"v\\\"\";",
	  "       \n\" \" = \"   \";" },
	{ LANG_JSON, "{\"a\": \"b // c\"}", "{\" \": \"      \"}" },
	{ LANG_YAML, "a: don't # b\nc: 'd # e'", "a: don't    \nc: '     '" },
	{ LANG_TOML, "a = 'C:\\' # b", "a = '   '    " },
	{ LANG_PROGUARD, "-keep a # b", "-keep a    " },
	{ LANG_OTHER, "\"a\" // b", NULL },
};

Test(view, leaves_only_code)
{
	for (size_t i = 0; i < ARRAY_LEN(code_cases); i++) {
		const struct code_case *test = &code_cases[i];

		check(test->text, test->lang, VIEW_CODE,
		      test->code ? test->code : test->text);
		check(test->text, test->lang, VIEW_RAW, test->text);
	}
}

Test(view, can_keep_strings_or_drop_what_is_in_them)
{
	const char *text = "a(\"b \\(c + \"d\") e\") /* f\r\n g */ h";

	check(text, LANG_SWIFT, VIEW_STR,
	      "a(\"b \\(c + \"d\") e\")     \r\n      h");
	check(text, LANG_SWIFT, VIEW_CODE,
	      "a(\"  \\(c + \" \")  \")     \r\n      h");
	check(text, LANG_SWIFT, VIEW_BARE,
	      "a(\"              \")     \r\n      h");
}

/* Of any text: nothing is lost, line breaks and length stay. */
Test(view, keeps_lines_and_length_of_anything)
{
	static const char *const pieces[] = {
		"\"",  "\"\"\"", "'", "/*",  "*/", "//",   "\n",  "\\",
		"\\(", "${",     "}", ")",   "#",  "/",    "`",   "<",
		">",   "<!--",   "(", "R\"", "=",  "word", "\r\n"
	};
	char text[2048], out[2048], blank[2048];
	unsigned state = 1;

	for (int round = 0; round < 100; round++) {
		size_t len = 0;

		while (len < sizeof(text) - 8) {
			const char *piece;

			state = state * 1103515245 + 12345;
			piece = pieces[(state >> 16) % ARRAY_LEN(pieces)];
			memcpy(text + len, piece, strlen(piece));
			len += strlen(piece);
		}
		for (int lang = 0; lang < LANG_COUNT; lang++) {
			code_view(out, text, len, (enum lang)lang, VIEW_CODE);
			code_view(blank, text, len, (enum lang)lang, VIEW_BARE);
			for (size_t i = 0; i < len; i++) {
				cr_assert(out[i] == text[i] ||
					  (out[i] == ' ' && text[i] != '\n'));
				cr_assert(blank[i] == out[i] ||
					  blank[i] == ' ');
			}
		}
	}
}

/* Each of these would take hours if it were not linear. */
Test(view, is_linear_on_hostile_text)
{
	static const char *const units[] = {
		"\"", "#",    "##\"",  "\\(",    "\"\\(",    "${", "\"${",
		"/*", "=/",   "(/a\\", "<",      "<a b=\"",  "{",  "'",
		"`",  "R\"(", " /",    "\"\"\"", "<![CDATA["
	};
	size_t len = 1 << 17;
	char *text = xcalloc(len + 16, 1), *out = xcalloc(len, 1);

	for (size_t i = 0; i < ARRAY_LEN(units); i++) {
		size_t unit = strlen(units[i]);

		for (size_t at = 0; at < len; at += unit)
			memcpy(text + at, units[i], unit);
		for (int lang = 0; lang < LANG_COUNT; lang++)
			code_view(out, text, len, (enum lang)lang, VIEW_CODE);
	}
	cr_assert(out[0] == '<');
	free(text);
	free(out);
}
