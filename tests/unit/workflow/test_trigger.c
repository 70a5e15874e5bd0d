#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "workflow/trigger.h"

static const char *const three[] = { "App/Wallet/Session.swift",
				     "App/Wallet/Session.m", "README.md" };

static struct workflow *parse(const char *trigger)
{
	struct mistakes mistakes = { 0 };
	char *text = xstrf("name: n\nagents: [a]\ntrigger:\n%s", trigger);
	struct workflow *workflow = workflow_parse("f.yml", text, strlen(text),
						   NULL, &mistakes);

	cr_assert(workflow != NULL, "%s: %s", text,
		  mistakes.len ? mistakes.items[0].text : "");
	free(text);
	return workflow;
}

/* A pull by ada of 120 lines, opened against main, coverage 60 %. */
static struct facts make_facts(struct changed_paths *paths)
{
	static const char *const labels[] = { "Needs-Review", "ios" };

	changed_paths_init(paths, three, ARRAY_LEN(three));
	return (struct facts){ .event = EVENT_PULL_REQUEST,
			       .action = PULL_OPENED,
			       .base_branch = "main",
			       .labels = labels,
			       .label_count = 2,
			       .author = "ada",
			       .title = "Add wallet",
			       .paths = paths,
			       .lines_changed = 120,
			       .coverage = 60 };
}

static const struct {
	const char *condition;
	enum holds holds;
	const char *why;
} conditions[] = {
	{ "files_changed: ['*.swift', '*.m', '*.h']", HOLDS_YES,
	  "App/Wallet/Session.swift matches *.swift, *.m, *.h" },
	{ "files_changed: '*.kt'", HOLDS_NO,
	  "none of 3 changed files matches *.kt" },
	{ "files_changed: ['App/**', '!**/*.swift', '!*.m']", HOLDS_NO,
	  "none of 3 changed files matches App/**, !**/*.swift, !*.m" },
	{ "files_changed: ['!App/**']", HOLDS_YES,
	  "README.md matches !App/**" },
	{ "files_changed: ['!**']", HOLDS_NO,
	  "none of 3 changed files matches !**" },
	{ "lines_changed: '> 100'", HOLDS_YES,
	  "120 lines changed, wanted > 100" },
	{ "lines_changed: '>120'", HOLDS_NO, "120 lines changed, wanted >120" },
	{ "lines_changed: '>= 120'", HOLDS_YES,
	  "120 lines changed, wanted >= 120" },
	{ "lines_changed: '< 120'", HOLDS_NO,
	  "120 lines changed, wanted < 120" },
	{ "lines_changed: '<= 120'", HOLDS_YES,
	  "120 lines changed, wanted <= 120" },
	{ "lines_changed: '= 120'", HOLDS_YES,
	  "120 lines changed, wanted = 120" },
	{ "lines_changed: '10..120'", HOLDS_YES,
	  "120 lines changed, wanted 10..120" },
	{ "lines_changed: '121..500'", HOLDS_NO,
	  "120 lines changed, wanted 121..500" },
	{ "test_coverage: '< 80%'", HOLDS_YES,
	  "the coverage is 60.0%, wanted < 80%" },
	{ "test_coverage: '>= 60.5'", HOLDS_NO,
	  "the coverage is 60.0%, wanted >= 60.5" },
	{ "branches: [main, 'release/*']", HOLDS_YES,
	  "the base branch is main, wanted main, release/*" },
	{ "branches: ['release/*']", HOLDS_NO,
	  "the base branch is main, wanted release/*" },
	{ "labels: [needs-review]", HOLDS_YES,
	  "the labels are Needs-Review, ios, wanted needs-review" },
	{ "labels: ['needs-*', '!ios']", HOLDS_NO,
	  "the labels are Needs-Review, ios, wanted needs-*, !ios" },
	{ "labels: ['!wip']", HOLDS_YES,
	  "the labels are Needs-Review, ios, wanted !wip" },
	{ "labels: [android]", HOLDS_NO,
	  "the labels are Needs-Review, ios, wanted android" },
	{ "authors: ['!dependabot[bot]']", HOLDS_YES,
	  "the author is ada, wanted !dependabot[bot]" },
	{ "authors: [bob]", HOLDS_NO, "the author is ada, wanted bob" },
	{ "authors: ['a*a', '!ad?']", HOLDS_YES,
	  "the author is ada, wanted a*a, !ad?" },
	{ "title: '^(?!WIP)'", HOLDS_YES,
	  "the title is 'Add wallet', wanted ^(?!WIP)" },
	{ "title: '^WIP'", HOLDS_NO, "the title is 'Add wallet', wanted ^WIP" },
	{ "draft: false", HOLDS_YES, "it is no draft, wanted no draft" },
	{ "draft: true", HOLDS_NO, "it is no draft, wanted a draft" },
};

