#include "unit.h"

#include <ctype.h>
#include <string.h>

#include "config/shipped.h"
#include "core/clock.h"
#include "gateway/price.h"

static struct json *parsed(const char *text)
{
	struct json *doc = NULL;
	struct err err = ERR_INIT;

	must(json_parse(&doc, text, strlen(text), &err));
	return doc;
}

static struct price_table *shipped(void)
{
	const struct shipped_file *file = shipped_find("workflows/models.json");
	struct price_table *table = price_table_new();
	struct json *doc = parsed(file->text);
	struct err err = ERR_INIT;

	must(price_table_add(table, json_get(doc, "prices"), &err));
	json_free(doc);
	return table;
}

/* By hand, in nano-USD. */
static const struct {
	const char *model, *date;
	struct usage usage;
	bool batch;
	int64_t cost;
} sums[] = {
	/* 1000 x 4000 + 500 x 20000 */
	{ "claude-opus-5-5",
	  "2026-11-24",
	  { 1000, 0, 0, 500, 0 },
	  0,
	  14000000 },
	/* + 10000 x 200 read + 2000 x 5000 written, 500 of them x 8000 */
	{ "claude-opus-5-5",
	  "2026-11-24",
	  { 1000, 10000, 2000, 500, 500 },
	  0,
	  27500000 },
	{ "claude-opus-5-5-20260901",
	  "2026-11-24",
	  { 1000, 0, 0, 500, 0 },
	  true,
	  7000000 },
	/* The price of cached tokens has changed. */
	{ "claude-sonnet-5-5", "2026-10-06", { 0, 1000, 0, 0, 0 }, 0, 200000 },
	{ "claude-sonnet-5-5", "2026-10-07", { 0, 1000, 0, 0, 0 }, 0, 100000 },
	/* A prompt over 100,000 tokens costs more as a whole. */
	{ "claude-haiku-5-5",
	  "2026-11-24",
	  { 60000, 40000, 0, 10, 0 },
	  0,
	  60000 * 100 + 40000 * 10 + 10 * 500 },
	{ "claude-haiku-5-5",
	  "2026-11-24",
	  { 60000, 40000, 1, 10, 0 },
	  0,
	  60000 * 500 + 40000 * 50 + 625 + 10 * 2500 },
	{ "gpt-6.1-sol",
	  "2026-11-24",
	  { 272001, 0, 0, 100, 0 },
	  0,
	  272001LL * 4000 + 100 * 15000 },
	/* What was not said counts as nothing; what was said as 0, too. */
	{ "gpt-6-luna", "2026-11-24", { 1000, -1, -1, 0, -1 }, 0, 100000 },
};

Test(price, adds_up_to_the_nano_dollar)
{
	struct price_table *table = shipped();

	for (size_t i = 0; i < ARRAY_LEN(sums); i++) {
		const struct price *price;
		int64_t at = 0;

		cr_assert(clock_parse(&at, sums[i].date));
		price = price_find(table, sums[i].model, at);
		cr_assert(price != NULL, "%s", sums[i].model);
		cr_assert_eq(price_cost(price, &sums[i].usage, sums[i].batch),
			     sums[i].cost, "%zu %s: %lld", i, sums[i].model,
			     (long long)price_cost(price, &sums[i].usage,
						   sums[i].batch));
	}
	price_table_free(table);
}

Test(price, does_not_guess_unknown_models)
{
	struct price_table *table = shipped();

	cr_assert(price_find(table, "claude-opus", INT64_MAX) == NULL);
	cr_assert(price_find(table, "claude-opus-5-5-fast", INT64_MAX) == NULL);
	cr_assert(price_find(table, "", INT64_MAX) == NULL);
	cr_assert(price_find(table, "claude-opus-5-5", 0) == NULL,
		  "before its first price");
	price_table_free(table);
}

Test(price, bounds_every_request_of_that_size)
{
	struct price_table *table = shipped();
	const struct price *price = price_find(table, "claude-haiku-5-5",
					       1795489200000);

	for (int64_t tokens = 0; tokens < 300000; tokens += 9973) {
		struct usage plain = { tokens, 0, 0, 4000, 0 };
		struct usage written = { 0, 0, tokens, 4000, 0 };
		int64_t most = price_ceiling(price, tokens, 4000);

		cr_assert(price_cost(price, &plain, false) <= most);
		cr_assert(price_cost(price, &written, false) <= most);
	}
	price_table_free(table);
}

Test(price, reads_litellms_file_in_preference_to_its_own)
{
	struct price_table *table = shipped();
	struct json *file = parsed(
		"{\"sample_spec\": {\"input_cost_per_token\": 0,"
		" \"output_cost_per_token\": 0},"
		" \"dall-e\": {\"output_cost_per_image\": 0.04},"
		" \"anthropic/claude-opus-5-5\": {"
		"  \"input_cost_per_token\": 3e-06,"
		"  \"output_cost_per_token\": 1.5e-05,"
		"  \"cache_read_input_token_cost\": 3e-07,"
		"  \"input_cost_per_token_above_200k_tokens\": 6e-06}}");
	const struct price *price;
	struct err err = ERR_INIT;

	must(price_table_add_litellm(table, file, &err));
	json_free(file);
	price = price_find(table, "claude-opus-5-5", 1795489200000);
	cr_assert(eq(i64, price->base.input, 3000));
	cr_assert(eq(i64, price->base.cache_read, 300));
	cr_assert(eq(i64, price->above_tokens, 200000));
	cr_assert(eq(i64, price->above.input, 6000));
	cr_assert(eq(i64, price->above.output, 15000));
	cr_assert(price_find(table, "sample_spec", INT64_MAX) == NULL);
	price_table_free(table);
}

