#include "code/parser.h"

#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"

/* Symbols, and the braces and brackets they are made of. */

void parser_reset_statement(struct parser *parser)
{
	parser_scope(parser)->statement = (struct statement){
		.has_only_modifiers = true,
	};
}

/* What a declaration here is seen by if it does not say. */
static enum visibility default_visibility(const struct parser *parser,
					  int parent)
{
	const struct symbol *around;

	if (parent == NO_SYMBOL)
		return (enum visibility)parser->grammar->visibility;
	around = &parser->out->items[parent];
	if (around->kind == SYMBOL_PROTOCOL && parser->lang == LANG_JAVA)
		return VISIBILITY_PUBLIC;
	if (parser->lang == LANG_SWIFT && around->kind == SYMBOL_PROTOCOL)
		return around->visibility;
	if (around->kind == SYMBOL_EXTENSION)
		return around->visibility;
	return (enum visibility)parser->grammar->visibility;
}

int parser_add(struct parser *parser, enum symbol_kind kind, struct name name)
{
	struct outline *out = parser->out;
	struct scope *scope = parser_scope(parser);
	const struct statement *statement = &scope->statement;
	struct symbol *symbol;
	int parent = scope->owner;

	if (out->len == LIMIT_SYMBOLS) {
		out->is_cut = true;
		return NO_SYMBOL;
	}
	ARRAY_GROW(out->items, out->len, out->cap);
	symbol = &out->items[out->len];
	*symbol = (struct symbol){
		.kind = kind,
		.parent = parent,
		.name = name.start,
		.name_len = name.len,
		.line = name.line,
		.start = name.start,
		.signature = name.start,
		.start_line = name.line,
		.end_line = name.line,
		.signature_end = name.start + name.len,
		.is_override = statement->has_override,
		.visibility = statement->has_visibility
				      ? statement->visibility
				      : default_visibility(parser, parent),
	};
	if (statement->is_started && statement->start < name.start) {
		symbol->start = statement->start;
		symbol->start_line = statement->line;
		symbol->signature = statement->signature ? statement->signature
							 : statement->start;
	}
	return (int)out->len++;
}

/* Its header ends with the token before. */
static void end_header(struct parser *parser, int symbol)
{
	struct symbol *s = &parser->out->items[symbol];

	if (!s->has_body && parser->last_end > s->signature_end)
		s->signature_end = parser->last_end;
	if (parser->last_line > s->end_line)
		s->end_line = parser->last_line;
}

void parser_finish_pending(struct parser *parser)
{
	struct scope *scope = parser_scope(parser);

	if (scope->pending != NO_SYMBOL)
		end_header(parser, scope->pending);
	scope->pending = NO_SYMBOL;
}

void parser_finish_expression(struct parser *parser)
{
	struct scope *scope = parser_scope(parser);

	if (scope->expression != NO_SYMBOL) {
		struct symbol *s = &parser->out->items[scope->expression];

		if (parser->last_line > s->end_line)
			s->end_line = parser->last_line;
	}
	scope->expression = NO_SYMBOL;
	parser->wants_condition = false;
	parser->is_after_condition = false;
}

int parser_declare(struct parser *parser, enum symbol_kind kind,
		   struct name name)
{
	struct scope *scope = parser_scope(parser);
	int symbol;

	parser_finish_pending(parser);
	if (scope->expression_brackets == scope->brackets)
		parser_finish_expression(parser);
	symbol = parser_add(parser, kind, name);
	scope->pending = symbol;
	scope->pending_brackets = scope->brackets;
	scope->property = kind == SYMBOL_PROPERTY ? symbol : NO_SYMBOL;
	scope->statement.has_only_modifiers = false;
	return symbol;
}

/* A name(...) that turns out to be a function. */
static int declare_callee(struct parser *parser)
{
	struct scope *scope = parser_scope(parser);
	enum symbol_kind kind = SYMBOL_FUNCTION;
	struct name name = objc_function_name(parser, scope->statement.callee,
					      &kind);

	if (scope->symbol != NO_SYMBOL) {
		const struct symbol *type = &parser->out->items[scope->symbol];

		if (type->name_len == name.len &&
		    !memcmp(parser->text + type->name,
			    parser->text + name.start, name.len))
			kind = SYMBOL_INIT;
	}
	return parser_add(parser, kind, name);
}

