#include "code/secret_search.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

#include "code/canon.h"
#include "code/personal.h"
#include "code/secret_kind.h"
#include "core/alloc.h"
#include "core/limits.h"

/* Random text of this length or more has at least this entropy, in tenths. */
#define LONG_VALUE    24
#define LONG_ENTROPY  28
#define SHORT_ENTROPY 25

#define MORE_BYTES   512 /* of a value on the lines after its name's */
#define WINDOW_BYTES 384 /* read at a name in a line that is too long */
#define WINDOW_WORDS 5
#define MORE_WINDOWS 65536 /* bytes of windows beyond twice the text */
#define MAX_NAME     128
#define BLOCK_BEGIN  "-----BEGIN"
#define BLOCK_END    "-----END"
#define BLOCK_DASHES "-----"
#define LEAST_BLOCK  60 /* bytes of a key, however small */
#define BLOCK_WORDS  "PRIVATE KEY"

#define MAX_BLOCK_KIND 20 /* bytes, as the pattern of that kind has it */

struct search {
	struct secret_hits *out;
	const struct secret_tools *tools;
	struct secret_room *room;
	const char *text;
	size_t len;
	size_t names_done; /* names before here have been read */
	size_t long_line;  /* the end of a line read in windows  */
	size_t windows;    /* bytes read in them                */
	size_t block_done;
	bool checksums; /* a file of checksums: names prove nothing */
	bool settings;  /* a file of NAME=value lines               */
};

struct secret_room *secret_room_new(const struct secret_tools *tools)
{
	struct secret_room *room = xcalloc(1, sizeof(*room));

	room->matcher = matcher_room_new(tools->matchers);
	room->done = xcalloc(secret_kind_count(), sizeof(*room->done));
	return room;
}

void secret_room_free(struct secret_room *room)
{
	if (!room)
		return;
	matcher_room_free(room->matcher);
	free(room->done);
	free(room);
}

static void add_hit(struct search *search, unsigned kind, size_t start,
		    size_t end, bool sample)
{
	struct secret_hits *out = search->out;

	ARRAY_GROW(out->items, out->len, out->cap);
	out->items[out->len++] = (struct secret_hit){
		.start = start, .end = end, .kind = kind, .sample = sample
	};
}

/* Is `value` what the kind's flags ask for, and no placeholder? */
static bool is_plausible(const struct plausible *plausible,
			 const struct secret_kind *kind, const char *value,
			 size_t len)
{
	if (is_placeholder(plausible, value, len))
		return false;
	if (kind->flags & KIND_BASIC)
		return is_basic_credentials(value, len);
	if (kind->flags & KIND_PASSWORD)
		return looks_like_password(plausible, value, len);
	if (kind->flags & KIND_RANDOM)
		return looks_random(plausible, value, len);
	if (kind->flags & KIND_LOOSE)
		return !is_common_password(value, len);
	return text_entropy(plausible, value, len) >=
	       (len < LONG_VALUE ? SHORT_ENTROPY : LONG_ENTROPY);
}

/* \n and %20 end in letters and digits that belong to no word. */
static bool is_escape_before(const char *text, size_t at)
{
	if (at >= 2 && text[at - 2] == '\\' && strchr("nrtbf", text[at - 1]))
		return true;
	return at >= 3 && text[at - 3] == '%' &&
	       isxdigit((unsigned char)text[at - 2]) &&
	       isxdigit((unsigned char)text[at - 1]);
}

/* A token is a word of its own. One of open length may not begin within a word
 * of its bytes: else each place in a long word would be tried. */
static bool may_begin(const struct search *search,
		      const struct secret_kind *kind, size_t start)
{
	const char *text = search->text;

	if (kind->flags & KIND_LOOSE || !start ||
	    !isalnum((unsigned char)text[start]) ||
	    is_escape_before(text, start))
		return true;
	if ((text[start - 1] == '-' || text[start - 1] == '_') &&
	    strstr(kind->pattern, ",}"))
		return false;
	return !isalnum((unsigned char)text[start - 1]);
}

static bool stands_alone(const struct search *search,
			 const struct secret_kind *kind, size_t start,
			 size_t end)
{
	const char *text = search->text;

	if (!(kind->flags & KIND_LOOSE) && end < search->len && end > start &&
	    isalnum((unsigned char)text[end]) &&
	    isalnum((unsigned char)text[end - 1]))
		return false;
	return may_begin(search, kind, start);
}

static void confirm(struct search *search, unsigned index, size_t from,
		    size_t limit)
{
	const struct secret_kind *kind = secret_kind_at(index);
	size_t *done = &search->room->done[index];
	struct matcher_range range = { search->text, from, limit, limit };
	struct matcher_match match;

	range.to = search->len - limit > LIMIT_SECRET_WINDOW
			   ? limit + LIMIT_SECRET_WINDOW
			   : search->len;
	if (range.from < *done)
		range.from = *done;
	while (range.from <= limit &&
	       matchers_find(&match, search->tools->matchers,
			     search->room->matcher, index, &range)) {
		const char *value = search->text + match.start;
		size_t len = match.end - match.start;

		if (len &&
		    stands_alone(search, kind, match.whole_start,
				 match.whole_end) &&
		    is_plausible(search->tools->plausible, kind, value, len))
			add_hit(search, index, match.start, match.end,
				is_documented_sample(search->tools->plausible,
						     value, len));
		range.from = match.whole_end > match.whole_start
				     ? match.whole_end
				     : match.whole_start + 1;
	}
	*done = range.from > limit ? range.from : limit + 1;
}

