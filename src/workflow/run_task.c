#include "workflow/run_task.h"

#include <stdlib.h>
#include <string.h>

#include "agents/answers.h"
#include "core/alloc.h"
#include "core/clock.h"
#include "core/limits.h"
#include "gateway/route.h"
#include "repo/pattern.h"

enum {
	CHANGE_BYTES = 400 * 1000, /* of diff in one prompt to a provider */
	MAX_TOKENS = 8000,
	CACHE_TTL_S = 7 * 24 * 3600,
	RISKY = 80, /* of prompt_risk() */
};

enum complexity run_complexity(const struct changeset *changeset,
			       const struct agent_definition *agent)
{
	struct change_size size = {
		.lines = changeset->additions + changeset->deletions,
		.files = changeset->file_count,
	};

	if (agent->complexity != COMPLEXITY_AUTO)
		return agent->complexity;
	for (size_t i = 0; i < changeset->file_count; i++)
		size.has_risky_paths |= prompt_risk(&changeset->files[i]) >=
					RISKY;
	return complexity_of(&size, NULL, NULL);
}

/* The gateway's question to us: would this answer do? */
static int check_answer(const char *text, size_t len, void *payload,
			struct err *err)
{
	const struct run_task *task = payload;
	struct findings_answer findings;
	struct json *doc = NULL;

	if (task->plan->agent->answer == ANSWER_FINDINGS) {
		if (findings_parse(&findings, text, len, "", err) < 0)
			return -1;
		findings_answer_release(&findings);
		return 0;
	}
	if (answer_parse(&doc, task->plan->agent->answer, text, len, err) < 0)
		return -1;
	json_free(doc);
	return 0;
}

static const char *text_of_task(const struct agent_definition *agent,
				const char *name)
{
	for (size_t i = 0; i < agent->task_count; i++)
		if (!strcmp(agent->tasks[i].name, name))
			return agent->tasks[i].text;
	return NULL;
}

/* Does the rule speak of a file of this change? */
static bool applies(const struct path_rule *rule,
		    const struct changeset *changeset)
{
	struct pattern_list patterns = { 0 };
	struct err err = ERR_INIT;
	bool found = false;

	for (size_t i = 0; i < rule->paths.len; i++)
		if (pattern_list_add(&patterns, rule->paths.v[i], &err) < 0)
			break; /* the loader refuses such a pattern */
	for (size_t i = 0; i < changeset->file_count && !found; i++)
		found = pattern_list_match(&patterns, changeset->files[i].path);
	pattern_list_release(&patterns);
	return found;
}

/* The lists of a prompt_input, which only live while it is built. */
struct lists {
	struct prompt_task *tasks;
	struct prompt_text *settings;
	struct prompt_text *path_rules;
};

static void fill_lists(struct lists *lists, struct prompt_input *in,
		       const struct run_task *task,
		       const struct run_input *input)
{
	const struct workflow_agent *use = task->plan->use;
	const struct workflow *workflow = input->plan->workflow;

	lists->tasks = xcalloc(use->tasks.len, sizeof(*lists->tasks));
	for (size_t i = 0; i < use->tasks.len; i++)
		lists->tasks[in->task_count++] = (struct prompt_task){
			use->tasks.v[i],
			text_of_task(task->plan->agent, use->tasks.v[i])
		};
	lists->settings = xcalloc(use->setting_names.len,
				  sizeof(*lists->settings));
	for (size_t i = 0; i < use->setting_names.len; i++)
		lists->settings[in->setting_count++] = (struct prompt_text){
			use->setting_names.v[i], use->setting_values.v[i]
		};
	lists->path_rules = xcalloc(workflow->path_rule_count,
				    sizeof(*lists->path_rules));
	for (size_t i = 0; i < workflow->path_rule_count; i++) {
		const struct path_rule *rule = &workflow->path_rules[i];

		if (applies(rule, sources_changeset(input->sources)))
			lists->path_rules[in->path_rule_count++] =
				(struct prompt_text){ rule->paths.v[0],
						      rule->text };
	}
	in->tasks = lists->tasks;
	in->settings = lists->settings;
	in->path_rules = lists->path_rules;
}

static void build_prompt(struct run_task *task, const struct run_input *input,
			 const struct prompt_text *results, size_t result_count)
{
	const struct agent_definition *agent = task->plan->agent;
	unsigned context = agent->context;
	bool is_local = !strcmp(task->plan->services.v[0], "offline");
	struct prompt_input in = {
		.sources = input->sources,
		.instructions = agent->instructions,
		.guidance = context & CONTEXT_GUIDANCE ? input->guidance : NULL,
		.previous = context & CONTEXT_PREVIOUS ? input->previous : NULL,
		.title = context & CONTEXT_ABOUT ? input->title : NULL,
		.description = context & CONTEXT_ABOUT ? input->description
						       : NULL,
		.results = results,
		.result_count = result_count,
		.answer = agent->answer,
		.max_change_bytes = is_local ? LIMIT_DIFF_BYTES : CHANGE_BYTES,
	};
	struct lists lists;

	fill_lists(&lists, &in, task, input);
	prompt_build(&task->prompt, &task->coverage, &in);
	free(lists.tasks);
	free(lists.settings);
	free(lists.path_rules);
}

