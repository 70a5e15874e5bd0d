#include "code/parser.h"

#include <string.h>

/* Keywords, and the names they want. */

static bool is_pending_type(struct parser *parser)
{
	const struct scope *scope = parser_scope(parser);

	return scope->pending != NO_SYMBOL &&
	       symbol_is_type(&parser->out->items[scope->pending]);
}

static void on_type(struct parser *parser, struct name word,
		    const struct word *keyword)
{
	/* An argument's label, a type parameter, a constraint. */
	static const char not_behind[] = "(,:=&<";

	if (!parser->prev_is_word && parser->prev &&
	    strchr(not_behind, parser->prev))
		return;
	parser->expected = keyword;
	parser->is_companion = parser->prev_keyword &&
			       !strcmp(parser->prev_keyword->text, "companion");
	parser->expected_at = parser->is_companion ? parser->prev_word : word;
}

static void on_function(struct parser *parser, struct name word,
			const struct word *keyword)
{
	if (parser->grammar->has_headers_by_token) {
		parser->header = (struct header){ .kind = HEADER_FUNCTION };
		return;
	}
	parser->expected = keyword;
	parser->expected_at = word;
}

static void on_init(struct parser *parser, struct name word,
		    const struct word *keyword)
{
	const struct scope *scope = parser_scope(parser);
	char next = parser_byte(parser, parser_skip_space(parser, parser->pos));

	(void)keyword;
	if (!parser_in_type(parser) || parser->top == 0 ||
	    scope->brackets > 0 || scope->pending != NO_SYMBOL || !next ||
	    !strchr("(?!<{", next))
		return;
	parser_declare(parser, SYMBOL_INIT, word);
}

/* Also `val` among the parameters of a primary constructor. */
static void on_property(struct parser *parser, struct name word,
			const struct word *keyword)
{
	struct scope *scope = parser_scope(parser);
	bool by_token = parser->grammar->has_headers_by_token;

	if (parser_in_type(parser) && scope->brackets == 0) {
		/* guard let, if let, for (val in scripts */
		if (!scope->statement.has_only_modifiers)
			return;
		if (by_token) {
			parser->header =
				(struct header){ .kind = HEADER_PROPERTY };
			return;
		}
	} else if (by_token && is_pending_type(parser) &&
		   scope->brackets == scope->pending_brackets + 1) {
		const struct word *before = parser->prev_keyword;

		parser->parameter_visibility =
			before && before->role == ROLE_VISIBILITY
				? (enum visibility)before->value
				: VISIBILITY_PUBLIC;
	} else {
		if (scope->pending != NO_SYMBOL &&
		    scope->brackets == scope->pending_brackets)
			parser_finish_pending(parser);
		return;
	}
	parser->expected = keyword;
	parser->expected_at = word;
}

static void on_accessor(struct parser *parser, struct name word,
			const struct word *keyword)
{
	struct scope *scope = parser_scope(parser);
	char next = parser_byte(parser, parser_skip_space(parser, parser->pos));

	(void)word;
	(void)keyword;
	if (!parser_in_type(parser) || scope->brackets > 0 || next != '(' ||
	    scope->property == NO_SYMBOL)
		return;
	if (scope->pending != scope->property)
		parser_finish_pending(parser);
	else
		parser->out->items[scope->property].signature_end =
			parser->last_end;
	parser_finish_expression(parser);
	scope->pending = scope->property;
	scope->pending_brackets = scope->brackets;
	parser->out->items[scope->property].is_computed = true;
	parser->out->items[scope->property].has_body = true;
}

static void on_delegate(struct parser *parser, struct name word,
			const struct word *keyword)
{
	struct scope *scope = parser_scope(parser);

	(void)word;
	(void)keyword;
	if (scope->pending == NO_SYMBOL ||
	    scope->brackets != scope->pending_brackets ||
	    parser->out->items[scope->pending].kind != SYMBOL_PROPERTY)
		return;
	parser_start_expression(parser, scope->pending);
	scope->pending = NO_SYMBOL;
}

static void on_visibility(struct parser *parser, struct name word,
			  const struct word *keyword)
{
	struct scope *scope = parser_scope(parser);

	(void)word;
	/* C's static is about visibility only outside of types. */
	if (scope->brackets > 0 ||
	    (parser->grammar->has_c_types && parser->top > 0))
		return;
	scope->statement.has_visibility = true;
	scope->statement.visibility = (enum visibility)keyword->value;
}

static void on_override(struct parser *parser, struct name word,
			const struct word *keyword)
{
	(void)word;
	(void)keyword;
	parser_scope(parser)->statement.has_override = true;
}

static void on_control(struct parser *parser, struct name word,
		       const struct word *keyword)
{
	const struct scope *scope = parser_scope(parser);

	(void)word;
	(void)keyword;
	if (scope->expression != NO_SYMBOL &&
	    scope->brackets == scope->expression_brackets)
		parser->wants_condition = true;
}

