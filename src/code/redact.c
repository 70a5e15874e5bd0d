#include "code/redact.h"

#include <ctype.h>
#include <pthread.h>
#include <string.h>

#include <uthash.h>

#include "core/alloc.h"
#include "core/sha256.h"

#define PLACEHOLDER "[redacted:"

/* A value that was met, known by its digest. */
struct value {
	char digest[SHA256_HEX_SIZE];
	size_t number;
	UT_hash_handle hh;
};

/* Something replaced in a named text. */
struct place {
	size_t start; /* of the placeholder, in what was written */
	size_t end;
	size_t first_line;
	size_t last_line;
};

struct places {
	char *path;
	struct place *items;
	size_t len;
	size_t cap;
	UT_hash_handle hh;
};

struct redactor {
	struct secrets *secrets;
	pthread_mutex_t lock; /* of all that follows */
	struct value *values;
	struct places *texts;
	struct redacted_count *counts; /* by kind */
};

struct redactor *redactor_new(struct secrets *secrets)
{
	struct redactor *redactor = xcalloc(1, sizeof(*redactor));

	redactor->secrets = secrets;
	redactor->counts = xcalloc(secret_id_count(),
				   sizeof(*redactor->counts));
	for (size_t i = 0; i < secret_id_count(); i++)
		redactor->counts[i].id = secret_id((unsigned)i);
	pthread_mutex_init(&redactor->lock, NULL);
	return redactor;
}

static void free_places(struct places *text)
{
	free(text->path);
	free(text->items);
	free(text);
}

void redactor_free(struct redactor *redactor)
{
	struct value *value;
	struct places *text;

	if (!redactor)
		return;
	value = redactor->values;
	HASH_CLEAR(hh, redactor->values);
	while (value) {
		struct value *next = value->hh.next;

		free(value);
		value = next;
	}
	text = redactor->texts;
	HASH_CLEAR(hh, redactor->texts);
	while (text) {
		struct places *next = text->hh.next;

		free_places(text);
		text = next;
	}
	free(redactor->counts);
	pthread_mutex_destroy(&redactor->lock);
	free(redactor);
}

/* A key is the same however its lines are broken and set in. */
static void digest_value(char out[SHA256_HEX_SIZE], unsigned kind,
			 const char *value, size_t len)
{
	struct sha256 *sha = sha256_new();
	size_t from = 0;

	sha256_add_field(sha, secret_id(kind), strlen(secret_id(kind)));
	for (size_t i = 0; i <= len; i++) {
		if (i < len && !isspace((unsigned char)value[i]))
			continue;
		sha256_add(sha, value + from, i - from);
		from = i + 1;
	}
	sha256_end(sha, out);
}

/* The number of a value; the next of its kind if it is new. */
static size_t number_of(struct redactor *redactor, unsigned kind,
			const char *text, size_t len)
{
	char digest[SHA256_HEX_SIZE];
	struct value *value;
	size_t number;

	digest_value(digest, kind, text, len);
	pthread_mutex_lock(&redactor->lock);
	redactor->counts[kind].places++;
	HASH_FIND_STR(redactor->values, digest, value);
	if (!value) {
		value = xcalloc(1, sizeof(*value));
		memcpy(value->digest, digest, sizeof(digest));
		value->number = ++redactor->counts[kind].values;
		HASH_ADD_STR(redactor->values, digest, value);
	}
	number = value->number;
	pthread_mutex_unlock(&redactor->lock);
	return number;
}

static size_t count_lines(const char *text, size_t len)
{
	size_t lines = 0;
	const char *end = text + len;

	while ((text = memchr(text, '\n', (size_t)(end - text)))) {
		lines++;
		text++;
	}
	return lines;
}

/* Put the new places of `path` where the old ones were. */
static void keep_places(struct redactor *redactor, const char *path,
			struct places *found)
{
	struct places *old;
	struct places *text = xcalloc(1, sizeof(*text));

