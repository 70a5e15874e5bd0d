#include "code/lexer_internal.h"

/* Past a stop byte that starts nothing. */
static size_t pass(struct lexer *lexer, size_t pos)
{
	const struct syntax *syntax = lexer->syntax;
	char c = lexer->text[pos];

	if (c == '`' && syntax->has_backticks) {
		size_t i = pos + 1;

		while (i < lexer->len && lexer->text[i] != '`' &&
		       lexer->text[i] != '\n')
			i++;
		return lexer_byte_at(lexer, i) == '`' ? i + 1 : i;
	}
	if (syntax->has_tags) {
		if (lexer_is_at(lexer, pos, "<![CDATA["))
			return lexer_behind(lexer, pos, "]]>");
		lexer->in_tag = c == '<' || (lexer->in_tag && c != '>');
	}
	if (lexer->depth > 0) {
		struct open_string *string = &lexer->open[lexer->depth - 1];

		if (c == lexer_bracket_of(syntax, false))
			string->brackets++;
		else if (c == lexer_bracket_of(syntax, true))
			string->brackets--;
	}
	/* All of "###" at once, or a run of them would be counted again and
	 * again. */
	while (c == '#' && lexer_byte_at(lexer, pos + 1) == '#')
		pos++;
	return pos + 1;
}

/* Brackets matter only inside an interpolation. */
static void watch_brackets(struct lexer *lexer)
{
	const struct syntax *syntax = lexer->syntax;
	bool matter = lexer->depth > 0;

	if (syntax->interpolation == INTERPOLATION_NONE)
		return;
	lexer->stops[(uint8_t)lexer_bracket_of(syntax, false)] = matter;
	lexer->stops[(uint8_t)lexer_bracket_of(syntax, true)] = matter;
}

static void scan_code(struct lexer *lexer, struct span *out)
{
	size_t pos = lexer->pos;
	struct start start = { .kind = STARTS_NOTHING };

	while (pos < lexer->len) {
		if (!lexer->stops[(uint8_t)lexer->text[pos]]) {
			pos++;
			continue;
		}
		lexer_start_at(&start, lexer, pos);
		if (start.kind != STARTS_NOTHING)
			break;
		pos = pass(lexer, pos);
	}
	out->is_interpolated = lexer->depth > 0;
	out->opens = false;
	if (pos > lexer->pos) {
		out->kind = SPAN_CODE;
		out->end = pos;
		return;
	}
	out->kind = start.kind == STARTS_COMMENT ? SPAN_COMMENT : SPAN_QUOTE;
	out->end = start.end;
	if (start.kind == STARTS_STRING) {
		out->opens = true;
		lexer->open[lexer->depth++] = start.string;
		watch_brackets(lexer);
	}
	lexer->in_text = start.kind != STARTS_COMMENT;
}

/* Back to what the innermost string is in. A broken line breaks all strings
 * around it that are of one line too. */
static void leave_string(struct lexer *lexer, bool is_broken)
{
	do
		lexer->depth--;
	while (is_broken && lexer->depth > 0 &&
	       !lexer->open[lexer->depth - 1].is_triple);
	lexer->in_text = false;
	watch_brackets(lexer);
}

/* false if the string ended without a closing quote and there is no text. */
static bool scan_text(struct lexer *lexer, struct span *out)
{
	struct open_string *string = &lexer->open[lexer->depth - 1];
	size_t pos = lexer->pos, end, len;

	out->is_interpolated = lexer->depth > 1;
	out->opens = false;
	end = lexer_end_of_text(lexer, string, pos);
	if (end > pos) {
		out->kind = SPAN_TEXT;
		out->end = end;
		return true;
	}
	out->kind = SPAN_QUOTE;
	len = lexer_closing_at(lexer, string, pos);
	if (len) {
		out->end = pos + len;
		leave_string(lexer, false);
		return true;
	}
	len = lexer_interpolation_at(lexer, string, pos);
	if (len) {
		out->end = pos + len;
		out->is_interpolated = true;
		string->brackets = 0;
		lexer->in_text = false;
		return true;
	}
	leave_string(lexer, true);
	return false;
}

bool lexer_next(struct lexer *lexer, struct span *out)
{
	if (lexer->pos >= lexer->len)
		return false;
	out->start = lexer->pos;
	if (!lexer->in_text || !scan_text(lexer, out))
		scan_code(lexer, out);
	if (out->end > lexer->len)
		out->end = lexer->len;
	lexer->pos = out->end;
	return true;
}

void lexer_init(struct lexer *lexer, const char *text, size_t len,
		enum lang lang)
{
	const struct syntax *syntax = &syntaxes[lang];
	const char *quotes = syntax->quotes ? syntax->quotes : "";

	*lexer = (struct lexer){ .text = text, .len = len, .syntax = syntax };
	for (; *quotes; quotes++)
		lexer->stops[(uint8_t)*quotes] = 1;
	for (int i = 0; i < 2 && syntax->line_comment[i]; i++)
		lexer->stops[(uint8_t)syntax->line_comment[i][0]] = 1;
	lexer->stops['/'] |= syntax->block_comments || syntax->has_regex;
	lexer->stops['\''] |= syntax->has_chars;
	lexer->stops['#'] |= syntax->has_hashes;
	lexer->stops['`'] |= syntax->has_backticks;
	lexer->stops['R'] |= syntax->has_cxx_raw;
	lexer->stops['<'] |= syntax->has_tags;
	lexer->stops['>'] |= syntax->has_tags;
}