static void set_body(struct parser *parser, int symbol, bool is_protocol)
{
	struct symbol *s;

	if (symbol == NO_SYMBOL)
		return;
	s = &parser->out->items[symbol];
	if (!s->has_body && parser->last_end > s->signature_end)
		s->signature_end = parser->last_end;
	/* { get } of a protocol is no code. */
	s->is_computed = s->kind == SYMBOL_PROPERTY && !is_protocol;
	s->has_body = s->kind != SYMBOL_PROPERTY || !is_protocol;
}

/* Is the brace part of the declaration whose header is being read? */
bool parser_has_pending(const struct scope *scope)
{
	return scope->pending != NO_SYMBOL &&
	       scope->brackets == scope->pending_brackets;
}

static bool is_function_brace(struct parser *parser)
{
	struct scope *scope = parser_scope(parser);
	const struct statement *statement = &scope->statement;

	return parser->grammar->has_calls_as_names && scope->brackets == 0 &&
	       parser_in_type(parser) && statement->callee.len > 0 &&
	       !scope->has_constants;
}

/* Does the brace open the body of an unnamed class, or just a region? */
static bool is_type_brace(const struct parser *parser,
			  const struct scope *scope)
{
	const struct statement *statement = &scope->statement;

	if (parser->lang == LANG_JAVA)
		return scope->has_constants ||
		       (statement->is_after_new && parser->prev == ')' &&
			statement->new_brackets == scope->brackets);
	return parser->grammar->has_c_types && scope->brackets == 0 &&
	       !statement->callee.len && !statement->has_equals &&
	       (statement->is_namespace || parser->prev == '"') &&
	       (parser->top == 0 || scope->is_type);
}

/* var a = 1 { didSet { ... } } has code of its own. */
static void mark_observed(struct parser *parser)
{
	const struct scope *scope = parser_scope(parser);
	size_t pos, len;

	if (parser->lang != LANG_SWIFT || scope->expression == NO_SYMBOL ||
	    scope->brackets != scope->expression_brackets)
		return;
	pos = parser_skip_space(parser, parser->pos + 1);
	len = parser_word_end(parser, pos) - pos;
	if ((len == 6 && !memcmp(parser->text + pos, "didSet", len)) ||
	    (len == 7 && !memcmp(parser->text + pos, "willSet", len)))
		parser->out->items[scope->expression].is_computed = true;
}

void parser_open_brace(struct parser *parser)
{
	struct scope *scope = parser_scope(parser);
	struct scope inner = {
		.symbol = NO_SYMBOL,
		.owner = scope->owner,
		.pending = NO_SYMBOL,
		.expression = NO_SYMBOL,
		.property = NO_SYMBOL,
		.statement = { .has_only_modifiers = true },
	};
	bool in_protocol = scope->symbol != NO_SYMBOL &&
			   parser->out->items[scope->symbol].kind ==
				   SYMBOL_PROTOCOL;

	mark_observed(parser);
	if (parser_has_pending(scope)) {
		inner.symbol = scope->pending;
		scope->pending = NO_SYMBOL;
	} else if (is_function_brace(parser)) {
		inner.symbol = declare_callee(parser);
	} else {
		inner.is_type = is_type_brace(parser, scope);
	}
	set_body(parser, inner.symbol,
		 in_protocol && parser->lang == LANG_SWIFT);
	if (inner.symbol != NO_SYMBOL) {
		const struct symbol *s = &parser->out->items[inner.symbol];

		inner.owner = inner.symbol;
		inner.is_type = symbol_is_type(s);
		inner.has_constants = s->kind == SYMBOL_ENUM &&
				      parser->lang == LANG_JAVA;
	}
	if (scope->brackets == 0)
		parser_reset_statement(parser);
	if (parser->top + 1 == PARSER_SCOPES) {
		parser->deeper++;
		return;
	}
	parser->scopes[++parser->top] = inner;
}

void parser_close_scope(struct parser *parser, uint32_t line)
{
	const struct scope *scope = parser_scope(parser);

	parser_finish_pending(parser);
	parser_finish_expression(parser);
	if (scope->symbol != NO_SYMBOL)
		parser->out->items[scope->symbol].end_line = line;
	parser->top--;
}

void parser_close_brace(struct parser *parser)
{
	if (parser->deeper > 0) {
		parser->deeper--;
		return;
	}
	if (parser->top == 0) {
		parser_finish_pending(parser);
		parser_reset_statement(parser);
		return;
	}
	parser_close_scope(parser, parser->line);
	if (parser_scope(parser)->brackets == 0 &&
	    parser_scope(parser)->expression == NO_SYMBOL)
		parser_reset_statement(parser);
}

