#include "code/parser.h"

#include <ctype.h>
#include <string.h>

#define CONSTRUCTOR_LINE 256

/* What ends with a line and what goes on, and the lines of a preprocessor. */

/* The keyword at `pos`, or NULL. */
static const struct word *keyword_at(const struct parser *parser, size_t pos)
{
	size_t len = parser_word_end(parser, pos) - pos;

	if (len == 0 || len > 16)
		return NULL;
	return grammar_find(parser->grammar, parser->first, parser->text + pos,
			    len);
}

static bool is_continuing(const struct word *keyword)
{
	return keyword && (keyword->role == ROLE_CONTINUES ||
			   keyword->role == ROLE_DELEGATE);
}

/* class A\n@Inject internal constructor( */
static bool is_constructor_line(const struct parser *parser, size_t pos)
{
	const char *line = parser->text + pos;
	size_t len = parser->len - pos;
	const char *end;

	if (len > CONSTRUCTOR_LINE)
		len = CONSTRUCTOR_LINE;
	end = memchr(line, '\n', len);
	if (end)
		len = (size_t)(end - line);
	return memmem(line, len, "constructor", strlen("constructor"));
}

/* Does the token before leave a header open? */
static bool is_left_open(const struct parser *parser, const struct symbol *s)
{
	if (parser->prev && strchr(",:=&<", parser->prev))
		return true;
	if (s->kind == SYMBOL_FUNCTION && parser->prev == '>' &&
	    parser_byte(parser, parser->last_end - 2) == '-')
		return true;
	return is_continuing(parser->prev_keyword);
}

/* May the token at `pos` go on with the header of `symbol`? */
static bool header_goes_on(const struct parser *parser, int symbol, size_t pos)
{
	const struct symbol *s = &parser->out->items[symbol];
	const struct word *keyword = keyword_at(parser, pos);
	char next = parser_byte(parser, pos);
	bool kotlin = parser->grammar->has_headers_by_token;

	if (!next || is_left_open(parser, s) || is_continuing(keyword))
		return true;
	if (s->kind == SYMBOL_PROPERTY)
		return strchr(":=", next) || (next == '{' && !kotlin);
	if (strchr("{(<)>:,&.", next) || (kotlin && next == '=') ||
	    (next == '-' && parser_byte(parser, pos + 1) == '>'))
		return true;
	return kotlin && symbol_is_type(s) && (keyword || next == '@') &&
	       is_constructor_line(parser, pos);
}

/* May the token at `pos` go on with an expression of the lines before? */
static bool expression_goes_on(const struct parser *parser, size_t pos)
{
	static const char open[] = "=+-*/%&|<,.(:";
	char next = parser_byte(parser, pos);
	char after = parser_byte(parser, pos + 1);
	const struct word *keyword;

	if (!next || parser->is_after_condition || parser->prev_is_attribute)
		return true;
	if (!parser->prev_is_word && parser->prev && strchr(open, parser->prev))
		return true;
	/* Not the ? of an optional type. */
	if (parser->prev == '?' && parser->last_end > 1 &&
	    isspace((unsigned char)parser->text[parser->last_end - 2]))
		return true;
	if (parser->prev_keyword &&
	    parser->prev_keyword->role == ROLE_CONTINUES)
		return true;
	if (next == '.' || next == '?' || next == ':' ||
	    (next == '&' && after == '&') || (next == '|' && after == '|'))
		return true;
	if (!parser->grammar->has_headers_by_token &&
	    (next == '{' || (strchr("+-*/%=<>", next) && after == ' ')))
		return true;
	keyword = keyword_at(parser, pos);
	return keyword && keyword->role == ROLE_CONTINUES;
}

/* Between lines, with the next token at `pos`: what ends here? */
void parser_end_line(struct parser *parser, size_t pos)
{
	struct scope *scope = parser_scope(parser);
	struct statement *statement = &scope->statement;

	parser_feed_line_end(parser);
	if (!parser->grammar->has_line_ends) {
		/* A macro on a line of its own is no function's name. */
		if (parser->top == 0 && scope->brackets == 0 &&
		    parser->prev == ')' && statement->callee.len &&
		    statement->words == 1 && parser->grammar->has_c_types &&
		    parser_byte(parser, pos) != '{')
			parser_reset_statement(parser);
		return;
	}
	if (parser_has_pending(scope) &&
	    !header_goes_on(parser, scope->pending, pos))
		parser_finish_pending(parser);
	if (scope->expression != NO_SYMBOL &&
	    scope->brackets == scope->expression_brackets &&
	    !expression_goes_on(parser, pos))
		parser_finish_expression(parser);
	if (scope->brackets == 0 && !statement->has_only_modifiers)
		parser_reset_statement(parser);
}

/* To the end of a preprocessor line. */
static void skip_directive(struct parser *parser)
{
	while (parser->pos < parser->len) {
		if (parser->text[parser->pos] == '\n') {
			size_t before = parser->pos;

			if (before > 0 && parser->text[before - 1] == '\r')
				before--;
			if (!parser->grammar->has_preprocessor || before == 0 ||
			    parser->text[before - 1] != '\\')
				return;
			parser->line++;
		}
		parser->pos++;
	}
}

/* Each branch of an #if starts with the braces that were open before it. */
static void on_branch(struct parser *parser)
{
	size_t i = parser->conditional_count - 1;
	int depth, brackets;

	if (i >= PARSER_CONDITIONALS)
		return;
	depth = parser->conditionals[i].depth;
	brackets = parser->conditionals[i].brackets;
	while (parser->top > depth)
		parser_close_scope(parser, parser->last_line);
	if (parser->top < depth)
		parser->top = depth; /* what was closed is still there */
	parser_scope(parser)->brackets = brackets;
	parser_finish_pending(parser);
}

bool parser_on_directive(struct parser *parser)
{
	const char *at = parser->text + parser->pos;
	size_t left = parser->len - parser->pos, i = 1;
	size_t *count = &parser->conditional_count;

	while (i < left && i < 16 && isblank((unsigned char)at[i]))
		i++;
	at += i;
	left -= i;
	if (left >= 2 && !memcmp(at, "if", 2)) {
		if (*count < PARSER_CONDITIONALS) {
			parser->conditionals[*count].depth = parser->top;
			parser->conditionals[*count].brackets =
				parser_scope(parser)->brackets;
		}
		++*count;
	} else if (left >= 2 && !memcmp(at, "el", 2)) {
		if (*count > 0)
			on_branch(parser);
	} else if (left >= 5 && !memcmp(at, "endif", 5)) {
		if (*count > 0)
			--*count;
	} else if (!parser->grammar->has_preprocessor) {
		return false;
	}
	skip_directive(parser);
	if (parser->top == 0)
		parser_reset_statement(parser);
	return true;
}
