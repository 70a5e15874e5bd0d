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
 * is a control character, which JSON allows only escaped, and that escape is
 * replaced.
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

/* "\u0000" would cut the string short and "\u0001" could pass for our mark. */
static bool is_bad_escape(const char *at, const char *end)
{
	return end - at >= 6 &&
	       (!memcmp(at, "\\u0000", 6) || !memcmp(at, "\\u0001", 6));
}

/* A first look at the document, as it was written. */
struct look {
	const char *end;
	int depth;
	long items;
	bool needs_rewrite; /* cJSON would not keep all of it */
};

/* The byte behind a string and its quotes. */
static const char *skip_string(struct look *look, const char *at)
{
	for (at++; at < look->end && *at != '"'; at++) {
		if (*at != '\\')
			continue;
		look->needs_rewrite |= is_bad_escape(at, look->end);
		at += at + 1 < look->end;
	}
	return at < look->end ? at + 1 : at;
}

static const char *skip_number(struct look *look, const char *at)
{
	bool is_whole;
	size_t digits = number_len(at, look->end, &is_whole);

	look->needs_rewrite |= is_whole && digits > SAFE_DIGITS;
	return at + digits;
}

/* An item takes many times the two bytes it may be written with. */
static int look_over(struct look *look, const char *text, size_t len,
		     struct err *err)
{
	const char *at = text;

	*look = (struct look){ .end = text + len };
	while (at < look->end) {
		char ch = *at;

		if (ch == '"') {
			at = skip_string(look, at);
			continue;
		}
		if (ch == '-' || is_digit(ch)) {
			at = skip_number(look, at);
			continue;
		}
		if ((ch == '{' || ch == '[') &&
		    ++look->depth > LIMIT_JSON_DEPTH)
			return err_set(err, ERR_TOO_LARGE,
				       "JSON is over %d levels deep",
				       LIMIT_JSON_DEPTH);
		look->items += ch == '{' || ch == '[' || ch == ',';
		look->depth -= ch == '}' || ch == ']';
		at++;
	}
	if (look->items > LIMIT_JSON_ITEMS)
		return err_set(err, ERR_TOO_LARGE, "JSON has over %ld items",
			       LIMIT_JSON_ITEMS);
	return 0;
}

/* Escapes become the replacement character, long numbers marked strings. */
static void rewrite(struct buf *out, const char *text, size_t len)
{
	const char *end = text + len;
	const char *at = text, *from = text; /* not copied yet */
	bool in_string = false;

	while (at < end) {
		bool is_whole;
		size_t used = 1;

		if (in_string && *at == '\\') {
			used = at + 1 < end ? 2 : 1;
			if (is_bad_escape(at, end)) {
				buf_add(out, from, (size_t)(at - from));
				buf_addstr(out, "\\ufffd");
				used = 6;
				from = at + used;
			}
		} else if (*at == '"') {
			in_string = !in_string;
		} else if (!in_string && (*at == '-' || is_digit(*at))) {
			used = number_len(at, end, &is_whole);
			if (is_whole && used > SAFE_DIGITS) {
				buf_add(out, from, (size_t)(at - from));
				buf_addf(out, "\"" BIG_MARK "%.*s\"", (int)used,
					 at);
				from = at + used;
			}
		}
		at += used;
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

/* Not a NUL behind it, nor anything else but blanks. */
static cJSON *parse_whole(const char *text, size_t len, struct err *err)
{
	const char *end = NULL;
	cJSON *doc = cJSON_ParseWithLengthOpts(text, len, &end, 0);
	size_t used = end ? (size_t)(end - text) : 0;

	while (doc && used < len && strchr(" \t\r\n", text[used]))
		used++;
	if (doc && used == len)
		return doc;
	cJSON_Delete(doc);
	err_set(err, ERR_PROTOCOL, "not JSON near '%.*s'",
		(int)text_cut(text + used, len - used, 40), text + used);
	return NULL;
}

int json_parse(struct json **out, const char *text, size_t len, struct err *err)
{
	struct look look;
	struct buf safe;
	cJSON *doc = NULL;
	int ret = -1;

	if (check_text(text, len, err) < 0 ||
	    look_over(&look, text, len, err) < 0)
		return -1;
	buf_init(&safe, 4 * LIMIT_JSON_BYTES);
	if (look.needs_rewrite) {
		rewrite(&safe, text, len);
		text = safe.ptr;
		len = safe.len;
	}
	doc = parse_whole(text, len, err);
	if (!doc || settle(doc, err) < 0)
		goto out;
	*out = json_out_of(doc);
	doc = NULL;
	ret = 0;
out:
	cJSON_Delete(doc);
	buf_release(&safe);
	return ret;
}
