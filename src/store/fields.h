#ifndef STORE_FIELDS_H
#define STORE_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/attr.h"
#include "core/err.h"
#include "core/json.h"

/** \file
 * A struct as a JSON object, both ways, by a table of its members. Members of
 * the JSON that no table names are passed over: a later version of the same
 * format may have added them.
 */

enum field_kind {
	FIELD_TEXT,   /* char *; null is NULL                                */
	FIELD_FIXED,  /* char[size]: its text must fit; null is ""           */
	FIELD_INT,    /* int; null is 0                                      */
	FIELD_INT64,  /* int64_t; null is 0                                  */
	FIELD_SIGNED, /* int64_t; may be negative                           */
	FIELD_COUNT,  /* int64_t; negative is unknown, and left out          */
	FIELD_BOOL,   /* bool; null is false                                 */
	FIELD_NAME,   /* an enum, by the names of name_of                    */
	FIELD_TEXTS,  /* struct strvec                                       */
	FIELD_JSON,   /* struct json *; null is NULL                         */
};

/** The name of an enum's value; NULL past the last. */
typedef const char *field_name_fn(unsigned value);

/** Numbers are never negative. Zero, "", NULL and false of a member that is not
 * required are left out when written. */
struct field {
	const char *name;
	enum field_kind kind;
	size_t offset;
	size_t size;   /* FIELD_FIXED: of the array; FIELD_TEXTS: at most
			  so many, 0: LIMIT_RECORD_TEXTS */
	bool required; /* ERR_PROTOCOL where it is missing or null */
	field_name_fn *name_of;
};

/** Sets the members of *out, in the order of the table. */
void fields_format(struct json *out, const void *from,
		   const struct field *fields, size_t count);

/** Fills a zeroed struct; after a failure it is to be released as well.
 * ERR_PROTOCOL names the member. */
MUST_CHECK int fields_parse(void *out, const struct json *at,
			    const struct field *fields, size_t count,
			    struct err *err);

void fields_release(void *at, const struct field *fields, size_t count);

#endif /* STORE_FIELDS_H */