Test(condition, says_whether_it_holds_and_why)
{
	for (size_t i = 0; i < ARRAY_LEN(conditions); i++) {
		char *text = xstrf("  event: pull_request\n"
				   "  conditions:\n    - %s\n",
				   conditions[i].condition);
		struct workflow *workflow = parse(text);
		struct changed_paths paths;
		struct facts facts = make_facts(&paths);
		struct reasons reasons = { 0 };

		cr_expect(eq(int, workflow_test(workflow, &facts, NULL, NULL),
			     conditions[i].holds),
			  "%s", text);
		cr_expect(eq(int,
			     workflow_test(workflow, &facts, NULL, &reasons),
			     conditions[i].holds));
		cr_assert(eq(sz, reasons.len, 2));
		must_say(conditions[i].why, reasons.items[1].text);
		reasons_release(&reasons);
		changed_paths_release(&paths);
		workflow_free(workflow);
		free(text);
	}
}

Test(condition, cannot_be_told_from_what_is_not_known)
{
	static const char text[] = "  event: pull_request\n"
				   "  conditions:\n"
				   "    - test_coverage: '< 80%'\n"
				   "    - draft: false\n";
	struct workflow *workflow = parse(text);
	struct changed_paths paths;
	struct facts facts = make_facts(&paths);
	struct reasons reasons = { 0 };
	const char *unknown = NULL;

	facts.coverage = -1;
	cr_assert(eq(int, workflow_test(workflow, &facts, &unknown, &reasons),
		     HOLDS_UNKNOWN));
	must_say("test_coverage", unknown);
	must_say("the coverage is not known, wanted < 80%",
		 reasons.items[1].text);
	reasons_release(&reasons);
	facts.draft = true;
	cr_assert(eq(int, workflow_test(workflow, &facts, &unknown, &reasons),
		     HOLDS_NO));
	cr_assert(unknown == NULL);
	cr_assert(eq(sz, reasons.len, 3));
	reasons_release(&reasons);
	changed_paths_release(&paths);
	workflow_free(workflow);
}

Test(condition, of_a_slow_expression_is_not_known)
{
	struct workflow *workflow = parse("  event: pull_request\n"
					  "  conditions: {title: '(a+)+$'}\n");
	struct changed_paths paths;
	struct facts facts = make_facts(&paths);
	char title[60];

	memset(title, 'a', sizeof(title));
	strcpy(title + 50, "!");
	facts.title = title;
	cr_assert(ne(int, workflow_test(workflow, &facts, NULL, NULL),
		     HOLDS_YES));
	changed_paths_release(&paths);
	workflow_free(workflow);
}

Test(condition, on_facts_that_are_not_there)
{
	static const char *const wanted[] = {
		"files_changed: ['**']", "branches: ['**']", "labels: ['*']",
		"authors: ['*']",        "title: ''",
	};
	struct changed_paths none = { 0 };
	struct facts facts = { .event = EVENT_PULL_REQUEST,
			       .action = PULL_OPENED,
			       .paths = &none };

	for (size_t i = 0; i < ARRAY_LEN(wanted); i++) {
		char *text = xstrf("  event: pull_request\n"
				   "  conditions: {%s}\n",
				   wanted[i]);
		struct workflow *workflow = parse(text);

		cr_expect(eq(int, workflow_test(workflow, &facts, NULL, NULL),
			     HOLDS_NO),
			  "%s", wanted[i]);
		workflow_free(workflow);
		free(text);
	}
}

static const struct {
	const char *event;
	enum pull_action fits[5]; /* up to PULL_ANY */
} events[] = {
	{ "pull_request",
	  { PULL_OPENED, PULL_SYNCHRONIZE, PULL_REOPENED, PULL_READY } },
	{ "pull_request.opened", { PULL_OPENED } },
	{ "pull_request.synchronize", { PULL_SYNCHRONIZE } },
	{ "pull_request.reopened", { PULL_REOPENED } },
	{ "pull_request.ready", { PULL_READY } },
	{ "pull_request.labeled", { PULL_LABELED } },
	{ "pull_request.closed", { PULL_CLOSED } },
	{ "push", { PULL_ANY } },
	{ "manual", { PULL_ANY } },
};

