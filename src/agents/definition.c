#include "agents/definition.h"

#include <stdlib.h>
#include <string.h>

#include "config/shipped.h"
#include "config/value.h"
#include "config/yaml.h"
#include "core/alloc.h"
#include "core/limits.h"
#include "core/sha256.h"

#define DAY_MS (86400LL * 1000)
#define LOOKS  4 /* at a large change, unless the agent says more */

const char *const agent_context_names[] = { "change",  "about",  "guidance",
					    "symbols", "static", "previous",
					    "results", NULL };

const char *const agent_platform_names[] = { "ios", "android", NULL };

static void read_context(void *at, const struct field *field,
			 const struct node *node, struct mistakes *mistakes)
{
	struct strvec words = STRVEC_INIT;
	struct err err;
	int bit = 0;

	field_read_list(&words, field, node, mistakes);
	*(unsigned *)at = CONTEXT_CHANGE;
	for (size_t i = 0; i < words.len; i++)
		if (value_name(&bit, words.v[i], agent_context_names, &err) < 0)
			mistakes_add(mistakes, node->place, "'%s' %s",
				     field->key, err.msg);
		else
			*(unsigned *)at |= 1u << bit;
	strvec_release(&words);
}

static void read_platforms(void *at, const struct field *field,
			   const struct node *node, struct mistakes *mistakes)
{
	struct strvec *platforms = at;
	struct err err;
	int number = 0;

	field_read_list(platforms, field, node, mistakes);
	for (size_t i = 0; i < platforms->len; i++)
		if (value_name(&number, platforms->v[i], agent_platform_names,
			       &err) < 0)
			mistakes_add(mistakes, node->place, "'%s' %s",
				     field->key, err.msg);
}

static int set_answer(void *at, const struct field *field UNUSED,
		      const char *text, struct err *err)
{
	const char *names[ANSWER_KIND_COUNT + 1] = { NULL };
	int number = 0;

	for (int i = 0; i < ANSWER_KIND_COUNT; i++)
		names[i] = answer_kind_name((enum answer_kind)i);
	if (value_name(&number, text, names, err) < 0)
		return -1;
	*(enum answer_kind *)at = (enum answer_kind)number;
	return 0;
}

/* `at` is the definition. */
static void read_tasks(void *at, const struct field *field,
		       const struct node *node, struct mistakes *mistakes)
{
	struct agent_definition *agent = at;

	if (!node_expect(node, NODE_MAPPING, field->key, mistakes))
		return;
	for (size_t i = 0; i < node->len; i++) {
		const struct node *item = &node->items[i];
		const char *text = node_single(item, item->key, mistakes);

		if (!text)
			continue;
		ARRAY_GROW(agent->tasks, agent->task_count, agent->task_cap);
		agent->tasks[agent->task_count++] = (struct agent_task){
			.name = xstrdup(item->key), .text = xstrdup(text)
		};
	}
}

#define AGENT(member) offsetof(struct agent_definition, member)

const struct field agent_fields[] = {
	{ .key = "name",
	  .set = field_set_id,
	  .is_required = true,
	  .offset = AGENT(name) },
	{ .key = "type", .set = field_set_id, .offset = AGENT(type) },
	{ .key = "answer",
	  .set = set_answer,
	  .is_required = true,
	  .offset = AGENT(answer) },
	{ .key = "context", .read = read_context, .offset = AGENT(context) },
	{ .key = "complexity",
	  .set = field_set_name,
	  .names = complexity_names,
	  .offset = AGENT(complexity) },
	{ .key = "platforms",
	  .read = read_platforms,
	  .offset = AGENT(platforms) },
	{ .key = "cache",
	  .set = field_set_duration,
	  .min = 0,
	  .max = 400 * DAY_MS,
	  .offset = AGENT(cache_ms) },
	{ .key = "requests",
	  .set = field_set_number,
	  .min = 1,
	  .max = 20,
	  .offset = AGENT(requests) },
	{ .key = "tasks", .read = read_tasks },
};

const size_t agent_field_count = ARRAY_LEN(agent_fields);

static void definition_free(struct agent_definition *agent)
{
	if (!agent)
		return;
	free(agent->name);
	free(agent->type);
	strvec_release(&agent->platforms);
	for (size_t i = 0; i < agent->task_count; i++) {
		free(agent->tasks[i].name);
		free(agent->tasks[i].text);
	}
	free(agent->tasks);
	free(agent->instructions);
	free(agent->path);
	free(agent->digest);
	free(agent);
}

/* Where a file's two parts are: the YAML between two lines of three dashes, and
 * the Markdown below. */
struct parts {
	const char *yaml;
	size_t yaml_len;
	const char *body;
	size_t body_len;
};

static const char *next_line(const char *at, const char *end)
{
	const char *newline = memchr(at, '\n', (size_t)(end - at));

	return newline ? newline + 1 : end;
}

