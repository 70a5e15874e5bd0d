#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "config/shipped.h"
#include "core/sha256.h"
#include "workflow/trigger.h"
#include "workflow/workflow.h"

/* Everything a workflow may name: the shipped agents, the built-in services
 * and one notify section. */
static struct agent_list agents;
static struct settings settings;
static const struct workflow_names names = { &agents, &settings };

static void set_up(void)
{
	static const char text[] = "[notify \"team\"]\nkind = slack\n"
				   "url = env:HOOK\n";
	struct mistakes mistakes = { 0 };

	agent_list_add_shipped(&agents);
	settings_parse(&settings, "f", text, strlen(text), false, &mistakes);
	cr_assert(eq(sz, mistakes.len, 0));
}

static void tear_down(void)
{
	agent_list_release(&agents);
	settings_release(&settings);
}

TestSuite(workflow, .init = set_up, .fini = tear_down);

static struct workflow *parse(const char *path, const char *text,
			      struct mistakes *mistakes)
{
	return workflow_parse(path, text, strlen(text), &names, mistakes);
}

/* A workflow that must be right. */
static struct workflow *good(const char *text)
{
	struct mistakes mistakes = { 0 };
	struct workflow *workflow = parse("w/my-flow.yml", text, &mistakes);
	struct buf said;

	buf_init(&said, 4096);
	mistakes_format(&said, &mistakes);
	must_say("", said.ptr);
	buf_release(&said);
	cr_assert(workflow != NULL);
	return workflow;
}

Test(workflow, reads_every_key_of_agents)
{
	struct workflow *workflow = good(
		"name: My flow\n"
		"trigger:\n"
		"  - event: pull_request.labeled\n"
		"  - event: schedule\n"
		"    every: 7d\n"
		"agents:\n"
		"  - security-agent\n"
		"  - name: mine\n"
		"    type: CodeReviewAgent\n"
		"    service: openai-api\n"
		"    config: {model: auto, max_tokens: 4000, temperature: "
		"0.3,\n"
		"             focus: unit_tests, strict: true}\n"
		"    tasks: [analyze_code_quality]\n"
		"    depends_on: security-agent\n"
		"    timeout: 3m\n"
		"    optional: true\n"
		"execution: parallel\n"
		"timeout: 5m\n"
		"latency: relaxed\n"
		"instructions:\n"
		"  - paths: [\"Wallet/**\"]\n"
		"    text: Money is Decimal.\n"
		"fallback:\n"
		"  - if: claude-api.fails\n"
		"    use: openai-api\n"
		"  - if: openai-api.fails\n"
		"    notify: team\n"
		"    continue: false\n"
		"output:\n"
		"  - gitlab_comment: true\n"
		"  - inline_comments: {max: 7, min_severity: major}\n"
		"  - commit_status: yes\n"
		"  - slack_notification: team\n"
		"  - database_log: true\n"
		"  - create_files: true\n"
		"  - format: markdown\n"
		"verdict:\n"
		"  attention: critical\n");
	const struct workflow_agent *agent = &workflow->phases[0].agents[1];
	const struct workflow_output *output = &workflow->output;

	must_say("my-flow", workflow->id);
	must_say("My flow", workflow->title);
	must_say("w/my-flow.yml", workflow->path);
	cr_assert(eq(sz, workflow->trigger_count, 2));
	cr_assert(eq(int, workflow->triggers[0].action, PULL_LABELED));
	cr_assert(eq(i64, workflow_every_ms(workflow), 7 * 86400000LL));
	cr_assert(eq(sz, workflow->phase_count, 1));
	cr_assert(workflow->phases[0].name == NULL);
	cr_assert(workflow->phases[0].parallel);
	cr_assert(eq(sz, workflow->phases[0].agent_count, 2));
	must_say("mine", agent->name);
	must_say("CodeReviewAgent", agent->type);
	must_say("openai-api", agent->service);
	must_say("auto", agent->model);
	cr_assert(eq(int, agent->max_tokens, 4000));
	cr_assert(eq(dbl, agent->temperature, 0.3));
	cr_assert(eq(sz, agent->setting_names.len, 2));
	must_say("focus", agent->setting_names.v[0]);
	must_say("unit_tests", agent->setting_values.v[0]);
	must_say("security-agent", agent->depends_on.v[0]);
	cr_assert(eq(i64, agent->timeout_ms, 180000));
	cr_assert(agent->optional);
	cr_assert(eq(int, agent->place.line, 8));
	must_say("w/my-flow.yml", agent->place.path);
	cr_assert(not(workflow->sequential));
	cr_assert(workflow->relaxed);
	cr_assert(eq(i64, workflow->timeout_ms, 300000));
	must_say("Wallet/**", workflow->path_rules[0].paths.v[0]);
	must_say("claude-api", workflow->fallbacks[0].service);
	cr_assert(workflow->fallbacks[0].continues);
	must_say("team", workflow->fallbacks[1].notify);
	cr_assert(not(workflow->fallbacks[1].continues));
	cr_assert(output->comment && output->inline_comments &&
		  output->commit_status && output->create_files);
	cr_assert(eq(int, output->inline_max, 7));
	cr_assert(eq(int, output->inline_floor, SEVERITY_MAJOR));
	must_say("team", output->slack);
	cr_assert(eq(int, workflow->attention, SEVERITY_CRITICAL));
	workflow_free(workflow);
}

