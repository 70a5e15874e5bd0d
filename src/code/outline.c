#include "code/outline.h"

#include <ctype.h>
#include <string.h>

#include "code/lexer.h"
#include "code/parser.h"
#include "code/view.h"
#include "core/alloc.h"
#include "core/limits.h"
#include "core/text.h"

static const char *const kind_names[] = {
	[SYMBOL_CLASS] = "class",         [SYMBOL_STRUCT] = "struct",
	[SYMBOL_ENUM] = "enum",           [SYMBOL_PROTOCOL] = "protocol",
	[SYMBOL_EXTENSION] = "extension", [SYMBOL_ACTOR] = "actor",
	[SYMBOL_OBJECT] = "object",       [SYMBOL_RECORD] = "record",
	[SYMBOL_FUNCTION] = "function",   [SYMBOL_INIT] = "initializer",
	[SYMBOL_PROPERTY] = "property",
};

static const char *const visibility_names[] = {
	[VISIBILITY_PRIVATE] = "private",
	[VISIBILITY_FILE] = "fileprivate",
	[VISIBILITY_PACKAGE] = "package",
	[VISIBILITY_INTERNAL] = "internal",
	[VISIBILITY_PROTECTED] = "protected",
	[VISIBILITY_PUBLIC] = "public",
	[VISIBILITY_OPEN] = "open",
};

const char *symbol_kind_name(enum symbol_kind kind)
{
	return kind_names[kind];
}

const char *visibility_name(enum visibility visibility)
{
	return visibility_names[visibility];
}

bool symbol_is_type(const struct symbol *symbol)
{
	return symbol->kind < SYMBOL_FUNCTION;
}

bool symbol_is_function(const struct symbol *symbol)
{
	return symbol->kind == SYMBOL_FUNCTION || symbol->kind == SYMBOL_INIT ||
	       (symbol->kind == SYMBOL_PROPERTY && symbol->is_computed);
}

static bool is_doc(const char *comment, size_t len)
{
	static const char *const openings[] = { "///", "/**", "/*!", "//!" };

	if (len == 4 && !memcmp(comment, "/**/", 4))
		return false;
	for (size_t i = 0; i < sizeof(openings) / sizeof(openings[0]); i++)
		if (len >= 3 && !memcmp(comment, openings[i], 3))
			return true;
	return false;
}

static uint32_t line_breaks(const char *text, size_t start, size_t end)
{
	uint32_t count = 0;

	while (start < end) {
		const char *found = memchr(text + start, '\n', end - start);

		if (!found)
			break;
		count++;
		start = (size_t)(found - text) + 1;
	}
	return count;
}

/* Between two tokens is nothing but white space and comments; the last run of
 * doc comments in there is the declaration's. */
static uint32_t find_doc(const struct outline *outline, size_t start,
			 const struct symbol *symbol)
{
	struct lexer lexer;
	struct span span;
	size_t doc = 0;
	bool is_found = false, is_run = false;

	lexer_init(&lexer, outline->text + start, symbol->start - start,
		   outline->lang);
	while (lexer_next(&lexer, &span)) {
		const char *text = outline->text + start;

		if (span.kind != SPAN_COMMENT) {
			if (line_breaks(text, span.start, span.end) > 1)
				is_run = false;
			continue;
		}
		if (!is_doc(text + span.start, span.end - span.start))
			continue;
		if (!is_run)
			doc = start + span.start;
		is_run = is_found = true;
	}
	if (!is_found)
		return 0;
	return symbol->start_line -
	       line_breaks(outline->text, doc, symbol->start);
}

static void find_docs(struct outline *outline, const char *bare)
{
	size_t done = 0;

	for (size_t i = 0; i < outline->len; i++) {
		struct symbol *symbol = &outline->items[i];
		size_t start = symbol->start;

		/* No text is searched twice. */
		if (start < done)
			continue;
		while (start > done && isspace((unsigned char)bare[start - 1]))
			start--;
		symbol->doc_line = find_doc(outline, start, symbol);
		done = (size_t)symbol->start + 1;
	}
}

void outline_make(struct outline *out, const char *text, size_t len,
		  enum lang lang)
{
	struct parser *parser;
	char *bare;

	*out = (struct outline){ .text = text, .text_len = len, .lang = lang };
	if (len > LIMIT_OUTLINE_BYTES) {
		out->is_cut = true;
		return;
	}
	out->line_count = line_breaks(text, 0, len) +
			  (len > 0 && text[len - 1] != '\n');
	if (len == 0 || !grammar_of(lang))
		return;
	bare = xcalloc(len, 1);
	code_view(bare, text, len, lang, VIEW_BARE);
	parser = xcalloc(1, sizeof(*parser));
	parser_init(parser, out, bare);
	parser_run(parser);
	find_docs(out, bare);
	free(parser);
	free(bare);
}