Test(price, of_one_name_by_many_vendors_is_never_the_free_or_cheaper_one)
{
	struct price_table *table = price_table_new();
	struct json *file = parsed(
		"{\"free/gpt-6-luna\": {\"input_cost_per_token\": 0,"
		"  \"output_cost_per_token\": 0},"
		" \"dear/gpt-6-luna\": {\"input_cost_per_token\": 3e-07,"
		"  \"output_cost_per_token\": 6e-07},"
		" \"cheap/gpt-6-luna\": {\"input_cost_per_token\": 1e-07,"
		"  \"output_cost_per_token\": 2e-07},"
		" \"gpt-6.1-sol\": {\"input_cost_per_token\": 2e-06,"
		"  \"output_cost_per_token\": 1e-05,"
		"  \"input_cost_per_token_batches\": 1e-06,"
		"  \"output_cost_per_token_batches\": 6e-06,"
		"  \"cache_read_input_token_cost\": 3.75e-08},"
		" \"azure/gpt-6.1-sol\": {\"input_cost_per_token\": 9e-06,"
		"  \"output_cost_per_token\": 9e-06},"
		" \"gpt-0\": {\"input_cost_per_token\": 0,"
		"  \"output_cost_per_token\": 0}}");
	struct usage usage = { 1000, 0, 0, 100, 0 };
	const struct price *price;
	struct err err = ERR_INIT;

	must(price_table_add_litellm(table, file, &err));
	json_free(file);
	cr_assert(eq(i64, price_find(table, "gpt-6-luna", 0)->base.input, 300));
	cr_assert(eq(i64, price_find(table, "cheap/gpt-6-luna", 0)->base.input,
		     100));
	cr_assert(price_find(table, "gpt-0", 0) == NULL, "unknown, not free");
	price = price_find(table, "gpt-6.1-sol", 0);
	cr_assert(eq(i64, price->base.input, 2000));
	cr_assert(eq(i64, price->base.cache_read, 38), "never less");
	cr_assert(eq(i64, price_cost(price, &usage, true),
		     (1000 * 2000 + 100 * 10000) * 60 / 100));
	price_table_free(table);
}

Test(price, refuses_prices_beyond_belief_all_together)
{
	static const char *const bad[] = {
		"[]",
		"{}",
		"{\"m\":{\"input_cost_per_token\":0,"
		"\"output_cost_per_token\":0}}",
		"{\"m\":{\"input_cost_per_token\":3,"
		"\"output_cost_per_token\":1e-06}}",
		"{\"ok\":{\"input_cost_per_token\":1e-06,"
		"\"output_cost_per_token\":1e-06},"
		"\"m\":{\"input_cost_per_token\":-1e-06,"
		"\"output_cost_per_token\":1e-06}}",
	};
	struct price_table *table = price_table_new();
	struct err err = ERR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct json *file = parsed(bad[i]);

		must_fail(ERR_INVALID,
			  price_table_add_litellm(table, file, &err));
		json_free(file);
	}
	cr_assert(price_find(table, "ok", INT64_MAX) == NULL);
	price_table_free(table);
}

Test(price, counts_at_least_as_many_tokens_as_there_can_be)
{
	/* Real counts of a common tokenizer, and what must not be passed. */
	static const struct {
		const char *text;
		int64_t real;
	} samples[] = {
		{ "", 0 },
		{ "The quick brown fox jumps over the lazy dog.", 10 },
		{ "let x = UserDefaults.standard.string(forKey: \"a\")", 13 },
		{ "\t\t\t\tif (a == b) {", 8 },
		{ "1234567890", 4 },
		{ "{}[]();:,.<>", 8 },
	};

	for (size_t i = 0; i < ARRAY_LEN(samples); i++)
		cr_assert(price_tokens(samples[i].text,
				       strlen(samples[i].text)) >=
				  samples[i].real,
			  "%s", samples[i].text);
	/* And not absurdly many. */
	cr_assert(price_tokens(samples[1].text, strlen(samples[1].text)) < 40);
}

/* Two letters of a word, four blanks of an indentation, one of anything else:
 * one byte after the other. */
static int64_t count_slowly(const char *text, size_t len)
{
	int64_t tokens = 0;
	size_t end;

	for (size_t at = 0; at < len; at = end) {
		bool is_blank = text[at] == ' ' || text[at] == '\t';

		end = at + 1;
		if (is_blank)
			while (end < len && end - at < 4 &&
			       (text[end] == ' ' || text[end] == '\t'))
				end++;
		else if (isascii(text[at]) && isalpha(text[at]))
			end += end < len && isascii(text[end]) &&
			       isalpha(text[end]);
		tokens++;
	}
	return tokens;
}

Test(price, counts_a_token_for_two_letters_or_four_blanks_at_least)
{
	static const char alphabet[] = "aZ  \t.[`{@\xc3\xff\n";
	char text[300];
	unsigned seed = 1;

	for (int round = 0; round < 3000; round++) {
		size_t len = (size_t)round % sizeof(text);
		/* Long runs too: few kinds of bytes. */
		unsigned kinds = 1 + (unsigned)round % (sizeof(alphabet) - 1);

		for (size_t i = 0; i < len; i++) {
			seed = seed * 1103515245 + 12345;
			text[i] = alphabet[(seed >> 16) % kinds];
		}
		cr_assert(ge(i64, price_tokens(text, len),
			     count_slowly(text, len)),
			  "round %d", round);
		/* An indentation of four may count as seven quarters. */
		cr_assert(le(i64, price_tokens(text, len),
			     count_slowly(text, len) * 7 / 4 + 2),
			  "round %d", round);
	}
}
