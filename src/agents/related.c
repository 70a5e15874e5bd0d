#include "agents/related.h"

#include <string.h>

#include "code/outline.h"
#include "core/alloc.h"
#include "core/limits.h"
#include "core/text.h"

enum {
	WHOLE_LINES =
		120, /* a longer function is shown around the change only */
	AROUND_LINES = 8,
	IMPORT_LINES = 40,
	PROPERTIES = 40, /* of one type */
	LINE_BYTES = 400,
};

/* One file while its surroundings are gathered. */
struct scene {
	const struct sources *sources;
	size_t index;
	struct outline outline;
	bool *shown; /* lines that are told already, from 1 */
	int line_count;
};

static void add_line(struct buf *out, const struct scene *scene, int line)
{
	const char *text;
	size_t len;

	if (!sources_line(scene->sources, scene->index, line, &text, &len))
		return;
	text_add_clean(out, text, text_cut(text, len, LINE_BYTES), false);
	buf_addch(out, '\n');
}

/* The diff shows these lines itself. */
static void mark_hunks(struct scene *scene, const struct changed_file *file)
{
	for (size_t i = 0; i < file->hunk_count; i++) {
		const struct hunk *hunk = &file->hunks[i];

		for (int j = 0; j < hunk->new_count; j++)
			if (hunk->new_start + j <= scene->line_count)
				scene->shown[hunk->new_start + j] = true;
	}
}

static bool is_import(const char *text, size_t len)
{
	static const char *const words[] = { "import ", "#import", "@import",
					     "#include", "@testable import" };

	while (len && (*text == ' ' || *text == '\t')) {
		text++;
		len--;
	}
	for (size_t i = 0; i < ARRAY_LEN(words); i++)
		if (len > strlen(words[i]) &&
		    !strncmp(text, words[i], strlen(words[i])))
			return true;
	return false;
}

static void add_imports(struct buf *out, struct scene *scene)
{
	const char *text;
	size_t len;
	int count = 0;

	for (int line = 1; line <= scene->line_count; line++) {
		if (scene->shown[line] ||
		    !sources_line(scene->sources, scene->index, line, &text,
				  &len) ||
		    !is_import(text, len))
			continue;
		scene->shown[line] = true;
		if (count++ < IMPORT_LINES)
			add_line(out, scene, line);
	}
}

static void add_type(struct buf *out, const struct scene *scene,
		     const struct symbol *type)
{
	const struct outline *outline = &scene->outline;
	int index = (int)(type - outline->items);
	int count = 0;

	symbol_add_signature(out, outline, type);
	buf_addstr(out, " {\n");
	for (size_t i = 0; i < outline->len && count < PROPERTIES; i++) {
		const struct symbol *symbol = &outline->items[i];

		if (symbol->parent != index ||
		    symbol->kind != SYMBOL_PROPERTY || symbol->is_computed ||
		    scene->shown[symbol->line])
			continue;
		buf_addstr(out, "    ");
		symbol_add_signature(out, outline, symbol);
		buf_addch(out, '\n');
		count++;
	}
	buf_addstr(out, "    ...\n}\n");
}

static bool is_whole_shown(const struct scene *scene, uint32_t from,
			   uint32_t to)
{
	for (uint32_t line = from; line <= to; line++)
		if (line <= (uint32_t)scene->line_count && !scene->shown[line])
			return false;
	return true;
}

/* A function of any length as far as it matters: all of it, or its head and
 * the lines around `line`. */
static void add_function(struct buf *out, struct scene *scene,
			 const struct symbol *function, uint32_t line)
{
	uint32_t from = function->start_line, to = function->end_line;
	bool is_long = to - from >= WHOLE_LINES;

	if (is_whole_shown(scene, from, to))
		return;
	if (is_long) {
		symbol_add_signature(out, &scene->outline, function);
		buf_addstr(out, "\n...\n");
		from = line > from + AROUND_LINES ? line - AROUND_LINES : from;
		to = line + AROUND_LINES < to ? line + AROUND_LINES : to;
	}
	for (uint32_t at = from; at <= to && at <= (uint32_t)scene->line_count;
	     at++) {
		add_line(out, scene, (int)at);
		scene->shown[at] = true;
	}
	if (is_long)
		buf_addstr(out, "...\n");
	buf_addch(out, '\n');
}

typedef void visit_fn(struct buf *out, struct scene *scene, uint32_t line,
		      const struct symbol **last);

static void visit_type(struct buf *out, struct scene *scene, uint32_t line,
		       const struct symbol **last)
{
	const struct symbol *type = outline_type_at(&scene->outline, line);

	if (type && type != *last)
		add_type(out, scene, type);
	*last = type;
}

static void visit_function(struct buf *out, struct scene *scene, uint32_t line,
			   const struct symbol **last)
{
	const struct symbol *function = outline_function_at(&scene->outline,
							    line);

	if (function &&
	    (function != *last ||
	     function->end_line - function->start_line >= WHOLE_LINES))
		add_function(out, scene, function, line);
	*last = function;
}

/* The first changed line of each run of them. */
static void visit_changes(struct buf *out, struct scene *scene,
			  const struct changed_file *file, visit_fn *visit)
{
	const struct symbol *last = NULL;
	int before = -1;

	for (size_t i = 0; i < file->hunk_count; i++) {
		const struct hunk *hunk = &file->hunks[i];

		for (size_t j = 0; j < hunk->line_count; j++) {
			const struct diff_line *line = &hunk->lines[j];

			if (line->origin != '+')
				continue;
			if (line->new_line != before + 1)
				visit(out, scene, (uint32_t)line->new_line,
				      &last);
			before = line->new_line;
		}
	}
}

static bool fits(struct buf *out, const char *path, const struct buf *part,
		 size_t *left)
{
	size_t needs = part->len + strlen(path) + 8;

	if (!part->len || needs > *left)
		return false;
	*left -= needs;
	buf_addf(out, "## %s\n%s", path, part->ptr);
	return true;
}

bool related_add_file(struct buf *out, struct strvec *left_out,
		      const struct sources *sources, size_t index, size_t max)
{
	const struct changed_file *file =
		&sources_changeset(sources)->files[index];
	struct scene scene = { .sources = sources, .index = index };
	struct buf head, functions;
	size_t len;
	const char *text = sources_text(sources, index, &len);
	bool any;

	if (!text || !lang_has_outline(lang_of_path(file->path)))
		return true;
	scene.line_count = sources_line_count(sources, index);
	scene.shown = xcalloc((size_t)scene.line_count + 2, sizeof(bool));
	outline_make(&scene.outline, text, len, lang_of_path(file->path));
	buf_init(&head, LIMIT_BLOB_BYTES);
	buf_init(&functions, 4 * LIMIT_BLOB_BYTES);
	mark_hunks(&scene, file);
	add_imports(&head, &scene);
	visit_changes(&head, &scene, file, visit_type);
	visit_changes(&functions, &scene, file, visit_function);
	any = fits(out, file->path, &head, &max);
	if (head.len && !any)
		strvec_addf(left_out, "imports and types of %s", file->path);
	if (fits(out, file->path, &functions, &max))
		any = true;
	else if (functions.len)
		strvec_addf(left_out, "functions around the change in %s",
			    file->path);
	any |= !head.len && !functions.len;
	buf_release(&head);
	buf_release(&functions);
	outline_release(&scene.outline);
	free(scene.shown);
	return any;
}
