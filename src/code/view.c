#include "code/view.h"

#include <string.h>

#include "code/lexer.h"

static void blank(char *out, size_t start, size_t end)
{
	for (size_t i = start; i < end; i++)
		if (out[i] != '\n' && out[i] != '\r')
			out[i] = ' ';
}

static bool is_wanted(const struct span *span, enum code_view view)
{
	if (span->kind == SPAN_COMMENT)
		return false;
	if (view == VIEW_STR)
		return true;
	if (view == VIEW_BARE && span->is_interpolated)
		return false;
	return span->kind != SPAN_TEXT;
}

void code_view(char *out, const char *text, size_t len, enum lang lang,
	       enum code_view view)
{
	struct lexer lexer;
	struct span span;

	if (len == 0)
		return;
	memcpy(out, text, len);
	if (view == VIEW_RAW)
		return;
	lexer_init(&lexer, text, len, lang);
	while (lexer_next(&lexer, &span))
		if (!is_wanted(&span, view))
			blank(out, span.start, span.end);
}
