#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "agents/findings.h"
#include "change.h"

#define BEFORE                                                              \
	"printf 'import A\\n\\nfunc one() {\\n    a()\\n}\\n\\nfunc two() " \
	"{\\n    b()\\n}\\n' >S.swift; echo x >gone.swift"
#define AFTER                                                               \
	"printf 'import A\\n\\nfunc one() {\\n    save(token)\\n    "       \
	"save(token)\\n}\\n\\nfunc two() {\\n    b()\\n}\\n' >S.swift; rm " \
	"gone.swift"

#define FINDING(path, line, quote, rest)                                \
	"{\"findings\":[{\"path\":\"" path "\",\"line\":" line          \
	",\"quote\":\"" quote "\",\"severity\":\"major\",\"category\":" \
	"\"security\",\"title\":\"t\",\"body\":\"b\"" rest "}]}"

static void answer(struct findings_answer *out, const struct change *change,
		   const char *text)
{
	struct err err = ERR_INIT;

	must(findings_parse(out, text, strlen(text), "an-agent", &err));
	findings_anchor(out, change->sources, SEVERITY_INFO);
}

Test(findings, are_found_by_their_quote_not_by_their_line)
{
	static const struct {
		char *text;
		int line;
	} cases[] = {
		{ FINDING("S.swift", "1", "save(token)", ""), 4 },
		{ FINDING("S.swift", "9", "save(token)", ""), 5 },
		{ FINDING("S.swift", "5", "  save( token )", ""), 5 },
		{ FINDING("S.swift", "4", "save(token)\\nsave(token)", ""), 4 },
		{ FINDING("S.swift", "4", "save(other)", ""), 0 },
		{ FINDING("S.swift", "4", "", ""), 0 },
		{ FINDING("gone.swift", "1", "x", ""), 0 },
	};
	struct change change;

	change_init(&change, BEFORE, AFTER);
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct findings_answer out;

		answer(&out, &change, cases[i].text);
		cr_assert(eq(sz, out.findings.len, 1), "%s", cases[i].text);
		cr_assert(eq(int, out.findings.items[0].line, cases[i].line),
			  "%s", cases[i].text);
		findings_answer_release(&out);
	}
	change_release(&change);
}

Test(findings, of_files_outside_the_change_are_dropped_and_counted)
{
	struct findings_answer out;
	struct change change;

	change_init(&change, BEFORE, AFTER);
	answer(&out, &change, FINDING("../etc/passwd", "1", "x", ""));
	cr_assert(eq(sz, out.findings.len, 0));
	cr_assert(eq(sz, out.dropped, 1));
	findings_answer_release(&out);
	change_release(&change);
}

/* Escapes, bytes that are no UTF-8 and invisible characters are not told; they
 * must hide neither a file nor a line. */
Test(findings, are_not_lost_by_strange_names_and_bytes)
{
	static const struct {
		char *text;
		int line;
	} cases[] = {
		{ FINDING("a[1m\xef\xbf\xbd.swift", "1", "leak(token)", ""),
		  1 },
		{ FINDING("S.swift", "1", "save(token) // x\xef\xbf\xbdy", ""),
		  2 },
		{ FINDING("S.swift", "1", "\xef\xbb\xbfimport A", ""), 1 },
		{ FINDING("S.swift", "1", "\\u001bsend(token)", ""), 3 },
	};
	struct change change;

	change_init(&change, "echo x >x",
		    "printf 'leak(token)\\n' >\"$(printf "
		    "'a\\033[1m\\377.swift')\"; printf '\\357\\273\\277import "
		    "A\\nsave(token) // x\\377y\\n\\033send(\\342\\200\\213"
		    "token)\\n' >S.swift");
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct findings_answer out;

		answer(&out, &change, cases[i].text);
		cr_assert(eq(sz, out.findings.len, 1), "%zu", i);
		cr_expect(eq(int, out.findings.items[0].line, cases[i].line),
			  "%zu", i);
		findings_answer_release(&out);
	}
	change_release(&change);
}

Test(findings, know_their_function_and_keep_their_fingerprint)
{
	struct findings_answer first, second;
	struct change change;

	change_init(&change, BEFORE, AFTER);
	answer(&first, &change, FINDING("S.swift", "4", "save(token)", ""));
	answer(&second, &change, FINDING("S.swift", "9", "save(token)", ""));
	must_say("one", first.findings.items[0].symbol);
	must_say("    save(token)", first.findings.items[0].quote);
	cr_assert(eq(sz, strlen(first.findings.items[0].fingerprint), 12));
	must_say(first.findings.items[0].fingerprint,
		 second.findings.items[0].fingerprint);
	findings_answer_release(&first);
	findings_answer_release(&second);
	change_release(&change);
}

Test(findings, suggestions_that_change_nothing_are_dropped)
{
	struct findings_answer out;
	struct change change;

	change_init(&change, BEFORE, AFTER);
	answer(&out, &change,
	       FINDING("S.swift", "4", "save(token)",
		       ",\"suggestion\":\"    save(token)\""));
	cr_assert(out.findings.items[0].suggestion == NULL);
	findings_answer_release(&out);
	answer(&out, &change,
	       FINDING("S.swift", "4", "save(token)",
		       ",\"suggestion\":\"    keep(token)\""));
	must_say("    keep(token)", out.findings.items[0].suggestion);
	findings_answer_release(&out);
	change_release(&change);
}

Test(findings, answers_are_read_strictly)
{
	static const struct {
		const char *text, *message;
	} cases[] = {
		{ "", "not JSON" },
		{ "No issues found.", "not JSON" },
		{ "{\"summary\":\"fine\"}", "findings: a list expected" },
		{ "{\"findings\":{}}", "findings: a list expected" },
		{ "{\"findings\":[7]}", "findings.0: an object expected" },
		{ "{\"findings\":[{\"path\":\"a\"}]}",
		  "findings.0: severity: a string expected" },
		{ "{\"findings\":[{\"path\":\"a\",\"severity\":\"high\"}]}",
		  "findings.0: severity: info, minor" },
		{ "{\"findings\":[", "not JSON" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct findings_answer out;
		struct err err = ERR_INIT;

		must_fail(ERR_PROTOCOL,
			  findings_parse(&out, cases[i].text,
					 strlen(cases[i].text), "a", &err));
		cr_assert(strncmp(err.msg, cases[i].message,
				  strlen(cases[i].message)) == 0,
			  "%s: %s", cases[i].text, err.msg);
	}
}

Test(findings, a_code_fence_round_the_answer_is_taken_off)
{
	const char *text =
		"```json\n{\"findings\":[],\"summary\":\"s\"}\n```\n";
	struct findings_answer out;
	struct err err = ERR_INIT;

	must(findings_parse(&out, text, strlen(text), "a", &err));
	must_say("s", out.summary);
	findings_answer_release(&out);
}
