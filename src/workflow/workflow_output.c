#include <stdlib.h>
#include <string.h>

#include "config/value.h"
#include "core/alloc.h"
#include "repo/pattern.h"
#include "workflow/workflow_internal.h"

/* `instructions`, `fallback`, `output` and `verdict`. */

enum { DEFAULT_INLINE = 10 };

static void check_patterns(const struct strvec *patterns,
			   const struct node *node, struct mistakes *mistakes)
{
	struct pattern_list list = { 0 };
	struct err err;

	for (size_t i = 0; i < patterns->len; i++)
		if (pattern_list_add(&list, patterns->v[i], &err) < 0)
			mistakes_add(mistakes, node->place, "%s", err.msg);
	pattern_list_release(&list);
}

static void read_paths(void *at, const struct field *field,
		       const struct node *node, struct mistakes *mistakes)
{
	field_read_list(at, field, node, mistakes);
	check_patterns(at, node, mistakes);
}

#define RULE(member) offsetof(struct path_rule, member)

const struct field workflow_instruction_fields[] = {
	{ .key = "paths",
	  .read = read_paths,
	  .is_required = true,
	  .offset = RULE(paths) },
	{ .key = "text",
	  .set = field_set_text,
	  .is_required = true,
	  .offset = RULE(text) },
	{ 0 },
};

void workflow_read_instructions(void *at, const struct field *field,
				const struct node *node,
				struct mistakes *mistakes)
{
	struct workflow *workflow = at;
	struct path_rule *rule;

	if (!workflow_expect_items(node, field->key, mistakes))
		return;
	for (size_t i = 0; i < node->len; i++) {
		ARRAY_GROW(workflow->path_rules, workflow->path_rule_count,
			   workflow->path_rule_cap);
		rule = &workflow->path_rules[workflow->path_rule_count++];
		*rule = (struct path_rule){ 0 };
		fields_read(rule, &node->items[i], field->key,
			    workflow_instruction_fields,
			    workflow_field_count(workflow_instruction_fields),
			    mistakes);
	}
}

/* "claude-api.fails": the service. */
static int set_failing(void *at, const struct field *field UNUSED,
		       const char *text, struct err *err)
{
	static const char ending[] = ".fails";
	size_t len = strlen(text), ending_len = strlen(ending);

	if (len <= ending_len || strcmp(text + len - ending_len, ending) != 0)
		return err_set(err, ERR_INVALID,
			       "must be SERVICE.fails, not '%.60s'", text);
	free(*(char **)at);
	*(char **)at = xmemdup(text, len - ending_len);
	return 0;
}

#define FALLBACK(member) offsetof(struct fallback_rule, member)

const struct field workflow_fallback_fields[] = {
	{ .key = "if",
	  .set = set_failing,
	  .is_required = true,
	  .offset = FALLBACK(service) },
	{ .key = "use", .set = field_set_text, .offset = FALLBACK(use) },
	{ .key = "notify", .set = field_set_text, .offset = FALLBACK(notify) },
	{ .key = "continue",
	  .set = field_set_flag,
	  .offset = FALLBACK(continues) },
	{ 0 },
};

void workflow_read_fallback(void *at, const struct field *field,
			    const struct node *node, struct mistakes *mistakes)
{
	struct workflow *workflow = at;
	struct fallback_rule *rule;

	if (!workflow_expect_items(node, field->key, mistakes))
		return;
	for (size_t i = 0; i < node->len; i++) {
		const struct node *item = &node->items[i];

		ARRAY_GROW(workflow->fallbacks, workflow->fallback_count,
			   workflow->fallback_cap);
		rule = &workflow->fallbacks[workflow->fallback_count++];
		*rule = (struct fallback_rule){
			.continues = true,
			.place = { workflow->path, item->place.line,
				   item->place.column },
		};
		fields_read(rule, item, field->key, workflow_fallback_fields,
			    workflow_field_count(workflow_fallback_fields),
			    mistakes);
		if (rule->service && !node_get(item, "use") &&
		    !node_get(item, "notify") && !node_get(item, "continue"))
			mistakes_add(mistakes, item->place,
				     "'use', 'notify' or 'continue' is "
				     "missing");
	}
}

/* Several keys mean the same comment; one that is true is enough. */
static int set_comment(void *at, const struct field *field UNUSED,
		       const char *text, struct err *err)
{
	bool is_wanted = false;

	if (value_flag(&is_wanted, text, err) < 0)
		return -1;
	*(bool *)at |= is_wanted;
	return 0;
}

/* The record is always stored. */
static int set_ignored(void *at UNUSED, const struct field *field UNUSED,
		       const char *text, struct err *err)
{
	bool ignored = false;

	return value_flag(&ignored, text, err);
}

