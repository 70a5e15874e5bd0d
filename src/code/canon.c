#include "code/canon.h"

#include <string.h>

#include "core/attr.h"

/* Lines a value may be away from its name's. */
#define MORE_LINES   2
#define MAX_NAME     128
#define MAX_VALUE    2048
#define MAX_TAG_TEXT 512

struct span {
	size_t at;
	size_t len;
};

struct canon {
	const char *text;
	const struct canon_range *range;
	size_t at;
	size_t words_left;
	size_t lines_left;
	struct span name;      /* nearest name, len 0 if none         */
	struct span literal;   /* last quoted text on this statement  */
	struct span swapped;   /* value that came before its name     */
	struct span attribute; /* name of an attribute in a tag */
	char last;             /* last sign, or 'a' a word, '"' quoted */
	bool line_start;
	bool in_tag;
	bool after_key; /* behind </key>: the value is to come */
	bool stopped;
	canon_pair_fn *found;
	void *payload;
};

static bool is_word_byte(char ch)
{
	return (ch >= 'a' && ch <= 'z') || (ch >= 'A' && ch <= 'Z') ||
	       (ch >= '0' && ch <= '9') || ch == '_';
}

static bool is_name_byte(char ch)
{
	return is_word_byte(ch) || ch == '.' || ch == '-';
}

static bool is_blank(char ch)
{
	return ch == ' ' || ch == '\t' || ch == '\r';
}

/* A word and its length, which tells most others from it at once. */
struct known_word {
	size_t len;
	const char *text;
};

#define WORD(literal)                          \
	{                                      \
		sizeof(literal) - 1, (literal) \
	}

static bool is_one_of(const char *word, size_t len,
		      const struct known_word *list, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (list[i].len == len && memcmp(word, list[i].text, len) == 0)
			return true;
	}
	return false;
}

/* Types, keywords and wrappers: they stand between a name and its value. */
static const struct known_word passed_over[] = {
	WORD("b"),
	WORD("f"),
	WORD("r"),
	WORD("id"),
	WORD("of"),
	WORD("to"),
	WORD("u8"),
	WORD("URL"),
	WORD("env"),
	WORD("key"),
	WORD("let"),
	WORD("new"),
	WORD("set"),
	WORD("val"),
	WORD("var"),
	WORD("Data"),
	WORD("byte"),
	WORD("char"),
	WORD("copy"),
	WORD("data"),
	WORD("name"),
	WORD("self"),
	WORD("utf8"),
	WORD("with"),
	WORD("const"),
	WORD("final"),
	WORD("using"),
	WORD("value"),
	WORD("Bearer"),
	WORD("Object"),
	WORD("String"),
	WORD("define"),
	WORD("export"),
	WORD("listOf"),
	WORD("public"),
	WORD("return"),
	WORD("static"),
	WORD("string"),
	WORD("strong"),
	WORD("android"),
	WORD("arrayOf"),
	WORD("integer"),
	WORD("nonnull"),
	WORD("private"),
	WORD("NSString"),
	WORD("Optional"),
	WORD("internal"),
	WORD("lateinit"),
	WORD("nullable"),
	WORD("override"),
	WORD("readonly"),
	WORD("resValue"),
	WORD("toByteArray"),
	WORD("CharSequence"),
	WORD("SecureString"),
	WORD("android.value"),
	WORD("stringWithString"),
};

static bool is_passed_over(const char *word, size_t len)
{
	return is_one_of(word, len, passed_over, ARRAY_LEN(passed_over));
}

/* Labels that say: what came before is the value of what comes now. */
static bool is_swap_label(const char *word, size_t len)
{
	static const struct known_word labels[] = {
		WORD("forKey"),
		WORD("forName"),
		WORD("forHeaderField"),
		WORD("forHTTPHeaderField"),
	};

	return is_one_of(word, len, labels, ARRAY_LEN(labels));
}

static void emit(struct canon *canon, struct span name, struct span value,
		 bool quoted)
{
	struct canon_pair pair = { name.at, name.len, value.at, value.len,
				   quoted };

	if (name.len && name.len <= MAX_NAME && value.len &&
	    value.len <= MAX_VALUE)
		canon->found(&pair, canon->payload);
}

