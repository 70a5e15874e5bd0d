#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/limits.h"
#include "repo/pattern.h"

struct pattern_case {
	const char *pattern;
	const char *matches[6]; /* each of them   */
	const char *differs[6]; /* and none of them */
};

/* clang-format off */
static const struct pattern_case cases[] = {
	/* without a slash: the file name in any folder */
	{ "*.swift", { "A.swift", "App/A.swift", "a/b/.swift" }, { "A.swiftx", "a.swift/b" } },
	{ "README.md", { "README.md", "doc/README.md" }, { "XREADME.md", "README.md.orig" } },
	{ "*", { "a", "a/b/c" }, { NULL } },
	{ "**", { "a", "a/b/c" }, { NULL } },
	{ "/README.md", { "README.md" }, { "doc/README.md" } },
	/* with one: the whole path */
	{ "Sources/*.swift", { "Sources/A.swift" }, { "Sources/a/B.swift", "x/Sources/A.swift" } },
	{ "Sources/**/*.swift", { "Sources/A.swift", "Sources/a/B.swift", "Sources/a/b/C.swift" }, { "Sources.swift", "SourcesA.swift" } },
	{ "docs/*", { "docs/a.md" }, { "docs/a/b.md", "docs" } },
	{ "docs/**", { "docs/a.md", "docs/a/b.md" }, { "docs", "docsx/a", "x/docs/a" } },
	{ "docs/", { "docs/a.md", "docs/a/b.md" }, { "docs", "x/docs/a" } },
	{ "docs/**/*.md", { "docs/README.md", "docs/mona/hello.md", "docs/a/b/c.md" }, { "docs/a.txt", "README.md" } },
	{ "**/docs/**", { "docs/hello.md", "dir/docs/my.md", "a/space/docs/plan.doc" }, { "xdocs/a", "docs" } },
	{ "**/README.md", { "README.md", "js/README.md" }, { "XREADME.md", "a/XREADME.md" } },
	{ "**/*src/**", { "a/src/app.js", "my-src/code/js/app.js" }, { "src2/a" } },
	{ "**/*-post.md", { "my-post.md", "path/their-post.md" }, { "post.md" } },
	{ "**/migrate-*.sql", { "migrate-10909.sql", "db/migrate-v1.0.sql", "db/sept/migrate-v1.sql" }, { "db/xmigrate-1.sql" } },
	{ "**/Tests/**", { "Tests/B.swift", "a/Tests/b/C.swift" }, { "MyTests/B.swift" } },
	{ "a/**/b/**/c", { "a/b/c", "a/x/b/c", "a/x/y/b/z/c" }, { "a/bc", "ab/c", "a/b/c/d" } },
	{ "**/*", { "a", "a/b" }, { NULL } },
	{ "**/*.swift", { "A.swift", "a/b/A.swift" }, { "a/A.swift/b" } },
	/* two stars within a segment cross slashes */
	{ "**.js", { "index.js", "x.js" }, { "index.jsx" } },
	{ "src/**.js", { "src/index.js", "src/a/b.js" }, { "index.js" } },
	{ "releases/**-alpha", { "releases/beta/3-alpha", "releases/-alpha" }, { "releases/alpha" } },
	{ "a**/b", { "a/b", "ax/b", "a/x/b" }, { "b" } },
	/* one character and repeats */
	{ "*.jsx?", { "page.js", "page.jsx" }, { "page.jsxx", "page.j" } },
	{ "caf\xc3\xa9?.txt", { "caf.txt", "caf\xc3\xa9.txt" }, { "caf\xc3.txt" } },
	{ "a?b?c?/x", { "/x", "a/x", "ac/x", "abc/x" }, { "ca/x" } },
	{ "[CB]at", { "Cat", "Bat" }, { "Rat", "at" } },
	{ "v[12].[0-9]+.[0-9]+", { "v1.10.1", "v2.0.0" }, { "v3.0.0", "v1..1", "v1.1" } },
	{ "[!a]b", { "xb" }, { "ab", "b" } },
	{ "[a-]x", { "ax", "-x" }, { "bx" } },
	{ "[]]x", { "]x" }, { "x" } },
	{ "[\\]a]x", { "]x", "ax" }, { "\\x" } },
	{ "a[/b]c/d", { "abc/d" }, { "a/c/d" } },
	{ "UIView+*.swift", { "UIView+Wallet.swift" }, { "UIVieww.swift" } },
	{ "\\*.md", { "*.md" }, { "a.md" } },
	{ "\\!a", { "!a" }, { "a" } },
	/* braces */
	{ "*.{swift,m}", { "A.swift", "x/B.m" }, { "A.mm", "A." } },
	{ "*.{m,mm}", { "A.m", "A.mm" }, { "A.h" } },
	{ "{App,Core/**}/*.kt", { "App/A.kt", "Core/x/A.kt" }, { "App/x/A.kt", "Core.kt" } },
	{ "{*.md,docs/*.txt}", { "a/b.md", "docs/a.txt" }, { "x/docs/a.txt" } },
	{ "a{b,c{d,e}f,}g", { "abg", "acdfg", "acefg", "ag" }, { "acg", "abcg" } },
	{ "\\{a,b\\}", { "{a,b}" }, { "a", "b" } },
	{ "[{]a", { "{a" }, { "a" } },
	{ "a,b", { "a,b" }, { "a" } },
	/* bytes that are no UTF-8, and capitals */
	{ "*\xff.txt", { "a\xff.txt" }, { "a.txt" } },
	{ "Pods/**", { "Pods/A.m" }, { "pods/A.m" } },
	/* taking out alone leaves the rest */
	{ "!Pods/**", { "App/A.swift" }, { "Pods/A.swift" } },
};
/* clang-format on */

