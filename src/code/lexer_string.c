/*
 * The inside of a string: how far its text goes, and what closes it.
 */
#include <string.h>

#include "code/lexer_internal.h"

size_t lexer_closing_at(const struct lexer *lexer,
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
	while (lexer_byte_at(lexer, i) == string->quote && string->is_triple &&
	       string->quote != '/')
		i++;
	if (!string->is_triple || string->quote == '/')
		i++;
	else if (i - pos < 3)
		return 0;
	while (hashes < string->hashes && lexer_byte_at(lexer, i) == '#') {
		hashes++;
		i++;
	}
	return hashes == string->hashes ? i - pos : 0;
}

size_t lexer_interpolation_at(const struct lexer *lexer,
			      const struct open_string *string, size_t pos)
{
	enum interpolation kind = lexer->syntax->interpolation;
	unsigned hashes = 0;

	if (kind == INTERPOLATION_NONE || string->quote != '"')
		return 0;
	if (kind == INTERPOLATION_BRACE)
		return lexer_is_at(lexer, pos, "${") ? 2 : 0;
	if (lexer->text[pos] != '\\')
		return 0;
	while (hashes < string->hashes &&
	       lexer_byte_at(lexer, pos + 1 + hashes) == '#')
		hashes++;
	return hashes == string->hashes &&
			       lexer_byte_at(lexer, pos + 1 + hashes) == '('
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
		if (lexer_interpolation_at(lexer, string, pos))
			return true;
		break;
	default:
		break;
	}
	return lexer_closing_at(lexer, string, pos) > 0;
}

size_t lexer_end_of_text(const struct lexer *lexer,
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
			pos += lexer_is_at(lexer, pos, "\\\r\n") ? 2 : 1;
		/* Quotes too few to close: not to be counted again. */
		while (c == '"' && lexer_byte_at(lexer, pos + 1) == c)
			pos++;
	}
	return lexer->len;
}
