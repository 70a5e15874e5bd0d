#ifndef CODE_LEXER_INTERNAL_H
#define CODE_LEXER_INTERNAL_H

#include <string.h>

#include "code/lexer.h"

/* What the parts of the lexer share: lexer.c goes from span to span,
 * lexer_start.c knows what begins a comment or a string, lexer_string.c what
 * interrupts and ends one. */

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

static inline bool lexer_is_at(const struct lexer *lexer, size_t pos,
			       const char *what)
{
	size_t len = strlen(what);

	return len <= lexer->len - pos && !memcmp(lexer->text + pos, what, len);
}

static inline char lexer_byte_at(const struct lexer *lexer, size_t pos)
{
	if (pos >= lexer->len)
		return '\0';
	return lexer->text[pos];
}

static inline char lexer_bracket_of(const struct syntax *syntax,
				    bool is_closing)
{
	if (syntax->interpolation == INTERPOLATION_PAREN)
		return is_closing ? ')' : '(';
	return is_closing ? '}' : '{';
}

/* Behind the next `what` from `pos` on, or the end of the text. */
size_t lexer_behind(const struct lexer *lexer, size_t pos, const char *what);

/* What starts at `pos`, a stop byte in code? */
void lexer_start_at(struct start *out, const struct lexer *lexer, size_t pos);

/* Length of what closes `string` at `pos`, 0 if nothing does. */
size_t lexer_closing_at(const struct lexer *lexer,
			const struct open_string *string, size_t pos);

/* Length of what opens an interpolation at `pos`, 0 if nothing does. */
size_t lexer_interpolation_at(const struct lexer *lexer,
			      const struct open_string *string, size_t pos);

/* Where the text of `string` from `pos` on is interrupted: by what closes it,
 * by an interpolation, or because it may not go on. */
size_t lexer_end_of_text(const struct lexer *lexer,
			 const struct open_string *string, size_t pos);

#endif /* CODE_LEXER_INTERNAL_H */