static void on_new(struct parser *parser, struct name word,
		   const struct word *keyword)
{
	struct scope *scope = parser_scope(parser);

	(void)word;
	(void)keyword;
	scope->statement.is_after_new = true;
	scope->statement.new_brackets = scope->brackets;
}

static void on_namespace(struct parser *parser, struct name word,
			 const struct word *keyword)
{
	(void)word;
	(void)keyword;
	parser_scope(parser)->statement.is_namespace = true;
}

static void on_alias(struct parser *parser, struct name word,
		     const struct word *keyword)
{
	(void)word;
	(void)keyword;
	parser_scope(parser)->statement.is_alias = true;
}

static const struct {
	void (*act)(struct parser *parser, struct name word,
		    const struct word *keyword);
	bool is_modifier;
} roles[] = {
	[ROLE_NONE] = { NULL, false },
	[ROLE_TYPE] = { on_type, true },
	[ROLE_FUNCTION] = { on_function, true },
	[ROLE_INIT] = { on_init, false },
	[ROLE_PROPERTY] = { on_property, true },
	[ROLE_ACCESSOR] = { on_accessor, false },
	[ROLE_DELEGATE] = { on_delegate, false },
	[ROLE_MODIFIER] = { NULL, true },
	[ROLE_OVERRIDE] = { on_override, true },
	[ROLE_VISIBILITY] = { on_visibility, true },
	[ROLE_CONTROL] = { on_control, false },
	[ROLE_NEW] = { on_new, false },
	[ROLE_NAMESPACE] = { on_namespace, false },
	[ROLE_ALIAS] = { on_alias, false },
	[ROLE_CONTINUES] = { NULL, false },
};

void parser_on_word(struct parser *parser, struct name word,
		    const struct word *keyword)
{
	struct statement *statement = &parser_scope(parser)->statement;
	enum role role = keyword ? keyword->role : ROLE_NONE;

	if (parser->grammar->has_at_words && objc_feed_word(parser, word))
		return;
	if (parser_feed_word(parser, word, keyword))
		return;
	if (parser_scope(parser)->brackets == 0) {
		statement->words++;
		if (!statement->has_signature) {
			statement->has_signature = true;
			statement->signature = word.start;
		}
		if (!roles[role].is_modifier)
			statement->has_only_modifiers = false;
	}
	if (roles[role].act)
		roles[role].act(parser, word, keyword);
}

/* struct x may be the type of something; only a body or a base makes it a
 * declaration. */
static bool declares_c_type(const struct parser *parser)
{
	size_t pos = parser_skip_space(parser, parser->pos);
	char next = parser_byte(parser, pos);

	if (next == ':')
		return parser_byte(parser, pos + 1) != ':';
	return next == '{' || (parser->len - pos > 5 &&
			       !memcmp(parser->text + pos, "final", 5));
}

/* Past ".B" of A.B, which is one name. */
static void take_dotted(struct parser *parser, struct name *name)
{
	while (parser_byte(parser, parser->pos) == '.') {
		size_t end = parser_word_end(parser, parser->pos + 1);

		if (end == parser->pos + 1)
			return;
		parser->pos = end;
	}
	name->len = (uint32_t)(parser->pos - name->start);
}

static bool feed_type(struct parser *parser, struct name word,
		      const struct word *keyword)
{
	enum symbol_kind kind = (enum symbol_kind)parser->expected->value;
	char next;

	if (parser->grammar->has_c_types) {
		if (keyword && keyword->role == ROLE_TYPE)
			return true; /* enum class */
		if (!declares_c_type(parser)) {
			/* class EXPORT Name, or struct name variable */
			next = parser_byte(
				parser, parser_skip_space(parser, parser->pos));
			if (!parser->is_word[(uint8_t)next])
				parser->expected = NULL;
			return false;
		}
	}
	/* class func, class var */
	if (parser->lang == LANG_SWIFT && kind == SYMBOL_CLASS && keyword &&
	    keyword->role != ROLE_CONTINUES) {
		parser->expected = NULL;
		return false;
	}
	if (kind == SYMBOL_RECORD) {
		next = parser_byte(parser,
				   parser_skip_space(parser, parser->pos));
		if (next != '(' && next != '<') {
			parser->expected = NULL;
			return false;
		}
	}
	if (parser->lang == LANG_SWIFT && word.start + word.len == parser->pos)
		take_dotted(parser, &word);
	parser->expected = NULL;
	parser_declare(parser, kind, word);
	return true;
}

