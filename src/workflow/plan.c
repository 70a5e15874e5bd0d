#include "workflow/plan.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

enum { DEFAULT_TASK_MS = 5 * 60 * 1000, DEFAULT_RUN_MS = 15 * 60 * 1000 };

static const struct fallback_rule *rule_of(const struct workflow *workflow,
					   const char *service)
{
	for (size_t i = 0; i < workflow->fallback_count; i++)
		if (!strcmp(workflow->fallbacks[i].service, service))
			return &workflow->fallbacks[i];
	return NULL;
}

const char *plan_notify(const struct workflow *workflow, const char *service)
{
	const struct fallback_rule *rule = rule_of(workflow, service);

	return rule ? rule->notify : NULL;
}

/* Follows `if: A.fails` / `use: B` from the task's own service to the end. */
static void chain_services(struct plan_task *task,
			   const struct workflow *workflow)
{
	const struct fallback_rule *rule;

	task->may_degrade = true;
	while ((rule = rule_of(workflow,
			       task->services.v[task->services.len - 1]))) {
		if (!rule->continues) {
			task->may_degrade = false;
			task->stops_run = true;
		}
		if (!rule->use || strvec_has(&task->services, rule->use))
			return;
		strvec_add(&task->services, rule->use);
	}
}

static void add_after(struct plan_task *task, size_t index)
{
	for (size_t i = 0; i < task->after_count; i++)
		if (task->after[i] == index)
			return;
	ARRAY_GROW(task->after, task->after_count, task->after_cap);
	task->after[task->after_count++] = index;
}

/* Where each phase's tasks are in the plan. */
struct span {
	size_t first, end;
};

static void follow_phase(struct plan *plan, const struct span *phase,
			 const struct span *before)
{
	for (size_t i = phase->first; i < phase->end; i++)
		for (size_t j = before->first; j < before->end; j++)
			add_after(&plan->tasks[i], j);
}

static void link_phases(struct plan *plan, const struct span *spans)
{
	const struct workflow *workflow = plan->workflow;

	for (size_t i = 0; i < workflow->phase_count; i++) {
		const struct workflow_phase *phase = &workflow->phases[i];

		if (!phase->has_depends_on && i)
			follow_phase(plan, &spans[i], &spans[i - 1]);
		for (size_t j = 0; j < workflow->phase_count; j++)
			if (workflow->phases[j].name &&
			    strvec_has(&phase->depends_on,
				       workflow->phases[j].name))
				follow_phase(plan, &spans[i], &spans[j]);
	}
}

static void link_agents(struct plan *plan, const struct workflow_phase *phase,
			const struct span *span, bool sequential)
{
	for (size_t i = span->first; i < span->end; i++) {
		struct plan_task *task = &plan->tasks[i];

		if (sequential && i > span->first)
			add_after(task, i - 1);
		for (size_t j = span->first; j < span->end; j++)
			if (strvec_has(&task->use->depends_on,
				       phase->agents[j - span->first].name))
				add_after(task, j);
	}
}

static void fill_task(struct plan_task *task, const struct workflow *workflow,
		      const struct workflow_agent *use,
		      const struct workflow_phase *phase)
{
	task->use = use;
	task->phase = phase->name;
	task->timeout_ms = use->timeout_ms ? use->timeout_ms : DEFAULT_TASK_MS;
	chain_services(task, workflow);
}

void plan_make(struct plan *out, const struct workflow *workflow,
	       const struct agent_list *agents, const struct settings *settings,
	       const char *service)
{
	struct span *spans = xcalloc(workflow->phase_count, sizeof(*spans));
	size_t count = 0;

	for (size_t i = 0; i < workflow->phase_count; i++)
		count += workflow->phases[i].agent_count;
	*out = (struct plan){ .workflow = workflow, .task_count = count };
	out->tasks = xcalloc(count, sizeof(*out->tasks));
	out->timeout_ms = workflow->timeout_ms ? workflow->timeout_ms
					       : DEFAULT_RUN_MS;
	count = 0;
	for (size_t i = 0; i < workflow->phase_count; i++) {
		const struct workflow_phase *phase = &workflow->phases[i];

		spans[i].first = count;
		for (size_t j = 0; j < phase->agent_count; j++, count++) {
			const struct workflow_agent *use = &phase->agents[j];
			struct plan_task *task = &out->tasks[count];
			const char *own = use->service ? use->service
						       : settings->service;

			strvec_add(&task->services, service ? service : own);
			fill_task(task, workflow, use, phase);
			task->agent = agent_list_find(agents, use->name,
						      use->type);
		}
		spans[i].end = count;
		link_agents(out, phase, &spans[i],
			    workflow->sequential || !phase->parallel);
	}
	link_phases(out, spans);
	free(spans);
	workflow_definition(out->definition, workflow, agents);
}

/* Every task that was seen already is passed over: each is visited once. */
static bool reaches(const struct plan *plan, size_t from, size_t to, bool *seen)
{
	const struct plan_task *task = &plan->tasks[from];

	seen[from] = true;
	for (size_t i = 0; i < task->after_count; i++)
		if (task->after[i] == to ||
		    (!seen[task->after[i]] &&
		     reaches(plan, task->after[i], to, seen)))
			return true;
	return false;
}

bool plan_follows(const struct plan *plan, size_t task, size_t earlier)
{
	bool *seen = xcalloc(plan->task_count, sizeof(*seen));
	bool found = reaches(plan, task, earlier, seen);

	free(seen);
	return found;
}

bool plan_same_turn(const struct plan_task *a, const struct plan_task *b)
{
	if (a->after_count != b->after_count)
		return false;
	for (size_t i = 0; i < a->after_count; i++) {
		bool found = false;

		for (size_t j = 0; j < b->after_count; j++)
			found |= a->after[i] == b->after[j];
		if (!found)
			return false;
	}
	return true;
}

void plan_release(struct plan *plan)
{
	for (size_t i = 0; i < plan->task_count; i++) {
		free(plan->tasks[i].after);
		strvec_release(&plan->tasks[i].services);
	}
	free(plan->tasks);
	*plan = (struct plan){ 0 };
}