/* name=value, name: value and "name":"value" within quoted text. */
static void emit_inner(struct canon *canon, struct span in)
{
	const char *text = canon->text;
	size_t end = in.at + in.len;
	size_t at = in.at;

	while (at < end) {
		struct span name = { at, 0 };
		struct span value;

		while (at < end && is_name_byte(text[at]))
			at++;
		name.len = at - name.at;
		if (!name.len) {
			at++;
			continue;
		}
		while (at < end && (text[at] == '\\' || text[at] == '"'))
			at++;
		if (at >= end || (text[at] != '=' && text[at] != ':'))
			continue;
		at++;
		if (end - at > 1 && memcmp(text + at, "//", 2) == 0)
			continue;
		while (at < end && memchr(" \\\"", text[at], 3))
			at++;
		value.at = at;
		while (at < end && !memchr(" &;\"\\,<", text[at], 7))
			at++;
		value.len = at - value.at;
		emit(canon, name, value, true);
	}
}

/* Quotes within quotes, with backslashes or without, are no part of it. */
static struct span trim_quotes(const struct canon *canon, struct span span)
{
	static const char *const quotes[] = { "\\\"", "\"" };

	for (size_t i = 0; i < ARRAY_LEN(quotes); i++) {
		const char *text = canon->text + span.at;
		size_t len = strlen(quotes[i]);

		if (span.len > 2 * len && memcmp(text, quotes[i], len) == 0 &&
		    memcmp(text + span.len - len, quotes[i], len) == 0) {
			span.at += len;
			span.len -= 2 * len;
			break;
		}
	}
	return span;
}

static void take_literal(struct canon *canon, struct span value)
{
	const char *text = canon->text;
	bool named = canon->name.len > 0;
	size_t i;

	value = trim_quotes(canon, value);
	canon->after_key = false;
	if (canon->words_left)
		canon->words_left--;
	if (canon->in_tag && canon->attribute.len) {
		emit(canon, canon->attribute, value, true);
		canon->attribute.len = 0;
		return;
	}
	if (canon->swapped.len) {
		emit(canon, value, canon->swapped, true);
		canon->swapped.len = 0;
	}
	if (named)
		emit(canon, canon->name, value, true);
	emit_inner(canon, value);
	canon->literal = value;
	canon->last = '"';
	for (i = 0; i < value.len && is_name_byte(text[value.at + i]); i++)
		;
	if (i == value.len && value.len >= 2 && value.len <= MAX_NAME)
		canon->name = value;
}

/* Where the quoted text that begins at `from` ends, on its line; 0 if it does
 * not. `escaped`: its quotes have backslashes themselves. */
static size_t find_close(const struct canon *canon, size_t from, char quote,
			 bool escaped)
{
	const char *text = canon->text;

	for (size_t at = from; at < canon->range->limit; at++) {
		if (text[at] == '\n')
			return 0;
		if (text[at] == quote)
			return escaped ? 0 : at;
		if (text[at] != '\\' || at + 1 >= canon->range->limit)
			continue;
		if (escaped && text[at + 1] == quote)
			return at;
		if (text[at + 1] != '\n')
			at++;
	}
	return 0;
}

static void read_quoted(struct canon *canon, bool escaped)
{
	char quote = canon->text[canon->at + escaped];
	size_t from = canon->at + escaped + 1;
	size_t close = find_close(canon, from, quote, escaped);
	struct span value = { from, close - from };

	if (!close) {
		canon->at = from;
		canon->last = '"';
		return;
	}
	canon->at = close + escaped + 1;
	take_literal(canon, value);
}

/* The whole line is NAME=value or NAME: value, without quotes. */
static bool read_setting(struct canon *canon, struct span name)
{
	const char *text = canon->text;
	size_t end = canon->range->limit;
	size_t at = canon->at;
	struct span value;

	while (at < end && is_blank(text[at]))
		at++;
	if (at >= end || (text[at] != '=' && text[at] != ':'))
		return false;
	at++;
	while (at < end && is_blank(text[at]))
		at++;
	value.at = at;
	while (at < end && !is_blank(text[at]) && text[at] != '\n')
		at++;
	value.len = at - value.at;
	while (at < end && is_blank(text[at]))
		at++;
	if (!value.len || memchr("\"'`@", text[value.at], 4) ||
	    (at < end && text[at] != '\n' && text[at] != '#'))
		return false;
	emit(canon, name, value, false);
	canon->at = at;
	return true;
}

/* android:name="...": this is within a tag, wherever that began. */
static bool is_attribute(const struct canon *canon)
{
	return canon->last == ':' && canon->range->limit - canon->at > 1 &&
	       memcmp(canon->text + canon->at, "=\"", 2) == 0;
}