Test(workflow, reads_phases_and_has_defaults)
{
	struct workflow *workflow = good(
		"name: n\n"
		"trigger: {event: push}\n"
		"phases:\n"
		"  - name: a\n"
		"    agents: [security-agent]\n"
		"    parallel: false\n"
		"  - {name: b, agents: [lint-agent], depends_on: []}\n"
		"  - {name: c, agents: [test-runner], depends_on: [a, b]}\n"
		"output: {inline_comments: true, slack_notification: true}\n");

	cr_assert(eq(sz, workflow->phase_count, 3));
	cr_assert(not(workflow->phases[0].parallel));
	cr_assert(not(workflow->phases[0].has_depends_on));
	cr_assert(workflow->phases[1].parallel);
	cr_assert(workflow->phases[1].has_depends_on);
	cr_assert(eq(sz, workflow->phases[2].depends_on.len, 2));
	cr_assert(workflow->phases[0].agents[0].temperature < 0);
	cr_assert(eq(int, workflow->output.inline_max, 10));
	cr_assert(eq(int, workflow->output.inline_floor, SEVERITY_MINOR));
	must_say("", workflow->output.slack);
	cr_assert(not(workflow->output.comment));
	cr_assert(eq(int, workflow->attention, SEVERITY_MAJOR));
	cr_assert(eq(i64, workflow->timeout_ms, 0));
	workflow_free(workflow);
}

Test(workflow, ships_files_without_a_mistake)
{
	static const char *const folders[] = { "workflows/",
					       "workflows/built-in/" };
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_LEN(folders); i++) {
		const struct shipped_file *file = NULL;

		while ((file = shipped_next(file, folders[i], ".yml"))) {
			struct mistakes mistakes = { 0 };
			struct workflow *workflow =
				workflow_parse(file->path, file->text,
					       file->len, &names, &mistakes);

			cr_expect(workflow != NULL, "%s", file->path);
			cr_expect(eq(sz, mistakes.errors, 0), "%s: %s",
				  file->path,
				  mistakes.len ? mistakes.items[0].text : "");
			/* The seed's notify section is the company's to make.
			 */
			for (size_t j = 0; j < mistakes.len; j++)
				must_say("there is no [notify "
					 "\"slack-channel\"] in the "
					 "configuration",
					 mistakes.items[j].text);
			workflow_free(workflow);
			mistakes_release(&mistakes);
			count++;
		}
	}
	cr_assert(eq(sz, count, 8));
}

static const char digest_text[] = "name: n\ntrigger: {event: push}\n"
				  "agents: [security-agent, lint-agent]\n";

