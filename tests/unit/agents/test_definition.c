#include "manual.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "agents/definition.h"
#include "config/shipped.h"

static bool add(struct agent_list *list, const char *text,
		struct mistakes *mistakes)
{
	return agent_list_add(list, "a.md", text, strlen(text), mistakes);
}

static const char whole[] = "---\n"
			    "name: my-agent\n"
			    "type: MyAgent\n"
			    "answer: verdict\n"
			    "context: [about, results]\n"
			    "complexity: complex\n"
			    "platforms: [ios]\n"
			    "cache: 2h\n"
			    "tasks:\n"
			    "  one: Do this.\n"
			    "  two: >-\n"
			    "    Do that,\n"
			    "    and more.\n"
			    "---\n"
			    "\n"
			    "You judge.\n"
			    "\n"
			    "---\n"
			    "Well.\n\n";

Test(definition, reads_every_key)
{
	struct agent_list list = { 0 };
	struct mistakes mistakes = { 0 };
	const struct agent_definition *agent;

	cr_assert(add(&list, whole, &mistakes));
	cr_assert(eq(sz, list.len, 1));
	agent = agent_list_find(&list, "my-agent", NULL);
	cr_assert(agent != NULL);
	must_say("MyAgent", agent->type);
	cr_assert(eq(int, agent->answer, ANSWER_VERDICT));
	cr_assert(eq(uint, agent->context,
		     CONTEXT_CHANGE | CONTEXT_ABOUT | CONTEXT_RESULTS));
	cr_assert(eq(int, agent->complexity, COMPLEXITY_COMPLEX));
	must_say("ios", agent->platforms.v[0]);
	cr_assert(eq(i64, agent->cache_ms, 7200000));
	cr_assert(eq(sz, agent->task_count, 2));
	must_say("two", agent->tasks[1].name);
	must_say("Do that, and more.", agent->tasks[1].text);
	must_say("You judge.\n\n---\nWell.", agent->instructions);
	cr_assert(eq(sz, strlen(agent->digest), 64));
	cr_assert(not(agent->is_shipped));
	cr_assert(agent_list_find(&list, "x", "MyAgent") == agent);
	cr_assert(agent_list_find(&list, "x", "Other") == NULL);
	cr_assert(agent_list_find(&list, "x", NULL) == NULL);
	agent_list_release(&list);
}

Test(definition, has_defaults_and_takes_windows_line_ends)
{
	struct agent_list list = { 0 };
	struct mistakes mistakes = { 0 };
	const struct agent_definition *agent;

	cr_assert(add(&list,
		      "---\r\nname: a\r\nanswer: files\r\n---\r\nGo.\r\n",
		      &mistakes));
	agent = list.items[0];
	cr_assert(agent->type == NULL);
	cr_assert(eq(int, agent->complexity, COMPLEXITY_AUTO));
	cr_assert(eq(uint, agent->context,
		     CONTEXT_CHANGE | CONTEXT_GUIDANCE | CONTEXT_SYMBOLS));
	cr_assert(eq(i64, agent->cache_ms, 7 * 86400000LL));
	must_say("Go.", agent->instructions);
	agent_list_release(&list);
}

Test(definition, of_a_project_replaces_the_shipped_one)
{
	static const char text[] = "---\nname: security-agent\nanswer: "
				   "findings\n---\nOurs.\n";
	struct agent_list list = { 0 };
	struct mistakes mistakes = { 0 };
	const struct agent_definition *agent;
	size_t shipped;

	agent_list_add_shipped(&list);
	shipped = list.len;
	cr_assert(agent_list_find(&list, "security-agent", NULL)->is_shipped);
	cr_assert(add(&list, text, &mistakes));
	cr_assert(eq(sz, list.len, shipped));
	agent = agent_list_find(&list, "security-agent", NULL);
	must_say("Ours.", agent->instructions);
	cr_assert(not(agent->is_shipped));
	agent_list_release(&list);
}

/* Name, type and kind of answer of what is promised to be there. */
static const struct {
	const char *name, *type;
	enum answer_kind answer;
} promised[] = {
	{ "code-review-agent", "CodeReviewAgent", ANSWER_FINDINGS },
	{ "security-agent", "SecurityAgent", ANSWER_FINDINGS },
	{ "lint-agent", "LintAgent", ANSWER_FINDINGS },
	{ "test-coverage-agent", "TestCoverageAgent", ANSWER_FINDINGS },
	{ "code-analysis-agent", "CodeAnalysisAgent", ANSWER_DOCUMENT },
	{ "test-generation-agent", "TestGenerationAgent", ANSWER_FILES },
	{ "test-review-agent", "TestReviewAgent", ANSWER_VERDICT },
	{ "test-runner", "TestRunnerAgent", ANSWER_TESTS },
	{ "documentation-agent", "DocumentationAgent", ANSWER_FINDINGS },
	{ "documentation-writer", "DocumentationWriterAgent", ANSWER_DOCUMENT },
	{ "architecture-analysis-agent", "ArchitectureAnalysisAgent",
	  ANSWER_DOCUMENT },
	{ "architecture-review-agent", "ArchitectureReviewAgent",
	  ANSWER_FINDINGS },
	{ "migration-planning-agent", "MigrationPlanningAgent",
	  ANSWER_DOCUMENT },
	{ "impact-analysis-agent", "ImpactAnalysisAgent", ANSWER_DOCUMENT },
};

