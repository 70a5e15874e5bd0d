/*
 * Private keys: from -----BEGIN to -----END, or as far as base 64 goes.
 */
#include <ctype.h>
#include <string.h>

#include "code/secret_search_internal.h"
#include "core/limits.h"

#define BLOCK_BEGIN    "-----BEGIN"
#define BLOCK_END      "-----END"
#define BLOCK_DASHES   "-----"
#define LEAST_BLOCK    60 /* bytes of a key, however small */
#define MAX_BLOCK_KIND 20 /* bytes, as the pattern of that kind has it */

static size_t find(const char *text, size_t from, size_t to, const char *word)
{
	const char *at = memmem(text + from, to - from, word, strlen(word));

	return at ? (size_t)(at - text) : to;
}

/* Behind the key that begins at `start`, when its end is not there. */
static size_t end_of_base64(const char *text, size_t from, size_t to)
{
	size_t at = from;

	while (at < to && (isalnum((unsigned char)text[at]) ||
			   isspace((unsigned char)text[at]) ||
			   memchr("+/=\\\"',:-", text[at], 9)))
		at++;
	while (at > from && !isalnum((unsigned char)text[at - 1]) &&
	       text[at - 1] != '=')
		at--;
	return at;
}

/* Where base 64 begins that ends before `at`; all of it, lines and all. */
static size_t start_of_base64(const char *text, size_t at, size_t from)
{
	size_t start = at;

	while (start > from && (isalnum((unsigned char)text[start - 1]) ||
				memchr("+/=\r\n", text[start - 1], 5)))
		start--;
	while (start < at && isspace((unsigned char)text[start]))
		start++;
	return start;
}

/* Behind the key whose header ends before `at`. */
static size_t end_of_block(const char *text, size_t at, size_t to)
{
	size_t stop = find(text, at, to, BLOCK_END);

	if (stop == to) {
		at = find(text, at, to, BLOCK_DASHES);
		return at < to ? end_of_base64(text, at + 5, to) : to;
	}
	stop = find(text, stop + strlen(BLOCK_END), to, BLOCK_DASHES);
	return stop < to ? stop + strlen(BLOCK_DASHES) : to;
}

/* The line that `marker` begins and whose "PRIVATE KEY" ends at `at`: where it
 * begins, or `at` if it is none. */
static size_t header_start(const char *text, size_t at, const char *marker)
{
	size_t len = strlen(marker);
	size_t start = at - strlen(BLOCK_WORDS);
	size_t kind = 0; /* letters between, "ENCRYPTED " */

	while (start > 0 && kind <= MAX_BLOCK_KIND) {
		if (start >= len &&
		    memcmp(text + start - len, marker, len) == 0)
			return start - len;
		start--;
		kind++;
		if (!isupper((unsigned char)text[start]) && text[start] != ' ')
			break;
	}
	return at;
}

/* A text may begin within a key: then what is before its end is part of it. */
static void look_at_block_end(struct secret_search *search, unsigned index,
			      size_t at)
{
	const char *text = search->text;
	size_t line = header_start(text, at, BLOCK_END);
	size_t first = search->block_done;
	size_t start;
	size_t stop;

	if (line == at || line < first)
		return;
	if (line - first > LIMIT_PRIVATE_KEY)
		first = line - LIMIT_PRIVATE_KEY;
	start = start_of_base64(text, line, first);
	stop = at;
	while (stop < search->len && text[stop] == '-')
		stop++;
	search->block_done = stop;
	if (line - start >= LEAST_BLOCK)
		secret_search_add(search, index, start, stop, false);
}

void secret_block_look(struct secret_search *search, unsigned index, size_t at)
{
	const char *text = search->text;
	size_t start = header_start(text, at, BLOCK_BEGIN);
	size_t to = search->len - at > LIMIT_PRIVATE_KEY
			    ? at + LIMIT_PRIVATE_KEY
			    : search->len;
	size_t stop;

	if (at <= search->block_done)
		return;
	if (start == at) {
		look_at_block_end(search, index, at);
		return;
	}
	stop = end_of_block(text, at, to);
	/* A header alone, as code that reads keys has it, is no key. */
	if (start < search->block_done || stop - at < LEAST_BLOCK)
		return;
	search->block_done = stop;
	secret_search_add(search, index, start, stop, false);
}
