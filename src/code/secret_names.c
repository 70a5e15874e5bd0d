#include "code/secret_names.h"

#include <assert.h>
#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "code/literals.h"
#include "code/secret_kind.h"
#include "core/alloc.h"
#include "core/strvec.h"

#define MAX_NAME 128

/* "aws&secret": `parts` are the words, the first being searched. */
struct rule {
	struct strvec parts;
	unsigned kind;
	bool exact;
};

struct secret_names {
	struct literals *literals;
	struct rule *items;
	size_t len;
	size_t cap;
};

/* Small letters and digits alone, so that spellings do not matter. */
static size_t normalise(char out[MAX_NAME + 1], const char *name, size_t len)
{
	size_t used = 0;

	for (size_t i = 0; i < len && used < MAX_NAME; i++) {
		unsigned char ch = (unsigned char)name[i];

		if (isalnum(ch))
			out[used++] = (char)tolower(ch);
	}
	out[used] = '\0';
	return used;
}

static void add_rule(struct secret_names *names, const char *keyword,
		     const struct secret_kind *kind, unsigned index)
{
	struct rule rule = { .kind = index, .exact = kind->flags & KIND_EXACT };
	struct strvec parts = STRVEC_INIT;
	char part[MAX_NAME + 1];

	strvec_split(&parts, keyword, '&');
	for (size_t i = 0; i < parts.len; i++) {
		normalise(part, parts.v[i], strlen(parts.v[i]));
		strvec_add(&rule.parts, part);
	}
	strvec_release(&parts);
	ARRAY_GROW(names->items, names->len, names->cap);
	names->items[names->len++] = rule;
}

struct secret_names *secret_names_new(void)
{
	struct secret_names *names = xcalloc(1, sizeof(*names));
	struct literal *literals;

	for (size_t i = 0; i < secret_kind_count(); i++) {
		const struct secret_kind *kind = secret_kind_at(i);
		struct strvec words = STRVEC_INIT;

		if (!(kind->flags & KIND_NAMED))
			continue;
		strvec_split(&words, kind->keywords, '|');
		for (size_t k = 0; k < words.len; k++)
			add_rule(names, words.v[k], kind, (unsigned)i);
		strvec_release(&words);
	}
	literals = xcalloc(names->len, sizeof(*literals));
	for (size_t i = 0; i < names->len; i++) {
		assert(names->items[i].parts.v);
		literals[i] = (struct literal){ names->items[i].parts.v[0],
						false, (unsigned)i };
	}
	names->literals = literals_new(literals, names->len);
	free(literals);
	return names;
}

void secret_names_free(struct secret_names *names)
{
	if (!names)
		return;
	for (size_t i = 0; i < names->len; i++)
		strvec_release(&names->items[i].parts);
	free(names->items);
	literals_free(names->literals);
	free(names);
}

struct name_search {
	const struct secret_names *names;
	const char *name; /* normalised */
	secret_name_fn *found;
	void *payload;
};

static void on_first_part(unsigned id, size_t start, void *payload)
{
	const struct name_search *search = payload;
	const struct rule *rule = &search->names->items[id];

	(void)start;
	if (rule->exact && strcmp(search->name, rule->parts.v[0]) != 0)
		return;
	for (size_t i = 1; i < rule->parts.len; i++) {
		if (!strstr(search->name, rule->parts.v[i]))
			return;
	}
	search->found(rule->kind, search->payload);
}

void secret_names_find(const struct secret_names *names, const char *name,
		       size_t len, secret_name_fn *found, void *payload)
{
	char plain[MAX_NAME + 1];
	struct name_search search = { names, plain, found, payload };

	if (len > MAX_NAME)
		return;
	len = normalise(plain, name, len);
	literals_scan(names->literals, plain, len, on_first_part, &search);
}
