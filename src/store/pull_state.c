/*
 * The state of a pull as a value, and as JSON.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "store/fields.h"
#include "store/pulls.h"

#define KEYS_REMEMBERED 100

static const char *const progresses[] = { "due",       "running", "stored",
					  "delivered", "done",    "failed",
					  "skipped" };

static const char *progress_at(unsigned value)
{
	return value < ARRAY_LEN(progresses) ? progresses[value] : NULL;
}

static const char *severity_at(unsigned value)
{
	return value < SEVERITY_COUNT ? severity_name((enum severity)value)
				      : NULL;
}

static const char *state_at(unsigned value)
{
	return value <= FINDING_DISMISSED
		       ? finding_state_name((enum finding_state)value)
		       : NULL;
}

#define ROW(type, member, field_kind) \
	.name = #member, .kind = (field_kind), .offset = offsetof(type, member)
#define TEXT(type, member)                    \
	{                                     \
		ROW(type, member, FIELD_TEXT) \
	}
#define MUST(type, member)                                      \
	{                                                       \
		ROW(type, member, FIELD_TEXT), .required = true \
	}
#define FIXED(type, member)                                 \
	{                                                   \
		ROW(type, member, FIELD_FIXED),             \
			.size = sizeof(((type *)0)->member) \
	}
#define LONG(type, member)                     \
	{                                      \
		ROW(type, member, FIELD_INT64) \
	}
#define FLAG(type, member)                    \
	{                                     \
		ROW(type, member, FIELD_BOOL) \
	}
#define NAMED(type, member, names)                                \
	{                                                         \
		ROW(type, member, FIELD_NAME), .required = true,  \
					       .name_of = (names) \
	}

static const struct field pull_fields[] = {
	LONG(struct pull_state, number),
	TEXT(struct pull_state, branch),
	LONG(struct pull_state, epoch),
	FIXED(struct pull_state, head),
	TEXT(struct pull_state, base),
	TEXT(struct pull_state, title),
	TEXT(struct pull_state, author),
	FLAG(struct pull_state, is_draft),
	FLAG(struct pull_state, is_closed),
	FLAG(struct pull_state, is_left_out),
	FLAG(struct pull_state, is_approved),
	{ ROW(struct pull_state, labels, FIELD_TEXTS) },
	{ ROW(struct pull_state, change_keys, FIELD_TEXTS) },
	TEXT(struct pull_state, last_comment),
	LONG(struct pull_state, comments_at_ms),
	LONG(struct pull_state, seen_at_ms),
	FIXED(struct pull_state, mistakes),
	{ ROW(struct pull_state, mistakes_told, FIELD_INT) },
	LONG(struct pull_state, mistakes_retry_at_ms),
};

static const struct field workflow_fields[] = {
	MUST(struct workflow_state, workflow),
	NAMED(struct workflow_state, progress, progress_at),
	FIXED(struct workflow_state, change_key),
	FIXED(struct workflow_state, head),
	FIXED(struct workflow_state, run),
	TEXT(struct workflow_state, event),
	TEXT(struct workflow_state, reason),
	TEXT(struct workflow_state, waits_for),
	{ ROW(struct workflow_state, attempts, FIELD_INT) },
	LONG(struct workflow_state, retry_at_ms),
	FLAG(struct workflow_state, is_untold),
	LONG(struct workflow_state, changed_at_ms),
	TEXT(struct workflow_state, period),
};

static const struct field posted_fields[] = {
	MUST(struct posted, kind),   MUST(struct posted, key),
	TEXT(struct posted, id),     TEXT(struct posted, head),
	TEXT(struct posted, digest), LONG(struct posted, at_ms),
};

static const struct field batch_fields[] = {
	MUST(struct batch_state, service),
	MUST(struct batch_state, id),
	TEXT(struct batch_state, workflow),
	TEXT(struct batch_state, agent),
	LONG(struct batch_state, sent_at_ms),
	{ ROW(struct batch_state, request, FIELD_JSON) },
};

static const struct field finding_fields[] = {
	{ ROW(struct known_finding, fingerprint, FIELD_FIXED),
	  .size = FINGERPRINT_SIZE, .required = true },
	TEXT(struct known_finding, workflow),
	TEXT(struct known_finding, agent),
	TEXT(struct known_finding, rule),
	TEXT(struct known_finding, category),
	TEXT(struct known_finding, path),
	TEXT(struct known_finding, symbol),
	MUST(struct known_finding, code),
	TEXT(struct known_finding, title),
	NAMED(struct known_finding, severity, severity_at),
	{ ROW(struct known_finding, line, FIELD_INT) },
	NAMED(struct known_finding, state, state_at),
};

static const struct field event_fields[] = {
	MUST(struct finding_event, what), LONG(struct finding_event, at_ms),
	TEXT(struct finding_event, by),   TEXT(struct finding_event, reason),
	TEXT(struct finding_event, head),
};

void pull_state_init(struct pull_state *state, int64_t number,
		     const char *branch)
{
	memset(state, 0, sizeof(*state));
	state->number = number;
	if (number <= 0)
		state->branch = xstrdup(branch);
}

static void release_all(void *items, size_t count, size_t size,
			const struct field *fields, size_t field_count)
{
	for (size_t i = 0; i < count; i++)
		fields_release((char *)items + i * size, fields, field_count);
	free(items);
}

void batch_state_release(struct batch_state *batch)
{
	fields_release(batch, batch_fields, ARRAY_LEN(batch_fields));
}

void pull_state_release(struct pull_state *state)
{
	release_all(state->workflows, state->workflow_count,
		    sizeof(*state->workflows), workflow_fields,
		    ARRAY_LEN(workflow_fields));
	release_all(state->posted, state->posted_count, sizeof(*state->posted),
		    posted_fields, ARRAY_LEN(posted_fields));
	release_all(state->batches, state->batch_count, sizeof(*state->batches),
		    batch_fields, ARRAY_LEN(batch_fields));
	known_list_release(&state->findings);
	fields_release(state, pull_fields, ARRAY_LEN(pull_fields));
	memset(state, 0, sizeof(*state));
}

struct workflow_state *pull_state_find(const struct pull_state *state,
				       const char *workflow)
{
	for (size_t i = 0; i < state->workflow_count; i++)
		if (!strcmp(state->workflows[i].workflow, workflow))
			return &state->workflows[i];
	return NULL;
}

struct workflow_state *pull_state_workflow(struct pull_state *state,
					   const char *workflow)
{
	struct workflow_state *item = pull_state_find(state, workflow);

	if (item)
		return item;
	ARRAY_GROW(state->workflows, state->workflow_count,
		   state->workflow_cap);
	item = &state->workflows[state->workflow_count++];
	memset(item, 0, sizeof(*item));
	item->workflow = xstrdup(workflow);
	return item;
}

struct posted *pull_state_find_posted(const struct pull_state *state,
				      const char *kind, const char *key)
{
	for (size_t i = 0; i < state->posted_count; i++)
		if (!strcmp(state->posted[i].kind, kind) &&
		    !strcmp(state->posted[i].key, key))
			return &state->posted[i];
	return NULL;
}

struct posted *pull_state_posted(struct pull_state *state, const char *kind,
				 const char *key)
{
	struct posted *item = pull_state_find_posted(state, kind, key);

	if (item)
		return item;
	ARRAY_GROW(state->posted, state->posted_count, state->posted_cap);
	item = &state->posted[state->posted_count++];
	memset(item, 0, sizeof(*item));
	item->kind = xstrdup(kind);
	item->key = xstrdup(key);
	return item;
}

static void forget_key(struct strvec *keys, size_t at)
{
	free(keys->v[at]);
	memmove(&keys->v[at], &keys->v[at + 1],
		(keys->len - at) * sizeof(*keys->v)); /* with the NULL */
	keys->len--;
}

