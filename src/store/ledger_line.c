#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/json.h"
#include "store/fields.h"
#include "store/ledger.h"

#define ROW(member, field_kind)                \
	.name = #member, .kind = (field_kind), \
	.offset = offsetof(struct ledger_line, member)

static const struct field fields[] = {
	{ ROW(id, FIELD_FIXED), .size = ULID_SIZE, .required = true },
	{ ROW(at_ms, FIELD_INT64), .required = true },
	{ ROW(project, FIELD_TEXT) },
	{ ROW(workflow, FIELD_TEXT) },
	{ ROW(agent, FIELD_TEXT) },
	{ ROW(run, FIELD_TEXT) },
	{ ROW(service, FIELD_TEXT) },
	{ ROW(model, FIELD_TEXT) },
	{ ROW(attempt, FIELD_INT) },
	{ ROW(reserved_nusd, FIELD_INT64) },
	{ ROW(cost_nusd, FIELD_SIGNED), .required = true },
	{ ROW(cost_unknown, FIELD_BOOL) },
	{ ROW(is_batch, FIELD_BOOL) },
	{ ROW(status, FIELD_TEXT) },
	{ ROW(duration_ms, FIELD_INT64) },
	{ ROW(input_tokens, FIELD_COUNT) },
	{ ROW(cached_tokens, FIELD_COUNT) },
	{ ROW(cache_write_tokens, FIELD_COUNT) },
	{ ROW(output_tokens, FIELD_COUNT) },
};

void ledger_line_release(struct ledger_line *line)
{
	fields_release(line, fields, ARRAY_LEN(fields));
}

void ledger_list_release(struct ledger_list *list)
{
	for (size_t i = 0; i < list->len; i++)
		ledger_line_release(&list->items[i]);
	free(list->items);
	memset(list, 0, sizeof(*list));
}

static char *copy(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

void ledger_list_add(struct ledger_list *list, const struct ledger_line *line)
{
	struct ledger_line *to;

	ARRAY_GROW(list->items, list->len, list->cap);
	to = &list->items[list->len++];
	*to = *line;
	to->project = copy(line->project);
	to->workflow = copy(line->workflow);
	to->agent = copy(line->agent);
	to->run = copy(line->run);
	to->service = copy(line->service);
	to->model = copy(line->model);
	to->status = copy(line->status);
}

void ledger_line_format(struct buf *out, const struct ledger_line *line)
{
	struct json *doc = json_new_object();

	fields_format(doc, line, fields, ARRAY_LEN(fields));
	json_print_to(out, doc);
	buf_addch(out, '\n');
	json_free(doc);
}

int ledger_line_parse(struct ledger_line *out, const char *text, size_t len,
		      struct err *err)
{
	struct json *doc = NULL;
	int ret;

	memset(out, 0, sizeof(*out));
	out->input_tokens = out->cached_tokens = -1;
	out->cache_write_tokens = out->output_tokens = -1;
	if (json_parse(&doc, text, len, err) < 0)
		return -1;
	ret = fields_parse(out, doc, fields, ARRAY_LEN(fields), err);
	json_free(doc);
	if (!ret && ulid_time_ms(out->id) < 0)
		ret = err_set(err, ERR_PROTOCOL, "id: not an identifier");
	if (!ret && out->cost_nusd < 0 && !out->is_batch)
		ret = err_set(err, ERR_PROTOCOL, "cost_nusd: out of range");
	if (ret < 0)
		ledger_line_release(out);
	return ret;
}
