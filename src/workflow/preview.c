#include "workflow/preview.h"

#include "workflow/run_task.h"

static void add_names(struct buf *out, const struct strvec *names,
		      const char *separator)
{
	for (size_t i = 0; i < names->len; i++)
		buf_addf(out, "%s%s", i ? separator : "", names->v[i]);
}

void preview_tasks(struct buf *out, const struct plan *plan)
{
	buf_addf(out, "%s: %s\n", plan->workflow->id, plan->workflow->title);
	for (size_t i = 0; i < plan->task_count; i++) {
		const struct plan_task *task = &plan->tasks[i];

		buf_addf(out, "  %s", task->use->name);
		if (task->phase)
			buf_addf(out, " (%s)", task->phase);
		buf_addstr(out, " asks ");
		add_names(out, &task->services, ", then ");
		for (size_t j = 0; j < task->after_count; j++)
			buf_addf(out, "%s%s", j ? ", " : " after ",
				 plan->tasks[task->after[j]].use->name);
		buf_addch(out, '\n');
	}
}

static void add_look(struct buf *out, const struct run_look *look,
		     bool has_results)
{
	const struct prompt *prompt = &look->prompt;

	buf_addf(out, "---- system\n%s", prompt->system);
	buf_addf(out, "---- change\n%s", prompt->change);
	if (prompt->about)
		buf_addf(out, "---- about\n%s", prompt->about);
	buf_addf(out, "---- task\n%s", prompt->task);
	if (has_results)
		buf_addstr(out, "(and the results of the tasks before it)\n");
	buf_addch(out, '\n');
}

static void add_prompts(struct buf *out, const struct run_input *input,
			const struct plan_task *plan)
{
	struct task_record record = { 0 };
	struct run_task task = { .plan = plan, .record = &record };
	bool has_results = plan->after_count &&
			   plan->agent->context & CONTEXT_RESULTS;

	if (plan->agent->answer == ANSWER_TESTS) {
		buf_addf(out, "==== %s, %s: asks no service\n\n",
			 input->plan->workflow->id, plan->use->name);
		return;
	}
	run_task_prepare(&task, input, NULL, 0);
	for (size_t i = 0; i < task.look_count; i++) {
		buf_addf(out, "==== %s, %s: to %s", input->plan->workflow->id,
			 plan->use->name, plan->services.v[0]);
		if (task.look_count > 1)
			buf_addf(out, " (%zu of %zu)", i + 1, task.look_count);
		buf_addch(out, '\n');
		add_look(out, &task.looks[i], has_results);
	}
	run_task_release(&task);
}

void preview_prompts(struct buf *out, const struct run_input *input)
{
	for (size_t i = 0; i < input->plan->task_count; i++)
		add_prompts(out, input, &input->plan->tasks[i]);
}