Test(trigger, fits_its_event_and_no_other)
{
	for (size_t i = 0; i < ARRAY_LEN(events); i++) {
		char *text = xstrf("  event: %s\n", events[i].event);
		struct workflow *workflow = parse(text);

		for (int action = PULL_OPENED; action <= PULL_CLOSED;
		     action++) {
			bool fits = false;

			for (size_t j = 0; events[i].fits[j]; j++)
				fits |= (int)events[i].fits[j] == action;
			cr_expect(eq(int,
				     workflow_has_event(
					     workflow, EVENT_PULL_REQUEST,
					     (enum pull_action)action),
				     fits),
				  "%s %d", events[i].event, action);
		}
		cr_expect(eq(int,
			     workflow_has_event(workflow, EVENT_PUSH, PULL_ANY),
			     !strcmp(events[i].event, "push")));
		cr_expect(
			eq(int,
			   workflow_has_event(workflow, EVENT_MANUAL, PULL_ANY),
			   !strcmp(events[i].event, "manual")));
		workflow_free(workflow);
		free(text);
	}
}

Test(trigger, any_of_several_is_enough_and_all_are_explained)
{
	struct workflow *workflow = parse(
		"  - event: push\n"
		"  - event: pull_request\n"
		"    conditions: [lines_changed: '> 1000']\n"
		"  - event: pull_request.opened\n");
	struct changed_paths paths;
	struct facts facts = make_facts(&paths);
	struct reasons reasons = { 0 };

	cr_assert(eq(int, workflow_test(workflow, &facts, NULL, &reasons),
		     HOLDS_YES));
	cr_assert(eq(sz, reasons.len, 4));
	must_say("it is pull_request.opened, wanted push",
		 reasons.items[0].text);
	cr_assert(eq(int, reasons.items[0].holds, HOLDS_NO));
	must_say("lines_changed", reasons.items[2].subject);
	cr_assert(eq(sz, reasons.items[3].trigger, 2));
	reasons_release(&reasons);
	changed_paths_release(&paths);
	workflow_free(workflow);
}

/* The hints must never hide a path that the pattern matches. */
static const char *const patterns[] = {
	"*.swift",
	"*",
	"**",
	"/README.md",
	"README.md",
	"Sources/*.swift",
	"Sources/**/*.swift",
	"docs/",
	"docs/**",
	"**/docs/**",
	"**/README.md",
	"**/*src/**",
	"**/*-post.md",
	"a/**/b/**/c",
	"**.js",
	"src/**.js",
	"a**/b",
	"*.jsx?",
	"caf\xc3\xa9?.txt",
	"a?b?c?/x",
	"v[12].[0-9]+.[0-9]+",
	"[!a]b",
	"UIView+*.swift",
	"\\*.md",
	"\\!a",
	"*.{swift,m}",
	"{App,Core/**}/*.kt",
	"{*.md,docs/*.txt}",
	"a{b,c{d,e}f,}g",
	"\\{a,b\\}",
	"[{]a",
	"x{b,/d}",
	"x/{b/,c}",
	"a/x{b,}",
	"{b,c/d}",
	"/a/b?",
	"*/x",
	"**/x",
	"a/**",
	"*.tar.gz",
	"{a,b}.c",
	"x.{c,}",
};

static const char *const texts[] = {
	"A.swift",
	"App/A.swift",
	"README.md",
	"doc/README.md",
	"Sources/A.swift",
	"Sources/a/b/C.swift",
	"docs/a.md",
	"docs/a/b.md",
	"x/docs/a",
	"my-src/code/js/app.js",
	"path/their-post.md",
	"a/b/c",
	"a/x/y/b/z/c",
	"index.js",
	"src/index.js",
	"src/a/b.js",
	"a/b",
	"ax/b",
	"page.js",
	"page.jsx",
	"caf.txt",
	"caf\xc3\xa9.txt",
	"/x",
	"a/x",
	"abc/x",
	"ac/x",
	"v1.10.1",
	"v2.0.0",
	"xb",
	"UIView+Wallet.swift",
	"*.md",
	"!a",
	"x/B.m",
	"App/A.kt",
	"Core/x/A.kt",
	"a/b.md",
	"docs/a.txt",
	"abg",
	"acdfg",
	"ag",
	"{a,b}",
	"{a",
	"x",
	"x/d",
	"xb",
	"x/b/q",
	"x/c",
	"a/xb",
	"b",
	"foo/b",
	"c/d",
	"a/",
	"a/b1",
	"q/x",
	"x.tar.gz",
	"b.c",
	"q/b.c",
	"x.c",
	"x.",
	"foo/xb",
	"z/x/d",
	"",
};

