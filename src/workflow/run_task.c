#include "workflow/run_task.h"

#include <stdlib.h>
#include <string.h>

#include "agents/answers.h"
#include "core/alloc.h"
#include "core/clock.h"
#include "core/limits.h"
#include "gateway/route.h"
#include "repo/pattern.h"
#include "workflow/results.h"

enum {
	CHANGE_BYTES = 240 * 1000, /* of diff in one prompt to a provider */
	CONTEXT_BYTES = 60 * 1000, /* of code around it */
	RISKY = 80,                /* of prompt_risk() */
};

enum complexity run_complexity(const struct changeset *changeset,
			       const struct agent_definition *agent,
			       const struct complexity_settings *settings,
			       const char **why)
{
	const struct complexity_bounds bounds = {
		.simple_lines = (size_t)settings->simple_lines,
		.simple_files = (size_t)settings->simple_files,
		.complex_lines = (size_t)settings->complex_lines,
		.complex_files = (size_t)settings->complex_files,
	};
	struct change_size size = {
		.lines = changeset->additions + changeset->deletions,
		.files = changeset->file_count,
	};

	if (agent->complexity != COMPLEXITY_AUTO) {
		if (why)
			*why = "as its definition says";
		return agent->complexity;
	}
	for (size_t i = 0; i < changeset->file_count; i++)
		size.has_risky_paths |= prompt_risk(&changeset->files[i]) >=
					RISKY;
	return complexity_of(&size, &bounds, why);
}

