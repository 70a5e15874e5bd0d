/* Views and outlines of anything. The first byte chooses the language. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "code/declaration.h"
#include "code/outline.h"
#include "code/view.h"
#include "core/alloc.h"

static void check_views(const char *text, size_t len, enum lang lang)
{
	char *out = xcalloc(len + 1, 1);

	for (int view = VIEW_RAW; view <= VIEW_BARE; view++) {
		code_view(out, text, len, lang, (enum code_view)view);
		for (size_t i = 0; i < len; i++)
			assert(out[i] == text[i] ||
			       (out[i] == ' ' && text[i] != '\n'));
	}
	free(out);
}

static void check_comment(const struct outline *outline,
			  const struct symbol *symbol)
{
	struct declaration declaration;
	struct doc_comment comment;

	declaration_read(&declaration, outline, symbol);
	assert(declaration.is_known || !declaration.returns);
	declaration_release(&declaration);
	if (!symbol->doc_line)
		return;
	doc_comment_read(&comment, outline, symbol);
	for (size_t i = 0; i < comment.parameters.len; i++)
		assert(strstr(comment.text, comment.parameters.v[i]));
	doc_comment_release(&comment);
}

static void check_outline(const struct outline *outline, size_t len)
{
	struct buf text;

	buf_init(&text, 8192);
	for (size_t i = 0; i < outline->len; i++) {
		const struct symbol *s = &outline->items[i];

		assert(s->start_line >= 1 && s->start_line <= s->end_line);
		assert(s->end_line <= outline->line_count + 1);
		assert(s->parent < (int)i);
		assert((size_t)s->name + s->name_len <= len);
		assert(s->start <= s->signature && s->signature_end <= len);
		assert(s->doc_line <= s->start_line);
		buf_reset(&text);
		symbol_add_path(&text, outline, s);
		symbol_add_signature(&text, outline, s);
		outline_at(outline, s->start_line);
		check_comment(outline, s);
	}
	buf_release(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct outline outline;
	const char *text;
	enum lang lang;

	if (size < 1)
		return 0;
	lang = (enum lang)(data[0] % LANG_COUNT);
	text = (const char *)data + 1;
	size--;
	check_views(text, size, lang);
	outline_make(&outline, text, size, lang);
	check_outline(&outline, size);
	outline_release(&outline);
	return 0;
}
