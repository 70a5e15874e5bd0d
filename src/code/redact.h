#ifndef CODE_REDACT_H
#define CODE_REDACT_H

#include <stdbool.h>
#include <stddef.h>

#include "code/secrets.h"
#include "core/buf.h"

/** \file
 * Text without its secrets: each becomes a placeholder as
 * "[redacted:aws-access-key:1]". Nothing is ever put back, and no value is
 * kept, only its digest.
 *
 * One redactor serves one change. The same value gets the same placeholder
 * wherever it stands; new ones are numbered by kind in the order of the calls,
 * so whoever wants the same text every time makes the calls in the same order.
 * Any thread may call; calls on one redactor wait for each other only while
 * they number.
 */
struct redactor;

/** Keeps `secrets`, which must outlive it. */
struct redactor *redactor_new(struct secrets *secrets);
void redactor_free(struct redactor *redactor);

/**
 * Appends `text` to *out with everything secret or personal replaced. There are
 * as many lines as before, and they are the same: line breaks within a secret
 * stay. Ask buf_check() afterwards.
 *
 * `path` says what kind of file it is; NULL: none.
 */
void redact_text(struct buf *out, struct redactor *redactor, const char *text,
		 size_t len, const char *path);

/** Does `text` have a placeholder in it? What a model wrote and has one cannot
 * be put into a file. */
bool redact_has_placeholder(const char *text, size_t len);

struct redacted_count {
	const char *id; /* of the kind; static */
	size_t places;
	size_t values; /* different ones */
};

/** Kinds that occurred, by id, into a new array of *count; the caller frees
 * it. NULL if there was nothing. */
struct redacted_count *redactor_counts(struct redactor *redactor,
				       size_t *count);

#endif /* CODE_REDACT_H */
