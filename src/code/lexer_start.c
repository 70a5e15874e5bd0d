/*
 * What begins at a place in code: a comment, a string, or nothing.
 */
#include <ctype.h>
#include <string.h>

#include "code/lexer_internal.h"

/* A character literal is no longer than '\u{10FFFF}'. */
#define MAX_CHAR_LITERAL 12
/* A regular expression literal is on one line and not longer than this. */
#define MAX_REGEX         4096
#define MAX_RAW_DELIMITER 16

size_t lexer_behind(const struct lexer *lexer, size_t pos, const char *what)
{
	const char *found;

	if (pos >= lexer->len)
		return lexer->len;
	found = memmem(lexer->text + pos, lexer->len - pos, what, strlen(what));
	return found ? (size_t)(found - lexer->text) + strlen(what)
		     : lexer->len;
}

static size_t end_of_line(const struct lexer *lexer, size_t pos)
{
	const char *end = memchr(lexer->text + pos, '\n', lexer->len - pos);

	return end ? (size_t)(end - lexer->text) : lexer->len;
}

static size_t end_of_block_comment(const struct lexer *lexer, size_t pos)
{
	const char *text = lexer->text;
	size_t depth = 1;

	if (!lexer->syntax->block_comments_nest)
		return lexer_behind(lexer, pos + 2, "*/");
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
	if (syntax->has_tags && lexer_is_at(lexer, pos, "<!--")) {
		out->end = lexer_behind(lexer, pos + 4, "-->");
		return true;
	}
	if (syntax->block_comments && lexer_is_at(lexer, pos, "/*")) {
		out->end = end_of_block_comment(lexer, pos);
		return true;
	}
	for (int i = 0; i < 2 && syntax->line_comment[i]; i++) {
		if (lexer_is_at(lexer, pos, syntax->line_comment[i]) &&
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
	    !text[before - 1] || strchr(" =*/\n", lexer_byte_at(lexer, i)))
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

	while (lexer_byte_at(lexer, i) == '#')
		i++;
	string->hashes = (unsigned)(i - pos);
	string->quote = lexer_byte_at(lexer, i);
	if (string->quote == '"') {
		string->is_triple = lexer_is_at(lexer, i, "\"\"\"");
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

	if (lexer_byte_at(lexer, pos + 1) != '"' ||
	    (pos > 0 && is_word(lexer->text[pos - 1])))
		return false;
	while (i < lexer->len && i - pos < MAX_RAW_DELIMITER &&
	       !strchr("( )\\\n", lexer->text[i]))
		i++;
	if (lexer_byte_at(lexer, i) != '(')
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
	if (syntax->has_triple && lexer_is_at(lexer, pos, triples[c == '\''])) {
		out->string.is_triple = true;
		out->end = pos + 3;
	}
	return true;
}

void lexer_start_at(struct start *out, const struct lexer *lexer, size_t pos)
{
	char c = lexer->text[pos];

	if (lexer->depth > 0 && c == lexer_bracket_of(lexer->syntax, true) &&
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