/* The gateway's question to us: would this answer do? */
static int check_answer(const char *text, size_t len, void *payload,
			struct err *err)
{
	const struct run_task *task = ((struct run_look *)payload)->task;
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

static struct prompt_input prompt_input_of(const struct run_task *task,
					   const struct run_input *input)
{
	const struct agent_definition *agent = task->plan->agent;
	unsigned context = agent->context;
	bool is_local = !strcmp(task->plan->services.v[0], "offline");

	return (struct prompt_input){
		.sources = input->sources,
		.instructions = agent->instructions,
		.guidance = context & CONTEXT_GUIDANCE ? input->guidance : NULL,
		.previous = context & CONTEXT_PREVIOUS ? input->previous : NULL,
		.title = context & CONTEXT_ABOUT ? input->title : NULL,
		.description = context & CONTEXT_ABOUT ? input->description
						       : NULL,
		.answer = agent->answer,
		.max_change_bytes = is_local ? LIMIT_DIFF_BYTES : CHANGE_BYTES,
		.max_groups = (size_t)agent->requests,
		/* Offline looks at the code itself. */
		.with_related = !is_local && context & CONTEXT_SYMBOLS,
		.with_rules = !is_local && context & CONTEXT_STATIC,
		.surroundings = input->surroundings,
		.max_context_bytes = CONTEXT_BYTES,
	};
}

static void fill_look(struct run_look *look, struct run_task *task,
		      const struct run_input *input)
{
	const struct agent_definition *agent = task->plan->agent;
	const struct workflow_agent *use = task->plan->use;
	const struct changeset *changeset = sources_changeset(input->sources);

	look->task = task;
	look->is_due = true;
	if (input->desk)
		look->desk_name = xstrf(
			"%s\n%s\n%s\n%s\n%zu", changeset->change_key,
			input->plan->workflow->id, input->plan->definition,
			use->name, (size_t)(look - task->looks));
	look->chat = (struct chat){
		.agent = agent->name,
		.agent_type = agent->type,
		.answer = agent->answer,
		.prompt = &look->prompt,
		.model = use->model,
		.schema = task->schema,
		.max_tokens = use->max_tokens ? use->max_tokens
					      : RUN_ANSWER_TOKENS,
		.temperature = use->temperature,
		.changeset = changeset,
		.repo = input->repo,
		.head_rules_ref = input->trusted,
		.coverage = input->report,
		.coverage_from = input->report_from,
		.project_url = input->project_url,
		.head_ref = task->head,
	};
	look->ask = (struct ask){
		.chat = &look->chat,
		.services = (const char *const *)task->plan->services.v,
		.service_count = task->plan->services.len,
		.allow_degraded = task->plan->may_degrade,
		.complexity = run_complexity(
			changeset, agent, &input->settings->complexity, NULL),
		.project = input->project,
		.workflow = input->plan->workflow->id,
		.cache_ttl_s = agent->cache_ms / 1000,
		.deadline_ms = task->plan->timeout_ms,
		.is_relaxed = input->plan->workflow->relaxed,
		.desk = input->desk,
		.desk_name = look->desk_name,
		.check = check_answer,
		.check_payload = look,
	};
}

void run_task_prepare(struct run_task *task, const struct run_input *input,
		      const struct prompt_text *results, size_t result_count)
{
	struct prompt_input in = prompt_input_of(task, input);
	struct prompt_coverage coverage;
	struct prompt prompt;
	struct lists lists;

	if (task->plan->agent->context & CONTEXT_RESULTS) {
		in.results = results;
		in.result_count = result_count;
	}
	fill_lists(&lists, &in, task, input);
	oid_format(task->head, &sources_changeset(input->sources)->head);
	task->schema = prompt_schema(task->plan->agent->answer);
	prompt_build(&prompt, &coverage, &in);
	task->look_count = task->open = coverage.groups;
	task->looks = xcalloc(task->look_count, sizeof(*task->looks));
	task->looks[0].prompt = prompt;
	task->looks[0].coverage = coverage;
	for (size_t i = 0; i < task->look_count; i++) {
		struct run_look *look = &task->looks[i];

		in.group = i;
		if (i)
			prompt_build(&look->prompt, &look->coverage, &in);
		fill_look(look, task, input);
	}
	free(lists.tasks);
	free(lists.settings);
	free(lists.path_rules);
	task->started_mono_ms = clock_mono_ms();
}

static char *copy_or_null(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

/* A name that several looks share is kept once. */
static void keep_name(char **into, const char *name)
{
	if (!name || !*name || (*into && strstr(*into, name)))
		return;
	if (*into) {
		char *both = xstrf("%s, %s", *into, name);

		free(*into);
		*into = both;
	} else {
		*into = xstrdup(name);
	}
}

static void keep_attempts(struct task_record *record,
			  const struct outcome *outcome)
{
	if (!record->attempts)
		record->attempts = json_new_array();
	for (size_t i = 0; i < outcome->attempt_count; i++)
		json_add(record->attempts, attempt_json(&outcome->attempts[i]));
}

void run_task_charge(const struct run_look *look, const struct outcome *outcome)
{
	struct task_record *record = look->task->record;
	bool is_first = !record->attempts;

	record->cached = outcome->cached && (is_first || record->cached);
	record->cost_nusd += outcome->cost_nusd;
	record->input_tokens += outcome->usage.input_tokens;
	record->cached_tokens += outcome->usage.cached_tokens;
	record->output_tokens += outcome->usage.output_tokens;
	record->requests += outcome->requests;
	keep_attempts(record, outcome);
}

static void keep_figures(const struct run_look *look,
			 const struct outcome *outcome)
{
	struct task_record *record = look->task->record;

	run_task_charge(look, outcome);
	keep_name(&record->service, outcome->service);
	keep_name(&record->model, outcome->model);
	keep_name(&record->mapped_from, outcome->mapped_from);
	keep_name(&record->instead_of, outcome->instead_of);
	if (outcome->instead_of && !record->instead_because)
		record->instead_because = copy_or_null(outcome->trouble);
	record->degraded |= outcome->degraded;
	for (size_t i = 0; i < look->coverage.left_out.len; i++)
		keep_name(&record->left_out, look->coverage.left_out.v[i]);
}

static void add_findings(struct run_task *task, struct findings_answer *answer)
{
	struct task_record *record = task->record;

	for (size_t i = 0; i < answer->findings.len; i++)
		*finding_list_add(&task->findings.findings) =
			answer->findings.items[i];
	answer->findings.len = 0;
	record->findings = task->findings.findings.len;
	record->dropped += answer->dropped;
	keep_name(&record->summary, answer->summary);
	findings_answer_release(answer);
}

static int read_answer(struct run_task *task, const struct run_input *input,
		       const struct outcome *outcome, struct err *err)
{
	struct task_record *record = task->record;
	enum answer_kind kind = task->plan->agent->answer;
	struct findings_answer findings;

	if (kind == ANSWER_FINDINGS) {
		if (findings_parse(&findings, outcome->text, outcome->text_len,
				   task->plan->use->name, err) < 0)
			return -1;
		findings_anchor(&findings, input->sources, SEVERITY_INFO);
		add_findings(task, &findings);
		return 0;
	}
	if (record->answer)
		return err_set(err, ERR_CONFLICT,
			       "answers of this kind cannot be put together");
	if (answer_parse(&record->answer, kind, outcome->text,
			 outcome->text_len, err) < 0)
		return -1;
	if (kind == ANSWER_FILES)
		record->dropped += task_result_drop_redacted(record->answer);
	record->summary =
		copy_or_null(json_string_or(record->answer, "summary", NULL));
	return 0;
}

/* What offline cannot do is no failure of its own; but where it stands in for
 * a service that failed, the run is not what was asked for. */
static void note_unsupported(struct run_task *task,
			     const struct outcome *outcome)
{
	task->was_degraded |= outcome->instead_of != NULL;
	if (!task->unsupported)
		task->unsupported = xstrdup(outcome->err.msg);
}

static void fail_look(struct run_task *task, const char *message)
{
	if (!task->failure)
		task->failure = xstrdup(message);
}

static void end_settled(struct run_task *task)
{
	if (task->failure)
		run_task_end(task, TASK_FAILED, task->failure);
	else if (task->waits_for)
		run_task_end(task, TASK_SKIPPED, "waits for a batch");
	else if (task->unsupported)
		run_task_end(task, TASK_SKIPPED, task->unsupported);
	else
		run_task_end(task, TASK_ANSWERED, NULL);
}

void run_task_settle(struct run_look *look, const struct run_input *input,
		     const struct outcome *outcome)
{
	struct run_task *task = look->task;
	struct err err = ERR_INIT;

	keep_figures(look, outcome);
	task->was_degraded |= outcome->degraded;
	task->lacks_budget |= outcome->budget_returns;
	if (outcome->waits)
		task->waits_for = RUN_WAITS_FOR_BATCH;
	else if ((outcome->fault == FAULT_UNSUPPORTED && outcome->is_local) ||
		 outcome->budget_returns)
		note_unsupported(task, outcome);
	else if (outcome->fault != FAULT_NONE)
		fail_look(task, outcome->err.msg[0]
					? outcome->err.msg
					: fault_name(outcome->fault));
	else if (read_answer(task, input, outcome, &err) < 0)
		fail_look(task, err.msg);
	else
		look->is_answered = true;
	if (!--task->open)
		end_settled(task);
}

void run_task_end(struct run_task *task, enum task_state state,
		  const char *reason)
{
	task->state = TASK_ENDED;
	task->record->state = state;
	free(task->record->reason);
	task->record->reason = copy_or_null(reason);
	if (task->started_mono_ms)
		task->record->duration_ms = clock_mono_ms() -
					    task->started_mono_ms;
}

char *run_task_result(const struct run_task *task)
{
	struct task_result result = { .record = task->record,
				      .findings = &task->findings.findings };

	return task_result_text(task->plan->agent->answer, &result);
}

void run_task_release(struct run_task *task)
{
	for (size_t i = 0; i < task->look_count; i++) {
		prompt_release(&task->looks[i].prompt);
		prompt_coverage_release(&task->looks[i].coverage);
		free(task->looks[i].desk_name);
	}
	free(task->looks);
	free(task->failure);
	free(task->unsupported);
	json_free(task->schema);
	json_free(task->files);
	findings_answer_release(&task->findings);
}
