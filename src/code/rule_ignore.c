#include "code/rule_ignore.h"

#include <ctype.h>
#include <string.h>

#include "core/alloc.h"

#define MARK "referee:ignore"

enum { IGNORES_KEPT = 1000 }; /* of one file */

static void add_ignore(struct rule_ignores *out, const char *rule, size_t len,
		       size_t line)
{
	ARRAY_GROW(out->items, out->len, out->cap);
	out->items[out->len++] = (struct rule_ignore){ xmemdup(rule, len), line,
						       false };
}

static bool is_id(char ch)
{
	return islower((unsigned char)ch) || isdigit((unsigned char)ch) ||
	       ch == '-';
}

/* What is left of the comment: is there a word in it? */
static bool has_word(const char *at, const char *end)
{
	int letters = 0;

	for (; at < end && *at != '\n'; at++)
		letters += isalpha((unsigned char)*at) ||
			   ((unsigned char)*at & 0x80);
	return letters >= 2;
}

/* Reads "RULE,RULE reason" behind the mark. */
static void read_ignore(struct rule_ignores *out, const char *at,
			const char *end, size_t line)
{
	size_t first = out->len;

	while (at < end && (*at == ' ' || *at == '\t' || *at == ':'))
		at++;
	for (;;) {
		const char *id = at;

		while (at < end && is_id(*at))
			at++;
		/* The dashes that end an XML comment are no part of it. */
		if (at > id && at[-1] == '-')
			break;
		if (at > id && out->len < IGNORES_KEPT)
			add_ignore(out, id, (size_t)(at - id), line);
		if (at == end || *at != ',')
			break;
		at++;
		while (at < end && (*at == ' ' || *at == '\t'))
			at++;
	}
	for (size_t i = first; i < out->len; i++)
		out->items[i].has_reason = has_word(at, end);
}

void rule_ignores_find(struct rule_ignores *out, const char *text,
		       const char *view, size_t len)
{
	const char *end = text + len, *at = text, *counted = text;
	size_t line = 1;

	/* Where no comments are known, nothing of it is blanked. */
	bool knows_comments = memcmp(text, view, len) != 0;

	while ((at = memmem(at, (size_t)(end - at), MARK, strlen(MARK)))) {
		for (; counted < at; counted++)
			line += *counted == '\n';
		if (!knows_comments || view[at - text] == ' ')
			read_ignore(out, at + strlen(MARK), end, line);
		at += strlen(MARK);
	}
}

void rule_ignores_release(struct rule_ignores *ignores)
{
	for (size_t i = 0; i < ignores->len; i++)
		free(ignores->items[i].rule);
	free(ignores->items);
	*ignores = (struct rule_ignores){ 0 };
}

enum rule_ignored rule_ignored_at(const struct rule_ignores *ignores,
				  const char *rule, size_t first, size_t last)
{
	enum rule_ignored found = RULE_NOT_IGNORED;

	for (size_t i = 0; i < ignores->len; i++) {
		const struct rule_ignore *ignore = &ignores->items[i];

		if (ignore->line + 1 < first || ignore->line > last ||
		    strcmp(ignore->rule, rule) != 0)
			continue;
		if (ignore->has_reason)
			return RULE_IGNORED;
		found = RULE_IGNORED_BARE;
	}
	return found;
}
