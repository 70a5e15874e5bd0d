#include "code/parser.h"

#include <ctype.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"

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
	if (s->kind == SYMBOL_PROPERTY) {
		/* { get } of a protocol is no code. */
		s->is_computed = !is_protocol;
		if (is_protocol)
			return;
	}
	if (!s->has_body && parser->last_end > s->signature_end)
		s->signature_end = parser->last_end;
	s->has_body = true;
}

/* Is the brace part of the declaration whose header is being read? */
static bool has_pending(const struct scope *scope)
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
	       !statement->has_equals && !scope->has_constants;
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

static void open_brace(struct parser *parser)
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

	if (has_pending(scope)) {
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

static void close_scope(struct parser *parser, uint32_t line)
{
	const struct scope *scope = parser_scope(parser);

	parser_finish_pending(parser);
	parser_finish_expression(parser);
	if (scope->symbol != NO_SYMBOL)
		parser->out->items[scope->symbol].end_line = line;
	parser->top--;
}

static void close_brace(struct parser *parser)
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
	close_scope(parser, parser->line);
	if (parser_scope(parser)->brackets == 0 &&
	    parser_scope(parser)->expression == NO_SYMBOL)
		parser_reset_statement(parser);
}

static void open_bracket(struct parser *parser, char mark)
{
	struct scope *scope = parser_scope(parser);
	struct statement *statement = &scope->statement;

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

static void close_bracket(struct parser *parser)
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

static void on_equals(struct parser *parser)
{
	struct scope *scope = parser_scope(parser);
	struct statement *statement = &scope->statement;

	if (has_pending(scope)) {
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

static void on_semicolon(struct parser *parser)
{
	struct scope *scope = parser_scope(parser);
	const struct statement *statement = &scope->statement;
	bool in_type = parser_in_type(parser);

	if (scope->brackets > 0 && parser->grammar->has_line_ends)
		return;
	if (parser->grammar->has_at_words)
		objc_finish_property(parser);
	if (scope->pending != NO_SYMBOL) {
		parser_finish_pending(parser);
	} else if (parser->grammar->has_calls_as_names && in_type &&
		   statement->callee.len && !statement->has_equals &&
		   statement->words > 1 && !scope->has_constants) {
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

/* May the token at `pos` go on with the header of `symbol`? */
static bool header_goes_on(const struct parser *parser, int symbol, size_t pos)
{
	static const struct word continues = { "", ROLE_CONTINUES, 0 };
	const struct symbol *s = &parser->out->items[symbol];
	const struct word *keyword = NULL;
	char next = parser_byte(parser, pos);
	bool kotlin = parser->grammar->has_headers_by_token;

	if (!next || parser->prev == ',' || parser->prev == ':' ||
	    parser->prev == '=' || parser->prev == '&' || parser->prev == '<' ||
	    (s->kind == SYMBOL_FUNCTION && parser->prev == '>' &&
	     parser_byte(parser, parser->last_end - 2) == '-'))
		return true;
	if (parser->prev_keyword &&
	    (parser->prev_keyword->role == ROLE_CONTINUES ||
	     parser->prev_keyword->role == ROLE_DELEGATE))
		return true;
	if (s->kind == SYMBOL_PROPERTY && strchr("{:=", next))
		return !(next == '{' && kotlin);
	if (s->kind != SYMBOL_PROPERTY &&
	    (strchr("{(<)>:,&.", next) ||
	     (next == '-' && parser_byte(parser, pos + 1) == '>') ||
	     (kotlin && next == '=')))
		return true;
	if (parser->is_word[(uint8_t)next])
		keyword = grammar_find(parser->grammar, parser->first,
				       parser->text + pos,
				       parser_word_end(parser, pos) - pos);
	if (!keyword)
		keyword = next == '@' && kotlin ? &continues : NULL;
	if (!keyword)
		return false;
	if (kotlin && symbol_is_type(s)) {
		/* class A\n@Inject internal constructor( */
		const char *line = parser->text + pos;
		const char *end = memchr(line, '\n', parser->len - pos);
		size_t len = end ? (size_t)(end - line) : parser->len - pos;

		if (len > 256)
			len = 256;
		if (memmem(line, len, "constructor", 11))
			return true;
	}
	return keyword != &continues && (keyword->role == ROLE_CONTINUES ||
					 keyword->role == ROLE_DELEGATE);
}

/* May the token at `pos` go on with an expression of the lines before? */
static bool expression_goes_on(const struct parser *parser, size_t pos)
{
	static const char open[] = "=+-*/%&|<,.(:";
	char next = parser_byte(parser, pos);
	char after = parser_byte(parser, pos + 1);
	const struct word *keyword;

	if (!next || parser->is_after_condition)
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
	if (!parser->is_word[(uint8_t)next])
		return false;
	keyword = grammar_find(parser->grammar, parser->first,
			       parser->text + pos,
			       parser_word_end(parser, pos) - pos);
	return keyword && keyword->role == ROLE_CONTINUES;
}

/* Between lines, with the next token at `pos`: what ends here? */
static void end_line(struct parser *parser, size_t pos)
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
	if (has_pending(scope) && !header_goes_on(parser, scope->pending, pos))
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
		close_scope(parser, parser->last_line);
	if (parser->top < depth)
		parser->top = depth; /* what was closed is still there */
	parser_scope(parser)->brackets = brackets;
	parser_finish_pending(parser);
}

static bool on_directive(struct parser *parser)
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
	char before = pos > 0 ? parser->text[pos - 1] : '\0';

	return parser_byte(parser, pos + 1) != '=' &&
	       !(before && strchr("=!<>+-*/%&|^~", before));
}

static void on_mark(struct parser *parser, char mark)
{
	struct scope *scope;

	switch (mark) {
	case '(':
	case '[':
		open_bracket(parser, mark);
		break;
	case ')':
	case ']':
		close_bracket(parser);
		break;
	case '{':
		open_brace(parser);
		break;
	case '}':
		close_brace(parser);
		break;
	case ';':
		on_semicolon(parser);
		break;
	case '=':
		if (is_assignment(parser))
			on_equals(parser);
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

static void read_mark(struct parser *parser, char mark)
{
	bool used = parser_feed_mark(parser, mark);

	if (!used && parser->grammar->has_at_words)
		used = objc_feed_mark(parser, mark);
	if (!used)
		on_mark(parser, mark);
	parser->prev = mark;
	parser->prev_is_word = false;
	parser->prev_is_attribute = mark == ')' && parser->prev_is_attribute;
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
	size_t end;

	/* A part of what an attribute is called: @androidx.annotation.Foo */
	if (parser->prev == '.' && parser->prev_is_attribute)
		is_attribute = true;
	if (parser->text[parser->pos] == '`') {
		end = quoted_word(parser, &word);
	} else {
		end = parser_word_end(parser, parser->pos);
		word.len = (uint32_t)(end - parser->pos);
		if (!is_member && !is_attribute && word.len <= 16)
			keyword = grammar_find(parser->grammar, parser->first,
					       parser->text + word.start,
					       word.len);
	}
	/* Java's annotation types. */
	if (is_attribute && parser_name_is(parser, word, "interface"))
		is_attribute = false;
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
		return on_directive(parser);
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
				end_line(parser, parser->pos);
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
		close_scope(parser, parser->last_line);
	parser_finish_pending(parser);
	parser_finish_expression(parser);
}