Test(changed_paths, finds_what_the_pattern_alone_would)
{
	for (size_t i = 0; i < ARRAY_LEN(patterns); i++) {
		struct path_patterns hinted = { 0 };
		struct err err = ERR_INIT;

		must(path_patterns_add(&hinted, patterns[i], &err));
		for (size_t j = 0; j < ARRAY_LEN(texts); j++) {
			struct changed_paths one;
			bool alone = pattern_list_match(&hinted.list, texts[j]);

			changed_paths_init(&one, &texts[j], 1);
			cr_expect(eq(int,
				     path_patterns_find(&hinted, &one) != NULL,
				     alone),
				  "'%s' on '%s'", patterns[i], texts[j]);
			changed_paths_release(&one);
		}
		path_patterns_release(&hinted);
	}
}

Test(changed_paths, are_none)
{
	struct path_patterns patterns_of_one = { 0 };
	struct changed_paths none;
	struct err err = ERR_INIT;

	must(path_patterns_add(&patterns_of_one, "!a", &err));
	changed_paths_init(&none, NULL, 0);
	cr_assert(path_patterns_find(&patterns_of_one, &none) == NULL);
	changed_paths_release(&none);
	path_patterns_release(&patterns_of_one);
}

enum { MANY_WORKFLOWS = 1000, MANY_FILES = 10000 };

/* Four kinds of condition, none of which holds. */
static char *condition_of(int number)
{
	switch (number % 4) {
	case 0:
		return xstrf("files_changed: ['*.swift%d', '*.kt%d', "
			     "'!Pods/**']",
			     number, number);
	case 1:
		return xstrf("files_changed: ['Module%d/**/*.swift']", number);
	case 2:
		return xstrf("files_changed: ['**/Wallet%d.{swift,m}', "
			     "'*.gradle%d']",
			     number, number);
	default:
		return xstrf("files_changed: ['src/%d/**', 'docs/%d/*.md']",
			     number, number);
	}
}

/* A tenth of a second without the sanitizers; the bound leaves room for them
 * and for a busy machine, and is far below what asking each pair takes. */
Test(changed_paths, a_thousand_workflows_look_at_ten_thousand_files)
{
	struct workflow **workflows = xcalloc(MANY_WORKFLOWS,
					      sizeof(*workflows));
	char **names = xcalloc(MANY_FILES, sizeof(*names));
	struct changed_paths paths;
	struct facts facts = make_facts(&paths);
	int64_t started_ms;
	size_t held = 0;

	changed_paths_release(&paths);
	for (int i = 0; i < MANY_FILES; i++)
		names[i] = xstrf("App/Feature%d/Sources/Type%d.swift", i % 97,
				 i);
	changed_paths_init(&paths, (const char *const *)names, MANY_FILES);
	for (int i = 0; i < MANY_WORKFLOWS; i++) {
		char *condition = condition_of(i);
		char *text = xstrf("  event: pull_request\n"
				   "  conditions:\n    - %s\n",
				   condition);

		workflows[i] = parse(text);
		free(condition);
		free(text);
	}
	started_ms = clock_mono_ms();
	for (int i = 0; i < MANY_WORKFLOWS; i++)
		held += workflow_test(workflows[i], &facts, NULL, NULL) ==
			HOLDS_YES;
	cr_assert(lt(i64, clock_mono_ms() - started_ms, 3000));
	cr_assert(eq(sz, held, 0));
	for (int i = 0; i < MANY_WORKFLOWS; i++)
		workflow_free(workflows[i]);
	for (int i = 0; i < MANY_FILES; i++)
		free(names[i]);
	changed_paths_release(&paths);
	free(workflows);
	free(names);
}
