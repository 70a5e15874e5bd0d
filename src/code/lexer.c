#include "code/lexer.h"

#include <ctype.h>
#include <string.h>

/* A character literal is no longer than '\u{10FFFF}'. */
#define MAX_CHAR_LITERAL 12
/* A regular expression literal is on one line and not longer than this. */
#define MAX_REGEX         4096
#define MAX_RAW_DELIMITER 16

enum start_kind {
	STARTS_NOTHING,
	STARTS_COMMENT,
	STARTS_STRING,
	ENDS_INTERPOLATION,
};

/* What begins at a place in code, and where its opening part ends (for a
 * comment: where all of it ends). */
struct start {
	enum start_kind kind;
	size_t end;
	struct open_string string;
};

static bool is_at(const struct lexer *lexer, size_t pos, const char *what)
{
	size_t len = strlen(what);

	return len <= lexer->len - pos && !memcmp(lexer->text + pos, what, len);
}

static char byte_at(const struct lexer *lexer, size_t pos)
{
	if (pos >= lexer->len)
		return '\0';
	return lexer->text[pos];
}

static size_t end_of_line(const struct lexer *lexer, size_t pos)
{
	const char *end = memchr(lexer->text + pos, '\n', lexer->len - pos);

	return end ? (size_t)(end - lexer->text) : lexer->len;
}

/* Behind the next `what` from `pos` on, or the end of the text. */
static size_t behind(const struct lexer *lexer, size_t pos, const char *what)
{
	const char *found;

	if (pos >= lexer->len)
		return lexer->len;
	found = memmem(lexer->text + pos, lexer->len - pos, what, strlen(what));
	return found ? (size_t)(found - lexer->text) + strlen(what)
		     : lexer->len;
}

static size_t end_of_block_comment(const struct lexer *lexer, size_t pos)
{
	const char *text = lexer->text;
	size_t depth = 1;

	if (!lexer->syntax->block_comments_nest)
		return behind(lexer, pos + 2, "*/");
	for (pos += 2; pos + 1 < lexer->len; pos++) {
		if (text[pos] == '*' && text[pos + 1] == '/') {
			pos++;
			if (--depth == 0)
				return pos + 1;
		} else if (text[pos] == '/' && text[pos + 1] == '*') {
			pos++;
			depth++;
		}
	}
	return lexer->len;
}

static bool is_comment_place(const struct lexer *lexer, size_t pos)
{
	const char *text = lexer->text;

	switch (lexer->syntax->comment_place) {
	case COMMENT_ANYWHERE:
		return true;
	case COMMENT_AFTER_SPACE:
		return pos == 0 || isspace((unsigned char)text[pos - 1]);
	case COMMENT_LINE_START:
		while (pos > 0 &&
		       (text[pos - 1] == ' ' || text[pos - 1] == '\t'))
			pos--;
		return pos == 0 || text[pos - 1] == '\n';
	}
	return false;
}

static bool start_comment(struct start *out, const struct lexer *lexer,
			  size_t pos)
{
	const struct syntax *syntax = lexer->syntax;

	out->kind = STARTS_COMMENT;
	if (syntax->has_tags && is_at(lexer, pos, "<!--")) {
		out->end = behind(lexer, pos + 4, "-->");
		return true;
	}
	if (syntax->block_comments && is_at(lexer, pos, "/*")) {
		out->end = end_of_block_comment(lexer, pos);
		return true;
	}
	for (int i = 0; i < 2 && syntax->line_comment[i]; i++) {
		if (is_at(lexer, pos, syntax->line_comment[i]) &&
		    is_comment_place(lexer, pos)) {
			out->end = end_of_line(lexer, pos);
			return true;
		}
	}
	return false;
}

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* 'x', '\n', '\u0041'; an apostrophe elsewhere is nothing. */
static bool is_char_literal(const struct lexer *lexer, size_t pos)
{
	size_t i = pos + 1;

	if (pos > 0 && isdigit((unsigned char)lexer->text[pos - 1]))
		return false;
	while (i < lexer->len && i - pos < MAX_CHAR_LITERAL) {
		char c = lexer->text[i];

		if (c == '\n')
			return false;
		if (c == '\'')
			return i > pos + 1;
		i += c == '\\' ? 2 : 1;
	}
	return false;
}