Test(workflow, definition_follows_the_files_it_is_made_of)
{
	static const char ours[] =
		"---\nname: lint-agent\nanswer: findings\n---\nOurs.\n";
	struct workflow *workflow = good(digest_text);
	struct mistakes mistakes = { 0 };
	char first[17], again[17], changed[17];

	workflow_definition(first, workflow, &agents);
	cr_assert(eq(sz, strlen(first), 16));
	workflow_definition(again, workflow, &agents);
	must_say(first, again);
	cr_assert(
		agent_list_add(&agents, "a.md", ours, strlen(ours), &mistakes));
	workflow_definition(changed, workflow, &agents);
	cr_assert(strcmp(first, changed) != 0);
	workflow_free(workflow);
}

Test(workflow, list_is_by_id_and_replaces)
{
	struct workflow_list list = { 0 };
	struct mistakes mistakes = { 0 };
	struct workflow *second;

	workflow_list_add(&list, parse("b.yml", digest_text, &mistakes));
	workflow_list_add(&list, parse("x/a.yaml", digest_text, &mistakes));
	second = parse("y/b.yml", digest_text, &mistakes);
	workflow_list_add(&list, second);
	cr_assert(eq(sz, list.len, 2));
	must_say("a", list.items[0]->id);
	cr_assert(workflow_list_find(&list, "b") == second);
	cr_assert(workflow_list_find(&list, "c") == NULL);
	workflow_list_release(&list);
}

#define HEAD   "name: n\ntrigger: {event: push}\n"
#define AGENTS HEAD "agents: [lint-agent]\n"
#define PULL   "name: n\nagents: [lint-agent]\ntrigger:\n  event: pull_request\n"
#define WHERE  PULL "  conditions:\n"

