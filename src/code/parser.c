#include "code/parser.h"

#include <ctype.h>
#include <string.h>

void parser_init(struct parser *parser, struct outline *out, const char *bare)
{
	*parser = (struct parser){
		.text = bare,
		.len = out->text_len,
		.lang = out->lang,
		.grammar = grammar_of(out->lang),
		.out = out,
		.line = 1,
		.last_line = 1,
		.objc_class = NO_SYMBOL,
	};
	parser->scopes[0] = (struct scope){
		.symbol = NO_SYMBOL,
		.owner = NO_SYMBOL,
		.pending = NO_SYMBOL,
		.expression = NO_SYMBOL,
		.property = NO_SYMBOL,
		.statement = { .has_only_modifiers = true },
	};
	grammar_index(parser->first, parser->grammar);
	/* Everything from 0x80 on is taken for a letter. */
	for (int c = 0; c < 256; c++)
		parser->is_word[c] = c >= 0x80 || isalnum(c) || c == '_' ||
				     c == '$';
}

size_t parser_skip_space(const struct parser *parser, size_t pos)
{
	while (pos < parser->len && isspace((unsigned char)parser->text[pos]))
		pos++;
	return pos;
}

size_t parser_word_end(const struct parser *parser, size_t pos)
{
	while (pos < parser->len && parser->is_word[(uint8_t)parser->text[pos]])
		pos++;
	return pos;
}

bool parser_name_is(const struct parser *parser, struct name name,
		    const char *word)
{
	return strlen(word) == name.len &&
	       !memcmp(parser->text + name.start, word, name.len);
}

bool parser_is_macro(const struct parser *parser, struct name name)
{
	for (uint32_t i = 0; i < name.len; i++)
		if (islower((unsigned char)parser->text[name.start + i]))
			return false;
	return name.len > 2;
}

static void begin_statement(struct parser *parser)
{
	struct statement *statement = &parser_scope(parser)->statement;

	if (statement->is_started)
		return;
	statement->is_started = true;
	statement->start = (uint32_t)parser->pos;
	statement->line = parser->line;
}

static bool is_assignment(const struct parser *parser)
{
	size_t pos = parser->pos;
	char before;

	if (pos == 0 || parser_byte(parser, pos + 1) == '=')
		return false;
	before = parser->text[pos - 1];
	return !before || !strchr("=!<>+-*/%&|^~", before);
}

static void on_mark(struct parser *parser, char mark)
{
	struct scope *scope;

	switch (mark) {
	case '(':
	case '[':
		parser_open_bracket(parser, mark);
		break;
	case ')':
	case ']':
		parser_close_bracket(parser);
		break;
	case '{':
		parser_open_brace(parser);
		break;
	case '}':
		parser_close_brace(parser);
		break;
	case ';':
		parser_on_semicolon(parser);
		break;
	case '=':
		if (is_assignment(parser))
			parser_on_equals(parser);
		break;
	case '@':
		break;
	default:
		scope = parser_scope(parser);
		if (scope->brackets == 0 && mark != '.')
			scope->statement.has_only_modifiers = false;
		break;
	}
}

static void after_token(struct parser *parser, size_t end)
{
	parser->pos = end;
	parser->last_end = (uint32_t)end;
	parser->last_line = parser->line;
}

/* Is the mark a part of an attribute: a dot in its name, or the bracket that
 * ends its arguments? */
static bool is_of_attribute(struct parser *parser, char mark)
{
	if (mark == '(' && parser->prev_is_attribute &&
	    parser->attribute_at == 0) {
		parser->attribute_at = parser_scope(parser)->brackets + 1;
		parser->attribute_top = parser->top;
	} else if (mark == ')' && parser->attribute_at > 0 &&
		   parser->attribute_top >= parser->top &&
		   parser->attribute_at >= parser_scope(parser)->brackets) {
		parser->attribute_at = 0;
		return true;
	}
	return mark == '.' && parser->prev_is_attribute;
}

