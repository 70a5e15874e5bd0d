#include "gateway/price.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "core/alloc.h"
#include "core/clock.h"

/* A million tokens for more than this is a mistake of units. */
#define DOLLARS_MAX 10000.0

/* A batch that says nothing of its price is not cheaper. */
#define FULL_PRICE 100

/* LiteLLM has no date: its prices hold at any time, before all others. */
struct dated_price {
	int64_t from_ms;
	struct price price;
	struct dated_price *next; /* older, or added before */
};

struct model_price {
	char *model;
	struct dated_price *prices;
	bool has_own; /* LiteLLM has it under this very name */
	UT_hash_handle hh;
};

struct price_table {
	struct model_price *models;
};

struct price_table *price_table_new(void)
{
	return xcalloc(1, sizeof(struct price_table));
}

void price_table_free(struct price_table *table)
{
	struct model_price *model, *next;

	if (!table)
		return;
	model = table->models;
	HASH_CLEAR(hh, table->models);
	for (; model; model = next) {
		next = model->hh.next;
		while (model->prices) {
			struct dated_price *price = model->prices;

			model->prices = price->next;
			free(price);
		}
		free(model->model);
		free(model);
	}
	free(table);
}

/* Newest first; of the same date, the last one added first. */
static void add(struct price_table *table, const char *name, int64_t from_ms,
		const struct price *price)
{
	struct dated_price *item = xcalloc(1, sizeof(*item)), **at;
	struct model_price *model;

	HASH_FIND_STR(table->models, name, model);
	if (!model) {
		model = xcalloc(1, sizeof(*model));
		model->model = xstrdup(name);
		HASH_ADD_KEYPTR(hh, table->models, model->model,
				strlen(model->model), model);
	}
	item->from_ms = from_ms;
	item->price = *price;
	at = &model->prices;
	while (*at && (*at)->from_ms > from_ms)
		at = &(*at)->next;
	item->next = *at;
	*at = item;
}

/* Dollars for a million tokens, as nano-USD for one. */
static int read_rate(int64_t *out, const struct json *at, const char *name,
		     double otherwise, struct err *err)
{
	double dollars = json_double_or(at, name, otherwise);

	if (!isfinite(dollars) || dollars < 0 || dollars > DOLLARS_MAX)
		return err_set(err, ERR_INVALID,
			       "'%s' must be 0 to %.0f dollars for a million "
			       "tokens",
			       name, DOLLARS_MAX);
	/* Never less than it is; what is whole stays so. */
	*out = (int64_t)ceil(dollars * 1000.0 - 1e-6);
	return 0;
}

/* What is not said of caching is priced as dearly as it gets. */
static int read_rates(struct price_rates *out, const struct json *at,
		      struct err *err)
{
	double input = json_double_or(at, "input", -1);

	if (read_rate(&out->input, at, "input", -1, err) < 0 ||
	    read_rate(&out->output, at, "output", -1, err) < 0 ||
	    read_rate(&out->cache_read, at, "cache_read", input, err) < 0 ||
	    read_rate(&out->cache_write, at, "cache_write", 2.5 * input, err) <
		    0 ||
	    read_rate(&out->cache_write_long, at, "cache_write_long",
		      2.5 * input, err) < 0)
		return -1;
	return 0;
}

static int read_price(struct price *out, int64_t *from_ms,
		      const struct json *at, struct err *err)
{
	const struct json *above = json_get(at, "above");
	const char *from;
	int64_t percent = json_int_or(at, "batch", FULL_PRICE);

	if (json_string(&from, at, "from", err) < 0)
		return -1;
	if (!clock_parse(from_ms, from))
		return err_set(err, ERR_INVALID, "'%s' is no date", from);
	if (percent < 1 || percent > 100)
		return err_set(err, ERR_INVALID, "'batch' must be 1 to 100");
	out->batch_percent = (int)percent;
	if (read_rates(&out->base, at, err) < 0)
		return -1;
	if (!above)
		return 0;
	if (json_int(&out->above_tokens, above, "tokens", err) < 0 ||
	    read_rates(&out->above, above, err) < 0)
		return err_prefix(err, "above");
	return 0;
}

int price_table_add(struct price_table *table, const struct json *prices,
		    struct err *err)
{
	struct price price;
	const char *model = NULL;
	int64_t from_ms;

