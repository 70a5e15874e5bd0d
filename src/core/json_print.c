#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/buf.h"
#include "core/json_cjson.h"
#include "core/text.h"

/*
 * The compact form, written by ourselves: prompts are long strings, and cJSON
 * looks at each of their bytes several times. What is written is what cJSON
 * would write.
 */

enum { BLOCK = 32 };

/* An escape, or more than one byte. */
static unsigned char is_special(signed char ch)
{
	return (ch < 0x20) | (ch == '"') | (ch == '\\');
}

/* Without a branch, for compilers to make vector instructions of. */
static bool is_plain_block(const signed char *block)
{
	unsigned char any[BLOCK / 2];
	uint64_t words[2];

	for (int i = 0; i < BLOCK / 2; i++)
		any[i] = is_special(block[i]) |
			 is_special(block[i + BLOCK / 2]);
	memcpy(words, any, sizeof(words));
	return !(words[0] | words[1]);
}

/* How many bytes are written as they are, each by itself. */
static size_t plain_prefix(const char *text, size_t len)
{
	const signed char *bytes = (const signed char *)text;
	size_t used = 0;

	while (len - used >= BLOCK && is_plain_block(bytes + used))
		used += BLOCK;
	while (used < len && !is_special(bytes[used]))
		used++;
	return used;
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

void json_print_text(struct buf *out, const char *text, size_t len)
{
	size_t from = 0, at = 0;
	unsigned code_point;

	for (;;) {
		size_t used;

		at += plain_prefix(text + at, len - at);
		if (at == len)
			break;
		used = text_sequence(text + at, len - at, &code_point);
		if (used > 1) {
			at += used;
			continue;
		}
		buf_add(out, text + from, at - from);
		if (used)
			print_escape(out, text[at]);
		else
			buf_addstr(out, TEXT_REPLACEMENT);
		from = ++at;
	}
	buf_add(out, text + from, at - from);
}

void json_print_string(struct buf *out, const char *text)
{
	buf_addch(out, '"');
	json_print_text(out, text, strlen(text));
	buf_addch(out, '"');
}

const char *json_digits(char room[JSON_DIGITS_SIZE], int64_t value)
{
	char *at = room + JSON_DIGITS_SIZE - 1;
	uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;

	*at = '\0';
	do {
		*--at = (char)('0' + left % 10);
		left /= 10;
	} while (left);
	if (value < 0)
		*--at = '-';
	return at;
}

void json_print_number(struct buf *out, double value)
{
	char text[40];
	double read;

	if (!isfinite(value)) {
		buf_addstr(out, "null");
		return;
	}
	if (fabs(value) < 1e15 && value == (double)(int64_t)value &&
	    !(value == 0 && signbit(value))) {
		buf_addstr(out, json_digits(text, (int64_t)value));
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
			json_print_string(out, child->string);
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
		json_print_number(out, at->valuedouble);
		break;
	case cJSON_Raw:
		buf_addstr(out, at->valuestring);
		break;
	case cJSON_String:
		json_print_string(out, at->valuestring);
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
