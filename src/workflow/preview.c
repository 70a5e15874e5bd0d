#include "workflow/preview.h"

#include <stdlib.h>

#include "agents/platform.h"
#include "core/alloc.h"
#include "core/json.h"
#include "gateway/retry.h"
#include "workflow/run_task.h"

static void add_names(struct buf *out, const struct strvec *names,
		      const char *separator)
{
	for (size_t i = 0; i < names->len; i++)
		buf_addf(out, "%s%s", i ? separator : "", names->v[i]);
}

/* Why no service is asked, the caller's; NULL: one is. */
static char *why_nobody(const struct plan_task *task,
			const struct run_input *input)
{
	char *why = agent_unconcerned(task->agent,
				      sources_changeset(input->sources));

	if (why || task->agent->answer != ANSWER_TESTS)
		return why;
	return xstrdup("it runs the configured tests");
}

static void add_asked(struct buf *out, const struct plan_task *task,
		      const struct run_input *input)
{
	char *why = why_nobody(task, input);

	if (why) {
		buf_addf(out, " asks nobody: %s", why);
	} else {
		buf_addstr(out, " asks ");
		add_names(out, &task->services, ", then ");
	}
	free(why);
}

void preview_tasks(struct buf *out, const struct run_input *input)
{
	const struct plan *plan = input->plan;

	buf_addf(out, "%s: %s\n", plan->workflow->id, plan->workflow->title);
	for (size_t i = 0; i < plan->task_count; i++) {
		const struct plan_task *task = &plan->tasks[i];

		buf_addf(out, "  %s", task->use->name);
		if (task->phase)
			buf_addf(out, " (%s)", task->phase);
		add_asked(out, task, input);
		for (size_t j = 0; j < task->after_count; j++)
			buf_addf(out, "%s%s", j ? ", " : " after ",
				 plan->tasks[task->after[j]].use->name);
		buf_addch(out, '\n');
	}
}

static void add_look(struct buf *out, struct gateway *gateway,
		     const struct run_look *look, bool has_results)
{
	const struct prompt *prompt = &look->prompt;

	buf_addf(out, "---- system\n%s", prompt->system);
	buf_addf(out, "---- change\n%s", prompt->change);
	if (prompt->about)
		buf_addf(out, "---- about\n%s", prompt->about);
	buf_addf(out, "---- task\n%s", prompt->task);
	if (has_results)
		buf_addstr(out, "(and the results of the tasks before it)\n");
	gateway_show(out, gateway, &look->ask);
	buf_addch(out, '\n');
}

static void add_prompts(struct buf *out, struct gateway *gateway,
			const struct run_input *input,
			const struct plan_task *plan)
{
	struct task_record record = { 0 };
	struct run_task task = { .plan = plan, .record = &record };
	bool has_results = plan->after_count &&
			   plan->agent->context & CONTEXT_RESULTS;

	char *why = why_nobody(plan, input);

	if (why) {
		buf_addf(out, "==== %s, %s: asks nobody: %s\n\n",
			 input->plan->workflow->id, plan->use->name, why);
		free(why);
		return;
	}
	run_task_prepare(&task, input, NULL, 0);
	for (size_t i = 0; i < task.look_count; i++) {
		buf_addf(out, "==== %s, %s: to %s", input->plan->workflow->id,
			 plan->use->name, plan->services.v[0]);
		if (task.look_count > 1)
			buf_addf(out, " (%zu of %zu)", i + 1, task.look_count);
		buf_addch(out, '\n');
		add_look(out, gateway, &task.looks[i], has_results);
	}
	run_task_release(&task);
}

void preview_prompts(struct buf *out, struct gateway *gateway,
		     const struct run_input *input)
{
	for (size_t i = 0; i < input->plan->task_count; i++)
		add_prompts(out, gateway, input, &input->plan->tasks[i]);
}

/* Every attempt may cost its worst case; there is a limit on all of them. */
static void add_cost(int64_t *expected, int64_t *most,
		     const struct json *services)
{
	int64_t left = RETRY_ATTEMPTS_PER_ASK;
	bool is_first = true;

	for (const struct json *at = json_first(services); at;
	     at = json_next(at)) {
		int64_t cost = json_int_or(at, "worst_case_nusd", 0);
		int64_t attempts = json_int_or(at, "attempts", 1);

		if (json_get(at, "skipped"))
			continue;
		if (is_first)
			*expected += cost;
		is_first = false;
		attempts = attempts < left ? attempts : left;
		left -= attempts;
		*most += attempts * cost;
	}
}

/* What the looks of a task come to; the services are those of the first. */
static void add_looks(struct json *out, struct gateway *gateway,
		      const struct run_task *task)
{
	int64_t tokens = 0, expected = 0, most = 0;
	struct json *services = NULL;

	for (size_t i = 0; i < task->look_count; i++) {
		struct run_look *look = &task->looks[i];
		struct json *asked = gateway_explain(gateway, &look->ask);

		tokens += prompt_tokens(&look->prompt);
		add_cost(&expected, &most, asked);
		if (i)
			json_free(asked);
		else
			services = asked;
	}
	json_set_int(out, "input_tokens", tokens);
	json_set_int(out, "expected_nusd", expected);
	json_set_int(out, "at_most_nusd", most);
	json_set(out, "services", services ? services : json_new_array());
}

static void add_question(struct json *out, struct gateway *gateway,
			 const struct run_input *input,
			 const struct plan_task *plan)
{
	struct task_record record = { 0 };
	struct run_task task = { .plan = plan, .record = &record };

	run_task_prepare(&task, input, NULL, 0);
	json_set_string(out, "complexity",
			complexity_names[task.looks[0].ask.complexity]);
	json_set_int(out, "max_output_tokens", task.looks[0].chat.max_tokens);
	json_set_int(out, "looks", (int64_t)task.look_count);
	add_looks(out, gateway, &task);
	run_task_release(&task);
}

static void add_explained(struct json *out, struct gateway *gateway,
			  const struct run_input *input,
			  const struct plan_task *plan)
{
	char *why = why_nobody(plan, input);
	struct json *after;

	json_set_string(out, "agent", plan->use->name);
	if (plan->phase)
		json_set_string(out, "phase", plan->phase);
	after = json_set_array(out, "after");
	for (size_t i = 0; i < plan->after_count; i++)
		json_add_string(after,
				input->plan->tasks[plan->after[i]].use->name);
	json_set_bool(out, "optional", plan->use->optional);
	json_set_int(out, "timeout_ms", plan->timeout_ms);
	if (why)
		json_set_string(out, "asks_nobody", why);
	else
		add_question(out, gateway, input, plan);
	free(why);
}

struct json *preview_explain(struct gateway *gateway,
			     const struct run_input *input)
{
	struct json *out = json_new_array();

	for (size_t i = 0; i < input->plan->task_count; i++)
		add_explained(json_add_object(out), gateway, input,
			      &input->plan->tasks[i]);
	return out;
}
