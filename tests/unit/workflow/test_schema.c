#include "manual.h"
#include "unit.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/json.h"
#include "core/strvec.h"
#include "io/file.h"
#include "workflow/condition.h"
#include "workflow/workflow_internal.h"

/* The editors' schema and the loader's tables say the same. */

static char *source_path(const char *name)
{
	static char path[4096];

	snprintf(path, sizeof(path), "%s/%s", getenv("SRCDIR"), name);
	return path;
}

static struct json *read_schema(void)
{
	struct err err = ERR_INIT;
	struct json *schema = NULL;
	struct buf text;

	buf_init(&text, 1 << 20);
	must(file_read(&text,
		       source_path("contrib/editor/"
				   "referee-workflow.schema.json"),
		       &err));
	must(json_parse(&schema, text.ptr, text.len, &err));
	buf_release(&text);
	return schema;
}

static bool is_required(const struct json *at, const char *key)
{
	const struct json *list = json_get(at, "required");

	for (const struct json *item = json_first(list); item;
	     item = json_next(item))
		if (!strcmp(json_string_or(item, "", ""), key))
			return true;
	return false;
}

static const struct {
	const char *at;
	const struct field *fields;
} tables[] = {
	{ "", workflow_fields },
	{ "definitions.trigger", workflow_trigger_fields },
	{ "definitions.agent", workflow_agent_fields },
	{ "definitions.agent.properties.config", workflow_config_fields },
	{ "definitions.phase", workflow_phase_fields },
	{ "definitions.fallback", workflow_fallback_fields },
	{ "definitions.instruction", workflow_instruction_fields },
	{ "definitions.output", workflow_output_fields },
	{ "definitions.inline", workflow_inline_fields },
	{ "definitions.verdict", workflow_verdict_fields },
};

Test(schema, has_the_keys_the_loader_takes)
{
	struct json *schema = read_schema();

	for (size_t i = 0; i < ARRAY_LEN(tables); i++) {
		const struct json *at = json_find(schema, tables[i].at);
		const struct json *members = json_get(at, "properties");
		const struct field *field = tables[i].fields;

		cr_assert(members != NULL, "%s", tables[i].at);
		cr_expect(
			eq(sz, json_len(members), workflow_field_count(field)),
			"%s", tables[i].at);
		for (; field->key; field++) {
			cr_expect(json_get(members, field->key) != NULL,
				  "%s: %s", tables[i].at, field->key);
			cr_expect(eq(int, is_required(at, field->key),
				     field->is_required),
				  "%s: %s", tables[i].at, field->key);
		}
	}
	json_free(schema);
}

static void check_names(const struct json *list, const char *const *names)
{
	size_t count = 0;

	for (; names[count]; count++) {
		bool found = false;

		for (const struct json *item = json_first(list); item;
		     item = json_next(item))
			found |= !strcmp(json_name(item)
						 ? json_name(item)
						 : json_string_or(item, "", ""),
					 names[count]);
		cr_expect(found, "%s", names[count]);
	}
	cr_expect(eq(sz, json_len(list), count));
}

Test(schema, has_the_events_and_conditions_there_are)
{
	struct json *schema = read_schema();

	check_names(
		json_find(schema, "definitions.trigger.properties.event.enum"),
		trigger_event_names);
	check_names(json_find(schema, "definitions.conditions.properties"),
		    condition_names);
	json_free(schema);
}

/* The same files that the schema is tried on in t0410. */
static size_t load_all(const char *pattern, bool is_good)
{
	glob_t found;
	size_t count = 0;

	cr_assert(eq(int, glob(source_path(pattern), 0, NULL, &found), 0));
	for (; count < found.gl_pathc; count++) {
		struct mistakes mistakes = { 0 };
		struct workflow *workflow;
		struct err err = ERR_INIT;
		struct buf text;

		buf_init(&text, 1 << 20);
		must(file_read(&text, found.gl_pathv[count], &err));
		workflow = workflow_parse(found.gl_pathv[count], text.ptr,
					  text.len, NULL, &mistakes);
		cr_expect(eq(int, workflow != NULL, is_good), "%s",
			  found.gl_pathv[count]);
		workflow_free(workflow);
		mistakes_release(&mistakes);
		buf_release(&text);
	}
	globfree(&found);
	return count;
}

Test(schema, and_loader_judge_the_same_files)
{
	cr_assert(ge(sz, load_all("tests/data/workflows/good/*.yml", true), 1));
	cr_assert(
		ge(sz, load_all("tests/data/workflows/bad/*.yml", false), 15));
}

Test(manual, has_the_keys_the_loader_takes)
{
	char *page = manual_read("referee-workflow.5");
	char *example = manual_example(page);
	struct mistakes mistakes = { 0 };
	struct workflow *workflow;

	for (size_t i = 0; i < ARRAY_LEN(tables); i++)
		for (const struct field *field = tables[i].fields; field->key;
		     field++)
			cr_expect(strstr(page, field->key) != NULL, "%s",
				  field->key);
	for (size_t i = 0; workflow_fields[i].key; i++)
		cr_expect(manual_has_key(page, workflow_fields[i].key), "%s",
			  workflow_fields[i].key);
	for (size_t i = 0; trigger_event_names[i]; i++)
		cr_expect(manual_has_key(page, trigger_event_names[i]), "%s",
			  trigger_event_names[i]);
	for (size_t i = 0; condition_names[i]; i++)
		cr_expect(manual_has_key(page, condition_names[i]), "%s",
			  condition_names[i]);
	workflow = workflow_parse("f.yml", example, strlen(example), NULL,
				  &mistakes);
	cr_assert(workflow != NULL);
	workflow_free(workflow);
	free(example);
	free(page);
}
