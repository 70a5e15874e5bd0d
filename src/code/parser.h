#ifndef CODE_PARSER_H
#define CODE_PARSER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "code/grammar.h"
#include "code/outline.h"

/** \file
 * The state that reads declarations out of a file's bare view, shared by
 * parser.c (tokens), parser_scope.c (symbols and braces), parser_lines.c,
 * parser_words.c (keywords and names) and parser_objc.c. Not for others: see
 * code/outline.h.
 */

/* Braces deeper than this are counted, not looked into. */
#define PARSER_SCOPES       256
#define PARSER_CONDITIONALS 32

#define NO_SYMBOL (-1)

struct name {
	uint32_t start, len, line;
};

/* What came since the last declaration, brace or semicolon. */
struct statement {
	bool is_started;
	bool has_only_modifiers;
	bool has_visibility, has_override, has_equals, is_namespace;
	bool is_alias; /* typedef */
	bool is_after_new;
	int new_brackets;
	enum visibility visibility;
	unsigned words;
	uint32_t start, line;
	bool has_signature; /* there is more than attributes */
	uint32_t signature;
	struct name callee; /* first name before a bracket */
};

/* One for each open brace, the first for the file. */
struct scope {
	int symbol; /* whose body it is */
	int owner;  /* the innermost symbol around */
	bool is_type, has_constants;
	int brackets; /* ( and [ open in it */
	/* Declared, its body not yet seen. */
	int pending, pending_brackets;
	/* Its value or expression body is being read. */
	int expression, expression_brackets;
	int property; /* the last one; accessors that follow are its own */
	struct statement statement;
};

enum header_kind { HEADER_NONE, HEADER_FUNCTION, HEADER_PROPERTY };

/* Receiver type and generics that may stand before a name. */
struct header {
	enum header_kind kind;
	int angles, brackets;
	struct name name;
};

enum method_state { METHOD_NONE, METHOD_TYPE, METHOD_NAME };

struct parser {
	const char *text; /* bare view */
	size_t len, pos;
	enum lang lang;
	uint32_t line;
	uint32_t last_line, last_end; /* of the token before */
	const struct grammar *grammar;
	uint8_t first[GRAMMAR_LETTERS];
	uint8_t is_word[256];
	struct outline *out;

	struct scope scopes[PARSER_SCOPES];
	int top;
	size_t deeper; /* braces past the last scope */

	/* The token before. */
	char prev;
	bool prev_is_word, prev_is_attribute;
	int attribute_at, attribute_top; /* where its arguments opened */
	struct name prev_word;
	const struct word *prev_keyword;

	/* A keyword wants its name. */
	const struct word *expected;
	struct name expected_at;
	bool is_companion;
	enum visibility parameter_visibility;
	struct header header;
	bool wants_condition; /* `if` of an expression, its bracket to come */
	bool is_after_condition;

	struct {
		int depth, brackets;
	} conditionals[PARSER_CONDITIONALS];
	size_t conditional_count;

	/* Objective-C. */
	int objc_class;
	enum method_state method;
	int method_brackets;
	bool is_property, has_block_name;
	struct name property_name;
};

static inline struct scope *parser_scope(struct parser *parser)
{
	return &parser->scopes[parser->top];
}

/** Are names declared here, not statements? */
static inline bool parser_in_type(struct parser *parser)
{
	return parser->top == 0 || parser_scope(parser)->is_type;
}

/** The byte at offset `pos`, NUL past the end. */
static inline char parser_byte(const struct parser *parser, size_t pos)
{
	if (pos >= parser->len)
		return '\0';
	return parser->text[pos];
}

/** The next byte that is not white space, from `pos` on. */
size_t parser_skip_space(const struct parser *parser, size_t pos);

/** The end of the word that starts at `pos`. */
size_t parser_word_end(const struct parser *parser, size_t pos);

bool parser_name_is(const struct parser *parser, struct name name,
		    const char *word);

/** LIKE_THIS */
bool parser_is_macro(const struct parser *parser, struct name name);

/** Reads `bare`, the bare view of out->text, into *out. */
void parser_init(struct parser *parser, struct outline *out, const char *bare);
void parser_run(struct parser *parser);

/** NO_SYMBOL past the limit. Nothing waits for its body yet. */
int parser_add(struct parser *parser, enum symbol_kind kind, struct name name);

/** parser_add(), and what follows is its header. */
int parser_declare(struct parser *parser, enum symbol_kind kind,
		   struct name name);

/** The declaration whose header is being read has no body. */
void parser_finish_pending(struct parser *parser);

/** The expression being read ends with the token before. */
void parser_finish_expression(struct parser *parser);

/** The header of `symbol` ends and its value or expression body begins. */
void parser_start_expression(struct parser *parser, int symbol);

void parser_reset_statement(struct parser *parser);

/** Is the header of a declaration being read, here and not in brackets? */
bool parser_has_pending(const struct scope *scope);

/* One each for the marks that shape a file. */
void parser_open_brace(struct parser *parser);
void parser_close_brace(struct parser *parser);
void parser_open_bracket(struct parser *parser, char mark);
void parser_close_bracket(struct parser *parser);
void parser_on_equals(struct parser *parser);
void parser_on_semicolon(struct parser *parser);

/** Leaves the innermost scope; `line` is the last one of its symbol. */
void parser_close_scope(struct parser *parser, uint32_t line);

/** Between lines, with the next token at `pos`: what ends here? */
void parser_end_line(struct parser *parser, size_t pos);

/** A line that begins with #. False if it means nothing and is code. */
bool parser_on_directive(struct parser *parser);

/** A word that is not part of something bigger; `keyword` may be NULL. */
void parser_on_word(struct parser *parser, struct name word,
		    const struct word *keyword);

/** The word or mark at the parser's place, given to a name that is being
 * looked for. True if it is used up. */
bool parser_feed_word(struct parser *parser, struct name word,
		      const struct word *keyword);
bool parser_feed_mark(struct parser *parser, char mark);
void parser_feed_line_end(struct parser *parser);

/** `@` and the word behind it, in Objective-C; moves the parser past them. */
void objc_on_at(struct parser *parser);

/** `-` or `+` first in a line. True if a method starts. */
bool objc_starts_method(struct parser *parser);

/** True if the token is part of a method's return type or name. */
bool objc_feed_mark(struct parser *parser, char mark);
bool objc_feed_word(struct parser *parser, struct name word);

/** At the end of a statement: the property it declared, if it did. */
void objc_finish_property(struct parser *parser);

/** The kind and name of what `name(...) {` declares. */
struct name objc_function_name(struct parser *parser, struct name callee,
			       enum symbol_kind *kind);

#endif /* CODE_PARSER_H */
