#include "store/spending.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/part.h"
#include "core/strvec.h"
#include "store/journal.h"
#include "store/ledger.h"

#define DAY_LEN   10 /* of "2026-11-24T..." */
#define MONTH_LEN 7

static const char *const names[] = {
	[SPEND_BY_NOTHING] = "nothing",   [SPEND_BY_DAY] = "day",
	[SPEND_BY_MONTH] = "month",       [SPEND_BY_PROJECT] = "project",
	[SPEND_BY_WORKFLOW] = "workflow", [SPEND_BY_AGENT] = "agent",
	[SPEND_BY_SERVICE] = "service",   [SPEND_BY_MODEL] = "model",
};

bool spend_by_parse(enum spend_by *out, const char *name)
{
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		if (!strcmp(names[i], name)) {
			*out = (enum spend_by)i;
			return true;
		}
	}
	return false;
}

struct sum {
	const struct spend_query *query;
	struct spend_table *table;
};

/* `text` holds the time where the key is part of it. */
static const char *key_of(const struct ledger_line *line,
			  const struct spend_query *query,
			  char text[CLOCK_TEXT_SIZE])
{
	switch (query->by) {
	case SPEND_BY_DAY:
	case SPEND_BY_MONTH:
		clock_format(text, line->at_ms + (query->is_local
							  ? clock_offset_ms(
								    line->at_ms)
							  : 0));
		text[query->by == SPEND_BY_DAY ? DAY_LEN : MONTH_LEN] = '\0';
		return text;
	case SPEND_BY_PROJECT:
		return line->project;
	case SPEND_BY_WORKFLOW:
		return line->workflow;
	case SPEND_BY_AGENT:
		return line->agent;
	case SPEND_BY_SERVICE:
		return line->service;
	case SPEND_BY_MODEL:
		return line->model;
	case SPEND_BY_NOTHING:
		break;
	}
	return "";
}

/* Rows are sorted by key. */
static struct spend_row *row_of(struct spend_table *table, const char *key)
{
	size_t low = 0, high = table->len;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		int order = strcmp(table->rows[middle].key, key);

		if (!order)
			return &table->rows[middle];
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	ARRAY_GROW(table->rows, table->len, table->cap);
	memmove(&table->rows[low + 1], &table->rows[low],
		(table->len - low) * sizeof(*table->rows));
	table->len++;
	table->rows[low] = (struct spend_row){ .key = xstrdup(key) };
	return &table->rows[low];
}

/* Which part of a line: of one of several agents, or all of it. */
struct part {
	size_t index, count;
};

static int64_t share(int64_t whole, struct part part)
{
	return part_of(whole, part.index, part.count);
}

static void add_tokens(int64_t *to, int64_t tokens, struct part part)
{
	if (tokens > 0)
		*to += share(tokens, part);
}

static void add_part(struct spend_row *row, const struct ledger_line *line,
		     struct part part)
{
	int64_t cost = share(line->cost_nusd, part);

	row->cost_nusd += cost;
	if (line->cost_unknown)
		row->unknown_nusd += cost;
	if (line->status && !strcmp(line->status, JOURNAL_RESERVED))
		row->reserved_nusd += cost;
	/* A batch's question has two lines: the second takes off what the first
	 * counted too much. */
	row->requests += share(!line->is_batch || line->reserved_nusd > 0,
			       part);
	add_tokens(&row->input_tokens, line->input_tokens, part);
	add_tokens(&row->cached_tokens, line->cached_tokens, part);
	add_tokens(&row->output_tokens, line->output_tokens, part);
}

/* A request for several agents, "a+b", is each one's in part. */
static void add_agents(struct sum *sum, const struct ledger_line *line,
		       const char *agents)
{
	struct strvec each = STRVEC_INIT;
	struct part part;

	strvec_split(&each, agents, '+');
	if (!each.len)
		strvec_add(&each, "");
	part.count = each.len;
	for (part.index = 0; part.index < part.count; part.index++)
		add_part(row_of(sum->table, each.v[part.index]), line, part);
	strvec_release(&each);
}

static void add_line(struct sum *sum, const struct ledger_line *line)
{
	const struct spend_query *query = sum->query;
	const struct part whole = { .count = 1 };
	char text[CLOCK_TEXT_SIZE];
	const char *key;

	if (line->at_ms < query->since_ms || line->at_ms >= query->until_ms)
		return;
	if (query->project &&
	    (!line->project || strcmp(line->project, query->project) != 0))
		return;
	key = key_of(line, query, text);
	if (key && query->by == SPEND_BY_AGENT)
		add_agents(sum, line, key);
	else
		add_part(row_of(sum->table, key ? key : ""), line, whole);
}

static bool visit(const struct ledger_line *line, void *payload)
{
	add_line(payload, line);
	return true;
}

int spending_read(struct spend_table *out, struct repo *repo,
		  const char *state_dir, const struct spend_query *query,
		  struct err *err)
{
	struct ledger_list journals = { 0 };
	struct sum sum = { .query = query, .table = out };
	bool *has = NULL;
	int ret = 0;

	memset(out, 0, sizeof(*out));
	/* The journals first: what moves into the ledger meanwhile is then seen
	 * twice, which is noticed, and not missed. */
	if (state_dir)
		ret = journals_read(&journals, state_dir, err);
	has = xcalloc(journals.len + 1, sizeof(*has));
	if (!ret && repo)
		ret = ledger_has(has, repo, &journals, err);
	if (!ret && repo)
		ret = ledger_each(repo, query->since_ms, query->until_ms, visit,
				  &sum, err);
	for (size_t i = 0; !ret && i < journals.len; i++)
		if (!has[i])
			add_line(&sum, &journals.items[i]);
	if (ret < 0)
		spend_table_release(out);
	ledger_list_release(&journals);
	free(has);
	return ret;
}

void spend_table_release(struct spend_table *table)
{
	for (size_t i = 0; i < table->len; i++)
		free(table->rows[i].key);
	free(table->rows);
	memset(table, 0, sizeof(*table));
}

struct spend_row spend_table_total(const struct spend_table *table)
{
	struct spend_row total = { 0 };

	for (size_t i = 0; i < table->len; i++) {
		const struct spend_row *row = &table->rows[i];

		total.cost_nusd += row->cost_nusd;
		total.unknown_nusd += row->unknown_nusd;
		total.reserved_nusd += row->reserved_nusd;
		total.requests += row->requests;
		total.input_tokens += row->input_tokens;
		total.cached_tokens += row->cached_tokens;
		total.output_tokens += row->output_tokens;
	}
	return total;
}
