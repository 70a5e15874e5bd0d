#include "unit.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/alloc.h"
#include "report/report.h"

#define GAP "\xe2\x80\x8b"

static char *neutral(const char *text, size_t max)
{
	struct buf out;

	buf_init(&out, 1 << 20);
	report_neutralise(&out, text, max);
	cr_assert(not(out.overflow));
	return buf_detach(&out);
}

Test(neutral, what_becomes_of_what_models_say)
{
	static const struct {
		const char *text, *said;
	} cases[] = {
		/* People. */
		{ "Ask @ada", "Ask @" GAP "ada" },
		{ "@acme/mobile-team", "@" GAP "acme/mobile-team" },
		{ "\\@ada", "\\\\@" GAP "ada" },
		{ "&#64;ada &commat;ada",
		  "&amp;#" GAP "64;ada &amp;commat;ada" },
		{ "\xef\xbc\xa0"
		  "ada",
		  "\xef\xbc\xa0" GAP "ada" },
		{ "a@b.example", "a@" GAP "b.example" },
		{ "@\xe2\x80\x8b@ada", "@" GAP "@" GAP "ada" },
		/* Issues and pulls, of any forge. */
		{ "#123", "#" GAP "123" },
		{ "\\#123", "\\\\#" GAP "123" },
		{ "#\xe2\x80\x8b"
		  "1",
		  "#" GAP "1" },
		{ "GH-123 gh-1", "GH-" GAP "123 gh-" GAP "1" },
		{ "acme/app#1", "acme/app#" GAP "1" },
		{ "Fixes #1, closes acme/app#2",
		  "Fixes #" GAP "1, closes acme/app#" GAP "2" },
		{ "resolves https://github.com/acme/app/issues/3",
		  "resolves https:" GAP "//github.com/acme/app/issues/3" },
		{ "!7 &8 ~bug %\"1.0\" ^alert",
		  "!" GAP "7 &amp;" GAP "8 \\~" GAP "bug %" GAP
		  "\"1.0\" ^alert" },
		{ "a && b, 50%, !x, ~ 3", "a &amp;&amp; b, 50%, !x, \\~ 3" },
		/* Quick actions. */
		{ "/merge", "/" GAP "merge" },
		{ "ok\n  /close\n\t/assign me",
		  "ok\n  /" GAP "close\n   /" GAP "assign me" },
		{ "- /close", "- /" GAP "close" },
		{ "a / b and/or", "a / b and/or" },
		{ "\xe2\x80\xae/close", "/" GAP "close" },
		/* HTML. */
		{ "<img src=x onerror=1>", "&lt;img src=x onerror=1&gt;" },
		{ "<!-- referee:summary -->",
		  "&lt;!-- referee:summary --&gt;" },
		{ "&lt;b&gt;", "&amp;lt;b&amp;gt;" },
		{ "<https://evil.example>",
		  "&lt;https:" GAP "//evil.example&gt;" },
		/* Links and images. */
		{ "![x](http://evil.example/p.png)",
		  "\\!\\[x\\](http:" GAP "//evil.example/p.png)" },
		{ "[click](javascript:alert(1))",
		  "\\[click\\](javascript:alert(1))" },
		{ "[a][b]\n[b]: javascript:x",
		  "\\[a\\]\\[b\\]\n\\[b\\]: javascript:x" },
		{ "www.evil.example WWW.E.example",
		  "www" GAP ".evil.example WWW" GAP ".E.example" },
		{ "[^1]\n[^1]: note",
		  "\\[^" GAP "1\\]\n\\[^" GAP "1\\]: note" },
		/* Headings, rulers, tables, quotes. */
		{ "# Heading", "#" GAP " Heading" },
		{ "Heading\n===", "Heading\n\\===" },
		{ "Heading\n---", "Heading\n\\---" },
		{ "* * *", "\\* \\* \\*" },
		{ "|a|b|\n|-|-|", "\\|a\\|b\\|\n\\|-\\|-\\|" },
		{ "a\n:--", "a\n\\:--" },
		{ "> [!WARNING]", "&gt; \\[!WARNING\\]" },
		{ "**bold** _it_ ~~no~~",
		  "\\*\\*bold\\*\\* \\_it\\_ \\~\\~" GAP "no\\~\\~" },
		/* Lists stay, with one level. */
		{ "- one\n* two\n3. three", "- one\n* two\n3. three" },
		{ "- - - x", "- \\- - x" },
		{ "1. 2. 3. x", "1. 2\\. 3. x" },
		{ "- [ ] task", "- \\[ \\] task" },
		{ "- # x", "- #" GAP " x" },
		{ "        indented", "   indented" },
		/* Code stays. */
		{ "use `@MainActor` and `a < b`",
		  "use `@MainActor` and `a < b`" },
		{ "``a ` b``", "``a ` b``" },
		{ "`open @ada", "\\`open @" GAP "ada" },
		{ "`a\n@ada`", "\\`a\n@" GAP "ada\\`" },
		{ "``a` @ada", "\\`\\`a\\` @" GAP "ada" },
		{ "```swift\nlet a = 1 // #7\n```\n@ada",
		  "```swift\nlet a = 1 // #7\n```\n@" GAP "ada" },
		{ "~~~\na\n~~~", "```\na\n```" },
		{ "```\nopen <b>", "```\nopen <b>\n```" },
		{ "```\na\n````\nb", "```\na\n```\nb" },
		{ "~~~~\n```\n~~~\nx\n~~~~\n@ada",
		  "````\n```\n~~~\nx\n````\n@" GAP "ada" },
		{ "```suggestion\nrm -rf\n```", "```\nrm -rf\n```" },
		{ "```mermaid\ngraph\n```", "```\ngraph\n```" },
		{ "```\n/merge\n```", "```\n/" GAP "merge\n```" },
		{ "```js {1} `x`\na", "\\`\\`\\`js {1} `x`\na" },
		{ "x ```\n@ada", "x \\`\\`\\`\n@" GAP "ada" },
		{ "- ```\n@ada", "- \\`\\`\\`\n@" GAP "ada" },
		/* Characters. */
		{ "a\x1b[31mb\x07\r\n", "a\\[31mb\n" },
		{ "\xff", "\xef\xbf\xbd" },
		{ "", "" },
		{ "C:\\new", "C:\\\\new" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *said = neutral(cases[i].text, 1000);

		must_say(cases[i].said, said);
		free(said);
	}
}

Test(neutral, is_cut_where_it_hurts_nobody)
{
	char *said = neutral("ab\xc3\xa4"
			     "cd",
			     3);

	must_say("ab\xe2\x80\xa6", said);
	free(said);
	said = neutral("```\nlong code\nmore", 9);
	must_say("```\nlong \n```\n\xe2\x80\xa6", said);
	free(said);
	said = neutral(NULL, 9);
	must_say("", said);
	free(said);
}

Test(neutral, grows_no_more_than_it_says)
{
	static const char *const fillers[] = { "@",  "&1",    "!7",  "/\n",
					       "`",  "```\n", "~\n", "<",
					       "_",  "\xff",  "#",   "- \n",
					       "1. " };

	for (size_t i = 0; i < ARRAY_LEN(fillers); i++) {
		size_t len = strlen(fillers[i]), count = 4000 / len;
		char *text = xcalloc(1, len * count + 1);
		char *said;

		for (size_t j = 0; j < count; j++)
			memcpy(text + j * len, fillers[i], len);
		said = neutral(text, 4000);
		cr_assert(le(sz, strlen(said),
			     (size_t)4000 * REPORT_NEUTRAL_GROWTH + 16));
		free(said);
		free(text);
	}
}

Test(neutral, lines_and_spans_stay_on_their_line)
{
	struct buf out;

	buf_init(&out, 1000);
	report_neutralise_line(&out, "```\na\n```\n@ada", 100);
	must_say("``` a ``` @" GAP "ada", out.ptr);
	buf_reset(&out);
	report_neutralise_line(&out, "/close #1", 100);
	must_say("/" GAP "close #" GAP "1", out.ptr);
	buf_reset(&out);
	report_neutralise_line(&out, "abcdef", 3);
	must_say("abc\xe2\x80\xa6", out.ptr);
	buf_reset(&out);
	report_code_span(&out, "a`\xe2\x80\x8b`b\n@ada", 100);
	must_say("``` a``b @ada ```", out.ptr);
	buf_reset(&out);
	report_code_span(&out, "plain", 3);
	must_say("`pla\xe2\x80\xa6`", out.ptr);
	buf_release(&out);
}

/* What a renderer of GitHub's Markdown makes of `markdown`; the caller frees
 * it. NULL: there is none on this machine. */
static char *rendered(const char *markdown)
{
	char path[] = "/tmp/referee-markdown-XXXXXX";
	int fd = mkstemp(path);
	struct buf html;
	char *command, bytes[4096];
	size_t got;
	FILE *in;

	cr_assert(ge(int, fd, 0));
	cr_assert(eq(sz, (size_t)write(fd, markdown, strlen(markdown)),
		     strlen(markdown)));
	close(fd);
	command = xstrf("cmark-gfm --unsafe -e autolink -e table "
			"-e strikethrough -e tasklist -e footnotes %s "
			"2>/dev/null",
			path);
	in = popen(command, "r");
	buf_init(&html, 1 << 20);
	while ((got = fread(bytes, 1, sizeof(bytes), in)) > 0)
		buf_add(&html, bytes, got);
	pclose(in);
	unlink(path);
	free(command);
	return buf_detach(&html);
}

/* Pieces that mean something, put together in every pair. */
Test(neutral, a_renderer_finds_nothing_in_it)
{
	static const char *const pieces[] = {
		"[a](http://e.example)",
		"![a](http://e.example/i.png)",
		"<b>x</b>",
		"<img src=x>",
		"http://e.example",
		"www.e.example",
		"m@e.example",
		"# h",
		"h\n===",
		"h\n---",
		"|a|b|\n|-|-|\n|c|d|",
		"> q",
		"[a]: http://e.example",
		"[a]",
		"<!-- c -->",
		"**b**",
		"- [ ] t",
		"`",
		"``",
		"```\nc\n```",
		"```",
		"~~~",
		"\\",
		"- ",
		"    ",
		"&lt;b&gt;",
		"<http://e.example>",
		"1. ",
		"[^1]\n\n[^1]: f",
		"***",
	};
	static const char *const joins[] = { "", " ", "\n", "\n\n" };
	static const char *const never[] = {
		"<a ", "<img", "<h1", "<h2",    "<table", "<blockquote",
		"<b>", "<!--", "<hr", "<input", "<sup",   "<del",
	};
	struct buf all;

	buf_init(&all, 16 << 20);
	for (size_t i = 0; i < ARRAY_LEN(pieces); i++)
		for (size_t j = 0; j < ARRAY_LEN(pieces); j++)
			for (size_t k = 0; k < ARRAY_LEN(joins); k++) {
				char *text = xstrf("%s%s%s", pieces[i],
						   joins[k], pieces[j]);

				report_neutralise(&all, text, 1000);
				buf_addstr(&all, "\n\n");
				free(text);
			}
	cr_assert(not(all.overflow));
	char *html = rendered(all.ptr);
	if (!*html)
		cr_skip("cmark-gfm is not installed");
	for (size_t i = 0; i < ARRAY_LEN(never); i++) {
		const char *hit = strstr(html, never[i]);

		if (hit)
			cr_fail("%s: %.300s", never[i],
				hit - html > 150 ? hit - 150 : html);
	}
	free(html);
	/* The judge sees what was not neutralised. */
	html = rendered("# h\n[a](http://e.example)");
	cr_assert(strstr(html, "<h1") != NULL);
	cr_assert(strstr(html, "<a ") != NULL);
	free(html);
	buf_release(&all);
}
