#include "core/json.h"

#include <cjson/cJSON.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/limits.h"
#include "core/text.h"

/* struct json is never defined: a pointer to it is a pointer to a cJSON. */
static const cJSON *in(const struct json *at)
{
	return (const cJSON *)at;
}

static cJSON *own(struct json *at)
{
	return (cJSON *)at;
}

static struct json *out_of(cJSON *item)
{
	if (!item)
		abort();
	return (struct json *)item;
}

/*
 * cJSON keeps numbers as doubles. Whole numbers of more digits than a double
 * holds are therefore handed to it as strings behind this mark, and become raw
 * items afterwards. A string of the document cannot be taken for one: the mark
 * is a control character, which JSON allows only escaped, and check_text()
 * refuses that escape.
 */
#define BIG_MARK "\x01"

enum { SAFE_DIGITS = 15 };

static size_t number_len(const char *text, const char *end, bool *is_whole)
{
	const char *at = text;

	*is_whole = true;
	for (; at < end && strchr("+-.eE0123456789", *at) && *at; at++)
		if (strchr(".eE", *at))
			*is_whole = false;
	return (size_t)(at - text);
}

/* Copy one string with its quotes; the byte behind it. */
static const char *copy_string(struct buf *out, const char *at, const char *end)
{
	const char *start = at++;

	while (at < end && *at != '"')
		at += *at == '\\' && at + 1 < end ? 2 : 1;
	if (at < end)
		at++;
	buf_add(out, start, (size_t)(at - start));
	return at;
}

static void protect_numbers(struct buf *out, const char *text, size_t len)
{
	const char *end = text + len;
	const char *at = text;

	while (at < end) {
		bool is_whole;
		size_t digits;

		if (*at == '"') {
			at = copy_string(out, at, end);
			continue;
		}
		if (*at != '-' && (*at < '0' || *at > '9')) {
			buf_addch(out, *at++);
			continue;
		}
		digits = number_len(at, end, &is_whole);
		if (is_whole && digits > SAFE_DIGITS)
			buf_addf(out, "\"" BIG_MARK "%.*s\"", (int)digits, at);
		else
			buf_add(out, at, digits);
		at += digits;
	}
}

static int check_text(const char *text, size_t len, struct err *err)
{
	if (len > LIMIT_JSON_BYTES)
		return err_set(err, ERR_TOO_LARGE, "JSON is over %ld bytes",
			       LIMIT_JSON_BYTES);
	if (memchr(text, 0, len) || memchr(text, BIG_MARK[0], len))
		return err_set(err, ERR_PROTOCOL,
			       "not JSON: a control character");
	if (!text_is_utf8(text, len))
		return err_set(err, ERR_PROTOCOL, "not JSON: not UTF-8");
	return 0;
}

/* "\u0000" would cut the string short and "\u0001" could pass for our mark:
 * both become the replacement character. */
static void defuse_escapes(struct buf *text)
{
	char *at = text->ptr;

	while ((at = strchr(at, '\\'))) {
		if (!strncmp(at, "\\u0000", 6) || !strncmp(at, "\\u0001", 6))
			memcpy(at, "\\ufffd", 6);
		at += at[1] ? 2 : 1;
	}
}