/* A slash where a value is wanted, and a second one on the line. */
static bool is_regex(const struct lexer *lexer, size_t pos)
{
	const char *text = lexer->text;
	size_t before = pos, i = pos + 1;

	while (before > 0 && isblank((unsigned char)text[before - 1]))
		before--;
	if (before == 0 || !strchr("(=,:", text[before - 1]) ||
	    !text[before - 1] || strchr(" =*/\n", byte_at(lexer, i)))
		return false;
	while (i < lexer->len && i - pos < MAX_REGEX && text[i] != '\n') {
		if (text[i] == '/')
			return true;
		i += text[i] == '\\' ? 2 : 1;
	}
	return false;
}

/* #"..."#, ##"""...""" and #/.../#; `pos` is at the first #. */
static bool start_hashed(struct start *out, const struct lexer *lexer,
			 size_t pos)
{
	struct open_string *string = &out->string;
	size_t i = pos;

	while (byte_at(lexer, i) == '#')
		i++;
	string->hashes = (unsigned)(i - pos);
	string->quote = byte_at(lexer, i);
	if (string->quote == '"') {
		string->is_triple = is_at(lexer, i, "\"\"\"");
		out->end = i + (string->is_triple ? 3 : 1);
		return true;
	}
	string->is_triple = true;
	out->end = i + 1;
	return string->quote == '/';
}

static bool start_raw(struct start *out, const struct lexer *lexer, size_t pos)
{
	size_t i = pos + 2;

	if (byte_at(lexer, pos + 1) != '"' ||
	    (pos > 0 && is_word(lexer->text[pos - 1])))
		return false;
	while (i < lexer->len && i - pos < MAX_RAW_DELIMITER &&
	       !strchr("( )\\\n", lexer->text[i]))
		i++;
	if (byte_at(lexer, i) != '(')
		return false;
	out->string.quote = 'R';
	out->string.is_triple = true;
	out->string.delimiter = pos + 2;
	out->string.delimiter_len = i - (pos + 2);
	out->end = i + 1;
	return true;
}

static bool is_string_place(const struct lexer *lexer, size_t pos)
{
	const struct syntax *syntax = lexer->syntax;

	if (syntax->has_tags)
		return lexer->in_tag;
	if (!syntax->strings_start_tokens || pos == 0)
		return true;
	return lexer->text[pos - 1] &&
	       strchr(" \t\r\n[{(,:=-!&", lexer->text[pos - 1]);
}

static bool start_string(struct start *out, const struct lexer *lexer,
			 size_t pos)
{
	static const char triples[2][4] = { "\"\"\"", "'''" };
	const struct syntax *syntax = lexer->syntax;
	char c = lexer->text[pos];

	out->kind = STARTS_STRING;
	out->string = (struct open_string){ .quote = c };
	out->end = pos + 1;
	if (c == '#')
		return syntax->has_hashes && start_hashed(out, lexer, pos);
	if (c == '/')
		return syntax->has_regex && is_regex(lexer, pos);
	if (c == 'R')
		return syntax->has_cxx_raw && start_raw(out, lexer, pos);
	if (c == '\'' && syntax->has_chars)
		return is_char_literal(lexer, pos);
	if (!syntax->quotes || !strchr(syntax->quotes, c) ||
	    !is_string_place(lexer, pos))
		return false;
	if (syntax->has_triple && is_at(lexer, pos, triples[c == '\''])) {
		out->string.is_triple = true;
		out->end = pos + 3;
	}
	return true;
}

static char bracket_of(const struct syntax *syntax, bool is_closing)
{
	if (syntax->interpolation == INTERPOLATION_PAREN)
		return is_closing ? ')' : '(';
	return is_closing ? '}' : '{';
}

/* What starts at `pos`, a stop byte in code? Nothing is changed. */
static void start_at(struct start *out, const struct lexer *lexer, size_t pos)
{
	char c = lexer->text[pos];

	if (lexer->depth > 0 && c == bracket_of(lexer->syntax, true) &&
	    lexer->open[lexer->depth - 1].brackets == 0) {
		out->kind = ENDS_INTERPOLATION;
		out->end = pos + 1;
		return;
	}
	/* Too deep: what is left is taken for code. */
	if (start_comment(out, lexer, pos) ||
	    (c && lexer->depth < LEXER_DEPTH && start_string(out, lexer, pos)))
		return;
	out->kind = STARTS_NOTHING;
}

