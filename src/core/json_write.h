#ifndef CORE_JSON_WRITE_H
#define CORE_JSON_WRITE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/json.h"

/** \file
 * JSON written as it is made, for documents that hold long texts: there is no
 * tree that would hold them once more. What is too long for the buffer is seen
 * with buf_check().
 *
 *	struct json_writer json = json_writer_of(&body);
 *
 *	json_open(&json, NULL, '{');
 *	json_put_string(&json, "model", "m");
 *	json_open(&json, "messages", '[');
 *	json_close(&json, ']');
 *	json_close(&json, '}');
 *
 * `name` is a member's, in UTF-8; NULL in arrays and for the whole. Text that
 * is not UTF-8 is written with U+FFFD in place of what cannot be read; NULL is
 * null.
 */
struct json_writer {
	struct buf *out;
	bool has_before; /* what comes next needs a comma */
};

static inline struct json_writer json_writer_of(struct buf *out)
{
	return (struct json_writer){ .out = out };
}

void json_open(struct json_writer *json, const char *name, char bracket);
void json_close(struct json_writer *json, char bracket);

void json_put_string(struct json_writer *json, const char *name,
		     const char *text);
void json_put_int(struct json_writer *json, const char *name, int64_t value);
void json_put_double(struct json_writer *json, const char *name, double value);
void json_put_bool(struct json_writer *json, const char *name, bool value);
void json_put(struct json_writer *json, const char *name,
	      const struct json *value);

/** A string in parts: any number of json_add_text() between the two. */
void json_open_string(struct json_writer *json, const char *name);
void json_add_text(struct json_writer *json, const char *text);
void json_close_string(struct json_writer *json);

#endif /* CORE_JSON_WRITE_H */
