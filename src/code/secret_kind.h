#ifndef CODE_SECRET_KIND_H
#define CODE_SECRET_KIND_H

#include <stddef.h>

#include "core/severity.h"

/** \file
 * The kinds of credentials we know: tables, nothing else. To add one, add a row
 * to the secret_kinds_*.c it belongs to; its example is tested by itself.
 */

enum secret_kind_flags {
	/* `keywords` are of the name a value is given, `pattern` of the value
	 */
	KIND_NAMED = 1 << 0,
	KIND_ANYCASE = 1 << 1,  /* capitals do not matter in either          */
	KIND_BLOCK = 1 << 2,    /* from a -----BEGIN line to its -----END     */
	KIND_LOOSE = 1 << 3,    /* may stand within a longer word            */
	KIND_RANDOM = 1 << 4,   /* must look random, being common otherwise  */
	KIND_PASSWORD = 1 << 5, /* must look as if thought up as a password  */
	KIND_BASIC = 1 << 6,    /* base 64 of "user:password"                */
	KIND_EXACT = 1 << 7,    /* the name is the keyword, nothing more     */
};

/**
 * One kind of credential.
 *
 * `pattern` is PCRE2 without look-around, back-references and possessive
 * repeats, so that Hyperscan compiles it too. Group 1, if there is one, is the
 * secret, else the whole match.
 *
 * Each match of a kind found by form holds one of `keywords` (separated by |)
 * at most `lead` bytes from its start. Names are compared without case, "_",
 * "-" and "."; in a name's keyword "a&b" asks for both, `a` being searched.
 *
 * `like` is an example for the tests, put together when they run, because no
 * file may hold what looks like a live key: {w36} stands for 36 letters and
 * digits; the letters are explained in tests/lib/secret_sample.h.
 */
struct secret_kind {
	const char *id;    /* in placeholders and reports: "aws-access-key" */
	const char *title; /* for people */
	const char *keywords;
	const char *pattern;
	const char *like; /* NULL: has tests of its own */
	enum severity severity;
	unsigned flags; /* enum secret_kind_flags */
	unsigned lead;
};

struct secret_table {
	const struct secret_kind *kinds;
	size_t count;
};

extern const struct secret_table secret_table_ai;
extern const struct secret_table secret_table_cloud;
extern const struct secret_table secret_table_forge;
extern const struct secret_table secret_table_general;
extern const struct secret_table secret_table_named_app;
extern const struct secret_table secret_table_named_team;
extern const struct secret_table secret_table_service;

/** How many kinds there are in all tables. */
size_t secret_kind_count(void);

/** `index` below secret_kind_count(); of two kinds that match the same text the
 * one of lower index is meant. */
const struct secret_kind *secret_kind_at(size_t index);

#endif /* CODE_SECRET_KIND_H */