void run_task_prepare(struct run_task *task, const struct run_input *input,
		      const struct prompt_text *results, size_t result_count)
{
	const struct agent_definition *agent = task->plan->agent;
	const struct workflow_agent *use = task->plan->use;
	const struct changeset *changeset = sources_changeset(input->sources);

	build_prompt(task, input, results, result_count);
	task->schema = prompt_schema(agent->answer);
	task->chat = (struct chat){
		.agent = agent->name,
		.agent_type = agent->type,
		.answer = agent->answer,
		.prompt = &task->prompt,
		.model = use->model,
		.schema = task->schema,
		.max_tokens = use->max_tokens ? use->max_tokens : MAX_TOKENS,
		.temperature = use->temperature,
		.changeset = changeset,
		.repo = input->repo,
		.head_rules_ref = input->trusted,
	};
	task->ask = (struct ask){
		.chat = &task->chat,
		.services = (const char *const *)task->plan->services.v,
		.service_count = task->plan->services.len,
		.allow_degraded = task->plan->may_degrade,
		.complexity = run_complexity(changeset, agent),
		.project = input->project,
		.workflow = input->plan->workflow->id,
		.cache_ttl_s = CACHE_TTL_S,
		.deadline_ms = task->plan->timeout_ms,
		.check = check_answer,
		.check_payload = task,
	};
	task->started_mono_ms = clock_mono_ms();
}

static char *copy_or_null(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

static void keep_figures(struct task_record *record,
			 const struct outcome *outcome)
{
	record->service = copy_or_null(outcome->service);
	record->model = copy_or_null(outcome->model);
	record->instead_of = copy_or_null(outcome->instead_of);
	record->degraded = outcome->degraded;
	record->cached = outcome->cached;
	record->cost_nusd = outcome->cost_nusd;
	record->input_tokens = outcome->usage.input_tokens;
	record->cached_tokens = outcome->usage.cached_tokens;
	record->output_tokens = outcome->usage.output_tokens;
	record->requests = outcome->requests;
	if (outcome->attempts)
		record->attempts = json_copy(outcome->attempts);
}

static int read_answer(struct run_task *task, const struct run_input *input,
		       const struct outcome *outcome, struct err *err)
{
	struct task_record *record = task->record;
	const char *summary;

	if (task->plan->agent->answer == ANSWER_FINDINGS) {
		if (findings_parse(&task->findings, outcome->text,
				   outcome->text_len, task->plan->use->name,
				   err) < 0)
			return -1;
		findings_anchor(&task->findings, input->sources, SEVERITY_INFO);
		record->findings = task->findings.findings.len;
		record->dropped = task->findings.dropped;
		record->summary = copy_or_null(task->findings.summary);
		return 0;
	}
	if (answer_parse(&record->answer, task->plan->agent->answer,
			 outcome->text, outcome->text_len, err) < 0)
		return -1;
	summary = json_string_or(record->answer, "summary", NULL);
	record->summary = copy_or_null(summary);
	return 0;
}

void run_task_settle(struct run_task *task, const struct run_input *input,
		     const struct outcome *outcome)
{
	struct err err = ERR_INIT;

	keep_figures(task->record, outcome);
	task->lacks_budget = outcome->budget_returns;
	if (outcome->fault == FAULT_UNSUPPORTED || task->lacks_budget) {
		run_task_end(task, TASK_SKIPPED, outcome->err.msg);
	} else if (outcome->fault != FAULT_NONE) {
		err = outcome->err;
		if (!err.msg[0])
			err_set(&err, ERR_UNAVAILABLE, "%s",
				fault_name(outcome->fault));
		run_task_end(task, TASK_FAILED, err.msg);
	} else if (read_answer(task, input, outcome, &err) < 0) {
		run_task_end(task, TASK_FAILED, err.msg);
	} else {
		task->was_degraded = outcome->degraded;
		run_task_end(task, TASK_ANSWERED, NULL);
	}
}

void run_task_end(struct run_task *task, enum task_state state,
		  const char *reason)
{
	task->state = TASK_ENDED;
	task->record->state = state;
	task->record->reason = copy_or_null(reason);
	if (task->started_mono_ms)
		task->record->duration_ms = clock_mono_ms() -
					    task->started_mono_ms;
}

const char *run_task_result(const struct run_task *task)
{
	return task->record->state == TASK_ANSWERED ? task->record->summary
						    : NULL;
}

void run_task_release(struct run_task *task)
{
	prompt_release(&task->prompt);
	prompt_coverage_release(&task->coverage);
	json_free(task->schema);
	findings_answer_release(&task->findings);
}