	/* First all are read, then all are added: all or nothing. */
	for (int pass = 0; pass < 2; pass++) {
		const struct json *at = json_first(prices);

		for (; at; at = json_next(at)) {
			price = (struct price){ 0 };
			if (json_string(&model, at, "model", err) < 0)
				return -1;
			if (read_price(&price, &from_ms, at, err) < 0) {
				err->code = ERR_INVALID;
				return err_prefix(err, "price of %s", model);
			}
			if (pass == 1)
				add(table, model, from_ms, &price);
		}
	}
	return 0;
}

/* LiteLLM's names, dollars a token. */
static const struct {
	const char *theirs, *ours;
} litellm_names[] = {
	{ "input_cost_per_token", "input" },
	{ "output_cost_per_token", "output" },
	{ "cache_read_input_token_cost", "cache_read" },
	{ "cache_creation_input_token_cost", "cache_write" },
	{ "cache_creation_input_token_cost_above_1hr", "cache_write_long" },
};

static const struct {
	const char *suffix;
	int64_t tokens;
} litellm_tiers[] = {
	{ "_above_100k_tokens", 100000 },
	{ "_above_128k_tokens", 128000 },
	{ "_above_200k_tokens", 200000 },
	{ "_above_272k_tokens", 272000 },
};

/* Puts what `at` says of the tier into `out`, in our form; false: nothing. */
static bool read_tier(struct json *out, const struct json *at,
		      const char *suffix)
{
	bool found = false;

	for (size_t i = 0; i < ARRAY_LEN(litellm_names); i++) {
		char *name = xstrf("%s%s", litellm_names[i].theirs, suffix);
		const struct json *value = json_get(at, name);

		free(name);
		if (!json_is_number(value))
			continue;
		found = true;
		json_set_double(out, litellm_names[i].ours,
				json_double_or(value, "", -1) * 1e6);
	}
	return found;
}

/* Percent of the price at the batch endpoint, rounded up. */
static int batch_percent(const struct json *at)
{
	double most = 0;

	for (size_t i = 0; i < 2; i++) {
		char *name = xstrf("%s_batches", litellm_names[i].theirs);
		double full = json_double_or(at, litellm_names[i].theirs, 0);
		double batch = json_double_or(at, name, full);

		free(name);
		if (full > 0 && batch / full > most)
			most = batch / full;
	}
	return most > 0 && most < 1 ? (int)ceil(most * 100 - 1e-6) : FULL_PRICE;
}

static int read_litellm(struct price *out, const struct json *at,
			struct err *err)
{
	struct json *rates = json_new_object();
	size_t t = 0;
	int status = -1;

	*out = (struct price){ .batch_percent = batch_percent(at) };
	read_tier(rates, at, "");
	if (read_rates(&out->base, rates, err) < 0)
		goto out;
	/* What a tier does not say costs the same in it. */
	while (t < ARRAY_LEN(litellm_tiers) &&
	       !read_tier(rates, at, litellm_tiers[t].suffix))
		t++;
	if (t < ARRAY_LEN(litellm_tiers)) {
		out->above_tokens = litellm_tiers[t].tokens;
		if (read_rates(&out->above, rates, err) < 0)
			goto out;
	}
	status = 0;
out:
	json_free(rates);
	return status;
}

/* A price of nothing is one that nobody has filled in. */
static bool has_price(const struct json *at)
{
	const struct json *input = json_get(at, litellm_names[0].theirs);
	const struct json *output = json_get(at, litellm_names[1].theirs);

	return json_is_number(input) && json_is_number(output) &&
	       (json_double_or(input, "", 0) != 0 ||
		json_double_or(output, "", 0) != 0);
}

/* "anthropic/claude-opus-5-5" is found as "claude-opus-5-5", too. */
static const char *bare_name(const char *model)
{
	const char *slash = strrchr(model, '/');

	return slash ? slash + 1 : NULL;
}

/* Does the file say nothing better of that name? */
static bool is_wanted(const struct price_table *table, const char *bare,
		      const struct price *price)
{
	const struct model_price *found;
	const struct price *there;

	HASH_FIND_STR(table->models, bare, found);
	if (!found || found->prices->from_ms != INT64_MAX)
		return true;
	there = &found->prices->price;
	return !found->has_own &&
	       price->base.input + price->base.output >
		       there->base.input + there->base.output;
}

enum litellm_pass { READ_ONLY, WHOLE_NAMES, BARE_NAMES, PASSES };

static void add_litellm(struct price_table *table, const char *name,
			enum litellm_pass pass, const struct price *price)
{
	const char *bare = bare_name(name);
	struct model_price *model;

