#include "store/fields.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "core/strvec.h"

static void *member(void *at, const struct field *field)
{
	return (char *)at + field->offset;
}

static const void *member_of(const void *at, const struct field *field)
{
	return (const char *)at + field->offset;
}

static void format_text(struct json *out, const struct field *field,
			const char *text)
{
	if (field->required || (text && *text))
		json_set_string(out, field->name, text);
}

static void format_int(struct json *out, const struct field *field,
		       int64_t value)
{
	if (field->required || value)
		json_set_int(out, field->name, value);
}

static void format_texts(struct json *out, const struct field *field,
			 const struct strvec *texts)
{
	struct json *array;

	if (!field->required && !texts->len)
		return;
	array = json_set_array(out, field->name);
	for (size_t i = 0; i < texts->len; i++)
		json_add_string(array, texts->v[i]);
}

static void format_member(struct json *out, const void *at,
			  const struct field *field)
{
	switch (field->kind) {
	case FIELD_TEXT:
		format_text(out, field, *(char *const *)at);
		break;
	case FIELD_FIXED:
		format_text(out, field, at);
		break;
	case FIELD_INT:
		format_int(out, field, *(const int *)at);
		break;
	case FIELD_INT64:
	case FIELD_SIGNED:
		format_int(out, field, *(const int64_t *)at);
		break;
	case FIELD_COUNT:
		if (*(const int64_t *)at >= 0)
			json_set_int(out, field->name, *(const int64_t *)at);
		break;
	case FIELD_BOOL:
		if (field->required || *(const bool *)at)
			json_set_bool(out, field->name, *(const bool *)at);
		break;
	case FIELD_NAME:
		json_set_string(out, field->name,
				field->name_of(*(const unsigned *)at));
		break;
	case FIELD_TEXTS:
		format_texts(out, field, at);
		break;
	case FIELD_JSON:
		if (*(struct json *const *)at)
			json_set(out, field->name,
				 json_copy(*(struct json *const *)at));
		break;
	}
}

void fields_format(struct json *out, const void *from,
		   const struct field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++)
		format_member(out, member_of(from, &fields[i]), &fields[i]);
}

static int wrong(struct err *err, const struct field *field, const char *what)
{
	return err_set(err, ERR_PROTOCOL, "%s: %s", field->name, what);
}

static int parse_text(void *at, const struct json *value,
		      const struct field *field, struct err *err)
{
	const char *text;

	if (json_string(&text, value, "", err) < 0)
		return wrong(err, field, "a string expected");
	if (field->kind == FIELD_TEXT) {
		*(char **)at = xstrdup(text);
		return 0;
	}
	if (strlen(text) >= field->size)
		return wrong(err, field, "too long");
	strcpy(at, text); /* NOLINT: measured above */
	return 0;
}

static int parse_int(void *at, const struct json *value,
		     const struct field *field, struct err *err)
{
	int64_t number;

	if (json_int(&number, value, "", err) < 0)
		return wrong(err, field, "a whole number expected");
	if ((number < 0 && field->kind != FIELD_SIGNED) ||
	    (field->kind == FIELD_INT && number > INT_MAX))
		return wrong(err, field, "out of range");
	if (field->kind == FIELD_INT)
		*(int *)at = (int)number;
	else
		*(int64_t *)at = number;
	return 0;
}

static int parse_name(unsigned *at, const struct json *value,
		      const struct field *field, struct err *err)
{
	const char *text;

	if (json_string(&text, value, "", err) < 0)
		return wrong(err, field, "a string expected");
	for (unsigned i = 0; field->name_of(i); i++) {
		if (!strcmp(field->name_of(i), text)) {
			*at = i;
			return 0;
		}
	}
	return wrong(err, field, "an unknown name");
}

static int parse_texts(struct strvec *at, const struct json *value,
		       const struct field *field, struct err *err)
{
	size_t max = field->size ? field->size : LIMIT_RECORD_TEXTS;

	if (!json_is_array(value))
		return wrong(err, field, "an array expected");
	for (const struct json *c = json_first(value); c; c = json_next(c)) {
		const char *text;

		if (json_string(&text, c, "", err) < 0)
			return wrong(err, field, "strings expected");
		if (at->len == max)
			return wrong(err, field, "too many");
		strvec_add(at, text);
	}
	return 0;
}

static int parse_member(void *at, const struct json *value,
			const struct field *field, struct err *err)
{
	switch (field->kind) {
	case FIELD_TEXT:
	case FIELD_FIXED:
		return parse_text(at, value, field, err);
	case FIELD_INT:
	case FIELD_INT64:
	case FIELD_SIGNED:
	case FIELD_COUNT:
		return parse_int(at, value, field, err);
	case FIELD_BOOL:
		if (json_bool(at, value, "", err) < 0)
			return wrong(err, field, "true or false expected");
		return 0;
	case FIELD_NAME:
		return parse_name(at, value, field, err);
	case FIELD_TEXTS:
		return parse_texts(at, value, field, err);
	case FIELD_JSON:
		*(struct json **)at = json_copy(value);
		return 0;
	}
	return 0;
}

int fields_parse(void *out, const struct json *at, const struct field *fields,
		 size_t count, struct err *err)
{
	if (!json_is_object(at))
		return err_set(err, ERR_PROTOCOL, "an object expected");
	for (size_t i = 0; i < count; i++) {
		const struct json *value = json_get(at, fields[i].name);

		if (json_is_null(value)) {
			if (fields[i].required)
				return wrong(err, &fields[i], "missing");
			continue;
		}
		if (parse_member(member(out, &fields[i]), value, &fields[i],
				 err) < 0)
			return -1;
	}
	return 0;
}

void fields_release(void *at, const struct field *fields, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		void *it = member(at, &fields[i]);

		if (fields[i].kind == FIELD_TEXT) {
			free(*(char **)it);
			*(char **)it = NULL;
		} else if (fields[i].kind == FIELD_TEXTS) {
			strvec_release(it);
		} else if (fields[i].kind == FIELD_JSON) {
			json_free(*(struct json **)it);
			*(struct json **)it = NULL;
		}
	}
}