void pull_state_add_key(struct pull_state *state, const char *change_key)
{
	struct strvec *keys = &state->change_keys;

	for (size_t i = 0; i < keys->len; i++) {
		if (!strcmp(keys->v[i], change_key)) {
			forget_key(keys, i);
			break;
		}
	}
	if (keys->len == KEYS_REMEMBERED)
		forget_key(keys, 0);
	strvec_add(keys, change_key);
}

static void format_findings(struct json *doc, const struct known_list *list)
{
	struct json *array = json_set_array(doc, "findings");

	for (size_t i = 0; i < list->len; i++) {
		const struct known_finding *from = &list->items[i];
		struct json *item = json_add_object(array), *history;

		fields_format(item, from, finding_fields,
			      ARRAY_LEN(finding_fields));
		history = json_set_array(item, "history");
		for (size_t n = 0; n < from->event_count; n++)
			fields_format(json_add_object(history),
				      &from->history[n], event_fields,
				      ARRAY_LEN(event_fields));
	}
}

void pull_state_format(struct buf *out, const struct pull_state *state)
{
	struct json *doc = json_new_object(), *array;
	char *text;

	json_set_int(doc, "version", PULL_STATE_VERSION);
	fields_format(doc, state, pull_fields, ARRAY_LEN(pull_fields));
	array = json_set_array(doc, "workflows");
	for (size_t i = 0; i < state->workflow_count; i++)
		fields_format(json_add_object(array), &state->workflows[i],
			      workflow_fields, ARRAY_LEN(workflow_fields));
	array = json_set_array(doc, "posted");
	for (size_t i = 0; i < state->posted_count; i++)
		fields_format(json_add_object(array), &state->posted[i],
			      posted_fields, ARRAY_LEN(posted_fields));
	array = json_set_array(doc, "batches");
	for (size_t i = 0; i < state->batch_count; i++)
		fields_format(json_add_object(array), &state->batches[i],
			      batch_fields, ARRAY_LEN(batch_fields));
	format_findings(doc, &state->findings);
	text = json_print_pretty(doc);
	buf_addstr(out, text);
	buf_addch(out, '\n');
	free(text);
	json_free(doc);
}

