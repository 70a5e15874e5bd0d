#include <string.h>

#include "gateway/price.h"

/*
 * A token of prose is about four characters, but an upper bound must hold for
 * code, digits and names nobody has seen: two letters of a word, four blanks
 * of an indentation, one of anything else. What is left over at a word's end is
 * a token too: n letters in w words are at most (n + w) / 2.
 *
 * In other words: every byte is four quarters of a token, but a letter behind a
 * letter saves two of them, a blank behind a blank three.
 *
 * Every byte of every prompt is counted. The loops over a block are such that
 * compilers turn them into vector instructions: no branch, a sum that fits in a
 * byte.
 */
enum { SAVED_BY_LETTER = 2, SAVED_BY_BLANK = 3, BLOCK = 80 };

static unsigned char class_of(unsigned char ch)
{
	bool is_letter = (unsigned char)((ch | 0x20) - 'a') < 26;
	bool is_blank = (ch == ' ') | (ch == '\t');

	return (unsigned char)((is_letter ? SAVED_BY_LETTER : 0) |
			       (is_blank ? SAVED_BY_BLANK : 0));
}

/* `classes` begins with the class of the byte before, and ends with the last
 * one's. */
static int64_t quarters_saved(unsigned char *restrict classes,
			      const unsigned char *restrict block)
{
	unsigned char sum = 0;

	for (int i = 0; i < BLOCK; i++)
		classes[1 + i] = class_of(block[i]);
	for (int i = 0; i < BLOCK; i++)
		sum += classes[i] == classes[1 + i] ? classes[i] : 0;
	return sum;
}

int64_t price_tokens(const char *text, size_t len)
{
	unsigned char classes[1 + BLOCK] = { 0 };
	int64_t saved = 0;

	for (size_t at = 0; at < len; at += BLOCK) {
		unsigned char rest[BLOCK] = { 0 };
		const char *block = text + at;

		if (len - at < BLOCK)
			block = memcpy(rest, block, len - at);
		saved += quarters_saved(classes, (const unsigned char *)block);
		classes[0] = classes[BLOCK];
	}
	return (4 * (int64_t)len - saved) / 4;
}