static bool is_big_number(const char *s)
{
	size_t sign;

	if (*s++ != BIG_MARK[0])
		return false;
	sign = *s == '-';
	return s[sign] && !s[sign + strspn(s + sign, "0123456789")];
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int check_names(const cJSON *object, struct err *err)
{
	size_t count = (size_t)cJSON_GetArraySize(object);
	const char **names = xcalloc(count, sizeof(*names));
	const cJSON *child;
	size_t i = 0;
	int ret = 0;

	for (child = object->child; child; child = child->next)
		names[i++] = child->string;
	qsort(names, count, sizeof(*names), by_name);
	for (i = 1; i < count && !ret; i++)
		if (!strcmp(names[i - 1], names[i]))
			ret = err_set(err, ERR_PROTOCOL,
				      "not JSON: repeated name '%.60s'",
				      names[i]);
	free(names);
	return ret;
}

/* Depth is bounded by check_depth() before. */
// NOLINTNEXTLINE(misc-no-recursion)
static int settle(cJSON *at, struct err *err)
{
	if (cJSON_IsString(at) && at->valuestring[0] == BIG_MARK[0]) {
		if (!is_big_number(at->valuestring))
			return err_set(err, ERR_PROTOCOL,
				       "not JSON: '%.40s' is no number",
				       at->valuestring + 1);
		memmove(at->valuestring, at->valuestring + 1,
			strlen(at->valuestring));
		at->type = (at->type & ~0xFF) | cJSON_Raw;
	}
	if (cJSON_IsObject(at) && check_names(at, err) < 0)
		return -1;
	for (cJSON *child = at->child; child; child = child->next)
		if (settle(child, err) < 0)
			return -1;
	return 0;
}

static int check_depth(const char *text, struct err *err)
{
	int depth = 0;

	for (; *text; text++) {
		if (*text == '"') {
			for (text++; *text && *text != '"'; text++)
				if (*text == '\\' && text[1])
					text++;
			if (!*text)
				break;
		} else if (*text == '{' || *text == '[') {
			if (++depth > LIMIT_JSON_DEPTH)
				return err_set(err, ERR_TOO_LARGE,
					       "JSON is over %d levels deep",
					       LIMIT_JSON_DEPTH);
		} else if (*text == '}' || *text == ']') {
			depth--;
		}
	}
	return 0;
}

int json_parse(struct json **out, const char *text, size_t len, struct err *err)
{
	struct buf safe;
	const char *end = NULL;
	cJSON *doc = NULL;
	int ret = -1;

	if (check_text(text, len, err) < 0)
		return -1;
	buf_init(&safe, 4 * LIMIT_JSON_BYTES);
	protect_numbers(&safe, text, len);
	defuse_escapes(&safe);
	if (check_depth(safe.ptr, err) < 0)
		goto out;
	doc = cJSON_ParseWithOpts(safe.ptr, &end, 1);
	if (!doc) {
		err_set(err, ERR_PROTOCOL, "not JSON near '%.40s'",
			end ? end : "");
		goto out;
	}
	if (settle(doc, err) < 0)
		goto out;
	*out = out_of(doc);
	doc = NULL;
	ret = 0;
out:
	cJSON_Delete(doc);
	buf_release(&safe);
	return ret;
}

void json_free(struct json *doc)
{
	cJSON_Delete(own(doc));
}

struct json *json_copy(const struct json *at)
{
	return out_of(cJSON_Duplicate(in(at), 1));
}

static const cJSON *step(const cJSON *at, const char *name, size_t len)
{
	const cJSON *child;
	char *end;
	long index;

	if (cJSON_IsArray(at)) {
		index = strtol(name, &end, 10);
		return end == name + len && len && index >= 0
			       ? cJSON_GetArrayItem(at, (int)index)
			       : NULL;
	}
	if (!cJSON_IsObject(at))
		return NULL;
	for (child = at->child; child; child = child->next)
		if (strlen(child->string) == len &&
		    !memcmp(child->string, name, len))
			return child;
	return NULL;
}

const struct json *json_find(const struct json *start, const char *path)
{
	const cJSON *at = in(start);

	while (at && *path) {
		size_t len = strcspn(path, ".");

		at = step(at, path, len);
		path += len;
		path += *path == '.';
	}
	return (const struct json *)at;
}

static int wrong(struct err *err, const char *path, const char *wanted)
{
	return err_set(err, ERR_PROTOCOL, "%s%s%s expected", path,
		       *path ? ": " : "", wanted);
}

int json_string(const char **out, const struct json *at, const char *path,
		struct err *err)
{
	const cJSON *found = in(json_find(at, path));

	if (!cJSON_IsString(found))
		return wrong(err, path, "a string");
	*out = found->valuestring;
	return 0;
}

static bool read_int(int64_t *out, const cJSON *at)
{
	char *end;
	long long value;

	if (cJSON_IsRaw(at)) {
		errno = 0;
		value = strtoll(at->valuestring, &end, 10);
		if (errno || *end)
			return false;
		*out = value;
		return true;
	}
	/* Beyond 2^53 a double may be another number than was written. */
	if (!cJSON_IsNumber(at) || at->valuedouble != floor(at->valuedouble) ||
	    fabs(at->valuedouble) > 9007199254740992.0)
		return false;
	*out = (int64_t)at->valuedouble;
	return true;
}

int json_int(int64_t *out, const struct json *at, const char *path,
	     struct err *err)
{
	if (!read_int(out, in(json_find(at, path))))
		return wrong(err, path, "a whole number");
	return 0;
}

static bool read_double(double *out, const cJSON *at)
{
	if (cJSON_IsRaw(at))
		*out = strtod(at->valuestring, NULL);
	else if (cJSON_IsNumber(at))
		*out = at->valuedouble;
	else
		return false;
	return true;
}

int json_double(double *out, const struct json *at, const char *path,
		struct err *err)
{
	if (!read_double(out, in(json_find(at, path))))
		return wrong(err, path, "a number");
	return 0;
}

int json_bool(bool *out, const struct json *at, const char *path,
	      struct err *err)
{
	const cJSON *found = in(json_find(at, path));

	if (!cJSON_IsBool(found))
		return wrong(err, path, "true or false");
	*out = cJSON_IsTrue(found);
	return 0;
}

int json_id(char **out, const struct json *at, const char *path,
	    struct err *err)
{
	const cJSON *found = in(json_find(at, path));
	int64_t number;

	if (cJSON_IsString(found) || cJSON_IsRaw(found))
		*out = xstrdup(found->valuestring);
	else if (read_int(&number, found))
		*out = xstrf("%lld", (long long)number);
	else
		return wrong(err, path, "an id");
	return 0;
}

int json_array(const struct json **out, const struct json *at, const char *path,
	       struct err *err)
{
	const struct json *found = json_find(at, path);

	if (!json_is_array(found))
		return wrong(err, path, "a list");
	*out = found;
	return 0;
}

int json_object(const struct json **out, const struct json *at,
		const char *path, struct err *err)
{
	const struct json *found = json_find(at, path);

	if (!json_is_object(found))
		return wrong(err, path, "an object");
	*out = found;
	return 0;
}

const char *json_string_or(const struct json *at, const char *path,
			   const char *otherwise)
{
	const cJSON *found = in(json_find(at, path));

	return cJSON_IsString(found) ? found->valuestring : otherwise;
}

int64_t json_int_or(const struct json *at, const char *path, int64_t otherwise)
{
	int64_t value;

	return read_int(&value, in(json_find(at, path))) ? value : otherwise;
}

double json_double_or(const struct json *at, const char *path, double otherwise)
{
	double value;

	return read_double(&value, in(json_find(at, path))) ? value : otherwise;
}

bool json_bool_or(const struct json *at, const char *path, bool otherwise)
{
	const cJSON *found = in(json_find(at, path));

	return cJSON_IsBool(found) ? cJSON_IsTrue(found) : otherwise;
}

bool json_is_string(const struct json *at)
{
	return cJSON_IsString(in(at));
}

bool json_is_number(const struct json *at)
{
	return cJSON_IsNumber(in(at)) || cJSON_IsRaw(in(at));
}

bool json_is_array(const struct json *at)
{
	return cJSON_IsArray(in(at));
}

bool json_is_object(const struct json *at)
{
	return cJSON_IsObject(in(at));
}

bool json_is_null(const struct json *at)
{
	return !at || cJSON_IsNull(in(at));
}

size_t json_len(const struct json *at)
{
	if (!json_is_array(at) && !json_is_object(at))
		return 0;
	return (size_t)cJSON_GetArraySize(in(at));
}

const struct json *json_get(const struct json *object, const char *name)
{
	return (const struct json *)step(in(object), name, strlen(name));
}

const struct json *json_first(const struct json *at)
{
	return at ? (const struct json *)in(at)->child : NULL;
}

const struct json *json_next(const struct json *child)
{
	return (const struct json *)in(child)->next;
}

const char *json_name(const struct json *child)
{
	return in(child)->string;
}

struct json *json_new_object(void)
{
	return out_of(cJSON_CreateObject());
}

struct json *json_new_array(void)
{
	return out_of(cJSON_CreateArray());
}

struct json *json_new_string(const char *value)
{
	char *clean;
	cJSON *item;

	if (!value)
		return out_of(cJSON_CreateNull());
	clean = text_utf8(value, strlen(value));
	item = cJSON_CreateString(clean);
	free(clean);
	return out_of(item);
}

struct json *json_new_int(int64_t value)
{
	char digits[32];

	snprintf(digits, sizeof(digits), "%lld", (long long)value);
	return out_of(cJSON_CreateRaw(digits));
}

void json_set(struct json *object, const char *name, struct json *value)
{
	char *clean = text_utf8(name, strlen(name));

	if (cJSON_GetObjectItemCaseSensitive(in(object), clean))
		cJSON_ReplaceItemInObjectCaseSensitive(own(object), clean,
						       own(value));
	else
		cJSON_AddItemToObject(own(object), clean, own(value));
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
	json_set(object, name, out_of(cJSON_CreateNumber(value)));
}

void json_set_bool(struct json *object, const char *name, bool value)
{
	json_set(object, name, out_of(cJSON_CreateBool(value)));
}

void json_set_null(struct json *object, const char *name)
{
	json_set(object, name, out_of(cJSON_CreateNull()));
}

void json_add(struct json *array, struct json *value)
{
	cJSON_AddItemToArray(own(array), own(value));
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
	cJSON_DeleteItemFromObjectCaseSensitive(own(object), name);
}

static char *checked(char *text)
{
	if (!text)
		abort();
	return text;
}

char *json_print_pretty(const struct json *at)
{
	return checked(cJSON_Print(in(at)));
}