	*text = *found;
	text->path = xstrdup(path);
	pthread_mutex_lock(&redactor->lock);
	HASH_FIND_STR(redactor->texts, path, old);
	if (old) {
		HASH_DEL(redactor->texts, old);
		free_places(old);
	}
	HASH_ADD_KEYPTR(hh, redactor->texts, text->path, strlen(text->path),
			text);
	pthread_mutex_unlock(&redactor->lock);
}

/* The placeholder, then the line breaks that were in the value. */
static void replace(struct buf *out, struct redactor *redactor,
		    const struct secret_hit *hit, const char *value)
{
	size_t len = hit->end - hit->start;

	buf_addf(out, PLACEHOLDER "%s:%zu]", secret_id(hit->kind),
		 number_of(redactor, hit->kind, value, len));
	for (size_t i = 0; i < len; i++) {
		if (value[i] == '\n')
			buf_addstr(out,
				   i && value[i - 1] == '\r' ? "\r\n" : "\n");
	}
}

void redact_text(struct buf *out, struct redactor *redactor, const char *text,
		 size_t len, const char *path)
{
	struct secret_hits hits;
	struct places found = { .path = NULL };
	size_t base = out->len;
	size_t line = 1;
	size_t at = 0;

	secrets_find(&hits, redactor->secrets, text, len, path);
	for (size_t i = 0; i < hits.len; i++) {
		const struct secret_hit *hit = &hits.items[i];
		struct place *place;

		ARRAY_GROW(found.items, found.len, found.cap);
		place = &found.items[found.len++];
		buf_add(out, text + at, hit->start - at);
		line += count_lines(text + at, hit->start - at);
		place->start = out->len - base;
		place->first_line = line;
		replace(out, redactor, hit, text + hit->start);
		line += count_lines(text + hit->start, hit->end - hit->start);
		place->end = out->len - base;
		place->last_line = line;
		at = hit->end;
	}
	buf_add(out, text + at, len - at);
	secret_hits_release(&hits);
	if (path)
		keep_places(redactor, path, &found);
	else
		free(found.items);
}

typedef bool place_test_fn(const struct place *place, size_t from, size_t to);

static bool shares_lines(const struct place *place, size_t first, size_t last)
{
	return place->first_line <= last && place->last_line >= first;
}

static bool shares_bytes(const struct place *place, size_t start, size_t end)
{
	return place->start < end && place->end > start;
}

static bool touches(struct redactor *redactor, const char *path, size_t from,
		    size_t to, place_test_fn *test)
{
	struct places *text;
	bool touched = false;

	pthread_mutex_lock(&redactor->lock);
	HASH_FIND_STR(redactor->texts, path, text);
	for (size_t i = 0; text && !touched && i < text->len; i++)
		touched = test(&text->items[i], from, to);
	pthread_mutex_unlock(&redactor->lock);
	return touched;
}

bool redactor_touches_lines(struct redactor *redactor, const char *path,
			    size_t first, size_t last)
{
	return touches(redactor, path, first, last, shares_lines);
}

bool redactor_touches_bytes(struct redactor *redactor, const char *path,
			    size_t start, size_t end)
{
	return touches(redactor, path, start, end, shares_bytes);
}

bool redact_has_placeholder(const char *text, size_t len)
{
	return memmem(text, len, PLACEHOLDER, strlen(PLACEHOLDER)) != NULL;
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct redacted_count *)a)->id,
		      ((const struct redacted_count *)b)->id);
}

struct redacted_count *redactor_counts(struct redactor *redactor, size_t *count)
{
	struct redacted_count *list = NULL;
	size_t cap = 0;

	*count = 0;
	pthread_mutex_lock(&redactor->lock);
	for (size_t i = 0; i < secret_id_count(); i++) {
		if (!redactor->counts[i].places)
			continue;
		ARRAY_GROW(list, *count, cap);
		list[(*count)++] = redactor->counts[i];
	}
	pthread_mutex_unlock(&redactor->lock);
	if (list)
		qsort(list, *count, sizeof(*list), by_id);
	return list;
}
