/*
 * Names and their values: "password = ..." in all its forms.
 */
#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "code/canon.h"
#include "code/secret_search_internal.h"
#include "core/limits.h"

#define MORE_BYTES   512 /* of a value on the lines after its name's */
#define WINDOW_BYTES 384 /* read at a name in a line that is too long */
#define WINDOW_WORDS 5
#define MORE_WINDOWS 65536 /* bytes of windows beyond twice the text */
#define MAX_NAME     128

struct pair_search {
	struct secret_search *search;
	const struct canon_pair *pair;
	unsigned best;
};

static bool is_constant_name(const char *name, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (islower((unsigned char)name[i]))
			return false;
	}
	return true;
}

/* Would the words "token = abc" alone be enough? In code they are a variable
 * taking another. */
static bool is_trusted(const struct secret_search *search,
		       const struct secret_kind *kind,
		       const struct canon_pair *pair)
{
	const char *name = search->text + pair->name;

	if (!(kind->flags & (KIND_RANDOM | KIND_PASSWORD | KIND_LOOSE)))
		return true;
	if (is_harmless_name(search->tools->plausible, name, pair->name_len))
		return false;
	return pair->quoted || search->settings ||
	       is_constant_name(name, pair->name_len);
}

static void on_name(unsigned index, void *payload)
{
	struct pair_search *found = payload;
	struct secret_search *search = found->search;
	const struct canon_pair *pair = found->pair;
	const struct secret_kind *kind = secret_kind_at(index);
	const char *value = search->text + pair->value;

	if (index >= found->best || !is_trusted(search, kind, pair) ||
	    !matchers_accept(search->tools->matchers, search->room->matcher,
			     index, value, pair->value_len))
		return;
	if (secret_search_is_plausible(search->tools->plausible, kind, value,
				       pair->value_len))
		found->best = index;
}

/* "Bearer abc": the scheme belongs to the name. */
static void drop_scheme(struct canon_pair *pair, const char *text)
{
	static const char *const schemes[] = { "Bearer ", "Token ", "token ",
					       "Basic ", NULL };

	for (const char *const *at = schemes; *at; at++) {
		size_t len = strlen(*at);

		if (pair->value_len > len &&
		    memcmp(text + pair->value, *at, len) == 0) {
			pair->value += len;
			pair->value_len -= len;
			return;
		}
	}
}

static void on_pair(const struct canon_pair *given, void *payload)
{
	struct secret_search *search = payload;
	struct canon_pair pair = *given;
	struct pair_search found = { search, &pair, PREFILTER_NAME };
	const char *value;

	drop_scheme(&pair, search->text);
	value = search->text + pair.value;
	secret_names_find(search->tools->names, search->text + pair.name,
			  pair.name_len, on_name, &found);
	if (found.best != PREFILTER_NAME)
		secret_search_add(search, found.best, pair.value,
				  pair.value + pair.value_len,
				  is_documented_sample(search->tools->plausible,
						       value, pair.value_len));
}

static bool is_name_byte(char ch)
{
	return isalnum((unsigned char)ch) || ch == '_' || ch == '-' ||
	       ch == '.';
}

static void look_at_window(struct secret_search *search, size_t at)
{
	size_t from = at;
	size_t reached;
	struct canon_range range = { .words = WINDOW_WORDS };

	while (from && at - from < MAX_NAME &&
	       is_name_byte(search->text[from - 1]))
		from--;
	if (from && strchr("\"'`", search->text[from - 1]))
		from--;
	range.from = from;
	range.to = search->len - at > WINDOW_BYTES ? at + WINDOW_BYTES
						   : search->len;
	range.limit = range.to;
	reached = canon_scan(search->text, &range, on_pair, search);
	search->windows += reached - from;
	/* Windows overlap, since quotes may be told apart only from a name on;
	 * but not for ever. */
	search->names_done = at + 1;
	if (search->windows > 2 * search->len + MORE_WINDOWS)
		search->names_done = reached > at ? reached : at + 1;
}

/* Where the line around `at` begins; further back than LIMIT_SECRET_LINE it
 * does not matter. */
static size_t line_start(const struct secret_search *search, size_t at)
{
	size_t from = at;

	while (from && at - from <= LIMIT_SECRET_LINE &&
	       search->text[from - 1] != '\n')
		from--;
	return from;
}

void secret_pair_look(struct secret_search *search, size_t at)
{
	struct canon_range range = { .words = SIZE_MAX };
	const char *end;

	if (at < search->long_line) {
		look_at_window(search, at);
		return;
	}
	end = memchr(search->text + at, '\n', search->len - at);
	range.from = line_start(search, at);
	range.to = end ? (size_t)(end - search->text) : search->len;
	if (range.to - range.from > LIMIT_SECRET_LINE) {
		search->long_line = range.to;
		look_at_window(search, at);
		return;
	}
	range.limit = search->len - range.to > MORE_BYTES
			      ? range.to + MORE_BYTES
			      : search->len;
	search->names_done = range.to;
	canon_scan(search->text, &range, on_pair, search);
}
