#include <endian.h>
#include <stdint.h>
#include <string.h>

#include "gateway/price.h"

/*
 * A token of prose is about four characters, but an upper bound must hold for
 * code, digits and names nobody has seen: two letters of a word, four blanks
 * of an indentation, one of anything else.
 *
 * Every byte of every prompt is counted, so 64 of them are looked at at once:
 * a word with a bit for each says which are letters, another which are blanks.
 */

#define BLOCK 64
#define ONES  0x0101010101010101ULL
#define HIGHS 0x8080808080808080ULL

/* The high bits of eight bytes, the first byte's lowest. */
static uint64_t gather(uint64_t highs)
{
	return (highs >> 7) * 0x0102040810204080ULL >> 56;
}

/* High bits where a byte is `ch` (below 0x80). */
static uint64_t bytes_that_are(uint64_t word, unsigned char ch)
{
	uint64_t other = word ^ ONES * ch;

	return ~(((other & ~HIGHS) + ~HIGHS) | other) & HIGHS;
}

static uint64_t bytes_that_are_letters(uint64_t word)
{
	uint64_t lower = (word | ONES * 0x20) & ~HIGHS;
	uint64_t from_a = lower + ONES * (0x80 - 'a');
	uint64_t past_z = lower + ONES * (0x80 - 'z' - 1);

	return from_a & ~past_z & ~word & HIGHS;
}

/* First bytes lowest, on any machine. */
static uint64_t load(const char *at)
{
	uint64_t word;

	memcpy(&word, at, sizeof(word));
	return le64toh(word);
}

static void sort_bytes(uint64_t *letters, uint64_t *blanks, const char *block)
{
	*letters = *blanks = 0;
	for (size_t i = 0; i < BLOCK / 8; i++) {
		uint64_t word = load(block + 8 * i);

		*letters |= gather(bytes_that_are_letters(word)) << (8 * i);
		*blanks |= gather(bytes_that_are(word, ' ') |
				  bytes_that_are(word, '\t'))
			   << (8 * i);
	}
}

/*
 * The first bits of the tokens in runs of set bits, `each` bits a token (a
 * power of 2). A run that began before has *rest bits in a token that has room
 * for more; the same is left for the next block.
 */
static uint64_t find_tokens(uint64_t bits, unsigned each, unsigned *rest)
{
	uint64_t starts = bits & ~(bits << 1);
	uint64_t every = each == 2 ? 0x5555555555555555ULL
				   : 0x1111111111111111ULL;
	unsigned first = (each - *rest) % each; /* of bit 0's run */
	uint64_t tokens = 0;

	*rest = 0;
	for (unsigned phase = 0; phase < each; phase++) {
		uint64_t here = starts & every << phase;
		uint64_t runs;

		/* A run that goes on begins where its last token did. */
		here &= ~1ULL;
		here |= phase == first ? starts & 1 : 0;
		/* Adding its first bit carries through a whole run. */
		runs = bits & ~(bits + here);
		tokens |= runs & every << phase;
		if (runs >> (BLOCK - 1))
			*rest = (each - phase) % each;
	}
	return tokens;
}

int64_t price_tokens(const char *text, size_t len)
{
	unsigned letters_rest = 0, blanks_rest = 0;
	int64_t tokens = 0;

	for (size_t at = 0; at < len; at += BLOCK) {
		uint64_t letters, blanks, found = ~0ULL;
		char last[BLOCK] = { 0 };
		size_t left = len - at;

		if (left < BLOCK) {
			memcpy(last, text + at, left);
			found = (1ULL << left) - 1;
		}
		sort_bytes(&letters, &blanks, left < BLOCK ? last : text + at);
		found &= ~(letters | blanks);
		found |= find_tokens(letters, 2, &letters_rest);
		found |= find_tokens(blanks, 4, &blanks_rest);
		tokens += __builtin_popcountll(found);
	}
	return tokens;
}
