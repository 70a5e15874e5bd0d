#include "code/parser.h"

#include <string.h>

/* What only Objective-C has. */

#define MACRO_ARGUMENT_BYTES 256

/* Macros that stand for the head of a declaration, and which of their
 * arguments is the name. */
static const struct {
	const char *macro;
	enum symbol_kind kind;
	int argument;
} macros[] = {
	{ "NS_ENUM", SYMBOL_ENUM, 1 },
	{ "NS_CLOSED_ENUM", SYMBOL_ENUM, 1 },
	{ "NS_ERROR_ENUM", SYMBOL_ENUM, 1 },
	{ "NS_OPTIONS", SYMBOL_ENUM, 1 },
	{ "CF_ENUM", SYMBOL_ENUM, 1 },
	{ "CF_OPTIONS", SYMBOL_ENUM, 1 },
	{ "RCT_EXPORT_METHOD", SYMBOL_FUNCTION, 0 },
	{ "RCT_REMAP_METHOD", SYMBOL_FUNCTION, 1 },
	{ "RCT_EXPORT_BLOCKING_SYNCHRONOUS_METHOD", SYMBOL_FUNCTION, 0 },
	{ "RCT_EXPORT_SYNCHRONOUS_TYPED_METHOD", SYMBOL_FUNCTION, 1 },
	{ "RCT_CUSTOM_VIEW_PROPERTY", SYMBOL_FUNCTION, 0 },
};

static struct name argument_of(const struct parser *parser, struct name macro,
			       int argument)
{
	size_t pos = macro.start + macro.len;
	size_t end = pos + MACRO_ARGUMENT_BYTES;
	struct name name = macro;

	pos = parser_skip_space(parser, pos);
	while (pos < end && parser_byte(parser, pos) != '(' &&
	       pos < parser->len)
		pos++;
	for (pos++; argument > 0 && pos < end && pos < parser->len; pos++)
		if (parser->text[pos] == ',')
			argument--;
	pos = parser_skip_space(parser, pos);
	if (argument == 0 && parser_word_end(parser, pos) > pos) {
		name.start = (uint32_t)pos;
		name.len = (uint32_t)(parser_word_end(parser, pos) - pos);
	}
	return name;
}

struct name objc_function_name(struct parser *parser, struct name callee,
			       enum symbol_kind *kind)
{
	if (!parser->grammar->has_at_words)
		return callee;
	for (size_t i = 0; i < sizeof(macros) / sizeof(macros[0]); i++) {
		if (!parser_name_is(parser, callee, macros[i].macro))
			continue;
		*kind = macros[i].kind;
		return argument_of(parser, callee, macros[i].argument);
	}
	return callee;
}

/* Whatever braces are open: these words are found outside of all of them. */
static void leave_all(struct parser *parser)
{
	struct scope *scope;

	parser->deeper = 0;
	while (parser->top > 0) {
		scope = parser_scope(parser);
		parser_finish_pending(parser);
		if (scope->symbol != NO_SYMBOL)
			parser->out->items[scope->symbol].end_line =
				parser->last_line;
		parser->top--;
	}
	parser_finish_pending(parser);
	parser->conditional_count = 0;
	parser->method = METHOD_NONE;
	parser->is_property = false;
	parser_scope(parser)->brackets = 0;
	parser_reset_statement(parser);
}

static void end_class(struct parser *parser, uint32_t line)
{
	if (parser->objc_class != NO_SYMBOL)
		parser->out->items[parser->objc_class].end_line = line;
	parser->objc_class = NO_SYMBOL;
	parser_scope(parser)->owner = NO_SYMBOL;
}

/* The line with the class's name; what it inherits from is left out. */
static void start_class(struct parser *parser, enum symbol_kind kind)
{
	struct name name = { .line = parser->line };
	struct symbol *symbol;
	bool is_category, is_extension;
	uint32_t start = (uint32_t)parser->pos;
	size_t pos;

	while (parser_byte(parser, start) != '@' && start > 0)
		start--;
	name.start = (uint32_t)parser_skip_space(parser, parser->pos);
	name.len = (uint32_t)(parser_word_end(parser, name.start) - name.start);
	pos = parser_skip_space(parser, name.start + name.len);
	/* @protocol A, B; and @protocol(A) declare nothing. */
	if (!name.len || (kind == SYMBOL_PROTOCOL && pos < parser->len &&
			  strchr(";,", parser->text[pos])))
		return;
	is_category = parser_byte(parser, pos) == '(';
	is_extension = is_category &&
		       parser_byte(parser,
				   parser_skip_space(parser, pos + 1)) == ')';

	leave_all(parser);
	end_class(parser, parser->last_line);
	parser->objc_class =
		parser_add(parser, is_category ? SYMBOL_EXTENSION : kind, name);
	if (parser->objc_class == NO_SYMBOL)
		return;
	symbol = &parser->out->items[parser->objc_class];
	symbol->start = symbol->signature = start;
	symbol->has_body = true;
	if (is_extension)
		symbol->visibility = VISIBILITY_PRIVATE;
	pos = name.start + name.len;
	while (pos < parser->len && parser->text[pos] != '\n' &&
	       parser->text[pos] != '{')
		pos++;
	symbol->signature_end = (uint32_t)pos;
	parser_scope(parser)->owner = parser->objc_class;
	parser->pos = pos;
	parser->last_end = (uint32_t)pos;
}