/* One of the arrays: may be missing. */
struct array {
	const char *name;
	const struct field *fields;
	size_t field_count, size;
};

/* *items is the caller's also after a failure, *count says how many are to be
 * released. */
static int parse_array(void **items, size_t *count, const struct json *doc,
		       const struct array *array, struct err *err)
{
	const struct json *list = json_get(doc, array->name), *at;

	if (json_is_null(list))
		return 0;
	if (!json_is_array(list))
		return err_set(err, ERR_PROTOCOL, "%s: an array expected",
			       array->name);
	if (json_len(list) > LIMIT_STATE_ITEMS)
		return err_set(err, ERR_TOO_LARGE, "%s: more than %d",
			       array->name, LIMIT_STATE_ITEMS);
	*items = xcalloc(json_len(list) + 1, array->size);
	for (at = json_first(list); at; at = json_next(at)) {
		void *item = (char *)*items + (*count)++ * array->size;

		if (fields_parse(item, at, array->fields, array->field_count,
				 err) < 0)
			return err_prefix(err, "%s %zu", array->name,
					  *count - 1);
	}
	return 0;
}

#define ARRAY(member_name, table, type)                               \
	{                                                             \
		.name = (member_name), .fields = (table),             \
		.field_count = ARRAY_LEN(table), .size = sizeof(type) \
	}

static int parse_findings(struct known_list *out, const struct json *doc,
			  struct err *err)
{
	static const struct array findings = ARRAY("findings", finding_fields,
						   struct known_finding);
	static const struct array history = ARRAY("history", event_fields,
						  struct finding_event);
	const struct json *at = json_first(json_get(doc, "findings"));
	void *items = NULL;
	int ret = parse_array(&items, &out->len, doc, &findings, err);

	out->items = items;
	out->cap = out->len;
	for (size_t i = 0; !ret && items && i < out->len;
	     i++, at = json_next(at)) {
		struct known_finding *finding = &out->items[i];
		void *events = NULL;

		ret = parse_array(&events, &finding->event_count, at, &history,
				  err);
		finding->history = events;
		finding->event_cap = finding->event_count;
	}
	return ret;
}

static int parse_lists(struct pull_state *out, const struct json *doc,
		       struct err *err)
{
	static const struct array workflows =
		ARRAY("workflows", workflow_fields, struct workflow_state);
	static const struct array posted = ARRAY("posted", posted_fields,
						 struct posted);
	static const struct array batches = ARRAY("batches", batch_fields,
						  struct batch_state);
	void *items = NULL;
	int ret;

	ret = parse_array(&items, &out->workflow_count, doc, &workflows, err);
	out->workflows = items;
	out->workflow_cap = out->workflow_count;
	items = NULL;
	if (!ret)
		ret = parse_array(&items, &out->posted_count, doc, &posted,
				  err);
	out->posted = items;
	out->posted_cap = out->posted_count;
	items = NULL;
	if (!ret)
		ret = parse_array(&items, &out->batch_count, doc, &batches,
				  err);
	out->batches = items;
	out->batch_cap = out->batch_count;
	return ret;
}

static int parse_document(struct pull_state *out, const struct json *doc,
			  struct err *err)
{
	int64_t version;

	if (json_int(&version, doc, "version", err) < 0)
		return -1;
	if (version > PULL_STATE_VERSION)
		return err_set(err, ERR_INVALID,
			       "state of version %" PRId64
			       "; this referee reads %d",
			       version, PULL_STATE_VERSION);
	if (version < 1)
		return err_set(err, ERR_PROTOCOL, "version: out of range");
	if (fields_parse(out, doc, pull_fields, ARRAY_LEN(pull_fields), err) <
		    0 ||
	    parse_lists(out, doc, err) < 0 ||
	    parse_findings(&out->findings, doc, err) < 0)
		return -1;
	if (!out->number && !out->branch)
		return err_set(err, ERR_PROTOCOL,
			       "of neither a pull nor a branch");
	return 0;
}

int pull_state_parse(struct pull_state *out, const char *text, size_t len,
		     struct err *err)
{
	struct json *doc = NULL;
	int ret;

	memset(out, 0, sizeof(*out));
	if (len > LIMIT_STATE_BYTES)
		return err_set(err, ERR_TOO_LARGE, "state is over %ld bytes",
			       (long)LIMIT_STATE_BYTES);
	if (json_parse(&doc, text, len, err) < 0)
		return -1;
	ret = parse_document(out, doc, err);
	json_free(doc);
	if (ret < 0)
		pull_state_release(out);
	return ret;
}