static void read_mark(struct parser *parser, char mark)
{
	bool is_attribute = is_of_attribute(parser, mark);
	bool used = parser_feed_mark(parser, mark);

	if (!used && parser->grammar->has_at_words)
		used = objc_feed_mark(parser, mark);
	if (!used)
		on_mark(parser, mark);
	parser->prev = mark;
	parser->prev_is_word = false;
	parser->prev_is_attribute = is_attribute;
	parser->prev_keyword = NULL;
	parser->is_after_condition = parser->is_after_condition && mark == ')';
	after_token(parser, parser->pos + 1);
}

/* `name`, whatever is in it; one past its end. */
static size_t quoted_word(const struct parser *parser, struct name *word)
{
	size_t end = parser->pos + 1;

	while (end < parser->len && parser->text[end] != '`' &&
	       parser->text[end] != '\n')
		end++;
	word->start = (uint32_t)parser->pos + 1;
	word->len = (uint32_t)(end - parser->pos - 1);
	return parser_byte(parser, end) == '`' ? end + 1 : end;
}

static void read_word(struct parser *parser)
{
	struct name word = { .start = (uint32_t)parser->pos,
			     .line = parser->line };
	const struct word *keyword = NULL;
	bool is_attribute = parser->prev == '@' && !parser->prev_is_word;
	bool is_member = parser->prev == '.' ||
			 (parser->prev == ':' && parser->pos > 1 &&
			  parser->text[parser->pos - 2] == ':');
	size_t end = parser_word_end(parser, parser->pos);

	/* A part of what an attribute is called: @androidx.annotation.Foo */
	if (parser->prev == '.' && parser->prev_is_attribute)
		is_attribute = true;
	/* Java's annotation types. */
	word.len = (uint32_t)(end - parser->pos);
	if (is_attribute && parser_name_is(parser, word, "interface"))
		is_attribute = false;
	if (parser->text[parser->pos] == '`') {
		end = quoted_word(parser, &word);
	} else if (!is_member && !is_attribute && word.len <= 16) {
		keyword = grammar_find(parser->grammar, parser->first,
				       parser->text + word.start, word.len);
	}
	parser->pos = end;
	if (!is_attribute)
		parser_on_word(parser, word, keyword);
	parser->prev = 'a';
	parser->prev_is_word = true;
	parser->prev_is_attribute = is_attribute;
	parser->prev_word = word;
	parser->prev_keyword = keyword;
	parser->is_after_condition = false;
	after_token(parser, parser->pos);
}

/* White space; true if a line ended. */
static bool read_space(struct parser *parser)
{
	uint32_t line = parser->line;

	while (parser->pos < parser->len &&
	       isspace((unsigned char)parser->text[parser->pos]))
		if (parser->text[parser->pos++] == '\n')
			parser->line++;
	return parser->line > line;
}

static bool read_special(struct parser *parser, char c)
{
	if (c == '#' && (parser->grammar->has_preprocessor ||
			 parser->grammar->has_conditionals))
		return parser_on_directive(parser);
	return (c == '-' || c == '+') && parser->grammar->has_at_words &&
	       objc_starts_method(parser);
}

void parser_run(struct parser *parser)
{
	bool is_line_start = true;

	while (parser->pos < parser->len) {
		char c = parser->text[parser->pos];

		if (isspace((unsigned char)c)) {
			if (read_space(parser)) {
				is_line_start = true;
				parser_end_line(parser, parser->pos);
			}
			continue;
		}
		if (is_line_start && read_special(parser, c))
			continue;
		is_line_start = false;
		begin_statement(parser);
		if (parser->is_word[(uint8_t)c] || c == '`')
			read_word(parser);
		else if (c == '@' && parser->grammar->has_at_words)
			objc_on_at(parser);
		else
			read_mark(parser, c);
	}
	parser->deeper = 0;
	while (parser->top > 0)
		parser_close_scope(parser, parser->last_line);
	parser_finish_pending(parser);
	parser_finish_expression(parser);
}
