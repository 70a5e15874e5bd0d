#include "workflow/preview.h"

#include <stdlib.h>
#include <string.h>

#include "agents/platform.h"
#include "core/alloc.h"
#include "core/json.h"
#include "core/part.h"
#include "gateway/retry.h"
#include "workflow/run_task.h"
#include "workflow/together.h"

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

/* The tasks of a plan with their questions, as far as they can be known. */
struct preview {
	struct gateway *gateway;
	const struct run_input *input;
	struct run_task *tasks;
	struct task_record *records;
	char **nobody;  /* why it asks nobody; NULL: it asks   */
	size_t *leader; /* as together_choose() has it, of tasks */
	size_t count;
};

/* Of the tasks that are ready with the one at `first`, the first of them. */
static void choose_turn(struct preview *preview, size_t first, bool *is_done)
{
	struct run_look **looks = xcalloc(preview->count,
					  sizeof(struct run_look *));
	size_t *index = xcalloc(preview->count, sizeof(*index));
	size_t *leader, len = 0;

	for (size_t i = first; i < preview->count; i++) {
		if (preview->nobody[i] || is_done[i] ||
		    !plan_same_turn(preview->tasks[first].plan,
				    preview->tasks[i].plan))
			continue;
		is_done[i] = true;
		index[len] = i;
		looks[len++] = preview->tasks[i].looks;
	}
	leader = together_leaders(looks, len, preview->gateway, preview->input);
	for (size_t i = 0; i < len; i++)
		preview->leader[index[i]] = index[leader[i]];
	free(leader);
	free(index);
	free(looks);
}

static void preview_init(struct preview *out, struct gateway *gateway,
			 const struct run_input *input)
{
	size_t count = input->plan->task_count;
	bool *is_done = xcalloc(count, sizeof(*is_done));

	*out = (struct preview){
		.gateway = gateway,
		.input = input,
		.tasks = xcalloc(count, sizeof(*out->tasks)),
		.records = xcalloc(count, sizeof(*out->records)),
		.nobody = xcalloc(count, sizeof(char *)),
		.leader = xcalloc(count, sizeof(*out->leader)),
		.count = count,
	};
	for (size_t i = 0; i < count; i++) {
		out->tasks[i].plan = &input->plan->tasks[i];
		out->tasks[i].record = &out->records[i];
		out->nobody[i] = why_nobody(out->tasks[i].plan, input);
		if (!out->nobody[i])
			run_task_prepare(&out->tasks[i], input, NULL, 0);
	}
	for (size_t i = 0; i < count; i++)
		if (!out->nobody[i] && !is_done[i])
			choose_turn(out, i, is_done);
	free(is_done);
}

static void preview_release(struct preview *preview)
{
	for (size_t i = 0; i < preview->count; i++) {
		run_task_release(&preview->tasks[i]);
		free(preview->nobody[i]);
	}
	free(preview->tasks);
	free(preview->records);
	free(preview->nobody);
	free(preview->leader);
}

/* The question of all that the task at `first` leads, to be freed; NULL: it is
 * no leader of others. */
static struct joint *joint_of(const struct preview *preview, size_t first)
{
	struct run_look **looks = xcalloc(preview->count,
					  sizeof(struct run_look *));
	struct joint *joint = NULL;
	size_t len = 0;

	for (size_t i = first; i < preview->count; i++)
		if (!preview->nobody[i] && preview->leader[i] == first)
			looks[len++] = preview->tasks[i].looks;
	if (len > 1)
		joint = joint_new(looks, len);
	free(looks);
	return joint;
}

static void add_question(struct buf *out, struct gateway *gateway,
			 const struct ask *ask, bool has_results)
{
	const struct prompt *prompt = ask->chat->prompt;

	buf_addf(out, "---- system\n%s", prompt->system);
	buf_addf(out, "---- change\n%s", prompt->change);
	if (prompt->about)
		buf_addf(out, "---- about\n%s", prompt->about);
	buf_addf(out, "---- task\n%s", prompt->task);
	if (has_results)
		buf_addstr(out, "(and the results of the tasks before it)\n");
	gateway_show(out, gateway, ask);
	buf_addch(out, '\n');
}

static bool has_results(const struct plan_task *plan)
{
	return plan->after_count && plan->agent->context & CONTEXT_RESULTS;
}

static void add_joint(struct buf *out, const struct preview *preview,
		      const struct joint *joint)
{
	const struct plan_task *plan = joint->looks[0]->task->plan;
	bool results = false;

	buf_addf(out, "==== %s, ", preview->input->plan->workflow->id);
	for (size_t i = 0; i < joint->count; i++) {
		const struct plan_task *one = joint->looks[i]->task->plan;

		buf_addf(out, "%s%s", i ? " + " : "", one->use->name);
		results |= has_results(one);
	}
	buf_addf(out, ": to %s in one request\n", plan->services.v[0]);
	add_question(out, preview->gateway, &joint->ask, results);
}