static bool feed_expected(struct parser *parser, struct name word,
			  const struct word *keyword)
{
	const struct word *expected = parser->expected;
	struct scope *scope = parser_scope(parser);

	if (expected->role == ROLE_TYPE)
		return feed_type(parser, word, keyword);
	parser->expected = NULL;
	if (expected->role == ROLE_FUNCTION) {
		parser_declare(parser, SYMBOL_FUNCTION, word);
	} else if (scope->brackets > 0) {
		int owner = scope->owner, symbol;

		scope->owner = scope->pending;
		symbol = parser_add(parser, SYMBOL_PROPERTY, word);
		scope->owner = owner;
		if (symbol != NO_SYMBOL) {
			struct symbol *s = &parser->out->items[symbol];

			s->visibility = parser->parameter_visibility;
			s->start = s->signature = parser->expected_at.start;
			s->start_line = parser->expected_at.line;
			s->is_override = false;
		}
	} else {
		parser_declare(parser, SYMBOL_PROPERTY, word);
	}
	return true;
}

static void end_header(struct parser *parser)
{
	struct header header = parser->header;

	parser->header.kind = HEADER_NONE;
	if (header.kind == HEADER_PROPERTY && header.name.len)
		parser_declare(parser, SYMBOL_PROPERTY, header.name);
	/* What it kept to itself and did not see closed. */
	parser_scope(parser)->brackets += header.brackets;
}

static bool feed_header(struct parser *parser, struct name word,
			const struct word *keyword)
{
	struct header *header = &parser->header;

	if (header->angles > 0 || header->brackets > 0)
		return true;
	if (header->kind == HEADER_FUNCTION && !header->name.len && keyword &&
	    keyword->role == ROLE_TYPE) {
		header->kind = HEADER_NONE; /* fun interface */
		return false;
	}
	/* val x by ..., val x get() = ... */
	if (header->name.len && parser->prev_is_word) {
		end_header(parser);
		return false;
	}
	header->name = word;
	return true;
}

bool parser_feed_word(struct parser *parser, struct name word,
		      const struct word *keyword)
{
	if (parser->header.kind != HEADER_NONE &&
	    feed_header(parser, word, keyword))
		return true;
	return parser->expected && feed_expected(parser, word, keyword);
}

/* Round brackets: a receiver that is a function type, or the parameters. */
static bool feed_header_bracket(struct parser *parser, char mark)
{
	struct header *header = &parser->header;
	char next = parser_byte(parser, parser->pos + 1);

	if (mark == ')') {
		if (header->brackets > 0 && --header->brackets == 0 &&
		    header->angles == 0 && next != '.' && next != '?')
			header->kind = HEADER_NONE;
		return true;
	}
	if (header->angles == 0 && header->brackets == 0 && header->name.len) {
		struct name name = header->name;

		if (header->kind == HEADER_PROPERTY) {
			end_header(parser);
			return false;
		}
		header->kind = HEADER_NONE;
		parser_declare(parser, SYMBOL_FUNCTION, name);
		return false;
	}
	header->brackets++;
	return true;
}

static bool feed_header_mark(struct parser *parser, char mark)
{
	struct header *header = &parser->header;

	if (mark == '(' || mark == ')')
		return feed_header_bracket(parser, mark);
	if (mark == '<') {
		header->angles++;
		return true;
	}
	if (mark == '>') {
		header->angles -= parser->prev != '-' && header->angles > 0;
		return true;
	}
	if (mark == '{' || mark == '}' || mark == ';' ||
	    (header->angles == 0 && header->brackets == 0 &&
	     !strchr(".?@*-", mark))) {
		end_header(parser);
		return false;
	}
	return true;
}

/* An operator is a name, and all of it is taken. */
static bool feed_operator(struct parser *parser, char mark)
{
	static const char operators[] = "+-*/%<>=!&|^~?.";
	struct name name = { .start = (uint32_t)parser->pos,
			     .line = parser->line };
	size_t end = parser->pos;

	if (!mark || !strchr(operators, mark))
		return false;
	while (end < parser->len && parser->text[end] &&
	       strchr(operators, parser->text[end]))
		end++;
	name.len = (uint32_t)(end - parser->pos);
	parser->pos = end - 1;
	parser_declare(parser, SYMBOL_FUNCTION, name);
	return true;
}

static void end_expected(struct parser *parser)
{
	const struct word *expected = parser->expected;

	parser->expected = NULL;
	if (expected->role == ROLE_TYPE && parser->is_companion)
		parser_declare(parser, SYMBOL_OBJECT, parser->expected_at);
}

bool parser_feed_mark(struct parser *parser, char mark)
{
	if (parser->header.kind != HEADER_NONE)
		return feed_header_mark(parser, mark);
	if (!parser->expected)
		return false;
	if (parser->expected->role == ROLE_FUNCTION &&
	    feed_operator(parser, mark)) {
		parser->expected = NULL;
		return true;
	}
	end_expected(parser);
	return false;
}

void parser_feed_line_end(struct parser *parser)
{
	struct header *header = &parser->header;

	if (parser->expected && parser->grammar->has_line_ends)
		end_expected(parser);
	if (header->kind == HEADER_PROPERTY && header->angles == 0 &&
	    header->brackets == 0 && parser->prev != '.')
		end_header(parser);
}
