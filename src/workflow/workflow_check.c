#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "workflow/workflow_internal.h"

/* What a workflow's names stand for, and whether its order is one. */

struct check {
	const struct workflow *workflow;
	const struct workflow_names *names;
	struct mistakes *mistakes;
};

/* The names of a list, some of which may be NULL for a mistake. */
struct name_list {
	const char *items[LIMIT_WORKFLOW_ITEMS];
	size_t len;
};

/* Where `key` stands in a mapping, or its item `index` if it is a list. */
static struct place place_in(const struct node *node, const char *key,
			     size_t index)
{
	const struct node *value = node_get(node, key);

	if (!value)
		return node->place;
	return value->kind == NODE_SEQUENCE && index < value->len
		       ? value->items[index].place
		       : value->place;
}

static void note_unknown(const struct check *check, struct place place,
			 const char *what, const char *name,
			 const struct name_list *known)
{
	char said[UNKNOWN_SIZE];

	unknown_format(said, what, name, known->items, known->len);
	mistakes_add(check->mistakes, place, "%s", said);
}

static void check_service(const struct check *check, struct place place,
			  const char *name)
{
	const struct settings *settings = check->names->settings;
	struct name_list known = { .len = 0 };

	if (!name || !settings || settings_service(settings, name))
		return;
	for (size_t i = 0;
	     i < settings->service_count && known.len < LIMIT_WORKFLOW_ITEMS;
	     i++)
		known.items[known.len++] = settings->services[i].name;
	note_unknown(check, place, "service", name, &known);
}

static void check_notify(const struct check *check, struct place place,
			 const char *name)
{
	const struct settings *settings = check->names->settings;

	if (name && settings && !settings_notify(settings, name))
		mistakes_warn(check->mistakes, place,
			      "there is no [notify \"%.60s\"] in the "
			      "configuration",
			      name);
}

/* A task without a text is a name only, which says less than its author may
 * think: worth a warning if it is nearly one that has a text. */
static void check_tasks(const struct check *check,
			const struct workflow_agent *agent,
			const struct agent_definition *definition,
			const struct node *node)
{
	struct name_list known = { .len = 0 };
	char said[UNKNOWN_SIZE];

	for (size_t i = 0;
	     i < definition->task_count && known.len < LIMIT_WORKFLOW_ITEMS;
	     i++)
		known.items[known.len++] = definition->tasks[i].name;
	for (size_t i = 0; i < agent->tasks.len; i++) {
		bool found = false;

		for (size_t j = 0; j < known.len && !found; j++)
			found = !strcmp(known.items[j], agent->tasks.v[i]);
		if (found)
			continue;
		unknown_format(said, "task", agent->tasks.v[i], known.items,
			       known.len);
		mistakes_warn(check->mistakes, place_in(node, "tasks", i),
			      "%s; %.60s gets its name alone", said,
			      definition->name);
	}
}

static void note_unknown_agent(const struct check *check,
			       const struct workflow_agent *agent,
			       const struct node *node)
{
	const struct agent_list *agents = check->names->agents;
	struct name_list known = { .len = 0 };

	for (size_t i = 0; i < agents->len && known.len < LIMIT_WORKFLOW_ITEMS;
	     i++)
		known.items[known.len++] = agents->items[i]->name;
	if (agent->type)
		mistakes_add(check->mistakes, place_in(node, "name", 0),
			     "no agent is called '%.60s', and none is of type "
			     "'%.60s'",
			     agent->name, agent->type);
	else
		note_unknown(check, place_in(node, "name", 0), "agent",
			     agent->name, &known);
}

static void check_agent(const struct check *check,
			const struct workflow_agent *agent,
			const struct node *node)
{
	const struct agent_list *agents = check->names->agents;
	const struct agent_definition *definition;

	check_service(check, place_in(node, "service", 0), agent->service);
	if (!agents || !agent->name)
		return;
	definition = agent_list_find(agents, agent->name, agent->type);
	if (definition)
		check_tasks(check, agent, definition, node);
	else
		note_unknown_agent(check, agent, node);
}

/* Who waits for whom: after[i * len + j] is true if i waits for j. */
struct graph {
	struct name_list names;
	bool *after;
};