void parser_open_bracket(struct parser *parser, char mark)
{
	struct scope *scope = parser_scope(parser);
	struct statement *statement = &scope->statement;

	if (scope->brackets == 0 && !parser->prev_is_word)
		statement->has_only_modifiers = false;
	if (mark == '(' && scope->brackets == 0 && parser->prev_is_word &&
	    !parser->prev_is_attribute && !statement->has_equals) {
		/* private(set), nonisolated(unsafe) */
		if (!parser->prev_keyword ||
		    parser->prev_keyword->role == ROLE_CONTROL)
			statement->has_only_modifiers = false;
		if (parser->prev_keyword &&
		    parser->prev_keyword->role == ROLE_VISIBILITY)
			statement->has_visibility = false;
		if (!parser->prev_keyword &&
		    (!statement->callee.len ||
		     (parser_is_macro(parser, statement->callee) &&
		      !parser_is_macro(parser, parser->prev_word))))
			statement->callee = parser->prev_word;
	}
	scope->brackets++;
}

void parser_close_bracket(struct parser *parser)
{
	struct scope *scope = parser_scope(parser);

	if (scope->brackets > 0)
		scope->brackets--;
	if (scope->pending != NO_SYMBOL &&
	    scope->brackets < scope->pending_brackets)
		parser_finish_pending(parser);
	if (scope->expression != NO_SYMBOL &&
	    scope->brackets < scope->expression_brackets)
		parser_finish_expression(parser);
	if (parser->wants_condition &&
	    scope->brackets == scope->expression_brackets) {
		parser->wants_condition = false;
		parser->is_after_condition = true;
	}
}

void parser_start_expression(struct parser *parser, int symbol)
{
	struct scope *scope = parser_scope(parser);

	if (symbol == NO_SYMBOL)
		return;
	end_header(parser, symbol);
	scope->expression = symbol;
	scope->expression_brackets = scope->brackets;
}

void parser_on_equals(struct parser *parser)
{
	struct scope *scope = parser_scope(parser);
	struct statement *statement = &scope->statement;

	if (parser_has_pending(scope)) {
		struct symbol *s = &parser->out->items[scope->pending];

		if (s->kind == SYMBOL_PROPERTY || s->kind == SYMBOL_FUNCTION) {
			parser_start_expression(parser, scope->pending);
			scope->pending = NO_SYMBOL;
			if (s->kind == SYMBOL_FUNCTION)
				s->has_body = true;
		}
	} else if (parser->grammar->has_fields && scope->is_type &&
		   scope->brackets == 0 && !statement->has_equals &&
		   !statement->callee.len && statement->words > 1 &&
		   parser->prev_is_word && !scope->has_constants) {
		parser_start_expression(
			parser,
			parser_add(parser, SYMBOL_PROPERTY, parser->prev_word));
	}
	if (scope->brackets == 0) {
		statement->has_equals = true;
		statement->has_only_modifiers = false;
	}
}

void parser_on_semicolon(struct parser *parser)
{
	struct scope *scope = parser_scope(parser);
	const struct statement *statement = &scope->statement;
	bool in_type = parser_in_type(parser);

	if (scope->brackets > 0 && parser->grammar->has_line_ends)
		return;
	if (parser->grammar->has_at_words)
		objc_finish_property(parser);
	if (scope->pending != NO_SYMBOL) {
		/* - (void)a; { ... } is allowed, and people write it. */
		if (parser->grammar->has_at_words &&
		    parser_byte(parser,
				parser_skip_space(parser, parser->pos + 1)) ==
			    '{') {
			end_header(parser, scope->pending);
			return;
		}
		parser_finish_pending(parser);
	} else if (parser->grammar->has_calls_as_names && in_type &&
		   statement->callee.len && statement->words > 1 &&
		   !statement->is_alias && !scope->has_constants) {
		int symbol = declare_callee(parser);

		if (symbol != NO_SYMBOL)
			end_header(parser, symbol);
	} else if (parser->grammar->has_fields && scope->is_type &&
		   !statement->has_equals && statement->words > 1 &&
		   parser->prev_is_word && !scope->has_constants &&
		   scope->expression == NO_SYMBOL) {
		parser_add(parser, SYMBOL_PROPERTY, parser->prev_word);
	}
	parser_finish_expression(parser);
	scope->has_constants = false;
	if (scope->brackets == 0)
		parser_reset_statement(parser);
}
