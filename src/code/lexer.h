#ifndef CODE_LEXER_H
#define CODE_LEXER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "code/lang.h"

/** \file
 * Cuts a file into code, comments and strings. What a language looks like is
 * a `struct syntax`, so a new one is a row in syntax.c.
 *
 * Spans follow each other without gaps and cover the whole text. A string
 * that is not closed ends with its line unless it may span lines; a comment
 * that is not closed ends with the file. Each byte is looked at a bounded
 * number of times.
 */

/** Where a line comment may start. */
enum comment_place {
	COMMENT_ANYWHERE,
	COMMENT_LINE_START,  /* behind nothing but white space */
	COMMENT_AFTER_SPACE, /* at the start of a line or behind white space */
};

enum interpolation {
	INTERPOLATION_NONE,
	INTERPOLATION_PAREN, /* \( ) as in Swift */
	INTERPOLATION_BRACE, /* ${ } as in Kotlin and Groovy */
};

struct syntax {
	const char *line_comment[2];
	enum comment_place comment_place;
	bool block_comments; /* slash star */
	bool block_comments_nest;
	const char *quotes;        /* characters that open a string */
	const char *raw_quotes;    /* those of them that know no backslash */
	bool has_chars;            /* 'x' is one character */
	bool has_triple;           /* """ or ''' opens a string over lines */
	bool triple_has_escapes;   /* backslash means something in those */
	bool has_hashes;           /* #"..."# */
	bool has_regex;            /* /.../ and #/.../# */
	bool has_backticks;        /* `name` */
	bool has_cxx_raw;          /* R"x(...)x" */
	bool has_tags;             /* XML: strings in tags only */
	bool strings_span_lines;   /* also the plain ones */
	bool strings_start_tokens; /* YAML: a quote inside a word is no quote */
	enum interpolation interpolation;
};

extern const struct syntax syntaxes[LANG_COUNT];

enum span_kind {
	SPAN_CODE,
	SPAN_COMMENT,
	SPAN_QUOTE, /* what opens or closes a string or an interpolation */
	SPAN_TEXT,  /* between quotes */
};

struct span {
	enum span_kind kind;
	bool is_interpolated; /* code inside a string */
	bool opens;           /* of SPAN_QUOTE: a string starts here */
	size_t start, end;
};

#define LEXER_DEPTH 32 /* strings in interpolations in strings ... */

struct open_string {
	char quote; /* '/' for a regular expression, 'R' for C++ raw */
	bool is_triple;
	unsigned hashes;
	unsigned brackets; /* open ones of the interpolation */
	size_t delimiter;  /* offset and length of a raw C++ one */
	size_t delimiter_len;
};

struct lexer {
	const char *text;
	size_t len, pos;
	const struct syntax *syntax;
	bool in_text; /* inside the innermost string, not its interpolation */
	bool in_tag;
	int depth;
	struct open_string open[LEXER_DEPTH];
	uint8_t stops[256]; /* bytes that may end a run of code */
};

/** Keeps `text` until done. */
void lexer_init(struct lexer *lexer, const char *text, size_t len,
		enum lang lang);

/** false at the end of the text. */
bool lexer_next(struct lexer *lexer, struct span *out);

#endif /* CODE_LEXER_H */
