#include "workflow/workflow.h"

#include <stdlib.h>
#include <string.h>

#include "config/value.h"
#include "core/alloc.h"
#include "core/limits.h"
#include "core/sha256.h"
#include "workflow/workflow_internal.h"

#define HOUR_MS (3600LL * 1000)

static const char *const execution_names[] = { "parallel", "sequential", NULL };
static const char *const latency_names[] = { "normal", "relaxed", NULL };

/* bool: is it the second of two names? */
static int set_second(void *at, const struct field *field, const char *text,
		      struct err *err)
{
	int number = 0;

	if (value_name(&number, text, field->names, err) < 0)
		return -1;
	*(bool *)at = number == 1;
	return 0;
}

#define WORKFLOW(member) offsetof(struct workflow, member)

const struct field workflow_fields[] = {
	{ .key = "name",
	  .set = field_set_text,
	  .is_required = true,
	  .offset = WORKFLOW(title) },
	{ .key = "trigger",
	  .read = workflow_read_trigger,
	  .is_required = true },
	{ .key = "agents", .read = workflow_read_agents },
	{ .key = "phases", .read = workflow_read_phases },
	{ .key = "execution",
	  .set = set_second,
	  .names = execution_names,
	  .offset = WORKFLOW(sequential) },
	{ .key = "timeout",
	  .set = field_set_duration,
	  .min = 1000,
	  .max = 24 * HOUR_MS,
	  .offset = WORKFLOW(timeout_ms) },
	{ .key = "latency",
	  .set = set_second,
	  .names = latency_names,
	  .offset = WORKFLOW(relaxed) },
	{ .key = "instructions", .read = workflow_read_instructions },
	{ .key = "fallback", .read = workflow_read_fallback },
	{ .key = "output", .read = workflow_read_output },
	{ .key = "verdict", .read = workflow_read_verdict },
	{ 0 },
};

size_t workflow_field_count(const struct field *fields)
{
	size_t count = 0;

	while (fields[count].key)
		count++;
	return count;
}

bool workflow_expect_items(const struct node *node, const char *what,
			   struct mistakes *mistakes)
{
	if (!node_expect(node, NODE_SEQUENCE, what, mistakes))
		return false;
	if (node->len > LIMIT_WORKFLOW_ITEMS)
		mistakes_add(mistakes, node->place,
			     "'%s' has more than %d items", what,
			     LIMIT_WORKFLOW_ITEMS);
	else if (!node->len)
		mistakes_add(mistakes, node->place, "'%s' must not be empty",
			     what);
	return node->len && node->len <= LIMIT_WORKFLOW_ITEMS;
}

/* "code-review" of "a/code-review.yml"; the caller frees it. */
static char *stem_of(const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	const char *dot = strrchr(name, '.');
	size_t len = strlen(name);

	if (dot && (!strcmp(dot, ".yml") || !strcmp(dot, ".yaml")))
		len = (size_t)(dot - name);
	return xmemdup(name, len);
}

static void check_shape(const struct workflow *workflow,
			const struct node *root, struct mistakes *mistakes)
{
	const struct node *agents = node_get(root, "agents");
	const struct node *phases = node_get(root, "phases");
	const struct node *execution = node_get(root, "execution");

	if (!value_is_id(workflow->id, true))
		mistakes_add(mistakes, (struct place){ workflow->path, 0, 0 },
			     "a workflow's file must be named with letters, "
			     "digits, '-', '_' and '.': '%.60s' is its id",
			     workflow->id);
	if (root->kind != NODE_MAPPING)
		return;
	if (agents && phases)
		mistakes_add(mistakes, phases->key_place,
			     "either 'agents' or 'phases', not both");
	if (!agents && !phases)
		mistakes_add(mistakes, root->place,
			     "'agents' or 'phases' is missing");
	if (execution && phases && !agents)
		mistakes_add(mistakes, execution->key_place,
			     "'execution' is for 'agents'; a phase has "
			     "'parallel'");
}

static struct workflow *new_workflow(const char *path, const char *text,
				     size_t len)
{
	struct workflow *workflow = xcalloc(1, sizeof(*workflow));
	char digest[SHA256_HEX_SIZE];

	sha256_hex(text, len, digest);
	workflow->path = xstrdup(path);
	workflow->id = stem_of(path);
	workflow->digest = xstrdup(digest);
	workflow->attention = SEVERITY_MAJOR;
	return workflow;
}

