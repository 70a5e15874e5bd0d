#ifndef GATEWAY_PRICE_H
#define GATEWAY_PRICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/attr.h"
#include "core/err.h"
#include "core/json.h"
#include "gateway/service.h"

/** \file
 * What models cost: whole nano-USD a token, by date, by length of the prompt.
 * Cost before a request is an upper bound, after it the exact sum.
 */

/** nano-USD a token. */
struct price_rates {
	int64_t input, output;
	int64_t cache_read, cache_write;
	int64_t cache_write_long; /* for longer than five minutes */
};

struct price {
	struct price_rates base;
	int64_t above_tokens; /* longer prompts cost `above`; 0: none do */
	struct price_rates above;
	int batch_percent; /* of the price, at the batch endpoint; 0: none */
};

struct price_table;

/** Empty; the caller's, for price_table_free(), which takes NULL. */
struct price_table *price_table_new(void);
void price_table_free(struct price_table *table);

/** Adds prices in the form of workflows/models.json. ERR_INVALID, with nothing
 * added, for a price that is negative, missing or beyond belief. */
MUST_CHECK int price_table_add(struct price_table *table,
			       const struct json *prices, struct err *err);

/** Adds a price file in LiteLLM's form; its prices come before those that are
 * there. A model is known by its whole name, and by what is behind the last
 * slash: where several have that, the one without a slash counts, else the
 * dearest. Entries without token prices, or that claim to be free, are passed
 * over; ERR_INVALID if none is left or one is beyond belief. */
MUST_CHECK int price_table_add_litellm(struct price_table *table,
				       const struct json *file,
				       struct err *err);

/** Of `model`, also with a date behind its name ("claude-opus-5-5-20260901");
 * NULL: not known. Good until the next add. */
const struct price *price_find(const struct price_table *table,
			       const char *model, int64_t wall_ms);

/** What a request cost. Usage that was not said counts as nothing. */
int64_t price_cost(const struct price *price, const struct usage *usage,
		   bool batch);

/** What costs `nusd` elsewhere, at the batch endpoint. */
int64_t price_at_batch(const struct price *price, int64_t nusd);

/** What the tokens read from the provider's cache would have cost more. */
int64_t price_saved(const struct price *price, const struct usage *usage);

/** At most this, for a prompt of `tokens` and an answer of `max_tokens`. */
int64_t price_ceiling(const struct price *price, int64_t tokens,
		      int64_t max_tokens);

/** As many tokens as `text` can have with any of the tokenizers in use. */
int64_t price_tokens(const char *text, size_t len);

#endif /* GATEWAY_PRICE_H */
