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

struct redactor {
	struct secrets *secrets;
	pthread_mutex_t lock; /* of all that follows */
	struct value *values;
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

void redactor_free(struct redactor *redactor)
{
	struct value *value;

	if (!redactor)
		return;
	value = redactor->values;
	HASH_CLEAR(hh, redactor->values);
	while (value) {
		struct value *next = value->hh.next;

		free(value);
		value = next;
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
	size_t at = 0;

	secrets_find(&hits, redactor->secrets, text, len, path);
	for (size_t i = 0; i < hits.len; i++) {
		const struct secret_hit *hit = &hits.items[i];

		buf_add(out, text + at, hit->start - at);
		replace(out, redactor, hit, text + hit->start);
		at = hit->end;
	}
	buf_add(out, text + at, len - at);
	secret_hits_release(&hits);
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