static void add_alone(struct buf *out, const struct preview *preview,
		      const struct run_task *task)
{
	const struct plan_task *plan = task->plan;

	for (size_t i = 0; i < task->look_count; i++) {
		buf_addf(out, "==== %s, %s: to %s",
			 preview->input->plan->workflow->id, plan->use->name,
			 plan->services.v[0]);
		if (task->look_count > 1)
			buf_addf(out, " (%zu of %zu)", i + 1, task->look_count);
		buf_addch(out, '\n');
		add_question(out, preview->gateway, &task->looks[i].ask,
			     has_results(plan));
	}
}

void preview_prompts(struct buf *out, struct gateway *gateway,
		     const struct run_input *input)
{
	struct preview preview;

	preview_init(&preview, gateway, input);
	for (size_t i = 0; i < preview.count; i++) {
		const struct run_task *task = &preview.tasks[i];
		struct joint *joint;

		if (preview.nobody[i]) {
			buf_addf(out, "==== %s, %s: asks nobody: %s\n\n",
				 input->plan->workflow->id,
				 task->plan->use->name, preview.nobody[i]);
			continue;
		}
		if (preview.leader[i] != i)
			continue; /* shown with its leader */
		joint = joint_of(&preview, i);
		if (joint) {
			add_joint(out, &preview, joint);
			joint_free(joint);
		} else {
			add_alone(out, &preview, task);
		}
	}
	preview_release(&preview);
}

/* Every attempt may cost its worst case; there is a limit on all of them. A
 * batch is one more, before all others. */
static void add_cost(int64_t *expected, int64_t *most,
		     const struct json *services)
{
	int64_t left = RETRY_ATTEMPTS_PER_ASK;
	bool is_first = true;

	for (const struct json *at = json_first(services); at;
	     at = json_next(at)) {
		int64_t cost = json_int_or(at, "worst_case_nusd", 0);
		int64_t batch = json_int_or(at, "batch.worst_case_nusd", 0);
		int64_t attempts = json_int_or(at, "attempts", 1);

		if (json_get(at, "skipped"))
			continue;
		if (is_first)
			*expected += json_get(at, "batch") ? batch : cost;
		is_first = false;
		*most += batch;
		attempts = attempts < left ? attempts : left;
		left -= attempts;
		*most += attempts * cost;
	}
}

/* What a task's own questions come to; the services are those of the first. */
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

/* Its part of the one request for all of them stands for what it would have
 * asked alone, which it does where that fails. */
static void add_part(struct json *out, const struct preview *preview,
		     size_t task)
{
	struct joint *joint = joint_of(preview, preview->leader[task]);
	int64_t expected = 0, most = 0;
	struct json *services, *with, *request;
	size_t index = 0;

	if (!joint)
		return;
	with = json_set_array(out, "together_with");
	for (size_t i = 0; i < joint->count; i++) {
		if (joint->looks[i]->task == &preview->tasks[task])
			index = i;
		else
			json_add_string(with,
					joint->looks[i]->task->plan->use->name);
	}
	services = gateway_explain(preview->gateway, &joint->ask);
	add_cost(&expected, &most, services);
	request = json_set_object(out, "one_request");
	json_set_int(request, "input_tokens", prompt_tokens(&joint->prompt));
	json_set_int(request, "max_output_tokens", joint->chat.max_tokens);
	json_set_int(request, "expected_nusd", expected);
	json_set_int(out, "expected_nusd",
		     part_of(expected, index, joint->count));
	json_set_int(out, "at_most_nusd",
		     json_int_or(out, "at_most_nusd", 0) +
			     part_of(most, index, joint->count));
	json_free(services);
	joint_free(joint);
}

static void add_explained(struct json *out, const struct preview *preview,
			  size_t index)
{
	const struct run_task *task = &preview->tasks[index];
	const struct plan_task *plan = task->plan;
	const struct plan *whole = preview->input->plan;
	const char *why = NULL;
	struct json *after;

	json_set_string(out, "agent", plan->use->name);
	if (plan->phase)
		json_set_string(out, "phase", plan->phase);
	after = json_set_array(out, "after");
	for (size_t i = 0; i < plan->after_count; i++)
		json_add_string(after, whole->tasks[plan->after[i]].use->name);
	json_set_bool(out, "optional", plan->use->optional);
	json_set_int(out, "timeout_ms", plan->timeout_ms);
	if (preview->nobody[index]) {
		json_set_string(out, "asks_nobody", preview->nobody[index]);
		return;
	}
	json_set_string(out, "complexity",
			complexity_names[task->looks[0].ask.complexity]);
	run_complexity(sources_changeset(preview->input->sources), plan->agent,
		       &preview->input->settings->complexity, &why);
	json_set_string(out, "complexity_why", why);
	json_set_int(out, "max_output_tokens", task->looks[0].chat.max_tokens);
	json_set_int(out, "looks", (int64_t)task->look_count);
	add_looks(out, preview->gateway, task);
	add_part(out, preview, index);
}

struct json *preview_explain(struct gateway *gateway,
			     const struct run_input *input)
{
	struct json *out = json_new_array();
	struct preview preview;

	preview_init(&preview, gateway, input);
	for (size_t i = 0; i < preview.count; i++)
		add_explained(json_add_object(out), &preview, i);
	preview_release(&preview);
	return out;
}
