#ifndef CODE_SECRETS_H
#define CODE_SECRETS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/attr.h"
#include "core/err.h"
#include "core/severity.h"

/** \file
 * Credentials and personal data in a text: where, and of what kind. The same
 * text gives the same answer, on every machine and with every engine.
 *
 * Time is linear in the text, whatever it holds. One `struct secrets` serves
 * all threads at once.
 */
struct secrets;

struct secrets_options {
	/* Where compiled patterns are kept between runs; NULL: nowhere. */
	const char *cache_dir;
	/* Without Hyperscan, even where it is there. */
	bool portable;
};

/**
 * *out is the caller's, for secrets_free(). Takes a millisecond from the
 * cache, up to a second without. `options` may be NULL. Fails only with
 * ERR_INVALID, if our own patterns do not compile.
 */
MUST_CHECK int secrets_new(struct secrets **out,
			   const struct secrets_options *options,
			   struct err *err);
void secrets_free(struct secrets *secrets);

/**
 * The one of this process, made at the first call and gone with the process:
 * compiling it takes most of a second, and all threads may search with it.
 * Compiled patterns are kept with the user's other caches, so once for all
 * clones; where that cannot be, in `otherwise` (NULL: nowhere) of the first
 * caller, which is made if it is not there.
 */
MUST_CHECK int secrets_shared(struct secrets **out, const char *otherwise,
			      struct err *err);

/** What searches, for `doctor`: "5.4.0 2021-..." or "keywords". */
const char *secrets_engine(const struct secrets *secrets);

/** A place. Two never overlap. */
struct secret_hit {
	size_t start; /* bytes from the beginning of the text */
	size_t end;
	unsigned kind; /* for secret_id() and its like */
	/* A provider's documented example or a card issuer's test number:
	 * worth hiding, not worth a remark. */
	bool sample;
};

struct secret_hits {
	struct secret_hit *items;
	size_t len;
	size_t cap;
};

/**
 * All places in `text`, in order, into *out (zeroed or released before; the
 * caller's, for secret_hits_release()). `path` tells files whose random text is
 * checksums; NULL if it is no file.
 */
void secrets_find(struct secret_hits *out, struct secrets *secrets,
		  const char *text, size_t len, const char *path);
void secret_hits_release(struct secret_hits *hits);

/** Kinds: credentials first, then personal data. */
size_t secret_id_count(void);
const char *secret_id(unsigned kind); /* "aws-access-key", static */

#define SECRET_MASKED_SIZE 48

/** What may be told of a place: never the secret. */
struct secret_finding {
	const char *id;
	const char *title;
	enum severity severity; /* SEVERITY_INFO if `sample` */
	size_t line;            /* from 1 */
	size_t column;          /* from 1, in bytes */
	size_t length;          /* in bytes */
	bool sample;
	bool personal;
	char masked[SECRET_MASKED_SIZE]; /* "ghp_... (40 characters)" */
};

struct secret_findings {
	struct secret_finding *items;
	size_t len;
	size_t cap;
};

/** secrets_find() for a report; *out as there, for
 * secret_findings_release(). */
void secrets_scan(struct secret_findings *out, struct secrets *secrets,
		  const char *text, size_t len, const char *path);
void secret_findings_release(struct secret_findings *findings);

#endif /* CODE_SECRETS_H */