Test(definition, ships_what_is_promised)
{
	const struct shipped_file *file = NULL;
	struct agent_list list = { 0 };
	struct mistakes mistakes = { 0 };
	struct buf said;

	buf_init(&said, 4096);
	while ((file = shipped_next(file, "workflows/agents/", ".md")))
		agent_list_add(&list, file->path, file->text, file->len,
			       &mistakes);
	mistakes_format(&said, &mistakes);
	must_say("", said.ptr);
	buf_release(&said);
	agent_list_release(&list);

	agent_list_add_shipped(&list);
	cr_assert(eq(sz, list.len, ARRAY_LEN(promised)));
	for (size_t i = 0; i < ARRAY_LEN(promised); i++) {
		const struct agent_definition *agent =
			agent_list_find(&list, promised[i].name, NULL);

		cr_assert(agent != NULL, "%s", promised[i].name);
		must_say(promised[i].type, agent->type);
		cr_assert(eq(int, agent->answer, promised[i].answer), "%s",
			  promised[i].name);
		cr_assert(agent->task_count > 0);
	}
	/* Titles and descriptions are written by whoever opens the pull. */
	cr_assert(not(agent_list_find(&list, "security-agent", NULL)->context &
		      CONTEXT_ABOUT));
	agent_list_release(&list);
}

#define FRONT "---\nname: a\nanswer: files\n"

static const struct {
	const char *text, *said;
} broken[] = {
	{ "", "a.md:1:1: front matter expected: lines of YAML between two "
	      "lines of '---'\n" },
	{ "You are.\n", "a.md:1:1: front matter expected: lines of YAML "
			"between two lines of '---'\n" },
	{ "---\nname: a\n", "a.md:1:1: front matter expected: lines of YAML "
			    "between two lines of '---'\n" },
	{ "---\n---\nGo.\n", "a.md:2:1: nothing in it\n" },
	{ FRONT "---\n", "a.md: no instructions below the front matter\n" },
	{ FRONT "---\n \n\n",
	  "a.md: no instructions below the front matter\n" },
	{ "---\n- a\n---\nGo.\n",
	  "a.md:2:1: a mapping expected for 'front matter'\n" },
	{ "---\ntype: A\n---\nGo.\n", "a.md:2:1: 'answer' is missing\n"
				      "a.md:2:1: 'name' is missing\n" },
	{ FRONT "nmae: b\n---\nGo.\n",
	  "a.md:4:1: unknown key 'nmae', did you mean 'name'?\n" },
	{ FRONT "name: b\n---\nGo.\n",
	  "a.md:4:1: repeated key 'name', also on line 2\n" },
	{ "---\nname: a/b\nanswer: files\n---\nGo.\n",
	  "a.md:2:7: 'name' must be of letters, digits, '-', '_' and '.', not "
	  "'a/b'\n" },
	{ "---\nname: a\nanswer: prose\n---\nGo.\n",
	  "a.md:3:9: 'answer' must be findings, files, document, verdict or "
	  "tests, not 'prose'\n" },
	{ FRONT "context: [diff]\n---\nGo.\n",
	  "a.md:4:10: 'context' must be change, about, guidance, symbols, "
	  "static, previous or results, not 'diff'\n" },
	{ FRONT "context: {a: b}\n---\nGo.\n",
	  "a.md:4:10: a list expected for 'context'\n" },
	{ FRONT "complexity: huge\n---\nGo.\n",
	  "a.md:4:13: 'complexity' must be auto, simple, medium or complex, "
	  "not 'huge'\n" },
	{ FRONT "platforms: windows\n---\nGo.\n",
	  "a.md:4:12: 'platforms' must be ios or android, not 'windows'\n" },
	{ FRONT "cache: never\n---\nGo.\n",
	  "a.md:4:8: 'cache' must be a time such as 90s, 10m, 2h or 7d, not "
	  "'never'\n" },
	{ FRONT "tasks: [a]\n---\nGo.\n",
	  "a.md:4:8: a mapping expected for 'tasks'\n" },
	{ FRONT "tasks:\n  a:\n---\nGo.\n",
	  "a.md:5:5: a single value expected for 'a'\n" },
	{ FRONT "tasks: {a: &x [*x]}\n---\nGo.\n",
	  "a.md:4:12: '&x' must be quoted, else it is an anchor in YAML\n"
	  "a.md:4:16: '*x' must be quoted, else it is an alias in YAML\n" },
};

Test(definition, names_each_mistake_and_its_place)
{
	for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
		struct agent_list list = { 0 };
		struct mistakes mistakes = { 0 };
		struct buf said;

		buf_init(&said, 4096);
		cr_expect(not(add(&list, broken[i].text, &mistakes)), "%s",
			  broken[i].text);
		mistakes_sort(&mistakes);
		mistakes_format(&said, &mistakes);
		must_say(broken[i].said, said.ptr);
		cr_expect(eq(sz, list.len, 0));
		buf_release(&said);
		mistakes_release(&mistakes);
		agent_list_release(&list);
	}
}

Test(definition, is_as_the_manual_says)
{
	char *page = manual_read("referee-agent.5");
	char *example = manual_example(page);
	struct agent_list list = { 0 };
	struct mistakes mistakes = { 0 };

	for (size_t i = 0; i < agent_field_count; i++)
		cr_expect(manual_has_key(page, agent_fields[i].key), "%s",
			  agent_fields[i].key);
	for (size_t i = 0; agent_context_names[i]; i++)
		cr_expect(manual_has_key(page, agent_context_names[i]), "%s",
			  agent_context_names[i]);
	for (size_t i = 0; i < ARRAY_LEN(promised); i++)
		cr_expect(strstr(page, promised[i].name) != NULL, "%s",
			  promised[i].name);
	cr_assert(add(&list, example, &mistakes));
	agent_list_release(&list);
	free(example);
	free(page);
}