static const struct {
	const char *text, *said;
} broken[] = {
	/* the whole */
	{ "", "f.yml:1:1: nothing in it\n" },
	{ "review\n", "f.yml:1:1: a mapping expected for 'workflow'\n" },
	{ "- a\n", "f.yml:1:1: a mapping expected for 'workflow'\n" },
	{ "x: 1\n", "f.yml:1:1: 'agents' or 'phases' is missing\n"
		    "f.yml:1:1: 'name' is missing\n"
		    "f.yml:1:1: 'trigger' is missing\n"
		    "f.yml:1:1: unknown key 'x'\n" },
	{ HEAD, "f.yml:1:1: 'agents' or 'phases' is missing\n" },
	{ AGENTS "agent: [x]\n",
	  "f.yml:4:1: unknown key 'agent', did you mean 'agents'?\n" },
	{ AGENTS "Timeout: 5m\n",
	  "f.yml:4:1: unknown key 'Timeout', did you mean 'timeout'?\n" },
	{ AGENTS "name: m\n",
	  "f.yml:4:1: repeated key 'name', also on line 1\n" },
	{ "name: [a]\ntrigger: {event: push}\nagents: [lint-agent]\n",
	  "f.yml:1:7: a single value expected for 'name'\n" },
	{ "name:\ntrigger: {event: push}\nagents: [lint-agent]\n",
	  "f.yml:1:6: a single value expected for 'name'\n" },
	{ "name: ''\ntrigger: {event: push}\nagents: [lint-agent]\n",
	  "f.yml:1:7: 'name' must not be empty\n" },
	{ AGENTS "execution: random\n",
	  "f.yml:4:12: 'execution' must be parallel or sequential, not "
	  "'random'\n" },
	{ AGENTS "timeout: 5\n",
	  "f.yml:4:10: 'timeout' must be a time such as 90s, 10m, 2h or 7d, "
	  "not '5'\n" },
	{ AGENTS "timeout: 2d\n",
	  "f.yml:4:10: 'timeout' must be 1s to 86400s, not '2d'\n" },
	{ AGENTS "latency: low\n",
	  "f.yml:4:10: 'latency' must be normal or relaxed, not 'low'\n" },
	{ AGENTS "verdict: major\n",
	  "f.yml:4:10: a mapping expected for 'verdict'\n" },
	{ AGENTS "verdict: {attention: high}\n",
	  "f.yml:4:22: 'attention' must be info, minor, major or critical, "
	  "not 'high'\n" },
	/* triggers */
	{ "name: n\ntrigger: push\nagents: [lint-agent]\n",
	  "f.yml:2:10: a mapping expected for 'trigger'\n" },
	{ "name: n\ntrigger: []\nagents: [lint-agent]\n",
	  "f.yml:2:10: 'trigger' must not be empty\n" },
	{ "name: n\ntrigger: {}\nagents: [lint-agent]\n",
	  "f.yml:2:10: 'event' is missing\n" },
	{ "name: n\ntrigger: {event: pul_request}\nagents: [lint-agent]\n",
	  "f.yml:2:18: unknown event 'pul_request', did you mean "
	  "'pull_request'?\n" },
	{ "name: n\ntrigger: {event: pull_request.open}\n"
	  "agents: [lint-agent]\n",
	  "f.yml:2:18: unknown event 'pull_request.open', did you mean "
	  "'pull_request.opened'?\n" },
	{ "name: n\ntrigger: {event: schedule}\nagents: [lint-agent]\n",
	  "f.yml:2:10: 'every' is missing: a schedule needs it\n" },
	{ "name: n\ntrigger: {event: push, every: 1d}\n"
	  "agents: [lint-agent]\n",
	  "f.yml:2:24: 'every' is only for schedules\n" },
	{ "name: n\ntrigger: {event: schedule, every: 1s}\n"
	  "agents: [lint-agent]\n",
	  "f.yml:2:35: 'every' must be 60s to 34560000s, not '1s'\n" },
	{ "name: n\ntrigger: {event: push, conditions: [draft: true]}\n"
	  "agents: [lint-agent]\n",
	  "f.yml:2:10: 'draft' is only for pull requests\n" },
	{ PULL "  branches: [main]\n", "f.yml:5:3: unknown key 'branches'\n" },
	/* conditions */
	{ WHERE "    - draft\n",
	  "f.yml:6:7: a mapping expected for 'a condition'\n" },
	{ WHERE "    - file_changed: ['*']\n",
	  "f.yml:6:7: unknown condition 'file_changed', did you mean "
	  "'files_changed'?\n" },
	{ WHERE "    - files_changed: []\n",
	  "f.yml:6:22: 'files_changed' must not be empty\n" },
	{ WHERE "    - files_changed: [a, [b]]\n",
	  "f.yml:6:26: a single value expected for 'files_changed'\n" },
	{ WHERE "    - files_changed: ['a[b']\n",
	  "f.yml:6:23: pattern 'a[b': unclosed [\n" },
	{ WHERE "    - files_changed: [ok, 'a{b']\n",
	  "f.yml:6:27: pattern 'a{b': unclosed {\n" },
	{ WHERE "    - files_changed: [*.swift]\n",
	  "f.yml:6:23: a value that begins with '*' must be quoted\n" },
	{ WHERE "    - files_changed: [!Pods/**]\n",
	  "f.yml:6:23: a value that begins with '!' must be quoted\n" },
	{ WHERE "    - lines_changed: 100\n",
	  "f.yml:6:22: 'lines_changed' must be a comparison such as \"> "
	  "100\" or a range such as \"10..500\", not '100'\n" },
	{ WHERE "    - lines_changed: '> many'\n",
	  "f.yml:6:22: 'lines_changed' must be a comparison such as \"> "
	  "100\" or a range such as \"10..500\", not '> many'\n" },
	{ WHERE "    - lines_changed: 500..10\n",
	  "f.yml:6:22: 'lines_changed' must be a comparison such as \"> "
	  "100\" or a range such as \"10..500\", not '500..10'\n" },
	{ WHERE "    - test_coverage: '< 180%'\n",
	  "f.yml:6:22: 'test_coverage' must be a comparison such as \"< "
	  "80%\" or a range such as \"50%..80%\", not '< 180%'\n" },
	{ WHERE "    - branches: [\"\"]\n", "f.yml:6:18: pattern '': empty\n" },
	{ WHERE "    - labels:\n",
	  "f.yml:6:14: a list expected for 'labels'\n" },
	{ WHERE "    - authors: {a: b}\n",
	  "f.yml:6:16: a list expected for 'authors'\n" },
	{ WHERE "    - title: '(a'\n",
	  "f.yml:6:14: 'title' is no expression: at 2: missing closing "
	  "parenthesis\n" },
	{ WHERE "    - draft: maybe\n",
	  "f.yml:6:14: 'draft' must be true or false, not 'maybe'\n" },
	/* agents */
	{ HEAD "agents: lint-agent\n",
	  "f.yml:3:9: a list expected for 'agents'\n" },
	{ HEAD "agents: []\n", "f.yml:3:9: 'agents' must not be empty\n" },
	{ HEAD "agents: [[a]]\n",
	  "f.yml:3:10: a mapping expected for 'an agent'\n" },
	{ HEAD "agents: [{type: LintAgent}]\n",
	  "f.yml:3:10: 'name' is missing\n" },
	{ HEAD "agents: [lint-agnet]\n",
	  "f.yml:3:10: unknown agent 'lint-agnet', did you mean "
	  "'lint-agent'?\n" },
	{ HEAD "agents: [{name: mine, type: LinterAgent}]\n",
	  "f.yml:3:17: no agent is called 'mine', and none is of type "
	  "'LinterAgent'\n" },
	{ HEAD "agents: [../x]\n",
	  "f.yml:3:10: 'name' must be of letters, digits, '-', '_' and '.', "
	  "not '../x'\n" },
	{ HEAD "agents: [lint-agent, lint-agent]\n",
	  "f.yml:3:22: agent 'lint-agent' is there twice\n" },
	{ HEAD "agents: [{name: lint-agent, service: claude}]\n",
	  "f.yml:3:38: unknown service 'claude'\n" },
	{ HEAD "agents: [{name: lint-agent, service: claude-ap}]\n",
	  "f.yml:3:38: unknown service 'claude-ap', did you mean "
	  "'claude-api'?\n" },
	{ HEAD "agents: [{name: lint-agent, model: x}]\n",
	  "f.yml:3:29: unknown key 'model'\n" },
	{ HEAD "agents: [{name: lint-agent, config: [a]}]\n",
	  "f.yml:3:37: a mapping expected for 'config'\n" },
	{ HEAD "agents: [{name: lint-agent, config: {max_tokens: lots}}]\n",
	  "f.yml:3:50: 'max_tokens' must be 1 to 1000000, not 'lots'\n" },
	{ HEAD "agents: [{name: lint-agent, config: {temperature: 3}}]\n",
	  "f.yml:3:51: 'temperature' must be 0 to 2, not '3'\n" },
	{ HEAD "agents: [{name: lint-agent, config: {focus: [a]}}]\n",
	  "f.yml:3:45: a single value expected for 'focus'\n" },
	{ HEAD "agents: [{name: lint-agent, optional: perhaps}]\n",
	  "f.yml:3:39: 'optional' must be true or false, not 'perhaps'\n" },
	{ HEAD "agents: [{name: lint-agent, depends_on: [securityagent]},\n"
	       "  security-agent]\n",
	  "f.yml:3:42: unknown agent 'securityagent', did you mean "
	  "'security-agent'?\n" },
	{ HEAD "agents: [{name: lint-agent, depends_on: lint-agent}]\n",
	  "f.yml:3:9: a circle of 'depends_on': lint-agent -> lint-agent\n" },
	{ HEAD "agents:\n"
	       "  - {name: lint-agent, depends_on: [security-agent]}\n"
	       "  - {name: security-agent, depends_on: [lint-agent]}\n"
	       "  - {name: test-runner, depends_on: [lint-agent]}\n",
	  "f.yml:4:3: a circle of 'depends_on': lint-agent -> "
	  "security-agent -> lint-agent\n" },
	{ HEAD "execution: sequential\n"
	       "agents:\n"
	       "  - {name: lint-agent, depends_on: [security-agent]}\n"
	       "  - security-agent\n",
	  "f.yml:5:3: a circle of 'depends_on': lint-agent -> "
	  "security-agent -> lint-agent\n" },
	/* phases */
	{ AGENTS "phases: [{name: a, agents: [test-runner]}]\n",
	  "f.yml:4:1: either 'agents' or 'phases', not both\n" },
	{ HEAD "phases: []\n", "f.yml:3:9: 'phases' must not be empty\n" },
	{ HEAD "phases: [a]\n",
	  "f.yml:3:10: a mapping expected for 'a phase'\n" },
	{ HEAD "phases: [{name: a}]\n", "f.yml:3:10: 'agents' is missing\n" },
	{ HEAD "phases: [{agents: [lint-agent]}]\n",
	  "f.yml:3:10: 'name' is missing\n" },
	{ HEAD "execution: parallel\n"
	       "phases: [{name: a, agents: [lint-agent]}]\n",
	  "f.yml:3:1: 'execution' is for 'agents'; a phase has "
	  "'parallel'\n" },
	{ HEAD "phases:\n  - {name: a, agents: [lint-agent]}\n"
	       "  - {name: a, agents: [test-runner]}\n",
	  "f.yml:5:12: phase 'a' is there twice\n" },
	{ HEAD "phases:\n  - {name: a, agents: [lint-agent]}\n"
	       "  - {name: b, agents: [lint-agent]}\n",
	  "f.yml:5:24: agent 'lint-agent' is there twice\n" },
	{ HEAD "phases:\n  - {name: analysis, agents: [lint-agent]}\n"
	       "  - name: b\n    agents: [test-runner]\n"
	       "    depends_on: [analisys]\n",
	  "f.yml:7:18: unknown phase 'analisys', did you mean "
	  "'analysis'?\n" },
	{ HEAD "phases:\n"
	       "  - {name: a, agents: [lint-agent], depends_on: [c]}\n"
	       "  - {name: b, agents: [test-runner]}\n"
	       "  - {name: c, agents: [security-agent]}\n",
	  "f.yml:4:3: a circle of 'depends_on': a -> c -> b -> a\n" },
	/* fallback, instructions, output */
	{ AGENTS "fallback:\n  - if: claude-api\n    use: openai-api\n",
	  "f.yml:5:9: 'if' must be SERVICE.fails, not 'claude-api'\n" },
	{ AGENTS "fallback:\n  - use: openai-api\n",
	  "f.yml:5:5: 'if' is missing\n" },
	{ AGENTS "fallback:\n  - if: claude-api.fails\n",
	  "f.yml:5:5: 'use', 'notify' or 'continue' is missing\n" },
	{ AGENTS "fallback:\n  - {if: cloude-api.fails, use: gpt}\n",
	  "f.yml:5:10: unknown service 'cloude-api', did you mean "
	  "'claude-api'?\n"
	  "f.yml:5:33: unknown service 'gpt'\n" },
	{ AGENTS "fallback:\n  - {if: cursor.fails, use: cursor}\n",
	  "f.yml:5:29: 'cursor' cannot stand in for itself\n" },
	{ AGENTS "fallback:\n  - {if: cursor.fails, use: offline}\n"
		 "  - {if: cursor.fails, continue: false}\n",
	  "f.yml:6:10: a second rule for 'cursor.fails', also on line 5\n" },
	{ AGENTS "instructions: Be kind.\n",
	  "f.yml:4:15: a list expected for 'instructions'\n" },
	{ AGENTS "instructions:\n  - paths: ['a{']\n",
	  "f.yml:5:5: 'text' is missing\n"
	  "f.yml:5:12: pattern 'a{': unclosed {\n" },
	{ AGENTS "output: comment\n",
	  "f.yml:4:9: a mapping expected for 'output'\n" },
	{ AGENTS "output: {github_coment: true}\n",
	  "f.yml:4:10: unknown key 'github_coment', did you mean "
	  "'github_comment'?\n" },
	{ AGENTS "output: {pr_comment: please}\n",
	  "f.yml:4:22: 'pr_comment' must be true or false, not 'please'\n" },
	{ AGENTS "output:\n  - pr_comment: true\n  - pr_comment: false\n",
	  "f.yml:6:5: repeated key 'pr_comment', also on line 5\n" },
	{ AGENTS "output: {inline_comments: 10}\n",
	  "f.yml:4:27: 'inline_comments' must be true, false or a "
	  "mapping\n" },
	{ AGENTS "output: {inline_comments: {max: 1000}}\n",
	  "f.yml:4:33: 'max' must be 1 to 100, not '1000'\n" },
	{ AGENTS "output: {slack_notification: \"#mobile\"}\n",
	  "f.yml:4:30: 'slack_notification' must be true, false or a notify "
	  "section's name, not '#mobile'\n" },
	{ AGENTS "output: {format: html}\n",
	  "f.yml:4:18: 'format' must be markdown, not 'html'\n" },
	/* several at once, in order */
	{ "name: [a]\ntrigger: {event: pushed}\n"
	  "agents: [x, {name: lint-agent, service: y, tasks: {a: b}}]\n"
	  "output: {x: 1}\n",
	  "f.yml:1:7: a single value expected for 'name'\n"
	  "f.yml:2:18: unknown event 'pushed', did you mean 'push'?\n"
	  "f.yml:3:10: unknown agent 'x'\n"
	  "f.yml:3:41: unknown service 'y'\n"
	  "f.yml:3:51: a list expected for 'tasks'\n"
	  "f.yml:4:10: unknown key 'x'\n" },
};

