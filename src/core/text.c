#include "core/text.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"

size_t text_sequence(const char *text, size_t len, unsigned *code_point)
{
	static const unsigned smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *at = (const unsigned char *)text;
	size_t need;
	unsigned value;

	if (!len)
		return 0;
	if (at[0] < 0x80) {
		*code_point = at[0];
		return 1;
	}
	need = at[0] >= 0xF0 ? 4 : at[0] >= 0xE0 ? 3 : 2;
	if (at[0] < 0xC2 || at[0] > 0xF4 || need > len)
		return 0;
	value = at[0] & (0xFFu >> (need + 1));
	for (size_t i = 1; i < need; i++) {
		if ((at[i] & 0xC0) != 0x80)
			return 0;
		value = value << 6 | (at[i] & 0x3F);
	}
	if (value < smallest[need] || value > 0x10FFFF ||
	    (value >= 0xD800 && value <= 0xDFFF))
		return 0;
	*code_point = value;
	return need;
}

/* How many bytes are ASCII, many at a time: most text is. */
static size_t ascii_prefix(const char *text, size_t len)
{
	const uint64_t high = 0x8080808080808080;
	uint64_t words[4];
	size_t used = 0;

	for (; len - used >= sizeof(words); used += sizeof(words)) {
		memcpy(words, text + used, sizeof(words));
		if ((words[0] | words[1] | words[2] | words[3]) & high)
			break;
	}
	for (; len - used >= sizeof(*words); used += sizeof(*words)) {
		memcpy(words, text + used, sizeof(*words));
		if (words[0] & high)
			break;
	}
	while (used < len && (unsigned char)text[used] < 0x80)
		used++;
	return used;
}

bool text_is_utf8(const char *text, size_t len)
{
	unsigned code_point;

	for (;;) {
		size_t used = ascii_prefix(text, len);

		if (used == len)
			return true;
		text += used;
		len -= used;
		used = text_sequence(text, len, &code_point);
		if (!used)
			return false;
		text += used;
		len -= used;
	}
}

static void add_code_point(struct buf *out, unsigned value)
{
	if (value < 0x80) {
		buf_addch(out, (char)value);
	} else if (value < 0x800) {
		buf_addch(out, (char)(0xC0 | value >> 6));
		buf_addch(out, (char)(0x80 | (value & 0x3F)));
	} else if (value < 0x10000) {
		buf_addch(out, (char)(0xE0 | value >> 12));
		buf_addch(out, (char)(0x80 | (value >> 6 & 0x3F)));
		buf_addch(out, (char)(0x80 | (value & 0x3F)));
	} else {
		buf_addch(out, (char)(0xF0 | value >> 18));
		buf_addch(out, (char)(0x80 | (value >> 12 & 0x3F)));
		buf_addch(out, (char)(0x80 | (value >> 6 & 0x3F)));
		buf_addch(out, (char)(0x80 | (value & 0x3F)));
	}
}

char *text_from_utf16(const char *text, size_t len, size_t *out_len)
{
	const unsigned char *at = (const unsigned char *)text;
	bool little = len >= 2 && at[0] == 0xFF && at[1] == 0xFE;
	bool big = len >= 2 && at[0] == 0xFE && at[1] == 0xFF;
	unsigned lead = 0;
	struct buf out;

	if (!little && !big)
		return NULL;
	buf_init(&out, SIZE_MAX / 4);
	for (size_t i = 2; i + 1 < len; i += 2) {
		unsigned unit = little ? at[i] | (unsigned)at[i + 1] << 8
				       : (unsigned)at[i] << 8 | at[i + 1];
		bool is_trail = unit >= 0xDC00 && unit < 0xE000;

		if (lead && is_trail)
			add_code_point(&out, 0x10000 + ((lead - 0xD800) << 10) +
						     (unit - 0xDC00));
		else if (lead || is_trail)
			buf_addstr(&out, TEXT_REPLACEMENT);
		if (unit >= 0xD800 && unit < 0xDC00) {
			lead = unit;
			continue;
		}
		if (!is_trail)
			add_code_point(&out, unit);
		lead = 0;
	}
	if (lead || len % 2)
		buf_addstr(&out, TEXT_REPLACEMENT);
	*out_len = out.len;
	return buf_detach(&out);
}

