#ifndef CORE_JSON_H
#define CORE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/attr.h"
#include "core/buf.h"
#include "core/err.h"

/** \file
 * JSON, read with suspicion and written exactly. The only module that calls
 * cJSON.
 *
 * Parsing refuses what cJSON would pass over: repeated names, NULs, text that
 * is not UTF-8, anything behind the document, more than LIMIT_JSON_DEPTH
 * levels, more than LIMIT_JSON_ITEMS items or LIMIT_JSON_BYTES. Integers keep
 * all their digits.
 *
 * Getters follow `path` from `at`, dot by dot ("choices.0.message.content", ""
 * is `at` itself), match case exactly and check the type. They fail with
 * ERR_PROTOCOL and the path: "choices.0.text: a string expected".
 */
struct json;

/** *out is the caller's, for json_free(). `text` need not end in a NUL. */
MUST_CHECK int json_parse(struct json **out, const char *text, size_t len,
			  struct err *err);
void json_free(struct json *doc);

/** A deep copy. */
struct json *json_copy(const struct json *at);

/** NULL if nothing is there, also if `at` is NULL. */
const struct json *json_find(const struct json *start, const char *path);

/** *out borrows from `at`, also below. */
MUST_CHECK int json_string(const char **out, const struct json *at,
			   const char *path, struct err *err);
/** Only whole numbers that fit. */
MUST_CHECK int json_int(int64_t *out, const struct json *at, const char *path,
			struct err *err);
MUST_CHECK int json_double(double *out, const struct json *at, const char *path,
			   struct err *err);
MUST_CHECK int json_bool(bool *out, const struct json *at, const char *path,
			 struct err *err);
/** An identifier: a string as it is, a whole number as its digits. The caller
 * frees *out. */
MUST_CHECK int json_id(char **out, const struct json *at, const char *path,
		       struct err *err);
MUST_CHECK int json_array(const struct json **out, const struct json *at,
			  const char *path, struct err *err);
MUST_CHECK int json_object(const struct json **out, const struct json *at,
			   const char *path, struct err *err);

/** The value, or `otherwise` where there is none of that type. */
const char *json_string_or(const struct json *at, const char *path,
			   const char *otherwise);
int64_t json_int_or(const struct json *at, const char *path, int64_t otherwise);
bool json_bool_or(const struct json *at, const char *path, bool otherwise);
double json_double_or(const struct json *at, const char *path,
		      double otherwise);

bool json_is_string(const struct json *at);
bool json_is_number(const struct json *at);
bool json_is_array(const struct json *at);
bool json_is_object(const struct json *at);
/** Also true where nothing is (NULL). */
bool json_is_null(const struct json *at);

/** Items of an array or members of an object; 0 for anything else. */
size_t json_len(const struct json *at);

/** Member `name` alone, dots and all; NULL if there is none. */
const struct json *json_get(const struct json *object, const char *name);

/** for (c = json_first(at); c; c = json_next(c)): items or members in order. */
const struct json *json_first(const struct json *at);
const struct json *json_next(const struct json *child);
/** A member's name; NULL for an item of an array. */
const char *json_name(const struct json *child);

struct json *json_new_object(void);
struct json *json_new_array(void);
struct json *json_new_string(const char *value);
struct json *json_new_int(int64_t value);

/* Building. Text that is not UTF-8 is written with U+FFFD in place of what
 * cannot be read; a NULL string is null. A name that is there is replaced. */
void json_set_string(struct json *object, const char *name, const char *value);
void json_set_int(struct json *object, const char *name, int64_t value);
void json_set_double(struct json *object, const char *name, double value);
void json_set_bool(struct json *object, const char *name, bool value);
void json_set_null(struct json *object, const char *name);

/** Takes `value` over. */
void json_set(struct json *object, const char *name, struct json *value);
void json_add(struct json *array, struct json *value);

/** Make a new object or array, a member of `object` or item of `array`, which
 * owns it. */
struct json *json_set_object(struct json *object, const char *name);
struct json *json_set_array(struct json *object, const char *name);
struct json *json_add_object(struct json *array);
void json_add_string(struct json *array, const char *value);
void json_add_int(struct json *array, int64_t value);

void json_remove(struct json *object, const char *name);

/** On one line, or indented for people. The caller frees it; or appended to
 * `out`. No newline at the end. */
char *json_print(const struct json *at);
void json_print_to(struct buf *out, const struct json *at);
char *json_print_pretty(const struct json *at);

#endif /* CORE_JSON_H */