static void on_class_word(struct parser *parser)
{
	start_class(parser, SYMBOL_CLASS);
}

static void on_protocol(struct parser *parser)
{
	start_class(parser, SYMBOL_PROTOCOL);
}

static void on_end(struct parser *parser)
{
	leave_all(parser);
	end_class(parser, parser->line);
}

static void on_property(struct parser *parser)
{
	struct statement *statement = &parser_scope(parser)->statement;

	if (parser->top > 0 || parser->objc_class == NO_SYMBOL)
		return;
	parser->is_property = true;
	parser->has_block_name = false;
	parser->property_name = (struct name){ 0, 0, 0 };
	statement->signature = statement->start;
	statement->has_signature = true;
}

static void on_clause(struct parser *parser)
{
	if (parser->top == 0)
		parser_reset_statement(parser);
}

static const struct {
	const char *word;
	void (*act)(struct parser *parser);
} at_words[] = {
	{ "interface", on_class_word }, { "implementation", on_class_word },
	{ "protocol", on_protocol },    { "end", on_end },
	{ "property", on_property },    { "optional", on_clause },
	{ "required", on_clause },
};

void objc_on_at(struct parser *parser)
{
	struct name word = { .start = (uint32_t)parser->pos + 1,
			     .line = parser->line };

	word.len = (uint32_t)(parser_word_end(parser, word.start) - word.start);
	parser->pos = word.start + word.len;
	parser->prev = '@';
	parser->prev_is_word = false;
	parser->prev_is_attribute = false;
	parser->prev_keyword = NULL;
	for (size_t i = 0; i < sizeof(at_words) / sizeof(at_words[0]); i++) {
		if (parser_name_is(parser, word, at_words[i].word)) {
			at_words[i].act(parser);
			parser->prev = ';';
			break;
		}
	}
	parser->last_end = (uint32_t)parser->pos;
	parser->last_line = parser->line;
}

bool objc_starts_method(struct parser *parser)
{
	struct statement *statement;
	size_t pos = parser_skip_space(parser, parser->pos + 1);

	if (parser->top > 0 || parser->objc_class == NO_SYMBOL ||
	    parser_byte(parser, pos) != '(')
		return false;
	parser_finish_pending(parser);
	parser_scope(parser)->brackets = 0;
	parser_reset_statement(parser);
	statement = &parser_scope(parser)->statement;
	statement->is_started = true;
	statement->start = (uint32_t)parser->pos;
	statement->line = parser->line;
	statement->signature = (uint32_t)parser->pos;
	statement->has_signature = true;
	parser->is_property = false;
	parser->method = METHOD_TYPE;
	parser->method_brackets = 0;
	parser->last_end = (uint32_t)parser->pos + 1;
	parser->last_line = parser->line;
	parser->pos++;
	return true;
}

bool objc_feed_mark(struct parser *parser, char mark)
{
	if (parser->method == METHOD_TYPE && mark != '{' && mark != '}' &&
	    mark != ';') {
		if (mark == '(')
			parser->method_brackets++;
		else if (mark == ')' && --parser->method_brackets <= 0)
			parser->method = METHOD_NAME;
		return true;
	}
	parser->method = METHOD_NONE;
	return false;
}

bool objc_feed_word(struct parser *parser, struct name word)
{
	if (parser->method == METHOD_TYPE)
		return true;
	if (parser->method == METHOD_NAME) {
		parser->method = METHOD_NONE;
		parser_declare(parser, SYMBOL_FUNCTION, word);
		return true;
	}
	if (!parser->is_property || parser->has_block_name)
		return false;
	if (parser->prev == '^') {
		parser->has_block_name = true;
		parser->property_name = word;
	} else if (parser_scope(parser)->brackets == 0 &&
		   !parser_is_macro(parser, word)) {
		parser->property_name = word;
	}
	return false;
}

void objc_finish_property(struct parser *parser)
{
	int symbol;

	if (!parser->is_property || parser->top > 0)
		return;
	parser->is_property = false;
	if (!parser->property_name.len)
		return;
	symbol = parser_add(parser, SYMBOL_PROPERTY, parser->property_name);
	if (symbol == NO_SYMBOL)
		return;
	parser->out->items[symbol].signature_end = parser->last_end;
	parser->out->items[symbol].end_line = parser->last_line;
	parser_reset_statement(parser);
}