Test(workflow, names_each_mistake_and_its_place)
{
	for (size_t i = 0; i < ARRAY_LEN(broken); i++) {
		struct mistakes mistakes = { 0 };
		struct workflow *workflow = parse("f.yml", broken[i].text,
						  &mistakes);
		struct buf said;

		buf_init(&said, 8192);
		cr_expect(workflow == NULL, "%s", broken[i].text);
		mistakes_format(&said, &mistakes);
		must_say(broken[i].said, said.ptr);
		buf_release(&said);
		workflow_free(workflow);
		mistakes_release(&mistakes);
	}
}

static const struct {
	const char *text, *said;
} odd[] = {
	{ AGENTS "output: {slack_notification: nobody}\n",
	  "f.yml:4:30: warning: there is no [notify \"nobody\"] in the "
	  "configuration\n" },
	{ AGENTS "fallback: [{if: cursor.fails, notify: nobody}]\n",
	  "f.yml:4:39: warning: there is no [notify \"nobody\"] in the "
	  "configuration\n" },
	{ HEAD "agents: [{name: lint-agent, tasks: [find_ded_code, x]}]\n",
	  "f.yml:3:37: warning: unknown task 'find_ded_code', did you mean "
	  "'find_dead_code'?; lint-agent gets its name alone\n"
	  "f.yml:3:52: warning: unknown task 'x'; lint-agent gets its name "
	  "alone\n" },
};

