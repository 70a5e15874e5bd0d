/* Reading: paths, getters, children. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/json_cjson.h"

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
		if (child->string[0] == *name &&
		    !strncmp(child->string, name, len) && !child->string[len])
			return child;
	return NULL;
}

const struct json *json_find(const struct json *start, const char *path)
{
	const cJSON *at = json_in(start);

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
	const cJSON *found = json_in(json_find(at, path));

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
	if (!read_int(out, json_in(json_find(at, path))))
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
	if (!read_double(out, json_in(json_find(at, path))))
		return wrong(err, path, "a number");
	return 0;
}

int json_bool(bool *out, const struct json *at, const char *path,
	      struct err *err)
{
	const cJSON *found = json_in(json_find(at, path));

	if (!cJSON_IsBool(found))
		return wrong(err, path, "true or false");
	*out = cJSON_IsTrue(found);
	return 0;
}

int json_id(char **out, const struct json *at, const char *path,
	    struct err *err)
{
	const cJSON *found = json_in(json_find(at, path));
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
	const cJSON *found = json_in(json_find(at, path));

	return cJSON_IsString(found) ? found->valuestring : otherwise;
}

int64_t json_int_or(const struct json *at, const char *path, int64_t otherwise)
{
	int64_t value;

	return read_int(&value, json_in(json_find(at, path))) ? value
							      : otherwise;
}

double json_double_or(const struct json *at, const char *path, double otherwise)
{
	double value;

	return read_double(&value, json_in(json_find(at, path))) ? value
								 : otherwise;
}

bool json_bool_or(const struct json *at, const char *path, bool otherwise)
{
	const cJSON *found = json_in(json_find(at, path));

	return cJSON_IsBool(found) ? cJSON_IsTrue(found) : otherwise;
}

bool json_is_string(const struct json *at)
{
	return cJSON_IsString(json_in(at));
}

bool json_is_number(const struct json *at)
{
	return cJSON_IsNumber(json_in(at)) || cJSON_IsRaw(json_in(at));
}

bool json_is_array(const struct json *at)
{
	return cJSON_IsArray(json_in(at));
}

bool json_is_object(const struct json *at)
{
	return cJSON_IsObject(json_in(at));
}

bool json_is_null(const struct json *at)
{
	return !at || cJSON_IsNull(json_in(at));
}

size_t json_len(const struct json *at)
{
	if (!json_is_array(at) && !json_is_object(at))
		return 0;
	return (size_t)cJSON_GetArraySize(json_in(at));
}

const struct json *json_get(const struct json *object, const char *name)
{
	return (const struct json *)step(json_in(object), name, strlen(name));
}

const struct json *json_first(const struct json *at)
{
	return at ? (const struct json *)json_in(at)->child : NULL;
}

const struct json *json_next(const struct json *child)
{
	return (const struct json *)json_in(child)->next;
}

const char *json_name(const struct json *child)
{
	return json_in(child)->string;
}
