#include "app/backtest_amount.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "workflow/run_task.h"
#include "workflow/together.h"

static const char *const bound_names[AMOUNT_BOUNDS] = { "low", "expected",
							"high" };

/* Bytes a token has in code: many for one that knows the language well. */
static const double bytes_a_token[AMOUNT_BOUNDS] = { 4.2, 3.4, 2.5 };

/* What referee says of itself and of the answer's form. */
enum { SYSTEM_BYTES = 3000 };

static const int64_t answer_tokens[][AMOUNT_BOUNDS] = {
	[ANSWER_FINDINGS] = { 150, 700, 2500 },
	[ANSWER_FILES] = { 1000, 4000, 8000 },
	[ANSWER_DOCUMENT] = { 800, 2500, 6000 },
	[ANSWER_VERDICT] = { 150, 500, 1500 },
	[ANSWER_TESTS] = { 0, 0, 0 }, /* runs them, asks nobody */
};

void amount_add(struct amount *sum, const struct amount *more)
{
	for (int i = 0; i < AMOUNT_BOUNDS; i++) {
		sum->tokens[i] += more->tokens[i];
		sum->nusd[i] += more->nusd[i];
	}
	sum->is_guess |= more->is_guess;
}

void amount_describe(const struct amount *amount, struct json *out)
{
	struct json *tokens = json_set_object(out, "tokens");
	struct json *nusd = json_set_object(out, "cost_nusd");

	for (int i = 0; i < AMOUNT_BOUNDS; i++) {
		json_set_int(tokens, bound_names[i], amount->tokens[i]);
		json_set_int(nusd, bound_names[i], amount->nusd[i]);
	}
	json_set_bool(out, "price_unknown", amount->is_guess);
}

/* The question of a task, with text of the right length in place of what it
 * would say. */
struct question {
	const struct plan_task *task; /* NULL: asks nobody */
	struct prompt prompt;
	struct chat chat;
	struct ask ask;
	char *route; /* as of struct candidate */
};

/* All questions of a run. */
struct questions {
	struct question *items;
	size_t count;
};

/* Of that length, and the same for those that are shown the same. */
static char *filler(int64_t len)
{
	char *text = xcalloc((size_t)len + 1, 1);

	memset(text, 'x', (size_t)len);
	return text;
}

static char *task_filler(const struct agent_definition *agent)
{
	size_t bytes = agent->instructions ? strlen(agent->instructions) : 0;

	for (size_t i = 0; i < agent->task_count; i++)
		if (agent->tasks[i].text)
			bytes += strlen(agent->tasks[i].text);
	return filler((int64_t)bytes);
}

/* Those that are ready together, are shown the same code around the change and
 * would be asked by the same request may go out as one. */
static char *route_of(struct gateway *gateway, const struct plan *plan,
		      const struct question *question)
{
	const unsigned shown = CONTEXT_SYMBOLS | CONTEXT_STATIC;
	char *route = gateway_joint_route(gateway, &question->ask), *whole;
	size_t turn = 0;

	if (!route)
		return NULL;
	while (!plan_same_turn(&plan->tasks[turn], question->task))
		turn++;
	whole = xstrf("%zu %u\n%s", turn,
		      question->task->agent->context & shown, route);
	free(route);
	return whole;
}

static void fill_question(struct question *out, const struct plan *plan,
			  const struct plan_task *task,
			  const struct replayed *change)
{
	const struct agent_definition *agent = task->agent;
	const struct workflow_agent *use = task->use;

	out->task = task;
	out->prompt.system = filler(0);
	out->prompt.change = filler(change->diff_bytes);
	out->prompt.task = task_filler(agent);
	if (agent->context & CONTEXT_ABOUT)
		out->prompt.about = filler(0);
	out->chat = (struct chat){
		.agent = use->name,
		.answer = agent->answer,
		.prompt = &out->prompt,
		.model = use->model,
		.max_tokens = use->max_tokens ? use->max_tokens
					      : RUN_ANSWER_TOKENS,
		.temperature = use->temperature,
	};
	out->ask = (struct ask){
		.chat = &out->chat,
		.services = (const char *const *)task->services.v,
		.service_count = task->services.len,
		.complexity = agent->complexity ? agent->complexity
						: change->complexity,
		.deadline_ms = task->timeout_ms,
		.is_relaxed = plan->workflow->relaxed,
	};
}