/* Past a stop byte that starts nothing. */
static size_t pass(struct lexer *lexer, size_t pos)
{
	const struct syntax *syntax = lexer->syntax;
	char c = lexer->text[pos];

	if (c == '`' && syntax->has_backticks) {
		size_t i = pos + 1;

		while (i < lexer->len && lexer->text[i] != '`' &&
		       lexer->text[i] != '\n')
			i++;
		return byte_at(lexer, i) == '`' ? i + 1 : i;
	}
	if (syntax->has_tags) {
		if (is_at(lexer, pos, "<![CDATA["))
			return behind(lexer, pos, "]]>");
		lexer->in_tag = c == '<' || (lexer->in_tag && c != '>');
	}
	if (lexer->depth > 0) {
		struct open_string *string = &lexer->open[lexer->depth - 1];

		if (c == bracket_of(syntax, false))
			string->brackets++;
		else if (c == bracket_of(syntax, true))
			string->brackets--;
	}
	/* All of "###" at once, or a run of them would be counted again and
	 * again. */
	while (c == '#' && byte_at(lexer, pos + 1) == '#')
		pos++;
	return pos + 1;
}

/* Brackets matter only inside an interpolation. */
static void watch_brackets(struct lexer *lexer)
{
	const struct syntax *syntax = lexer->syntax;
	bool matter = lexer->depth > 0;

	if (syntax->interpolation == INTERPOLATION_NONE)
		return;
	lexer->stops[(uint8_t)bracket_of(syntax, false)] = matter;
	lexer->stops[(uint8_t)bracket_of(syntax, true)] = matter;
}

static void scan_code(struct lexer *lexer, struct span *out)
{
	size_t pos = lexer->pos;
	struct start start = { .kind = STARTS_NOTHING };

	while (pos < lexer->len) {
		if (!lexer->stops[(uint8_t)lexer->text[pos]]) {
			pos++;
			continue;
		}
		start_at(&start, lexer, pos);
		if (start.kind != STARTS_NOTHING)
			break;
		pos = pass(lexer, pos);
	}
	out->is_interpolated = lexer->depth > 0;
	out->opens = false;
	if (pos > lexer->pos) {
		out->kind = SPAN_CODE;
		out->end = pos;
		return;
	}
	out->kind = start.kind == STARTS_COMMENT ? SPAN_COMMENT : SPAN_QUOTE;
	out->end = start.end;
	if (start.kind == STARTS_STRING) {
		out->opens = true;
		lexer->open[lexer->depth++] = start.string;
		watch_brackets(lexer);
	}
	lexer->in_text = start.kind != STARTS_COMMENT;
}

/* Length of what closes `string` at `pos`, 0 if nothing does. */
static size_t closing_at(const struct lexer *lexer,
			 const struct open_string *string, size_t pos)
{
	size_t i = pos;
	unsigned hashes = 0;

	if (string->quote == 'R') {
		size_t len = string->delimiter_len;

		return lexer->text[pos] == ')' && lexer->len - pos > len + 1 &&
				       !memcmp(lexer->text + pos + 1,
					       lexer->text + string->delimiter,
					       len) &&
				       lexer->text[pos + 1 + len] == '"'
			       ? len + 2
			       : 0;
	}
	if (lexer->text[pos] != string->quote)
		return 0;
	while (byte_at(lexer, i) == string->quote && string->is_triple &&
	       string->quote != '/')
		i++;
	if (!string->is_triple || string->quote == '/')
		i++;
	else if (i - pos < 3)
		return 0;
	while (hashes < string->hashes && byte_at(lexer, i) == '#') {
		hashes++;
		i++;
	}
	return hashes == string->hashes ? i - pos : 0;
}

/* Length of what opens an interpolation at `pos`, 0 if nothing does. */
static size_t interpolation_at(const struct lexer *lexer,
			       const struct open_string *string, size_t pos)
{
	enum interpolation kind = lexer->syntax->interpolation;
	unsigned hashes = 0;

	if (kind == INTERPOLATION_NONE || string->quote != '"')
		return 0;
	if (kind == INTERPOLATION_BRACE)
		return is_at(lexer, pos, "${") ? 2 : 0;
	if (lexer->text[pos] != '\\')
		return 0;
	while (hashes < string->hashes &&
	       byte_at(lexer, pos + 1 + hashes) == '#')
		hashes++;
	return hashes == string->hashes &&
			       byte_at(lexer, pos + 1 + hashes) == '('
		       ? hashes + 2
		       : 0;
}