static size_t graph_find(const struct graph *graph, const char *name)
{
	for (size_t i = 0; i < graph->names.len; i++)
		if (graph->names.items[i] &&
		    !strcmp(graph->names.items[i], name))
			return i;
	return graph->names.len;
}

/* Takes away all that can end, again and again; what is left stands in a
 * circle, or waits for one. */
static bool reduce(const struct graph *graph, bool *stuck)
{
	size_t len = graph->names.len, left = len, before;

	for (size_t i = 0; i < len; i++)
		stuck[i] = true;
	do {
		before = left;
		for (size_t i = 0; i < len; i++) {
			bool waits = false;

			for (size_t j = 0; j < len; j++)
				waits |= stuck[j] && graph->after[i * len + j];
			if (!stuck[i] || waits)
				continue;
			stuck[i] = false;
			left--;
		}
	} while (left < before);
	return left > 0;
}

static size_t next_stuck(const struct graph *graph, const bool *stuck,
			 size_t from)
{
	size_t len = graph->names.len;

	for (size_t j = 0; j < len; j++)
		if (stuck[j] && graph->after[from * len + j])
			return j;
	return len; /* cannot be: it is stuck because it waits for one */
}

/* Names a circle, if there is one: "a -> b -> a", each after the next. */
static void check_circle(const struct check *check, const struct graph *graph,
			 struct place place)
{
	bool stuck[LIMIT_WORKFLOW_ITEMS] = { false };
	bool seen[LIMIT_WORKFLOW_ITEMS] = { false };
	size_t at = 0, first;
	struct buf path;

	if (!reduce(graph, stuck))
		return;
	while (!stuck[at])
		at++;
	while (!seen[at]) { /* leads into the circle */
		seen[at] = true;
		at = next_stuck(graph, stuck, at);
	}
	first = at;
	buf_init(&path, LIMIT_WORKFLOW_BYTES);
	do {
		const char *name = graph->names.items[at];

		buf_addf(&path, "%s -> ", name ? name : "?");
		at = next_stuck(graph, stuck, at);
	} while (at != first);
	mistakes_add(check->mistakes, place, "a circle of 'depends_on': %s%s",
		     path.ptr,
		     graph->names.items[first] ? graph->names.items[first]
					       : "?");
	buf_release(&path);
}

/* Adds what `from` says it waits for. */
static void add_waits(const struct check *check, struct graph *graph,
		      size_t from, const struct strvec *depends_on,
		      const struct node *node)
{
	bool is_phase = node_get(node, "agents") != NULL;

	for (size_t i = 0; i < depends_on->len; i++) {
		size_t to = graph_find(graph, depends_on->v[i]);

		if (to < graph->names.len)
			graph->after[from * graph->names.len + to] = true;
		else
			note_unknown(check, place_in(node, "depends_on", i),
				     is_phase ? "phase" : "agent",
				     depends_on->v[i], &graph->names);
	}
}

static void check_agents(const struct check *check,
			 const struct workflow_phase *phase,
			 const struct node *node)
{
	struct graph graph = { .names.len = phase->agent_count };
	size_t len = phase->agent_count;
	bool in_order = check->workflow->sequential || !phase->parallel;

	for (size_t i = 0; i < len; i++)
		graph.names.items[i] = phase->agents[i].name;
	graph.after = xcalloc(len * len, sizeof(bool));
	for (size_t i = 0; i < len; i++) {
		check_agent(check, &phase->agents[i], &node->items[i]);
		add_waits(check, &graph, i, &phase->agents[i].depends_on,
			  &node->items[i]);
		if (in_order && i)
			graph.after[i * len + i - 1] = true;
	}
	check_circle(check, &graph, node->place);
	free(graph.after);
}

/* An agent's name is its answer's name in the record: once a workflow. */
static void check_uses(const struct check *check)
{
	const struct workflow *workflow = check->workflow;
	struct strvec seen = STRVEC_INIT;

	for (size_t i = 0; i < workflow->phase_count; i++)
		for (size_t j = 0; j < workflow->phases[i].agent_count; j++) {
			const struct workflow_agent *agent =
				&workflow->phases[i].agents[j];

			if (!agent->name)
				continue;
			if (strvec_has(&seen, agent->name))
				mistakes_add(check->mistakes, agent->place,
					     "agent '%.60s' is there twice",
					     agent->name);
			strvec_add(&seen, agent->name);
		}
	strvec_release(&seen);
}