static bool matches(const char *pattern, const char *path)
{
	struct err err = ERR_INIT;
	bool yes = false;

	must(pattern_match_text(&yes, pattern, path, &err));
	return yes;
}

Test(pattern, means_what_the_manual_says)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		const struct pattern_case *one = &cases[i];

		for (size_t j = 0; one->matches[j]; j++)
			cr_expect(matches(one->pattern, one->matches[j]),
				  "'%s' should match '%s'", one->pattern,
				  one->matches[j]);
		for (size_t j = 0; one->differs[j]; j++)
			cr_expect(not(matches(one->pattern, one->differs[j])),
				  "'%s' should not match '%s'", one->pattern,
				  one->differs[j]);
	}
}

static const struct {
	const char *pattern, *message;
} mistakes[] = {
	{ "", "pattern '': empty" },
	{ "!", "pattern '!': empty" },
	{ "/", "pattern '/': empty" },
	{ "{,a}", "pattern '{,a}': empty" },
	{ "a[b", "pattern 'a[b': unclosed [" },
	{ "a{b,c", "pattern 'a{b,c': unclosed {" },
	{ "a{b,{c}", "pattern 'a{b,{c}': unclosed {" },
	{ "b}", "pattern 'b}': } without {" },
	{ "a\\", "pattern 'a\\': ends in a backslash" },
	{ "?a", "pattern '?a': ? makes the character before it optional, and "
		"there is none" },
	{ "*?", "pattern '*?': ? makes the character before it optional, and "
		"there is none" },
	{ "[z-a]", "pattern '[z-a]': range z-a is the wrong way round" },
	{ "[\xc3\xa4]", "pattern '[\xc3\xa4]': only ASCII may stand in "
			"brackets; write {a,b} instead" },
};

Test(pattern, names_each_mistake)
{
	for (size_t i = 0; i < ARRAY_LEN(mistakes); i++) {
		struct pattern_list list = { 0 };
		struct err err = ERR_INIT;

		must_fail(ERR_INVALID,
			  pattern_list_add(&list, mistakes[i].pattern, &err));
		cr_expect(eq(str, err.msg, (char *)mistakes[i].message));
		cr_expect(eq(sz, list.len, 0));
		pattern_list_release(&list);
	}
}

Test(pattern, refuses_what_would_explode)
{
	struct pattern_list list = { 0 };
	struct err err = ERR_INIT;
	char many[LIMIT_PATTERN_BYTES];
	char *longest;

	many[0] = '\0';
	for (int i = 0; i < 8; i++)
		strcat(many, "{a,b}");
	must(pattern_list_add(&list, many, &err));
	strcat(many, "{a,b}");
	must_fail(ERR_INVALID, pattern_list_add(&list, many, &err));
	memset(many, 'x', 900);
	strcpy(many + 900, "{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}");
	must_fail(ERR_INVALID, pattern_list_add(&list, many, &err));
	longest = xcalloc(LIMIT_PATTERN_BYTES + 1, 1);
	memset(longest, '{', LIMIT_PATTERN_BYTES);
	must_fail(ERR_INVALID, pattern_list_add(&list, longest, &err));
	memset(longest, 'x', LIMIT_PATTERN_BYTES);
	must_fail(ERR_INVALID, pattern_list_add(&list, longest, &err));
	longest[LIMIT_PATTERN_BYTES - 1] = '\0';
	must(pattern_list_add(&list, longest, &err));
	cr_expect(pattern_list_match(&list, longest));
	free(longest);
	pattern_list_release(&list);
}