struct workflow *workflow_parse(const char *path, const char *text, size_t len,
				const struct workflow_names *names,
				struct mistakes *mistakes)
{
	struct document *document = document_parse(path, text, len, mistakes);
	struct workflow *workflow;
	const struct node *root;
	size_t errors = mistakes->errors;

	if (!document)
		return NULL;
	root = document_root(document);
	workflow = new_workflow(path, text, len);
	fields_read(workflow, root, "workflow", workflow_fields,
		    workflow_field_count(workflow_fields), mistakes);
	check_shape(workflow, root, mistakes);
	workflow_check(workflow, root, names, mistakes);
	document_free(document);
	mistakes_sort(mistakes);
	if (mistakes->errors == errors)
		return workflow;
	workflow_free(workflow);
	return NULL;
}

static void release_agent(struct workflow_agent *agent)
{
	free(agent->name);
	free(agent->type);
	free(agent->service);
	free(agent->model);
	strvec_release(&agent->setting_names);
	strvec_release(&agent->setting_values);
	strvec_release(&agent->tasks);
	strvec_release(&agent->depends_on);
}

static void release_phase(struct workflow_phase *phase)
{
	free(phase->name);
	for (size_t i = 0; i < phase->agent_count; i++)
		release_agent(&phase->agents[i]);
	free(phase->agents);
	strvec_release(&phase->depends_on);
}

static void release_lists(struct workflow *workflow)
{
	for (size_t i = 0; i < workflow->trigger_count; i++)
		trigger_release(&workflow->triggers[i]);
	for (size_t i = 0; i < workflow->phase_count; i++)
		release_phase(&workflow->phases[i]);
	for (size_t i = 0; i < workflow->path_rule_count; i++) {
		strvec_release(&workflow->path_rules[i].paths);
		free(workflow->path_rules[i].text);
	}
	for (size_t i = 0; i < workflow->fallback_count; i++) {
		free(workflow->fallbacks[i].service);
		free(workflow->fallbacks[i].use);
		free(workflow->fallbacks[i].notify);
	}
	free(workflow->triggers);
	free(workflow->phases);
	free(workflow->path_rules);
	free(workflow->fallbacks);
}

void workflow_free(struct workflow *workflow)
{
	if (!workflow)
		return;
	release_lists(workflow);
	free(workflow->id);
	free(workflow->title);
	free(workflow->path);
	free(workflow->digest);
	free(workflow->output.slack);
	free(workflow);
}

void workflow_definition(char out[17], const struct workflow *workflow,
			 const struct agent_list *agents)
{
	struct sha256 *sha = sha256_new();
	char hex[SHA256_HEX_SIZE];

	sha256_add_field(sha, workflow->digest, strlen(workflow->digest));
	for (size_t i = 0; i < workflow->phase_count; i++) {
		const struct workflow_phase *phase = &workflow->phases[i];

		for (size_t j = 0; j < phase->agent_count; j++) {
			const struct agent_definition *agent =
				agent_list_find(agents, phase->agents[j].name,
						phase->agents[j].type);

			if (agent)
				sha256_add_field(sha, agent->digest,
						 strlen(agent->digest));
		}
	}
	sha256_end(sha, hex);
	memcpy(out, hex, 16);
	out[16] = '\0';
}

void workflow_list_add(struct workflow_list *list, struct workflow *workflow)
{
	size_t at = 0;

	while (at < list->len && strcmp(list->items[at]->id, workflow->id) < 0)
		at++;
	if (at < list->len && !strcmp(list->items[at]->id, workflow->id)) {
		workflow_free(list->items[at]);
		list->items[at] = workflow;
		return;
	}
	/* NOLINTNEXTLINE(bugprone-sizeof-expression): a list of pointers */
	ARRAY_GROW(list->items, list->len, list->cap);
	memmove(list->items + at + 1, list->items + at,
		(list->len - at) * sizeof(struct workflow *));
	list->items[at] = workflow;
	list->len++;
}

const struct workflow *workflow_list_find(const struct workflow_list *list,
					  const char *id)
{
	for (size_t i = 0; i < list->len; i++)
		if (!strcmp(list->items[i]->id, id))
			return list->items[i];
	return NULL;
}

void workflow_list_release(struct workflow_list *list)
{
	for (size_t i = 0; i < list->len; i++)
		workflow_free(list->items[i]);
	free(list->items);
	*list = (struct workflow_list){ 0 };
}
