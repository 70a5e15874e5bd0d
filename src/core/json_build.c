#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/json_cjson.h"
#include "core/text.h"

struct json *json_new_object(void)
{
	return json_out_of(cJSON_CreateObject());
}

struct json *json_new_array(void)
{
	return json_out_of(cJSON_CreateArray());
}

struct json *json_new_string(const char *value)
{
	char *clean;
	cJSON *item;

	if (!value)
		return json_out_of(cJSON_CreateNull());
	if (text_is_utf8(value, strlen(value)))
		return json_out_of(cJSON_CreateString(value));
	clean = text_utf8(value, strlen(value));
	item = cJSON_CreateString(clean);
	free(clean);
	return json_out_of(item);
}

struct json *json_new_int(int64_t value)
{
	char digits[JSON_DIGITS_SIZE];

	return json_out_of(cJSON_CreateRaw(json_digits(digits, value)));
}

static void set(struct json *object, const char *name, struct json *value)
{
	if (json_get(object, name))
		cJSON_ReplaceItemInObjectCaseSensitive(json_own(object), name,
						       json_own(value));
	else
		cJSON_AddItemToObject(json_own(object), name, json_own(value));
}

void json_set(struct json *object, const char *name, struct json *value)
{
	char *clean;

	if (text_is_utf8(name, strlen(name))) {
		set(object, name, value);
		return;
	}
	clean = text_utf8(name, strlen(name));
	set(object, clean, value);
	free(clean);
}

void json_set_string(struct json *object, const char *name, const char *value)
{
	json_set(object, name, json_new_string(value));
}

void json_set_int(struct json *object, const char *name, int64_t value)
{
	json_set(object, name, json_new_int(value));
}

void json_set_double(struct json *object, const char *name, double value)
{
	json_set(object, name, json_out_of(cJSON_CreateNumber(value)));
}

void json_set_bool(struct json *object, const char *name, bool value)
{
	json_set(object, name, json_out_of(cJSON_CreateBool(value)));
}

void json_set_null(struct json *object, const char *name)
{
	json_set(object, name, json_out_of(cJSON_CreateNull()));
}

void json_add(struct json *array, struct json *value)
{
	cJSON_AddItemToArray(json_own(array), json_own(value));
}

struct json *json_set_object(struct json *object, const char *name)
{
	struct json *child = json_new_object();

	json_set(object, name, child);
	return child;
}

struct json *json_set_array(struct json *object, const char *name)
{
	struct json *child = json_new_array();

	json_set(object, name, child);
	return child;
}

struct json *json_add_object(struct json *array)
{
	struct json *child = json_new_object();

	json_add(array, child);
	return child;
}

void json_add_string(struct json *array, const char *value)
{
	json_add(array, json_new_string(value));
}

void json_add_int(struct json *array, int64_t value)
{
	json_add(array, json_new_int(value));
}

void json_remove(struct json *object, const char *name)
{
	cJSON_DeleteItemFromObjectCaseSensitive(json_own(object), name);
}
