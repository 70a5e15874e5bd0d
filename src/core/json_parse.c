#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/json_cjson.h"
#include "core/limits.h"
#include "core/text.h"

/*
 * cJSON keeps numbers as doubles. Whole numbers of more digits than a double
 * holds are therefore handed to it as strings behind this mark, and become raw
 * items afterwards. A string of the document cannot be taken for one: the mark
 * is a control character, which JSON allows only escaped, and check_text()
 * refuses that escape.
 */
#define BIG_MARK "\x01"

enum { SAFE_DIGITS = 15, FEW_NAMES = 12 };

static bool is_digit(char ch)
{
	return ch >= '0' && ch <= '9';
}

static size_t number_len(const char *text, const char *end, bool *is_whole)
{
	const char *at = text;

	*is_whole = true;
	for (; at < end; at++) {
		if (*at == '.' || *at == 'e' || *at == 'E')
			*is_whole = false;
		else if (!is_digit(*at) && *at != '-' && *at != '+')
			break;
	}
	return (size_t)(at - text);
}

/* The byte behind a string and its quotes. */
static const char *skip_string(const char *at, const char *end)
{
	at++;
	while (at < end && *at != '"')
		at += *at == '\\' && at + 1 < end ? 2 : 1;
	return at < end ? at + 1 : at;
}

static void protect_numbers(struct buf *out, const char *text, size_t len)
{
	const char *end = text + len;
	const char *at = text, *from = text; /* not copied yet */

	while (at < end) {
		bool is_whole;
		size_t digits;

		if (*at == '"') {
			at = skip_string(at, end);
			continue;
		}
		if (*at != '-' && !is_digit(*at)) {
			at++;
			continue;
		}
		digits = number_len(at, end, &is_whole);
		if (is_whole && digits > SAFE_DIGITS) {
			buf_add(out, from, (size_t)(at - from));
			buf_addf(out, "\"" BIG_MARK "%.*s\"", (int)digits, at);
			from = at + digits;
		}
		at += digits;
	}
	buf_add(out, from, (size_t)(end - from));
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

static int refuse_name(const char *name, struct err *err)
{
	return err_set(err, ERR_PROTOCOL, "not JSON: repeated name '%.60s'",
		       name);
}

/* Most objects are small, and sorting needs memory. */
static int check_few_names(const cJSON *object, struct err *err)
{
	for (const cJSON *a = object->child; a; a = a->next)
		for (const cJSON *b = a->next; b; b = b->next)
			if (!strcmp(a->string, b->string))
				return refuse_name(b->string, err);
	return 0;
}

static int check_names(const cJSON *object, struct err *err)
{
	size_t count = (size_t)cJSON_GetArraySize(object), i = 0;
	const char **names;
	const cJSON *child;
	int ret = 0;

	if (count <= FEW_NAMES)
		return check_few_names(object, err);
	names = xcalloc(count, sizeof(*names));
	for (child = object->child; child; child = child->next)
		names[i++] = child->string;
	qsort(names, count, sizeof(*names), by_name);
	for (i = 1; i < count && !ret; i++)
		if (!strcmp(names[i - 1], names[i]))
			ret = refuse_name(names[i], err);
	free(names);
	return ret;
}

/* Depth is bounded by check_shape() before. */
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

/* An item takes many times the two bytes it may be written with. */
static int check_shape(const char *text, struct err *err)
{
	int depth = 0;
	long items = 0;

	for (; *text; text++) {
		if (*text == '"') {
			for (text++; *text && *text != '"'; text++)
				if (*text == '\\' && text[1])
					text++;
			if (!*text)
				break;
		} else if (*text == '{' || *text == '[') {
			items++;
			if (++depth > LIMIT_JSON_DEPTH)
				return err_set(err, ERR_TOO_LARGE,
					       "JSON is over %d levels deep",
					       LIMIT_JSON_DEPTH);
		} else if (*text == '}' || *text == ']') {
			depth--;
		} else if (*text == ',') {
			items++;
		}
	}
	if (items > LIMIT_JSON_ITEMS)
		return err_set(err, ERR_TOO_LARGE, "JSON has over %ld items",
			       LIMIT_JSON_ITEMS);
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
	if (check_shape(safe.ptr, err) < 0)
		goto out;
	doc = cJSON_ParseWithOpts(safe.ptr, &end, 1);
	if (!doc) {
		err_set(err, ERR_PROTOCOL, "not JSON near '%.40s'",
			end ? end : "");
		goto out;
	}
	if (settle(doc, err) < 0)
		goto out;
	*out = json_out_of(doc);
	doc = NULL;
	ret = 0;
out:
	cJSON_Delete(doc);
	buf_release(&safe);
	return ret;
}