/* A private key: from -----BEGIN to -----END, or as far as base 64 goes. */

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
static void look_at_block_end(struct search *search, unsigned index, size_t at)
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
		add_hit(search, index, start, stop, false);
}

/* `at` is behind "PRIVATE KEY". */
static void look_at_block(struct search *search, unsigned index, size_t at)
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
	add_hit(search, index, start, stop, false);
}

/* Names and their values. */

struct pair_search {
	struct search *search;
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
static bool is_trusted(const struct search *search,
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
	struct search *search = found->search;
	const struct canon_pair *pair = found->pair;
	const struct secret_kind *kind = secret_kind_at(index);
	const char *value = search->text + pair->value;

	if (index >= found->best || !is_trusted(search, kind, pair) ||
	    !matchers_accept(search->tools->matchers, search->room->matcher,
			     index, value, pair->value_len))
		return;
	if (is_plausible(search->tools->plausible, kind, value,
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
	struct search *search = payload;
	struct canon_pair pair = *given;
	struct pair_search found = { search, &pair, PREFILTER_NAME };
	const char *value;

	drop_scheme(&pair, search->text);
	value = search->text + pair.value;
	secret_names_find(search->tools->names, search->text + pair.name,
			  pair.name_len, on_name, &found);
	if (found.best != PREFILTER_NAME)
		add_hit(search, found.best, pair.value,
			pair.value + pair.value_len,
			is_documented_sample(search->tools->plausible, value,
					     pair.value_len));
}

static bool is_name_byte(char ch)
{
	return isalnum((unsigned char)ch) || ch == '_' || ch == '-' ||
	       ch == '.';
}

static void look_at_window(struct search *search, size_t at)
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
static size_t line_start(const struct search *search, size_t at)
{
	size_t from = at;

	while (from && at - from <= LIMIT_SECRET_LINE &&
	       search->text[from - 1] != '\n')
		from--;
	return from;
}

static void look_at_line(struct search *search, size_t at)
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

static void on_suspicion(const struct prefilter_hit *hit, void *payload)
{
	struct search *search = payload;
	const struct secret_kind *kind;
	size_t back;

	if (hit->kind == PREFILTER_NAME) {
		size_t at = hit->at - (hit->place == PREFILTER_END);

		if (at >= search->names_done && !search->checksums)
			look_at_line(search, at);
		return;
	}
	kind = secret_kind_at(hit->kind);
	if (kind->flags & KIND_BLOCK) {
		look_at_block(search, hit->kind,
			      hit->at + (hit->place == PREFILTER_KEYWORD
						 ? strlen(BLOCK_WORDS)
						 : 0));
		return;
	}
	if (hit->place == PREFILTER_KEYWORD && !kind->lead &&
	    !may_begin(search, kind, hit->at))
		return;
	back = hit->place == PREFILTER_END ? LIMIT_SECRET_WINDOW : kind->lead;
	confirm(search, hit->kind, hit->at > back ? hit->at - back : 0,
		hit->at);
}

static void on_personal(const struct personal_hit *hit, void *payload)
{
	struct search *search = payload;

	add_hit(search, (unsigned)(secret_kind_count() + hit->kind), hit->start,
		hit->end, hit->sample);
}

static bool ends_in_one_of(const char *path, const char *const *ends)
{
	size_t len = strlen(path);

	for (; *ends; ends++) {
		size_t end_len = strlen(*ends);

		if (len >= end_len && strcmp(path + len - end_len, *ends) == 0)
			return true;
	}
	return false;
}

static void know_path(struct search *search, const char *path)
{
	static const char *const checksums[] = { ".lock",
						 "package-lock.json",
						 "pnpm-lock.yaml",
						 "Package.resolved",
						 "go.sum",
						 ".lockfile",
						 "verification-metadata.xml",
						 ".svg",
						 ".pbxproj",
						 ".map",
						 NULL };
	static const char *const settings[] = {
		".properties", ".xcconfig", ".yml",  ".yaml", ".ini",
		".conf",       ".cfg",      ".toml", ".env",  NULL
	};
	const char *name = strrchr(path, '/');

	name = name ? name + 1 : path;
	search->checksums = ends_in_one_of(name, checksums);
	search->settings = ends_in_one_of(name, settings) ||
			   strncmp(name, ".env", 4) == 0;
}

void secret_search(struct secret_hits *out, const struct secret_tools *tools,
		   struct secret_room *room, const char *text, size_t len,
		   const char *path)
{
	struct search search = {
		.out = out,
		.tools = tools,
		.room = room,
		.text = text,
		.len = len,
	};

	if (path)
		know_path(&search, path);
	memset(room->done, 0, secret_kind_count() * sizeof(*room->done));
	prefilter_scan(tools->prefilter, text, len, on_suspicion, &search);
	personal_scan(text, len, on_personal, &search);
}