static void read_word(struct canon *canon)
{
	const char *text = canon->text;
	struct span word = { canon->at, 0 };
	bool line_start = canon->line_start;
	bool is_type;

	while (canon->at < canon->range->limit && is_name_byte(text[canon->at]))
		canon->at++;
	word.len = canon->at - word.at;
	if (canon->words_left)
		canon->words_left--;
	if (is_swap_label(text + word.at, word.len)) {
		canon->swapped = canon->literal;
		return;
	}
	canon->attribute.len = 0;
	if (is_passed_over(text + word.at, word.len)) {
		canon->in_tag |= is_attribute(canon);
		return;
	}
	if (canon->in_tag) {
		canon->attribute = word;
		return;
	}
	if (line_start && read_setting(canon, word)) {
		canon->line_start = false;
		return;
	}
	canon->line_start = false;
	is_type = canon->last == ':' && canon->name.len &&
		  text[word.at] >= 'A' && text[word.at] <= 'Z' &&
		  canon->literal.len == 0;
	canon->last = 'a';
	if (!is_type)
		canon->name = word;
}

/* Text between two tags on one line is as good as quoted. */
static void read_tag_text(struct canon *canon)
{
	const char *text = canon->text;
	struct span span = { canon->at, 0 };
	size_t end = canon->range->limit;

	if (end > canon->at + MAX_TAG_TEXT)
		end = canon->at + MAX_TAG_TEXT;
	while (canon->at + span.len < end && text[span.at + span.len] != '<' &&
	       text[span.at + span.len] != '\n')
		span.len++;
	if (!span.len || span.at + span.len + 1 >= end ||
	    memcmp(text + span.at + span.len, "</", 2) != 0)
		return;
	canon->at += span.len;
	take_literal(canon, span);
}

static void read_tag_open(struct canon *canon)
{
	const char *text = canon->text + canon->at;
	size_t left = canon->range->limit - canon->at;

	canon->at++;
	canon->last = '<';
	if (left < 2)
		return;
	canon->in_tag = is_word_byte(text[1]);
	canon->attribute.len = 0;
	if (text[1] != '/')
		return;
	canon->after_key = left > 5 && memcmp(text, "</key>", 6) == 0;
	while (canon->at < canon->range->limit && *text != '>' &&
	       *text != '\n') {
		text++;
		canon->at++;
	}
	canon->last = canon->after_key ? '=' : '>';
}

/* Does what stands at a line's end promise more? */
static bool is_open(const struct canon *canon)
{
	if (canon->in_tag || canon->after_key || canon->swapped.len)
		return true;
	return canon->last && strchr("=:,(+[?", canon->last) != NULL;
}

static void end_line(struct canon *canon)
{
	bool open = is_open(canon) && (canon->name.len || canon->swapped.len);

	if (canon->at >= canon->range->to) {
		if (!open || !canon->lines_left)
			canon->stopped = true;
		else
			canon->lines_left--;
	}
	canon->at++;
	canon->line_start = true;
	if (open)
		return;
	canon->name.len = 0;
	canon->literal.len = 0;
	canon->swapped.len = 0;
	canon->last = 0;
}

static void read_sign(struct canon *canon)
{
	char sign = canon->text[canon->at++];

	if (is_blank(sign))
		return;
	canon->line_start = false;
	canon->last = sign;
	if (sign == ';' || sign == '{' || sign == '}') {
		canon->name.len = 0;
		canon->literal.len = 0;
		canon->swapped.len = 0;
	} else if (sign == '>' && canon->in_tag) {
		canon->in_tag = false;
		read_tag_text(canon);
	}
}

static bool is_quote(const struct canon *canon)
{
	char ch = canon->text[canon->at];

	if (ch == '\'')
		return !canon->at || !is_word_byte(canon->text[canon->at - 1]);
	return ch == '"' || ch == '`';
}

static bool is_escaped_quote(const struct canon *canon)
{
	return canon->text[canon->at] == '\\' &&
	       canon->at + 1 < canon->range->limit &&
	       canon->text[canon->at + 1] == '"';
}

size_t canon_scan(const char *text, const struct canon_range *range,
		  canon_pair_fn *found, void *payload)
{
	struct canon canon = {
		.text = text,
		.range = range,
		.at = range->from,
		.words_left = range->words,
		.lines_left = MORE_LINES,
		.line_start = true,
		.found = found,
		.payload = payload,
	};

	while (canon.at < range->limit && canon.words_left && !canon.stopped) {
		char ch = text[canon.at];

		if (ch == '\n')
			end_line(&canon);
		else if (is_word_byte(ch))
			read_word(&canon);
		else if (is_quote(&canon))
			read_quoted(&canon, false);
		else if (is_escaped_quote(&canon))
			read_quoted(&canon, true);
		else if (ch == '<')
			read_tag_open(&canon);
		else
			read_sign(&canon);
	}
	return canon.at;
}