static void questions_init(struct questions *out, struct gateway *gateway,
			   const struct plan *plan,
			   const struct replayed *change, bool may_join)
{
	*out = (struct questions){
		.items = xcalloc(plan->task_count + 1, sizeof(*out->items)),
		.count = plan->task_count,
	};
	for (size_t i = 0; i < out->count; i++) {
		struct question *question = &out->items[i];

		if (plan->tasks[i].agent->answer == ANSWER_TESTS)
			continue;
		fill_question(question, plan, &plan->tasks[i], change);
		/* Relaxed ones wait apart. */
		if (may_join && !plan->workflow->relaxed)
			question->route = route_of(gateway, plan, question);
	}
}

static void questions_release(struct questions *questions)
{
	for (size_t i = 0; i < questions->count; i++) {
		prompt_release(&questions->items[i].prompt);
		free(questions->items[i].route);
	}
	free(questions->items);
}

/* The first of those that each goes out with; the caller frees it. */
static size_t *leaders_of(const struct questions *questions)
{
	size_t *leader = xcalloc(questions->count + 1, sizeof(*leader));
	struct candidate *list = xcalloc(questions->count + 1, sizeof(*list));

	for (size_t i = 0; i < questions->count; i++) {
		const struct question *question = &questions->items[i];

		list[i] = (struct candidate){ .route = question->route,
					      .agent = question->chat.agent,
					      .ask = &question->ask };
	}
	together_choose(leader, list, questions->count);
	free(list);
	return leader;
}

/* What a request holds: of one task or of several. */
struct size {
	int64_t bytes, answer[AMOUNT_BOUNDS];
};

static void add_question(struct size *size, const struct question *question)
{
	const struct workflow_agent *use = question->task->use;

	size->bytes += (int64_t)strlen(question->prompt.task);
	for (int i = 0; i < AMOUNT_BOUNDS; i++) {
		int64_t answer = answer_tokens[question->chat.answer][i];

		if (use->max_tokens && answer > use->max_tokens)
			answer = use->max_tokens;
		size->answer[i] += answer;
	}
}

static void add_request(struct amount *out, struct gateway *gateway,
			const struct ask *ask, const struct size *size)
{
	for (int i = 0; i < AMOUNT_BOUNDS; i++) {
		int64_t in = (int64_t)((double)size->bytes / bytes_a_token[i]);
		struct estimate estimate;

		gateway_estimate(&estimate, gateway, ask, in, size->answer[i]);
		out->tokens[i] += in + size->answer[i];
		out->nusd[i] += estimate.cost_nusd;
		out->is_guess |= estimate.is_guess;
	}
}

void amount_of_run(struct amount *out, struct gateway *gateway,
		   const struct plan *plan, const struct replayed *change,
		   bool may_join)
{
	struct questions questions;
	size_t *leader;

	*out = (struct amount){ 0 };
	questions_init(&questions, gateway, plan, change, may_join);
	leader = leaders_of(&questions);
	for (size_t i = 0; i < questions.count; i++) {
		struct size size = { SYSTEM_BYTES + change->diff_bytes, { 0 } };

		if (!questions.items[i].task || leader[i] != i)
			continue;
		for (size_t j = i; j < questions.count; j++)
			if (leader[j] == i)
				add_question(&size, &questions.items[j]);
		add_request(out, gateway, &questions.items[i].ask, &size);
	}
	free(leader);
	questions_release(&questions);
}
