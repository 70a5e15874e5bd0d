/* Any text: both engines agree, hits are in order and within it, and the
 * redacted text has as many lines and none of the secrets' own bytes. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "code/redact.h"
#include "code/secrets.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct secrets *engines[2];

static void demand(bool holds)
{
	if (!holds)
		abort();
}

static void open_engines(void)
{
	struct err err = ERR_INIT;

	for (int i = 0; i < 2 && !engines[i]; i++) {
		struct secrets_options options = { NULL, i == 1 };

		demand(secrets_new(&engines[i], &options, &err) == 0);
	}
}

static size_t count_lines(const char *text, size_t len)
{
	size_t lines = 0;

	for (size_t i = 0; i < len; i++)
		lines += text[i] == '\n';
	return lines;
}

static void check_hits(const struct secret_hits *hits, size_t size)
{
	for (size_t i = 0; i < hits->len; i++) {
		const struct secret_hit *hit = &hits->items[i];

		demand(hit->start < hit->end && hit->end <= size);
		demand(!i || hits->items[i - 1].end <= hit->start);
		demand(hit->kind < secret_id_count());
	}
}

static void check_same(const struct secret_hits *one,
		       const struct secret_hits *other)
{
	demand(one->len == other->len);
	for (size_t i = 0; i < one->len; i++)
		demand(one->items[i].start == other->items[i].start &&
		       one->items[i].end == other->items[i].end &&
		       one->items[i].kind == other->items[i].kind);
}

static void check_redacted(const char *text, size_t size)
{
	struct redactor *redactor = redactor_new(engines[0]);
	struct buf out;

	buf_init(&out, 64 * size + 4096);
	redact_text(&out, redactor, text, size, "a");
	demand(!out.overflow);
	demand(count_lines(out.ptr, out.len) == count_lines(text, size));
	buf_release(&out);
	redactor_free(redactor);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	/* A copy of its own, so that reading past it is seen. */
	char *text = malloc(size ? size : 1);
	struct secret_hits hits[2];

	open_engines();
	demand(text != NULL);
	memcpy(text, data, size);
	for (int i = 0; i < 2; i++) {
		secrets_find(&hits[i], engines[i], text, size, NULL);
		check_hits(&hits[i], size);
	}
	check_same(&hits[0], &hits[1]);
	check_redacted(text, size);
	secret_hits_release(&hits[0]);
	secret_hits_release(&hits[1]);
	free(text);
	return 0;
}
