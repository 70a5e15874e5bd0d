/*
 * Several agents' prompts as one, for small changes.
 */
#include <stdlib.h>
#include <string.h>

#include "agents/prompt.h"
#include "core/alloc.h"
#include "core/limits.h"

static const char head_text[] =
	"%zu agents look at this change, each on its own. What each is asked "
	"follows under its name. Answer for one after the other as if it were "
	"the only one: none knows of the others.\n";

static void add_schema(struct buf *out, const char *words,
		       enum answer_kind answer)
{
	struct json *schema = prompt_schema(answer);
	char *text = json_print(schema);

	buf_addf(out, "%s JSON of this schema:\n%s\n", words, text);
	free(text);
	json_free(schema);
}

void prompt_add_form(struct buf *out, enum answer_kind answer)
{
	add_schema(out, "\nAnswer with", answer);
}

/* The last part of its prompt but for the form of its answer. */
static void add_part(struct buf *out, const struct prompt_part *part,
		     size_t form_len)
{
	const char *task = part->prompt->task;

	buf_addf(out, "\n==== agent %s\n", part->name);
	buf_add(out, task, strlen(task) - form_len);
}

static void add_joint_form(struct buf *out, const struct prompt_part *parts,
			   size_t count, enum answer_kind answer)
{
	buf_addstr(out, "\n==== the answer\nAnswer with one JSON object that "
			"has a member for each agent, called as the agent is:");
	for (size_t i = 0; i < count; i++)
		buf_addf(out, "%s %s", i ? "," : "", parts[i].name);
	add_schema(out, ". Each member holds that agent's answer, which is",
		   answer);
}

static struct json *join_schema(const struct prompt_part *parts, size_t count,
				enum answer_kind answer)
{
	struct json *schema = json_new_object();
	struct json *required, *members;

	json_set_string(schema, "type", "object");
	json_set_bool(schema, "additionalProperties", false);
	required = json_set_array(schema, "required");
	members = json_set_object(schema, "properties");
	for (size_t i = 0; i < count; i++) {
		json_add_string(required, parts[i].name);
		json_set(members, parts[i].name, prompt_schema(answer));
	}
	return schema;
}

static char *copy_or_null(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

void prompt_join(struct prompt *out, struct json **schema,
		 const struct prompt_part *parts, size_t count,
		 enum answer_kind answer)
{
	const struct prompt *first = parts[0].prompt;
	struct buf task, form;

	buf_init(&form, 64 * KIB);
	prompt_add_form(&form, answer);
	buf_init(&task, LIMIT_REQUEST_BYTES);
	buf_addf(&task, head_text, count);
	for (size_t i = 0; i < count; i++)
		add_part(&task, &parts[i], form.len);
	add_joint_form(&task, parts, count, answer);
	*out = (struct prompt){
		.system = xstrdup(first->system),
		.change = xstrdup(first->change),
		.about = copy_or_null(first->about),
		.task = buf_detach(&task),
	};
	*schema = join_schema(parts, count, answer);
	buf_release(&form);
}
