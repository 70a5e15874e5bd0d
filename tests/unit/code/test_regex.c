#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "code/regex.h"
#include "core/alloc.h"
#include "core/limits.h"

static const struct find_case {
	const char *pattern;
	unsigned flags;
	const char *text;
	int start, end; /* -1: no match */
} find_cases[] = {
	{ "b+", 0, "abbc", 1, 3 },
	{ "^b", 0, "a\nb", -1, -1 },
	{ "^b", REGEX_LINES, "a\nb", 2, 3 },
	{ "a$", REGEX_LINES, "a\nb", 0, 1 },
	{ "A", REGEX_CASELESS, "ba", 1, 2 },
	{ "a.b", 0, "a\nb", -1, -1 },
	{ "a.b", REGEX_DOT_ALL, "a\nb", 0, 3 },
	{ "a b", REGEX_EXTENDED, "ab", 0, 2 },
	{ "^.$", 0, "\xc3\xa4", 0, 2 },
	{ "\xc3\x84", REGEX_CASELESS, "x\xc3\xa4", 1, 3 },
	{ "b", 0,
	  "\xff\xfe"
	  "b",
	  2, 3 },
	{ "(?<=a)b", 0, "ab", 1, 2 },
	{ "^(?!WIP)", 0, "WIP: no", -1, -1 },
	{ "(?=ab\\K)", 0, "ab", -2, -2 },
};

Test(regex, finds_what_the_pattern_says_with_and_without_machine_code)
{
	for (size_t i = 0; i < ARRAY_LEN(find_cases) * 2; i++) {
		const struct find_case *c = &find_cases[i / 2];
		unsigned trusted = i % 2 ? REGEX_TRUSTED : 0;
		struct err err = ERR_INIT;
		struct regex *regex = NULL;
		struct regex_match match;

		/* Where PCRE2 refuses \K in a look-ahead, all is well too. */
		if (regex_compile(&regex, c->pattern, c->flags | trusted,
				  &err) < 0) {
			cr_assert(c->start == -2, "%s: %s", c->pattern,
				  err.msg);
			continue;
		}
		must(regex_find(&match, regex, c->text, strlen(c->text), 0,
				&err));
		if (c->start == -2) {
			cr_assert(match.groups[0].start <= match.groups[0].end);
		} else {

			cr_expect(
				eq(int,
				   match.count ? (int)match.groups[0].end : -1,
				   c->end));
			cr_expect(eq(int,
				     match.count ? (int)match.groups[0].start
						 : -1,
				     c->start));
		}
		regex_free(regex);
	}
}

static const struct {
	const char *pattern;
	long at;
	const char *message;
} bad[] = {
	{ "(a", 2, "at 2: missing closing parenthesis" },
	{ "a[b", 3, "at 3: missing terminating ] for character class" },
	{ "*a", 0, "at 0: quantifier does not follow a repeatable item" },
	{ "a\\", 2, "at 2: \\ at end of pattern" },
	{ "\xff", 0, NULL },
	{ "\\C", 2, NULL },
};

Test(regex, says_what_is_wrong_with_a_pattern_and_where)
{
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err err = ERR_INIT;
		struct regex *regex;

		must_fail(ERR_INVALID,
			  regex_compile(&regex, bad[i].pattern, 0, &err));
		cr_expect(eq(long, err.detail, bad[i].at));
		if (bad[i].message)
			cr_expect(eq(str, err.msg, (char *)bad[i].message));
	}
}

Test(regex, refuses_patterns_past_its_bounds)
{
	struct err err = ERR_INIT;
	struct regex *regex;
	char *text = xcalloc(1, LIMIT_REGEX_BYTES + 2);

	memset(text, 'a', LIMIT_REGEX_BYTES + 1);
	must_fail(ERR_INVALID, regex_compile(&regex, text, 0, &err));
	memset(text, '(', 200);
	memset(text + 200, ')', 200);
	text[400] = '\0';
	must_fail(ERR_INVALID, regex_compile(&regex, text, 0, &err));
	free(text);
	must_fail(ERR_INVALID,
		  regex_compile(&regex, "(((a{500}){500}){500})", 0, &err));
}

static const char *const hostile[] = {
	"(a+)+$",
	"(a|aa)+$",
	"(a|a)*b$",
	"(?:a?){40}a{40}b",
	"a*a*a*a*a*a*c",
	"(.*a){12}c",
	"^(([a-z])+.)+[A-Z]([a-z])+$",
	"((a*)*)*c",
	"(?:(?=(a+))a*)*c",
};

/* Each of these would take centuries if it were let. */
Test(regex, ends_hostile_patterns_with_an_error_that_says_so, .timeout = 60)
{
	size_t len = 20000;
	char *text = xcalloc(1, len + 1);

	memset(text, 'a', len);
	text[len - 1] = '!';
	for (size_t i = 0; i < ARRAY_LEN(hostile); i++) {
		struct err err = ERR_INIT;
		struct regex *regex;
		struct regex_match match;

		must(regex_compile(&regex, hostile[i], 0, &err));
		if (regex_find(&match, regex, text, len, 0, &err) < 0)
			cr_expect(err.code == ERR_TOO_LARGE, "%s: %s",
				  hostile[i], err.msg);
		else
			cr_expect(eq(sz, match.count, 0), "%s", hostile[i]);
		regex_free(regex);
	}
	free(text);
}

Test(regex, steps_beyond_the_limit_are_an_error)
{
	struct err err = ERR_INIT;
	struct regex *regex;
	char text[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!";
	bool found;

	must(regex_compile(&regex, "(a+)+$", 0, &err));
	must_fail(ERR_TOO_LARGE, regex_test(&found, regex, text, &err));
	cr_expect(eq(str, err.msg, "the pattern takes too many steps"));
	regex_free(regex);
}

Test(regex, reports_groups_and_those_that_took_no_part)
{
	struct err err = ERR_INIT;
	struct regex *regex;
	struct regex_match match;

	must(regex_compile(&regex, "(a)|(b)(c)?", 0, &err));
	must(regex_find(&match, regex, "xb", 2, 0, &err));
	cr_assert(gt(sz, match.count, 0));
	cr_expect(eq(sz, match.count, 3));
	cr_expect(eq(sz, match.groups[1].start, SIZE_MAX));
	cr_expect(eq(sz, match.groups[2].start, 1));
	cr_expect(eq(sz, match.groups[2].end, 2));
	regex_free(regex);
}

Test(regex, reports_the_first_groups_of_many)
{
	struct err err = ERR_INIT;
	struct regex *regex;
	struct regex_match match;

	must(regex_compile(&regex, "(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)(l)", 0,
			   &err));
	must(regex_find(&match, regex, "abcdefghijkl", 12, 0, &err));
	cr_assert(gt(sz, match.count, 0));
	cr_expect(eq(sz, match.count, REGEX_GROUPS));
	cr_expect(eq(sz, match.groups[9].start, 8));
	regex_free(regex);
}

Test(regex, sees_what_is_before_where_it_starts)
{
	struct err err = ERR_INIT;
	struct regex *regex;
	struct regex_match match;

	must(regex_compile(&regex, "(?<=a)b|^c", 0, &err));
	must(regex_find(&match, regex, "abcb", 4, 1, &err));
	cr_assert(gt(sz, match.count, 0));
	cr_expect(eq(sz, match.groups[0].start, 1));
	must(regex_find(&match, regex, "abcb", 4, 2, &err));
	cr_expect(eq(sz, match.count, 0));
	regex_free(regex);
}
