#include <stdlib.h>
#include <string.h>

#include "config/value.h"
#include "core/alloc.h"
#include "workflow/workflow_internal.h"

/* `agents` and `phases`: who works, and in which order. */

#define HOUR_MS (3600LL * 1000)

static int set_temperature(void *at, const struct field *field UNUSED,
			   const char *text, struct err *err)
{
	return value_decimal(at, text, 0, 2, err);
}

/* Further settings are for the agent to read: focus: unit_tests. */
static void read_config(void *at, const struct field *field,
			const struct node *node, struct mistakes *mistakes)
{
	struct workflow_agent *agent = at;
	const struct field *known;

	if (!node_expect(node, NODE_MAPPING, field->key, mistakes))
		return;
	for (size_t i = 0; i < node->len; i++) {
		const struct node *item = &node->items[i];
		const char *text;

		known = field_find(workflow_config_fields,
				   workflow_field_count(workflow_config_fields),
				   item->key);
		if (known) {
			field_read(agent, known, item, mistakes);
			continue;
		}
		text = node_single(item, item->key, mistakes);
		if (!text)
			continue;
		strvec_add(&agent->setting_names, item->key);
		strvec_add(&agent->setting_values, text);
	}
}

#define AGENT(member) offsetof(struct workflow_agent, member)

const struct field workflow_config_fields[] = {
	{ .key = "model", .set = field_set_text, .offset = AGENT(model) },
	{ .key = "max_tokens",
	  .set = field_set_number,
	  .min = 1,
	  .max = 1000000,
	  .offset = AGENT(max_tokens) },
	{ .key = "temperature",
	  .set = set_temperature,
	  .offset = AGENT(temperature) },
	{ 0 },
};

const struct field workflow_agent_fields[] = {
	{ .key = "name",
	  .set = field_set_id,
	  .is_required = true,
	  .offset = AGENT(name) },
	{ .key = "type", .set = field_set_id, .offset = AGENT(type) },
	{ .key = "service", .set = field_set_text, .offset = AGENT(service) },
	{ .key = "config", .read = read_config },
	{ .key = "tasks", .read = field_read_list, .offset = AGENT(tasks) },
	{ .key = "depends_on",
	  .read = field_read_list,
	  .offset = AGENT(depends_on) },
	{ .key = "timeout",
	  .set = field_set_duration,
	  .min = 1000,
	  .max = 24 * HOUR_MS,
	  .offset = AGENT(timeout_ms) },
	{ .key = "optional", .set = field_set_flag, .offset = AGENT(optional) },
	{ 0 },
};

/* A name alone, or a mapping. */
static void read_agent(struct workflow_agent *agent, const struct node *node,
		       struct mistakes *mistakes)
{
	if (node->kind == NODE_SCALAR && !node_is_null(node))
		field_read(agent, &workflow_agent_fields[0], node, mistakes);
	else
		fields_read(agent, node, "an agent", workflow_agent_fields,
			    workflow_field_count(workflow_agent_fields),
			    mistakes);
}

static void add_agents(struct workflow_phase *phase, const struct node *node,
		       struct mistakes *mistakes)
{
	struct workflow_agent *agent;

	if (!workflow_expect_items(node, "agents", mistakes))
		return;
	for (size_t i = 0; i < node->len; i++) {
		ARRAY_GROW(phase->agents, phase->agent_count, phase->agent_cap);
		agent = &phase->agents[phase->agent_count++];
		*agent = (struct workflow_agent){
			.temperature = -1,
			.place = { phase->place.path, node->items[i].place.line,
				   node->items[i].place.column },
		};
		read_agent(agent, &node->items[i], mistakes);
	}
}

static struct workflow_phase *add_phase(struct workflow *workflow,
					const struct node *node)
{
	struct workflow_phase *phase;

	ARRAY_GROW(workflow->phases, workflow->phase_count,
		   workflow->phase_cap);
	phase = &workflow->phases[workflow->phase_count++];
	*phase = (struct workflow_phase){
		.parallel = true,
		.place = { workflow->path, node->place.line,
			   node->place.column },
	};
	return phase;
}

void workflow_read_agents(void *at, const struct field *field UNUSED,
			  const struct node *node, struct mistakes *mistakes)
{
	add_agents(add_phase(at, node), node, mistakes);
}

static void read_phase_agents(void *at, const struct field *field UNUSED,
			      const struct node *node,
			      struct mistakes *mistakes)
{
	add_agents(at, node, mistakes);
}

static void read_phase_order(void *at, const struct field *field,
			     const struct node *node, struct mistakes *mistakes)
{
	struct workflow_phase *phase = at;

	phase->has_depends_on = true;
	field_read_list(&phase->depends_on, field, node, mistakes);
}

#define PHASE(member) offsetof(struct workflow_phase, member)

const struct field workflow_phase_fields[] = {
	{ .key = "name",
	  .set = field_set_text,
	  .is_required = true,
	  .offset = PHASE(name) },
	{ .key = "agents", .read = read_phase_agents, .is_required = true },
	{ .key = "parallel", .set = field_set_flag, .offset = PHASE(parallel) },
	{ .key = "depends_on", .read = read_phase_order },
	{ 0 },
};

void workflow_read_phases(void *at, const struct field *field,
			  const struct node *node, struct mistakes *mistakes)
{
	if (!workflow_expect_items(node, field->key, mistakes))
		return;
	for (size_t i = 0; i < node->len; i++)
		fields_read(add_phase(at, &node->items[i]), &node->items[i],
			    "a phase", workflow_phase_fields,
			    workflow_field_count(workflow_phase_fields),
			    mistakes);
}
