#include "workflow/fold.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

/* A lower-case word of `text` from *at on, of at least four letters; false at
 * the end. Shorter ones ("in", "the") tell nothing. */
static bool next_word(char out[32], const char **at)
{
	size_t len;

	do {
		while (**at && !isalnum((unsigned char)**at))
			(*at)++;
		if (!**at)
			return false;
		for (len = 0; isalnum((unsigned char)**at); (*at)++)
			if (len < 31)
				out[len++] = (char)tolower((unsigned char)**at);
		out[len] = '\0';
	} while (len < 4);
	return true;
}

static bool has_word(const char *text, const char *wanted)
{
	char word[32];

	while (next_word(word, &text))
		if (!strcmp(word, wanted))
			return true;
	return false;
}

/* At least half of the words of the shorter title stand in the other one. */
static bool same_matter(const char *a, const char *b)
{
	size_t words = 0, shared = 0;
	char word[32];
	const char *at = strlen(a) < strlen(b) ? a : b;
	const char *other = at == a ? b : a;

	while (next_word(word, &at)) {
		words++;
		shared += has_word(other, word);
	}
	return words && shared * 2 >= words;
}

static bool same_place(const struct finding *a, const struct finding *b)
{
	if (!a->path || !b->path || strcmp(a->path, b->path) != 0)
		return false;
	return a->line <= b->end_line && b->line <= a->end_line;
}

static bool is_same(const struct finding *a, const struct finding *b)
{
	if (!same_place(a, b))
		return false;
	if (*a->fingerprint && !strcmp(a->fingerprint, b->fingerprint))
		return true;
	if (a->rule && b->rule)
		return !strcmp(a->rule, b->rule);
	return same_matter(a->title, b->title);
}

static void absorb(struct finding *into, struct finding *from)
{
	for (size_t i = 0; i < from->agents.len; i++)
		if (!strvec_has(&into->agents, from->agents.v[i]))
			strvec_add(&into->agents, from->agents.v[i]);
	if (from->severity > into->severity)
		into->severity = from->severity;
	if (from->confidence > into->confidence)
		into->confidence = from->confidence;
	if (from->body &&
	    (!into->body || strlen(from->body) > strlen(into->body))) {
		char *body = into->body;

		into->body = from->body;
		from->body = body;
	}
	finding_release(from);
}

void findings_fold(struct finding_list *list)
{
	size_t kept = 0;

	for (size_t i = 0; i < list->len; i++) {
		size_t j;

		for (j = 0; j < kept; j++)
			if (is_same(&list->items[j], &list->items[i]))
				break;
		if (j < kept)
			absorb(&list->items[j], &list->items[i]);
		else
			list->items[kept++] = list->items[i];
	}
	list->len = kept;
	finding_list_sort(list);
}
