#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/json_cjson.h"

/*
 * The compact form, written by ourselves: prompts are long strings, and cJSON
 * looks at each of their bytes several times. What is written is what cJSON
 * would write.
 */

#define ONES  0x0101010101010101ULL
#define HIGHS 0x8080808080808080ULL

static uint64_t has_zero(uint64_t word)
{
	return (word - ONES) & ~word & HIGHS;
}

/* How many bytes need no escape for sure, eight at a time. */
static size_t plain_prefix(const char *text, size_t len)
{
	size_t used = 0;
	uint64_t word;

	while (len - used >= sizeof(word)) {
		memcpy(&word, text + used, sizeof(word));
		if (((word - ONES * 0x20) & ~word & HIGHS) |
		    has_zero(word ^ ONES * '"') | has_zero(word ^ ONES * '\\'))
			break;
		used += sizeof(word);
	}
	return used;
}

static bool is_plain(char ch)
{
	return (unsigned char)ch >= 0x20 && ch != '"' && ch != '\\';
}

static void print_escape(struct buf *out, char ch)
{
	static const char short_forms[][2] = {
		{ '"', '"' },  { '\\', '\\' }, { '\b', 'b' }, { '\f', 'f' },
		{ '\n', 'n' }, { '\r', 'r' },  { '\t', 't' },
	};

	for (size_t i = 0; i < sizeof(short_forms) / 2; i++) {
		if (short_forms[i][0] == ch) {
			buf_addch(out, '\\');
			buf_addch(out, short_forms[i][1]);
			return;
		}
	}
	buf_addf(out, "\\u%04x", (unsigned)(unsigned char)ch);
}

static void print_string(struct buf *out, const char *text)
{
	size_t len = strlen(text), from = 0, at = 0;

	buf_addch(out, '"');
	while (at < len) {
		at += plain_prefix(text + at, len - at);
		while (at < len && is_plain(text[at]))
			at++;
		buf_add(out, text + from, at - from);
		if (at < len)
			print_escape(out, text[at++]);
		from = at;
	}
	buf_addch(out, '"');
}

static void print_number(struct buf *out, double value)
{
	char text[40];
	double read;

	if (!isfinite(value)) {
		buf_addstr(out, "null");
		return;
	}
	if (fabs(value) < 1e15 && value == (double)(int64_t)value &&
	    !(value == 0 && signbit(value))) {
		buf_addf(out, "%" PRId64, (int64_t)value);
		return;
	}
	snprintf(text, sizeof(text), "%1.15g", value);
	read = strtod(text, NULL);
	if (fabs(read - value) > fmax(fabs(read), fabs(value)) * DBL_EPSILON)
		snprintf(text, sizeof(text), "%1.17g", value);
	buf_addstr(out, text);
}

static void print_item(struct buf *out, const cJSON *at);

/* NOLINTNEXTLINE(misc-no-recursion): as deep as we built or parsed it */
static void print_children(struct buf *out, const cJSON *at)
{
	const cJSON *child;

	buf_addch(out, cJSON_IsObject(at) ? '{' : '[');
	for (child = at->child; child; child = child->next) {
		if (cJSON_IsObject(at)) {
			print_string(out, child->string);
			buf_addch(out, ':');
		}
		print_item(out, child);
		if (child->next)
			buf_addch(out, ',');
	}
	buf_addch(out, cJSON_IsObject(at) ? '}' : ']');
}

/* NOLINTNEXTLINE(misc-no-recursion): see print_children() */
static void print_item(struct buf *out, const cJSON *at)
{
	switch (at->type & 0xFF) {
	case cJSON_False:
		buf_addstr(out, "false");
		break;
	case cJSON_True:
		buf_addstr(out, "true");
		break;
	case cJSON_NULL:
		buf_addstr(out, "null");
		break;
	case cJSON_Number:
		print_number(out, at->valuedouble);
		break;
	case cJSON_Raw:
		buf_addstr(out, at->valuestring);
		break;
	case cJSON_String:
		print_string(out, at->valuestring);
		break;
	case cJSON_Array:
	case cJSON_Object:
		print_children(out, at);
		break;
	default:
		abort();
	}
}

void json_print_to(struct buf *out, const struct json *at)
{
	print_item(out, json_in(at));
}

char *json_print(const struct json *at)
{
	struct buf out;

	buf_init(&out, SIZE_MAX / 2); /* it is in memory already */
	json_print_to(&out, at);
	return buf_detach(&out);
}

char *json_print_pretty(const struct json *at)
{
	char *text = cJSON_Print(json_in(at));

	if (!text)
		abort();
	return text;
}
