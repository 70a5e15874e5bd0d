#include "core/secret.h"

#include <openssl/crypto.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "core/alloc.h"

struct secret {
	char *name;
	char *value;
	struct secret *prev, *next; /* in `living` */
};

/* Shorter values stand in ordinary words too often to be masked. */
enum { SHORTEST_MASKED = 6 };

static struct secret *living;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

struct secret *secret_new(const char *name, const char *value)
{
	struct secret *secret = xcalloc(1, sizeof(*secret));

	secret->name = xstrdup(name);
	secret->value = xstrdup(value);
	pthread_mutex_lock(&lock);
	DL_APPEND(living, secret);
	pthread_mutex_unlock(&lock);
	return secret;
}

void secret_free(struct secret *secret)
{
	if (!secret)
		return;
	pthread_mutex_lock(&lock);
	DL_DELETE(living, secret);
	pthread_mutex_unlock(&lock);
	OPENSSL_cleanse(secret->value, strlen(secret->value));
	free(secret->value);
	free(secret->name);
	free(secret);
}

const char *secret_name(const struct secret *secret)
{
	return secret->name;
}

const char *secret_reveal(const struct secret *secret)
{
	return secret->value;
}

static bool holds(const char *text, const char *value)
{
	return strlen(value) >= SHORTEST_MASKED && strstr(text, value);
}

static void mask_one(struct buf *text, const char *value)
{
	size_t len = strlen(value);
	struct buf out;
	const char *at = text->ptr;
	const char *hit;

	if (!holds(at, value))
		return;
	buf_init(&out, text->max);
	for (; (hit = strstr(at, value)); at = hit + len) {
		buf_add(&out, at, (size_t)(hit - at));
		buf_addstr(&out, "[secret]");
	}
	buf_addstr(&out, at);
	buf_release(text);
	*text = out;
}

bool secret_is_in(const char *text)
{
	bool is_in = false;

	pthread_mutex_lock(&lock);
	for (const struct secret *at = living; at && !is_in; at = at->next)
		is_in = holds(text, at->value);
	pthread_mutex_unlock(&lock);
	return is_in;
}

void secret_mask(struct buf *text)
{
	pthread_mutex_lock(&lock);
	for (const struct secret *at = living; at; at = at->next)
		mask_one(text, at->value);
	pthread_mutex_unlock(&lock);
}
