#include "unit.h"

#include <stdint.h>

#include "config/value.h"

Test(value, reads_times)
{
	static const struct {
		const char *text;
		int64_t ms;
	} cases[] = {
		{ "250ms", 250 },
		{ "90s", 90000 },
		{ "10m", 600000 },
		{ "2h", 7200000 },
		{ "7d", 604800000LL },
		{ "5 m", 300000 },
		{ "0s", 0 },
		{ "", -1 },
		{ "10", -1 },
		{ "-1s", -1 },
		{ "m", -1 },
		{ "1.5h", -1 },
		{ "10 minutes", -1 },
		{ "99999999999999999d", -1 },
		{ "999999999999999999999s", -1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err err = ERR_INIT;
		int64_t ms = -1;
		int ret = value_duration_ms(&ms, cases[i].text, &err);

		cr_expect(eq(i64, ms, cases[i].ms), "%s", cases[i].text);
		cr_expect(eq(int, ret, cases[i].ms < 0 ? -1 : 0));
	}
}

Test(value, reads_money_to_the_nanodollar)
{
	static const struct {
		const char *text;
		int64_t nusd;
	} cases[] = {
		{ "150", 150000000000LL },
		{ "0.50", 500000000 },
		{ "$3.99", 3990000000LL },
		{ "0.000000001", 1 },
		{ "0", 0 },
		{ "0.0000000001", -1 },
		{ "9223372036", 9223372036000000000LL },
		{ "9223372037", -1 },
		{ "9223372036.9", -1 },
		{ "1,000", -1 },
		{ "-1", -1 },
		{ "1e3", -1 },
		{ ".5", -1 },
		{ "5.", -1 },
		{ "5 EUR", -1 },
		{ "$", -1 },
		{ "", -1 },
		{ "99999999999999999999999999", -1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err err = ERR_INIT;
		int64_t nusd = -1;
		int ret = value_money_nusd(&nusd, cases[i].text, &err);

		cr_expect(eq(int, ret, cases[i].nusd < 0 ? -1 : 0), "%s",
			  cases[i].text);
		if (!ret)
			cr_expect(eq(i64, nusd, cases[i].nusd));
	}
}

Test(value, reads_sizes)
{
	static const struct {
		const char *text;
		int64_t bytes;
	} cases[] = {
		{ "4096", 4096 },      { "64 KB", 65536 },
		{ "64 MB", 67108864 }, { "64MiB", 67108864 },
		{ "1gb", 1073741824 }, { "12 B", 12 },
		{ "1 TB", -1 },        { "MB", -1 },
		{ "-1", -1 },          { "9000000000 GB", -1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err err = ERR_INIT;
		int64_t bytes = -1;
		int ret = value_size(&bytes, cases[i].text, &err);

		cr_expect(eq(i64, bytes, cases[i].bytes), "%s", cases[i].text);
		cr_expect(eq(int, ret, cases[i].bytes < 0 ? -1 : 0));
	}
}

Test(value, reads_shares)
{
	static const struct {
		const char *text;
		double percent;
	} cases[] = {
		{ "80%", 80 }, { "80", 80 },   { "99.5 %", 99.5 },
		{ "0%", 0 },   { "101%", -1 }, { "-1%", -1 },
		{ "%", -1 },   { "", -1 },     { "nan", -1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err err = ERR_INIT;
		double percent = -1;
		int ret = value_percent(&percent, cases[i].text, &err);

		cr_expect(eq(dbl, percent, cases[i].percent), "%s",
			  cases[i].text);
		cr_expect(eq(int, ret, cases[i].percent < 0 ? -1 : 0));
	}
}

Test(value, splits_words_as_a_shell_would_quote_them)
{
	static const struct {
		const char *text, *words; /* joined by '|'; NULL: refused */
	} cases[] = {
		{ "dcover create --batch", "dcover|create|--batch" },
		{ "  a\tb  ", "a|b" },
		{ "'a b' \"c d\"e", "a b|c de" },
		{ "a\\ b '\\' \"\\\"\"", "a b|\\|\"" },
		{ "''", "" },
		{ "a\v\fb", "a|b" },
		{ "$HOME *.c ; rm", "$HOME|*.c|;|rm" },
		{ "", NULL },
		{ "'a", NULL },
		{ "a \"b", NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err err = ERR_INIT;
		struct strvec words = STRVEC_INIT;
		char joined[256] = "";
		int ret = value_words(&words, cases[i].text, &err);

		if (!cases[i].words) {
			cr_expect(ret < 0 || !words.len, "%s", cases[i].text);
			strvec_release(&words);
			continue;
		}
		must(ret);
		for (size_t j = 0; j < words.len; j++) {
			strcat(joined, j ? "|" : "");
			strcat(joined, words.v[j]);
		}
		must_say(cases[i].words, joined);
		strvec_release(&words);
	}
}

Test(value, knows_what_may_be_a_name)
{
	static const struct {
		const char *text;
		bool small, large;
	} cases[] = {
		{ "wallet-ios", true, true }, { "a", true, true },
		{ "0_a-b.c-d", true, true },  { "a.-b", true, true },
		{ "Wallet", false, true },    { "", false, false },
		{ "-a", false, false },       { "_a", false, false },
		{ ".a", false, false },       { "a.", false, false },
		{ "a..b", false, false },     { "a.lock", false, false },
		{ "a/b", false, false },      { "a b", false, false },
		{ "\xc3\xa4", false, false },
	};
	char longest[VALUE_ID_BYTES + 2];

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		cr_expect(eq(int, value_is_id(cases[i].text, false),
			     cases[i].small),
			  "%s", cases[i].text);
		cr_expect(eq(int, value_is_id(cases[i].text, true),
			     cases[i].large),
			  "%s", cases[i].text);
	}
	memset(longest, 'a', sizeof(longest));
	longest[VALUE_ID_BYTES + 1] = '\0';
	cr_assert(not(value_is_id(longest, false)));
	longest[VALUE_ID_BYTES] = '\0';
	cr_assert(value_is_id(longest, false));
}