static bool has_escapes(const struct lexer *lexer,
			const struct open_string *string)
{
	const struct syntax *syntax = lexer->syntax;

	if (string->quote == 'R' || (string->hashes && string->quote == '"'))
		return false;
	if (syntax->raw_quotes && strchr(syntax->raw_quotes, string->quote))
		return false;
	return !string->is_triple || syntax->triple_has_escapes;
}

static char closing_byte(const struct open_string *string)
{
	if (string->quote == 'R')
		return ')';
	return string->quote;
}

/* Does the text of a string end at `pos`, one of the bytes that may end it? */
static bool is_interrupted(const struct lexer *lexer,
			   const struct open_string *string, size_t pos)
{
	switch (lexer->text[pos]) {
	case '\n':
		return !string->is_triple && !lexer->syntax->strings_span_lines;
	case '<': /* not allowed in a value: a quote is missing */
		return lexer->syntax->has_tags;
	case '\\':
	case '$':
		if (interpolation_at(lexer, string, pos))
			return true;
		break;
	default:
		break;
	}
	return closing_at(lexer, string, pos) > 0;
}

/* Where the text of a string from `pos` on is interrupted. */
static size_t end_of_text(const struct lexer *lexer,
			  const struct open_string *string, size_t pos)
{
	bool escapes = has_escapes(lexer, string);
	char closing = closing_byte(string);

	for (; pos < lexer->len; pos++) {
		char c = lexer->text[pos];

		if (c != closing && c != '\n' && c != '\\' && c != '$' &&
		    c != '<')
			continue;
		if (is_interrupted(lexer, string, pos))
			return pos;
		if (c == '\\' && escapes)
			pos += is_at(lexer, pos, "\\\r\n") ? 2 : 1;
		/* Quotes too few to close: not to be counted again. */
		while (c == '"' && byte_at(lexer, pos + 1) == c)
			pos++;
	}
	return lexer->len;
}

/* Back to what the innermost string is in. A broken line breaks all strings
 * around it that are of one line too. */
static void leave_string(struct lexer *lexer, bool is_broken)
{
	do
		lexer->depth--;
	while (is_broken && lexer->depth > 0 &&
	       !lexer->open[lexer->depth - 1].is_triple);
	lexer->in_text = false;
	watch_brackets(lexer);
}

/* false if the string ended without a closing quote and there is no text. */
static bool scan_text(struct lexer *lexer, struct span *out)
{
	struct open_string *string = &lexer->open[lexer->depth - 1];
	size_t pos = lexer->pos, end, len;

	out->is_interpolated = lexer->depth > 1;
	out->opens = false;
	end = end_of_text(lexer, string, pos);
	if (end > pos) {
		out->kind = SPAN_TEXT;
		out->end = end;
		return true;
	}
	out->kind = SPAN_QUOTE;
	len = closing_at(lexer, string, pos);
	if (len) {
		out->end = pos + len;
		leave_string(lexer, false);
		return true;
	}
	len = interpolation_at(lexer, string, pos);
	if (len) {
		out->end = pos + len;
		out->is_interpolated = true;
		string->brackets = 0;
		lexer->in_text = false;
		return true;
	}
	leave_string(lexer, true);
	return false;
}

bool lexer_next(struct lexer *lexer, struct span *out)
{
	if (lexer->pos >= lexer->len)
		return false;
	out->start = lexer->pos;
	if (!lexer->in_text || !scan_text(lexer, out))
		scan_code(lexer, out);
	if (out->end > lexer->len)
		out->end = lexer->len;
	lexer->pos = out->end;
	return true;
}

void lexer_init(struct lexer *lexer, const char *text, size_t len,
		enum lang lang)
{
	const struct syntax *syntax = &syntaxes[lang];
	const char *quotes = syntax->quotes ? syntax->quotes : "";

	*lexer = (struct lexer){ .text = text, .len = len, .syntax = syntax };
	for (; *quotes; quotes++)
		lexer->stops[(uint8_t)*quotes] = 1;
	for (int i = 0; i < 2 && syntax->line_comment[i]; i++)
		lexer->stops[(uint8_t)syntax->line_comment[i][0]] = 1;
	lexer->stops['/'] |= syntax->block_comments || syntax->has_regex;
	lexer->stops['\''] |= syntax->has_chars;
	lexer->stops['#'] |= syntax->has_hashes;
	lexer->stops['`'] |= syntax->has_backticks;
	lexer->stops['R'] |= syntax->has_cxx_raw;
	lexer->stops['<'] |= syntax->has_tags;
	lexer->stops['>'] |= syntax->has_tags;
}