/* Is the line at `at` nothing but three dashes? */
static bool is_fence(const char *at, const char *end)
{
	size_t len = (size_t)(next_line(at, end) - at);

	while (len && strchr(" \t\r\n", at[len - 1]))
		len--;
	return len == 3 && !memcmp(at, "---", 3);
}

static bool split_parts(struct parts *out, const char *text, size_t len)
{
	const char *at = text, *end = text + len;

	if (!is_fence(at, end))
		return false;
	at = next_line(at, end);
	out->yaml = at;
	while (at < end && !is_fence(at, end))
		at = next_line(at, end);
	if (at == end)
		return false;
	out->yaml_len = (size_t)(at - out->yaml);
	out->body = next_line(at, end);
	while (out->body < end && strchr("\r\n", *out->body))
		out->body++;
	out->body_len = (size_t)(end - out->body);
	while (out->body_len && strchr(" \t\r\n", out->body[out->body_len - 1]))
		out->body_len--;
	return true;
}

static void read_parts(struct agent_definition *agent,
		       const struct parts *parts, struct mistakes *mistakes)
{
	struct document *document = document_parse_at(
		agent->path, 2, parts->yaml, parts->yaml_len, mistakes);
	struct place whole = { agent->path, 0, 0 };

	if (document)
		fields_read(agent, document_root(document), "front matter",
			    agent_fields, agent_field_count, mistakes);
	document_free(document);
	if (!parts->body_len)
		mistakes_add(mistakes, whole,
			     "no instructions below the front matter");
	else if (memchr(parts->body, '\0', parts->body_len))
		mistakes_add(mistakes, whole, "a NUL in the instructions");
	agent->instructions = xmemdup(parts->body, parts->body_len);
}

static struct agent_definition *definition_parse(const char *path,
						 const char *text, size_t len,
						 struct mistakes *mistakes)
{
	struct agent_definition *agent = xcalloc(1, sizeof(*agent));
	struct parts parts = { 0 };
	size_t errors = mistakes->errors;
	char digest[SHA256_HEX_SIZE];

	agent->path = xstrdup(path);
	agent->context = CONTEXT_CHANGE | CONTEXT_GUIDANCE | CONTEXT_SYMBOLS;
	agent->cache_ms = 7 * DAY_MS;
	sha256_hex(text, len, digest);
	agent->digest = xstrdup(digest);
	if (len > LIMIT_WORKFLOW_BYTES)
		mistakes_add(mistakes, (struct place){ path, 0, 0 },
			     "larger than %ld bytes", LIMIT_WORKFLOW_BYTES);
	else if (!split_parts(&parts, text, len))
		mistakes_add(mistakes, (struct place){ path, 1, 1 },
			     "front matter expected: lines of YAML between "
			     "two lines of '---'");
	else
		read_parts(agent, &parts, mistakes);
	/* What several looks found is one list; other answers are one piece. */
	if (!agent->requests)
		agent->requests = agent->answer == ANSWER_FINDINGS ? LOOKS : 1;
	if (mistakes->errors == errors)
		return agent;
	definition_free(agent);
	return NULL;
}

static void add_definition(struct agent_list *list,
			   struct agent_definition *agent)
{
	for (size_t i = 0; i < list->len; i++) {
		if (strcmp(list->items[i]->name, agent->name) != 0)
			continue;
		definition_free(list->items[i]);
		list->items[i] = agent;
		return;
	}
	/* NOLINTNEXTLINE(bugprone-sizeof-expression): a list of pointers */
	ARRAY_GROW(list->items, list->len, list->cap);
	list->items[list->len++] = agent;
}

bool agent_list_add(struct agent_list *list, const char *path, const char *text,
		    size_t len, struct mistakes *mistakes)
{
	struct agent_definition *agent = definition_parse(path, text, len,
							  mistakes);

	if (agent)
		add_definition(list, agent);
	return agent != NULL;
}

void agent_list_add_shipped(struct agent_list *list)
{
	const struct shipped_file *file = NULL;
	struct mistakes mistakes = { 0 };

	while ((file = shipped_next(file, "workflows/agents/", ".md"))) {
		struct agent_definition *agent = definition_parse(
			file->path, file->text, file->len, &mistakes);

		if (!agent)
			continue;
		agent->is_shipped = true;
		add_definition(list, agent);
	}
	mistakes_release(&mistakes);
}

void agent_list_release(struct agent_list *list)
{
	for (size_t i = 0; i < list->len; i++)
		definition_free(list->items[i]);
	free(list->items);
	*list = (struct agent_list){ 0 };
}

const struct agent_definition *agent_list_find(const struct agent_list *list,
					       const char *name,
					       const char *type)
{
	for (size_t i = 0; i < list->len; i++)
		if (!strcmp(list->items[i]->name, name))
			return list->items[i];
	for (size_t i = 0; i < list->len && type; i++)
		if (list->items[i]->type && !strcmp(list->items[i]->type, type))
			return list->items[i];
	return NULL;
}
