#include "core/json_write.h"

#include <string.h>

#include "core/json_cjson.h"

/* What stands before every value. */
static void begin(struct json_writer *json, const char *name)
{
	if (json->has_before)
		buf_addch(json->out, ',');
	json->has_before = true;
	if (!name)
		return;
	json_print_string(json->out, name);
	buf_addch(json->out, ':');
}

void json_open(struct json_writer *json, const char *name, char bracket)
{
	begin(json, name);
	buf_addch(json->out, bracket);
	json->has_before = false;
}

void json_close(struct json_writer *json, char bracket)
{
	buf_addch(json->out, bracket);
	json->has_before = true;
}

void json_open_string(struct json_writer *json, const char *name)
{
	begin(json, name);
	buf_addch(json->out, '"');
}

void json_add_text(struct json_writer *json, const char *text)
{
	json_print_text(json->out, text, strlen(text));
}

void json_close_string(struct json_writer *json)
{
	buf_addch(json->out, '"');
}

void json_put_string(struct json_writer *json, const char *name,
		     const char *text)
{
	if (!text) {
		begin(json, name);
		buf_addstr(json->out, "null");
		return;
	}
	json_open_string(json, name);
	json_add_text(json, text);
	json_close_string(json);
}

void json_put_int(struct json_writer *json, const char *name, int64_t value)
{
	char digits[JSON_DIGITS_SIZE];

	begin(json, name);
	buf_addstr(json->out, json_digits(digits, value));
}

void json_put_double(struct json_writer *json, const char *name, double value)
{
	begin(json, name);
	json_print_number(json->out, value);
}

void json_put_bool(struct json_writer *json, const char *name, bool value)
{
	begin(json, name);
	buf_addstr(json->out, value ? "true" : "false");
}

void json_put(struct json_writer *json, const char *name,
	      const struct json *value)
{
	begin(json, name);
	json_print_to(json->out, value);
}
