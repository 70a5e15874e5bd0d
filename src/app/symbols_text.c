#include "app/symbols_text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/json.h"
#include "core/limits.h"
#include "core/text.h"

typedef void symbol_add_fn(struct buf *out, const struct outline *outline,
			   const struct symbol *symbol);

/* The caller frees it. */
static char *text_of(symbol_add_fn *add, const struct outline *outline,
		     const struct symbol *symbol)
{
	struct buf out;
	char *clean;

	buf_init(&out, LIMIT_FINDING_BODY);
	add(&out, outline, symbol);
	clean = text_clean(out.ptr, false);
	buf_release(&out);
	return clean;
}

static int depth_of(const struct outline *outline, const struct symbol *symbol)
{
	enum { DEEPEST = 40 };
	int depth = 1;

	while (depth < DEEPEST &&
	       (symbol = outline_parent(outline, symbol)) != NULL)
		depth++;
	return depth;
}

void symbols_add_text(struct buf *out, const char *path,
		      const struct outline *outline)
{
	char *clean;

	if (!outline->len)
		return;
	clean = text_clean(path, false);
	buf_addf(out, "%s\n", clean);
	free(clean);
	for (size_t i = 0; i < outline->len; i++) {
		const struct symbol *symbol = &outline->items[i];
		char *signature = text_of(symbol_add_signature, outline,
					  symbol);
		char lines[32];

		snprintf(lines, sizeof(lines), "%u-%u", symbol->start_line,
			 symbol->end_line);
		buf_addf(out, "%13s  %-9s  %*s%s\n", lines,
			 symbol_kind_name(symbol->kind),
			 2 * (depth_of(outline, symbol) - 1), "", signature);
		free(signature);
	}
	if (outline->is_cut)
		buf_addf(out, "    past %d symbols the rest is left out\n",
			 LIMIT_SYMBOLS);
}

static void set_text(struct json *at, const char *key, char *text)
{
	json_set_string(at, key, text);
	free(text);
}

static void add_symbol(struct json *list, const struct outline *outline,
		       const struct symbol *symbol)
{
	struct json *at = json_add_object(list);

	json_set_string(at, "kind", symbol_kind_name(symbol->kind));
	set_text(at, "name", text_of(symbol_add_name, outline, symbol));
	set_text(at, "path", text_of(symbol_add_path, outline, symbol));
	set_text(at, "signature",
		 text_of(symbol_add_signature, outline, symbol));
	json_set_string(at, "visibility", visibility_name(symbol->visibility));
	json_set_bool(at, "public", outline_is_public(outline, symbol));
	json_set_int(at, "start_line", symbol->start_line);
	json_set_int(at, "line", symbol->line);
	json_set_int(at, "end_line", symbol->end_line);
	if (symbol->doc_line)
		json_set_int(at, "doc_line", symbol->doc_line);
	else
		json_set_null(at, "doc_line");
	if (symbol->parent < 0)
		json_set_null(at, "parent");
	else
		json_set_int(at, "parent", symbol->parent);
}

void symbols_add_json(struct buf *out, const char *path,
		      const struct outline *outline)
{
	struct json *file = json_new_object();
	char *clean = text_clean(path, false);
	struct json *list;

	json_set_string(file, "path", clean);
	json_set_string(file, "language", lang_name(outline->lang));
	json_set_int(file, "lines", outline->line_count);
	json_set_bool(file, "complete", !outline->is_cut);
	list = json_set_array(file, "symbols");
	for (size_t i = 0; i < outline->len; i++)
		add_symbol(list, outline, &outline->items[i]);
	json_print_to(out, file);
	free(clean);
	json_free(file);
}