void outline_release(struct outline *outline)
{
	free(outline->items);
	*outline = (struct outline){ .items = NULL };
}

const struct symbol *outline_parent(const struct outline *outline,
				    const struct symbol *symbol)
{
	return symbol->parent < 0 ? NULL : &outline->items[symbol->parent];
}

bool outline_is_public(const struct outline *outline,
		       const struct symbol *symbol)
{
	const struct symbol *first = symbol;

	for (; symbol; symbol = outline_parent(outline, symbol)) {
		/* An extension is not seen, its members are. */
		if (symbol->kind == SYMBOL_EXTENSION && symbol != first)
			continue;
		if (symbol->visibility < VISIBILITY_PROTECTED)
			return false;
		if (symbol->parent >= 0 &&
		    !symbol_is_type(outline_parent(outline, symbol)))
			return false;
	}
	return true;
}

const struct symbol *outline_at(const struct outline *outline, uint32_t line)
{
	const struct symbol *symbol = NULL;
	size_t low = 0, high = outline->len;

	/* The last one that starts at the line or before ... */
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (outline->items[middle].start_line <= line)
			low = middle + 1;
		else
			high = middle;
	}
	if (low > 0)
		symbol = &outline->items[low - 1];
	/* ... is in all that are around the line. */
	while (symbol && symbol->end_line < line)
		symbol = outline_parent(outline, symbol);
	return symbol;
}

const struct symbol *outline_function_at(const struct outline *outline,
					 uint32_t line)
{
	const struct symbol *symbol = outline_at(outline, line);

	while (symbol && !symbol_is_function(symbol))
		symbol = outline_parent(outline, symbol);
	return symbol;
}

const struct symbol *outline_type_at(const struct outline *outline,
				     uint32_t line)
{
	const struct symbol *symbol = outline_at(outline, line);

	while (symbol && !symbol_is_type(symbol))
		symbol = outline_parent(outline, symbol);
	return symbol;
}

void symbol_add_name(struct buf *out, const struct outline *outline,
		     const struct symbol *symbol)
{
	text_add_clean(out, outline->text + symbol->name, symbol->name_len,
		       false);
}

#define PATH_DEPTH 16

void symbol_add_path(struct buf *out, const struct outline *outline,
		     const struct symbol *symbol)
{
	const struct symbol *around[PATH_DEPTH];
	size_t count = 0;

	for (; symbol && count < PATH_DEPTH;
	     symbol = outline_parent(outline, symbol))
		around[count++] = symbol;
	while (count > 0) {
		symbol_add_name(out, outline, around[--count]);
		if (count > 0)
			buf_addch(out, '.');
	}
}

/* White space becomes one space, and none behind an opening bracket or before
 * a closing one. */
static void add_squeezed(struct buf *line, const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		const char *end = line->ptr + line->len;
		bool is_open = line->len == 0 || strchr(" ([", end[-1]);

		if (isspace((unsigned char)text[i])) {
			if (!is_open)
				buf_addch(line, ' ');
			continue;
		}
		if ((text[i] == ')' || text[i] == ',') && line->len > 0 &&
		    end[-1] == ' ')
			buf_truncate(line, line->len - 1);
		buf_addch(line, text[i]);
	}
}

void symbol_add_signature(struct buf *out, const struct outline *outline,
			  const struct symbol *symbol)
{
	size_t len = symbol->signature_end > symbol->signature
			     ? symbol->signature_end - symbol->signature
			     : 0;
	const char *text = outline->text + symbol->signature;
	struct lexer lexer;
	struct span span;
	struct buf line;

	if (len > (size_t)LIMIT_SIGNATURE * 2)
		len = (size_t)LIMIT_SIGNATURE * 2;
	buf_init(&line, (size_t)LIMIT_SIGNATURE * 2);
	lexer_init(&lexer, text, len, outline->lang);
	while (lexer_next(&lexer, &span))
		if (span.kind != SPAN_COMMENT)
			add_squeezed(&line, text + span.start,
				     span.end - span.start);
	while (line.len && strchr(" ;", line.ptr[line.len - 1]))
		buf_truncate(&line, line.len - 1);
	text_add_clean(out, line.ptr,
		       text_cut(line.ptr, line.len, LIMIT_SIGNATURE), false);
	buf_release(&line);
}

bool symbol_is_named(const struct outline *outline, const struct symbol *symbol,
		     const char *name)
{
	return strlen(name) == symbol->name_len &&
	       !memcmp(outline->text + symbol->name, name, symbol->name_len);
}
