#ifndef CORE_JSON_CJSON_H
#define CORE_JSON_CJSON_H

#include <cjson/cJSON.h>
#include <stdlib.h>

#include "core/json.h"

/** \file
 * What json*.c share: struct json is never defined, a pointer to it is a
 * pointer to a cJSON.
 */

static inline const cJSON *json_in(const struct json *at)
{
	return (const cJSON *)at;
}

static inline cJSON *json_own(struct json *at)
{
	return (cJSON *)at;
}

/** Never NULL: cJSON has none where memory is out. */
static inline struct json *json_out_of(cJSON *item)
{
	if (!item)
		abort();
	return (struct json *)item;
}

/** With its quotes, and without. What is not UTF-8 becomes U+FFFD. */
void json_print_string(struct buf *out, const char *text);
void json_print_text(struct buf *out, const char *text, size_t len);
void json_print_number(struct buf *out, double value);

#define JSON_DIGITS_SIZE 24

/** The number in `room`, where the result points into. */
const char *json_digits(char room[JSON_DIGITS_SIZE], int64_t value);

#endif /* CORE_JSON_CJSON_H */
