#ifndef CODE_PREFILTER_H
#define CODE_PREFILTER_H

#include <stdbool.h>
#include <stddef.h>

#include "core/attr.h"
#include "core/err.h"

/** \file
 * Where in a text a credential may be, fast: Hyperscan or Vectorscan where it
 * was built in and the processor can, else the keywords alone. It reports too
 * much, never too little; what it reports is confirmed by others.
 */
struct prefilter;

enum prefilter_place {
	PREFILTER_KEYWORD, /* `at` is where a keyword of the kind begins */
	PREFILTER_END,     /* `at` is behind a match of the kind         */
};

/** `kind` is an index for secret_kind_at(), or PREFILTER_NAME for a name that a
 * kind known by name may go by. */
struct prefilter_hit {
	unsigned kind;
	size_t at;
	enum prefilter_place place;
};

#define PREFILTER_NAME (~0u)

typedef void prefilter_found_fn(const struct prefilter_hit *hit, void *payload);

/**
 * *out is the caller's. `cache_dir` (NULL: none) keeps what Hyperscan compiles
 * in half a second; whatever is wrong with the file there, it is made anew.
 * `portable`: without Hyperscan. Fails only if our own patterns do not compile.
 */
MUST_CHECK int prefilter_new(struct prefilter **out, const char *cache_dir,
			     bool portable, struct err *err);
void prefilter_free(struct prefilter *prefilter);

/** "hyperscan 5.4.0 ..." or "keywords". */
const char *prefilter_engine(const struct prefilter *prefilter);

/** Any thread, any number at once. */
void prefilter_scan(struct prefilter *prefilter, const char *text, size_t len,
		    prefilter_found_fn *found, void *payload);

#endif /* CODE_PREFILTER_H */