static int set_format(void *at, const struct field *field UNUSED,
		      const char *text, struct err *err)
{
	if (strcmp(text, "markdown") != 0)
		return err_set(err, ERR_INVALID,
			       "must be markdown, not '%.60s'", text);
	*(bool *)at = true;
	return 0;
}

/* true: the one notify section there is; or a section's name. */
static int set_slack(void *at, const struct field *field UNUSED,
		     const char *text, struct err *err)
{
	struct err no_flag;
	bool is_wanted = true;
	char **slack = at;

	if (value_flag(&is_wanted, text, &no_flag) == 0)
		text = "";
	else if (!value_is_id(text, true))
		return err_set(err, ERR_INVALID,
			       "must be true, false or a notify section's "
			       "name, not '%.60s'",
			       text);
	free(*slack);
	*slack = is_wanted ? xstrdup(text) : NULL;
	return 0;
}

#define OUTPUT(member) offsetof(struct workflow_output, member)

const struct field workflow_inline_fields[] = {
	{ .key = "max",
	  .set = field_set_number,
	  .min = 1,
	  .max = 100,
	  .offset = OUTPUT(inline_max) },
	{ .key = "min_severity",
	  .set = field_set_severity,
	  .offset = OUTPUT(inline_floor) },
	{ 0 },
};

/* true, false, or a mapping that narrows it. */
static void read_inline(void *at, const struct field *field,
			const struct node *node, struct mistakes *mistakes)
{
	struct workflow_output *output = at;
	struct err err;

	output->inline_comments = true;
	if (node->kind != NODE_SCALAR)
		fields_read(output, node, field->key, workflow_inline_fields,
			    workflow_field_count(workflow_inline_fields),
			    mistakes);
	else if (value_flag(&output->inline_comments, node->text, &err) < 0)
		mistakes_add(mistakes, node->place,
			     "'%s' must be true, false or a mapping",
			     field->key);
}

const struct field workflow_output_fields[] = {
	{ .key = "github_comment",
	  .set = set_comment,
	  .offset = OUTPUT(comment) },
	{ .key = "pr_comment", .set = set_comment, .offset = OUTPUT(comment) },
	{ .key = "gitlab_comment",
	  .set = set_comment,
	  .offset = OUTPUT(comment) },
	{ .key = "gitea_comment",
	  .set = set_comment,
	  .offset = OUTPUT(comment) },
	{ .key = "inline_comments", .read = read_inline },
	{ .key = "commit_status",
	  .set = field_set_flag,
	  .offset = OUTPUT(commit_status) },
	{ .key = "slack_notification",
	  .set = set_slack,
	  .offset = OUTPUT(slack) },
	{ .key = "database_log", .set = set_ignored },
	{ .key = "create_files",
	  .set = field_set_flag,
	  .offset = OUTPUT(create_files) },
	{ .key = "format", .set = set_format, .offset = OUTPUT(has_format) },
	{ 0 },
};

/* Does an earlier item of the list have the key too? */
static void check_repeats(const struct node *list, size_t index,
			  struct mistakes *mistakes)
{
	const struct node *item = &list->items[index];

	for (size_t i = 0; i < item->len; i++)
		for (size_t j = 0; j < index; j++) {
			const struct node *other = node_get(&list->items[j],
							    item->items[i].key);

			if (other)
				mistakes_add(mistakes, item->items[i].key_place,
					     "repeated key '%.60s', also on "
					     "line %d",
					     item->items[i].key,
					     other->key_place.line);
		}
}

/* One mapping, or a list of them. */
void workflow_read_output(void *at, const struct field *field,
			  const struct node *node, struct mistakes *mistakes)
{
	struct workflow *workflow = at;
	const struct node *maps = node;
	size_t count = 1;

	workflow->output.inline_max = DEFAULT_INLINE;
	workflow->output.inline_floor = SEVERITY_MINOR;
	if (node->kind == NODE_SEQUENCE) {
		if (!workflow_expect_items(node, field->key, mistakes))
			return;
		maps = node->items;
		count = node->len;
	}
	for (size_t i = 0; i < count; i++) {
		fields_read(&workflow->output, &maps[i], field->key,
			    workflow_output_fields,
			    workflow_field_count(workflow_output_fields),
			    mistakes);
		if (maps != node && maps[i].kind == NODE_MAPPING)
			check_repeats(node, i, mistakes);
	}
}

const struct field workflow_verdict_fields[] = {
	{ .key = "attention",
	  .set = field_set_severity,
	  .offset = offsetof(struct workflow, attention) },
	{ 0 },
};

void workflow_read_verdict(void *at, const struct field *field,
			   const struct node *node, struct mistakes *mistakes)
{
	fields_read(at, node, field->key, workflow_verdict_fields,
		    workflow_field_count(workflow_verdict_fields), mistakes);
}