char *text_utf8(const char *text, size_t len)
{
	struct buf out;
	unsigned code_point;

	if (text_is_utf8(text, len))
		return xmemdup(text, len);
	buf_init(&out, SIZE_MAX / 4);
	for (size_t i = 0; i < len;) {
		size_t used = text_sequence(text + i, len - i, &code_point);

		if (used)
			buf_add(&out, text + i, used);
		else
			buf_addstr(&out, TEXT_REPLACEMENT);
		i += used ? used : 1;
	}
	return buf_detach(&out);
}

/* Zero-width, direction marks and overrides, fillers, variation selectors (but
 * those of emoji), tags, and the like. */
static bool is_invisible(unsigned code_point)
{
	static const struct {
		unsigned first, last;
	} range[] = {
		{ 0x7F, 0x9F },       { 0xAD, 0xAD },       { 0x34F, 0x34F },
		{ 0x61C, 0x61C },     { 0x115F, 0x1160 },   { 0x17B4, 0x17B5 },
		{ 0x180E, 0x180E },   { 0x200B, 0x200F },   { 0x2028, 0x202E },
		{ 0x2060, 0x206F },   { 0x3164, 0x3164 },   { 0xFE00, 0xFE0D },
		{ 0xFEFF, 0xFEFF },   { 0xFFA0, 0xFFA0 },   { 0xFFF9, 0xFFFB },
		{ 0xE0100, 0xE01EF }, { 0xE0000, 0xE007F },
	};

	for (size_t i = 0; i < ARRAY_LEN(range); i++)
		if (code_point >= range[i].first && code_point <= range[i].last)
			return true;
	return false;
}

void text_add_clean(struct buf *out, const char *text, size_t len, bool lines)
{
	unsigned code_point = 0;

	for (size_t i = 0; i < len;) {
		size_t used = text_sequence(text + i, len - i, &code_point);

		if (!used)
			buf_addstr(out, TEXT_REPLACEMENT);
		else if (code_point == '\n' || code_point == '\t')
			buf_addstr(out, !lines            ? " "
					: text[i] == '\n' ? "\n"
							  : "\t");
		else if (code_point >= ' ' && !is_invisible(code_point))
			buf_add(out, text + i, used);
		i += used ? used : 1;
	}
}

char *text_clean(const char *text, bool lines)
{
	struct buf out;

	buf_init(&out, SIZE_MAX / 4);
	text_add_clean(&out, text, strlen(text), lines);
	return buf_detach(&out);
}

size_t text_cut(const char *text, size_t len, size_t max)
{
	if (len <= max)
		return len;
	while (max && ((unsigned char)text[max] & 0xC0) == 0x80)
		max--;
	return max;
}

enum { LONGEST_WORD = 63 };

static unsigned smaller(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

/* Levenshtein's distance, one row at a time. */
static unsigned distance(const char *a, const char *b)
{
	unsigned row[LONGEST_WORD + 1];
	size_t a_len = strlen(a), b_len = strlen(b);

	if (a_len > LONGEST_WORD || b_len > LONGEST_WORD)
		return LONGEST_WORD;
	for (size_t j = 0; j <= b_len; j++)
		row[j] = (unsigned)j;
	for (size_t i = 1; i <= a_len; i++) {
		unsigned diagonal = row[0];

		row[0] = (unsigned)i;
		for (size_t j = 1; j <= b_len; j++) {
			unsigned changed = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			row[j] = smaller(changed,
					 smaller(row[j], row[j - 1]) + 1);
		}
	}
	return row[b_len];
}

const char *text_closest(const char *word, const char *const *candidates,
			 size_t count)
{
	const char *best = NULL;
	unsigned best_distance = 2 + (unsigned)(strlen(word) / 4);

	if (best_distance > 4)
		best_distance = 4;
	for (size_t i = 0; i < count; i++) {
		unsigned d = candidates[i] ? distance(word, candidates[i])
					   : LONGEST_WORD;

		if (d < best_distance) {
			best = candidates[i];
			best_distance = d;
		}
	}
	return best;
}

size_t *text_line_starts(size_t *count, const char *text, size_t len)
{
	size_t lines = 1, line = 1;
	size_t *starts;

	for (size_t i = 0; i < len; i++)
		lines += text[i] == '\n';
	starts = xcalloc(lines + 2, sizeof(*starts));
	for (size_t i = 0; i < len; i++)
		if (text[i] == '\n')
			starts[++line] = i + 1;
	starts[lines + 1] = len + 1;
	*count = lines;
	return starts;
}