	if (pass == BARE_NAMES && bare && is_wanted(table, bare, price))
		add(table, bare, INT64_MAX, price);
	if (pass != WHOLE_NAMES)
		return;
	add(table, name, INT64_MAX, price);
	HASH_FIND_STR(table->models, name, model);
	model->has_own = true;
}

int price_table_add_litellm(struct price_table *table, const struct json *file,
			    struct err *err)
{
	struct price price;
	size_t count = 0;

	/* First all are read, then all are added: all or nothing. */
	for (int pass = READ_ONLY; pass < PASSES; pass++) {
		const struct json *at = json_first(file);

		for (; at; at = json_next(at)) {
			if (!has_price(at) ||
			    strcmp(json_name(at), "sample_spec") == 0)
				continue;
			if (read_litellm(&price, at, err) < 0)
				return err_prefix(err, "price of %s",
						  json_name(at));
			count++;
			add_litellm(table, json_name(at), pass, &price);
		}
	}
	if (!count)
		return err_set(err, ERR_INVALID, "no price of any model in it");
	return 0;
}

/* Length of `model` without a date behind it: -20260901, -2026-09-01, @.... */
static size_t undated(const char *model)
{
	static const char *const forms[] = { "-dddddddd", "-dddd-dd-dd",
					     "@dddddddd" };
	size_t len = strlen(model);

	for (size_t f = 0; f < ARRAY_LEN(forms); f++) {
		size_t form_len = strlen(forms[f]), i = 0;
		const char *tail = model + len - form_len;

		if (len <= form_len)
			continue;
		while (i < form_len &&
		       (forms[f][i] == 'd' ? isdigit((unsigned char)tail[i])
					   : tail[i] == forms[f][i]))
			i++;
		if (i == form_len)
			return len - form_len;
	}
	return len;
}

const struct price *price_find(const struct price_table *table,
			       const char *model, int64_t wall_ms)
{
	struct model_price *found;

	HASH_FIND_STR(table->models, model, found);
	if (!found)
		HASH_FIND(hh, table->models, model, undated(model), found);
	if (!found)
		return NULL;
	for (const struct dated_price *at = found->prices; at; at = at->next)
		if (at->from_ms <= wall_ms || at->from_ms == INT64_MAX)
			return &at->price;
	return NULL;
}

static int64_t said(int64_t tokens)
{
	return tokens > 0 ? tokens : 0;
}

static const struct price_rates *rates_for(const struct price *price,
					   int64_t tokens)
{
	return price->above_tokens && tokens > price->above_tokens
		       ? &price->above
		       : &price->base;
}

static int64_t prompt_tokens(const struct usage *usage)
{
	return said(usage->input_tokens) + said(usage->cached_tokens) +
	       said(usage->cache_write_tokens);
}

int64_t price_at_batch(const struct price *price, int64_t nusd)
{
	return price->batch_percent ? (nusd * price->batch_percent + 99) / 100
				    : nusd;
}

int64_t price_cost(const struct price *price, const struct usage *usage,
		   bool batch)
{
	const struct price_rates *rates = rates_for(price,
						    prompt_tokens(usage));
	int64_t write_long = said(usage->cache_write_long_tokens);
	int64_t cost = said(usage->input_tokens) * rates->input +
		       said(usage->cached_tokens) * rates->cache_read +
		       (said(usage->cache_write_tokens) - write_long) *
			       rates->cache_write +
		       write_long * rates->cache_write_long +
		       said(usage->output_tokens) * rates->output;

	return batch ? price_at_batch(price, cost) : cost;
}

int64_t price_saved(const struct price *price, const struct usage *usage)
{
	const struct price_rates *rates = rates_for(price,
						    prompt_tokens(usage));

	return said(usage->cached_tokens) * (rates->input - rates->cache_read);
}

static int64_t larger(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t ceiling(const struct price_rates *rates, int64_t tokens,
		       int64_t max_tokens)
{
	/* Any part of the prompt may be written to the cache. */
	return tokens * larger(rates->input, rates->cache_write) +
	       max_tokens * rates->output;
}

int64_t price_ceiling(const struct price *price, int64_t tokens,
		      int64_t max_tokens)
{
	int64_t most = ceiling(&price->base, tokens, max_tokens);

	if (price->above_tokens && tokens > price->above_tokens)
		most = larger(most, ceiling(&price->above, tokens, max_tokens));
	return most;
}