static void check_phases(const struct check *check, const struct node *node)
{
	const struct workflow *workflow = check->workflow;
	size_t len = workflow->phase_count;
	struct graph graph = { .names.len = len };

	graph.after = xcalloc(len * len, sizeof(bool));
	for (size_t i = 0; i < len; i++) {
		const char *name = workflow->phases[i].name;

		if (name && graph_find(&graph, name) < i)
			mistakes_add(check->mistakes,
				     place_in(&node->items[i], "name", 0),
				     "phase '%.60s' is there twice", name);
		graph.names.items[i] = name;
	}
	for (size_t i = 0; i < len; i++) {
		const struct workflow_phase *phase = &workflow->phases[i];
		const struct node *agents = node_get(&node->items[i], "agents");

		if (agents && phase->agent_count)
			check_agents(check, phase, agents);
		add_waits(check, &graph, i, &phase->depends_on,
			  &node->items[i]);
		if (i && !phase->has_depends_on)
			graph.after[i * len + i - 1] = true;
	}
	check_circle(check, &graph, node->place);
	free(graph.after);
}

static void check_fallbacks(const struct check *check, const struct node *node)
{
	const struct workflow *workflow = check->workflow;

	for (size_t i = 0; i < workflow->fallback_count; i++) {
		const struct fallback_rule *rule = &workflow->fallbacks[i];
		const struct node *item = &node->items[i];

		check_service(check, place_in(item, "if", 0), rule->service);
		check_service(check, place_in(item, "use", 0), rule->use);
		check_notify(check, place_in(item, "notify", 0), rule->notify);
		if (rule->service && rule->use &&
		    !strcmp(rule->service, rule->use))
			mistakes_add(check->mistakes, place_in(item, "use", 0),
				     "'%.60s' cannot stand in for itself",
				     rule->use);
		for (size_t j = 0; j < i && rule->service; j++)
			if (workflow->fallbacks[j].service &&
			    !strcmp(workflow->fallbacks[j].service,
				    rule->service))
				mistakes_add(check->mistakes,
					     place_in(item, "if", 0),
					     "a second rule for '%.60s.fails', "
					     "also on line %d",
					     rule->service,
					     workflow->fallbacks[j].place.line);
	}
}

/* `true` needs exactly one section to mean. */
static void check_slack(const struct check *check, const struct node *output)
{
	const struct settings *settings = check->names->settings;
	const char *slack = check->workflow->output.slack;
	struct place place = place_in(output, "slack_notification", 0);

	if (output->kind == NODE_SEQUENCE)
		for (size_t i = 0; i < output->len; i++)
			if (node_get(&output->items[i], "slack_notification"))
				place = place_in(&output->items[i],
						 "slack_notification", 0);
	if (slack && *slack)
		check_notify(check, place, slack);
	else if (slack && settings && settings->notify_count != 1)
		mistakes_warn(check->mistakes, place,
			      "the configuration has %zu notify sections: "
			      "%s",
			      settings->notify_count,
			      settings->notify_count
				      ? "name the one that is meant"
				      : "nobody is told");
}

void workflow_check(const struct workflow *workflow, const struct node *root,
		    const struct workflow_names *names,
		    struct mistakes *mistakes)
{
	static const struct workflow_names no_names = { NULL, NULL };
	struct check check = { workflow, names ? names : &no_names, mistakes };
	const struct node *agents = node_get(root, "agents");
	const struct node *phases = node_get(root, "phases");
	const struct node *fallback = node_get(root, "fallback");
	const struct node *output = node_get(root, "output");

	if (agents && !phases && workflow->phase_count)
		check_agents(&check, &workflow->phases[0], agents);
	if (phases && !agents && workflow->phase_count)
		check_phases(&check, phases);
	check_uses(&check);
	if (fallback && workflow->fallback_count)
		check_fallbacks(&check, fallback);
	if (output)
		check_slack(&check, output);
}
