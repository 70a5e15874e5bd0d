#include <ctype.h>
#include <string.h>

#include "code/personal.h"
#include "code/secret_search_internal.h"
#include "core/alloc.h"
#include "core/limits.h"

/* Random text of this length or more has at least this entropy, in tenths. */
#define LONG_VALUE    24
#define LONG_ENTROPY  28
#define SHORT_ENTROPY 25

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

void secret_search_add(struct secret_search *search, unsigned kind,
		       size_t start, size_t end, bool sample)
{
	struct secret_hits *out = search->out;

	ARRAY_GROW(out->items, out->len, out->cap);
	out->items[out->len++] = (struct secret_hit){
		.start = start, .end = end, .kind = kind, .sample = sample
	};
}

bool secret_search_is_plausible(const struct plausible *plausible,
				const struct secret_kind *kind,
				const char *value, size_t len)
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
static bool may_begin(const struct secret_search *search,
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

static bool stands_alone(const struct secret_search *search,
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

static void confirm(struct secret_search *search, unsigned index, size_t from,
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
		    secret_search_is_plausible(search->tools->plausible, kind,
					       value, len))
			secret_search_add(
				search, index, match.start, match.end,
				is_documented_sample(search->tools->plausible,
						     value, len));
		range.from = match.whole_end > match.whole_start
				     ? match.whole_end
				     : match.whole_start + 1;
	}
	*done = range.from > limit ? range.from : limit + 1;
}

static void on_suspicion(const struct prefilter_hit *hit, void *payload)
{
	struct secret_search *search = payload;
	const struct secret_kind *kind;
	size_t back;

	if (hit->kind == PREFILTER_NAME) {
		size_t at = hit->at - (hit->place == PREFILTER_END);

		if (at >= search->names_done && !search->checksums)
			secret_pair_look(search, at);
		return;
	}
	kind = secret_kind_at(hit->kind);
	if (kind->flags & KIND_BLOCK) {
		secret_block_look(search, hit->kind,
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
	struct secret_search *search = payload;

	secret_search_add(search, (unsigned)(secret_kind_count() + hit->kind),
			  hit->start, hit->end, hit->sample);
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

static void know_path(struct secret_search *search, const char *path)
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
	struct secret_search search = {
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