static void add_all(struct pattern_list *list, const char *const *patterns)
{
	struct err err = ERR_INIT;

	for (; *patterns; patterns++)
		must(pattern_list_add(list, *patterns, &err));
}

Test(pattern, the_last_one_that_matches_decides)
{
	static const char *const patterns[] = { "*.swift", "*.m", "!Pods/**",
						"Pods/Ours/**", NULL };
	struct pattern_list list = { 0 };

	cr_expect(not(pattern_list_match(&list, "a")));
	add_all(&list, patterns);
	cr_expect(pattern_list_match(&list, "App/A.swift"));
	cr_expect(not(pattern_list_match(&list, "Pods/B.swift")));
	cr_expect(pattern_list_match(&list, "Pods/Ours/B.swift"));
	cr_expect(not(pattern_list_match(&list, "a.kt")));
	pattern_list_release(&list);
}

Test(pattern, only_taking_out_leaves_the_rest)
{
	static const char *const patterns[] = { "!*.md", "!docs/**", NULL };
	struct pattern_list list = { 0 };

	add_all(&list, patterns);
	cr_expect(pattern_list_match(&list, "a.c"));
	cr_expect(not(pattern_list_match(&list, "x/a.md")));
	cr_expect(not(pattern_list_match(&list, "docs/a.c")));
	pattern_list_release(&list);
}

Test(pattern, a_branch_is_named_as_a_whole)
{
	static const char *const patterns[] = { "main", "release/*", "v*",
						"!release/old", NULL };
	struct pattern_list list = { 0 };

	add_all(&list, patterns);
	cr_expect(pattern_list_match_name(&list, "main"));
	cr_expect(not(pattern_list_match_name(&list, "mallory/main")));
	cr_expect(pattern_list_match_name(&list, "release/1"));
	cr_expect(not(pattern_list_match_name(&list, "release/1/2")));
	cr_expect(not(pattern_list_match_name(&list, "release/old")));
	cr_expect(pattern_list_match_name(&list, "v2"));
	cr_expect(not(pattern_list_match_name(&list, "x/v2")));
	pattern_list_release(&list);
}

/* A matcher that tries again would need longer than the sun has. */
Test(pattern, stays_linear_on_hostile_patterns)
{
	char path[4001], pattern[LIMIT_PATTERN_BYTES];

	memset(path, 'a', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	for (int i = 7; i < 4000; i += 8)
		path[i] = '/';
	strcpy(pattern, "x?");
	for (int i = 0; i < 100; i++)
		strcat(pattern, i % 2 ? "**/a*" : "*a**a");
	strcat(pattern, "[b]");
	cr_expect(not(matches(pattern, path)));
	pattern[0] = '\0';
	for (int i = 0; i < 200; i++)
		strcat(pattern, "a?");
	for (int i = 0; i < 100; i++)
		strcat(pattern, "a*");
	strcat(pattern, "/**/b[b]");
	cr_expect(not(matches(pattern, path)));
}

static const char *const shapes[] = {
	"Module@/**",        "**/Feature@/**",
	"*Feature@*.swift",  "Sources/**/Feature@*.{swift,m,h}",
	"**/*Screen@.kt",    "Module@/src/main/**/*.java",
	"!**/Generated@/**", "[A-Z]ame@.*",
};

/* `shape` with a number for each @. */
static void numbered(struct buf *out, const char *shape, int number)
{
	buf_reset(out);
	for (; *shape; shape++)
		if (*shape == '@')
			buf_addf(out, "%d", number);
		else
			buf_addch(out, *shape);
}

Test(pattern, a_thousand_patterns_on_ten_thousand_paths)
{
	struct pattern_list list = { 0 };
	struct err err = ERR_INIT;
	struct buf text;
	size_t hits = 0;

	buf_init(&text, 1000);
	for (int i = 0; i < 1000; i++) {
		numbered(&text, shapes[i % (int)ARRAY_LEN(shapes)], i);
		must(pattern_list_add(&list, text.ptr, &err));
	}
	for (int i = 0; i < 10000; i++) {
		numbered(&text,
			 "Module@/src/main/java/com/acme/wallet/"
			 "Feature@/Name@.java",
			 i);
		hits += pattern_list_match(&list, text.ptr);
	}
	cr_expect(eq(sz, hits, 500));
	buf_release(&text);
	pattern_list_release(&list);
}
