#include "secret_sample.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define SMALL   "abcdefghijklmnopqrstuvwxyz"
#define CAPITAL "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS  "0123456789"

static const char *const alphabets[128] = {
	['d'] = DIGITS,
	['h'] = DIGITS "abcdef",
	['H'] = DIGITS "ABCDEF",
	['l'] = SMALL,
	['m'] = SMALL CAPITAL,
	['u'] = SMALL DIGITS,
	['U'] = CAPITAL DIGITS,
	['w'] = SMALL CAPITAL DIGITS,
	['s'] = SMALL CAPITAL DIGITS "-_",
	['b'] = SMALL CAPITAL DIGITS "+/",
	['B'] = CAPITAL "234567",
	['f'] = SMALL "234567",
	['k'] = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
	['x'] = "x",
};

static uint64_t next_random(uint64_t *seed)
{
	uint64_t z = *seed += 0x9E3779B97F4A7C15u;

	z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
	z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
	return z ^ (z >> 31);
}

/* Letters and digits alone at both ends, as nothing is a word's edge else. */
static char pick(const char *alphabet, bool edge, uint64_t *seed)
{
	char ch;

	do
		ch = alphabet[next_random(seed) % strlen(alphabet)];
	while (edge && strchr("-_+/", ch));
	return ch;
}

/* Base 64 of "ada:" and letters and digits, `count` characters in all. */
static void add_basic(struct buf *out, size_t count, uint64_t *seed)
{
	static const char base64[] = CAPITAL SMALL DIGITS "+/";
	char plain[4] = "";

	for (size_t i = 0; i < count / 4; i++) {
		uint32_t bits = 0;

		for (size_t k = 0; k < 3; k++) {
			size_t at = i * 3 + k;
			char ch = at < 4 ? "ada:"[at]
					 : pick(alphabets['w'], false, seed);

			plain[k] = ch;
			bits = bits << 8 | (unsigned char)plain[k];
		}
		for (unsigned k = 0; k < 4; k++)
			buf_addch(out, base64[bits >> (18 - 6 * k) & 63]);
	}
}

/* What one pair of braces stands for. */
static void add_random(struct buf *out, char letter, size_t count,
		       uint64_t *seed)
{
	if (letter == 'g') {
		secret_sample(out, "{h8}-{h4}-{h4}-{h4}-{h12}", seed);
		return;
	}
	if (letter == 'a') {
		add_basic(out, count, seed);
		return;
	}
	for (size_t i = 0; i < count; i++)
		buf_addch(out, pick(alphabets[(unsigned char)letter & 127],
				    i == 0 || i + 1 == count, seed));
}

static bool is_random(char letter)
{
	return letter == 'g' || letter == 'a' ||
	       alphabets[(unsigned char)letter & 127];
}

void secret_sample(struct buf *out, const char *like, uint64_t *seed)
{
	while (*like) {
		char *end;
		size_t count;

		if (like[0] != '{' || !is_random(like[1])) {
			buf_addch(out, *like++);
			continue;
		}
		count = strtoul(like + 2, &end, 10);
		add_random(out, like[1], count, seed);
		like = end + 1;
	}
}