Test(workflow, warns_of_what_works_but_was_hardly_meant)
{
	for (size_t i = 0; i < ARRAY_LEN(odd); i++) {
		struct mistakes mistakes = { 0 };
		struct workflow *workflow = parse("f.yml", odd[i].text,
						  &mistakes);
		struct buf said;

		buf_init(&said, 8192);
		cr_expect(workflow != NULL, "%s", odd[i].text);
		mistakes_format(&said, &mistakes);
		must_say(odd[i].said, said.ptr);
		buf_release(&said);
		workflow_free(workflow);
		mistakes_release(&mistakes);
	}
}

Test(workflow, file_name_must_be_an_id)
{
	struct mistakes mistakes = { 0 };

	cr_assert(parse("w/my flow.yml", digest_text, &mistakes) == NULL);
	must_say("a workflow's file must be named with letters, digits, '-', "
		 "'_' and '.': 'my flow' is its id",
		 mistakes.items[0].text);
	mistakes_release(&mistakes);
}

Test(workflow, lists_are_bounded)
{
	struct mistakes mistakes = { 0 };
	struct buf text;

	buf_init(&text, 65536);
	buf_addstr(&text, HEAD "agents:\n");
	for (int i = 0; i < 101; i++)
		buf_addstr(&text, "  - lint-agent\n");
	cr_assert(parse("f.yml", text.ptr, &mistakes) == NULL);
	cr_assert(eq(sz, mistakes.len, 1));
	must_say("'agents' has more than 100 items", mistakes.items[0].text);
	buf_release(&text);
	mistakes_release(&mistakes);
}

Test(workflow, needs_no_names_to_be_read)
{
	struct mistakes mistakes = { 0 };
	static const char text[] = HEAD "agents: [{name: any, service: any}]\n";
	struct workflow *workflow = workflow_parse("f.yml", text, strlen(text),
						   NULL, &mistakes);

	cr_assert(workflow != NULL);
	workflow_free(workflow);
}
