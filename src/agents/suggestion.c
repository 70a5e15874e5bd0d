#include "agents/suggestion.h"

#include <stdlib.h>
#include <string.h>

#include "code/outline.h"
#include "code/redact.h"
#include "code/view.h"
#include "core/alloc.h"
#include "core/limits.h"

/* Appends lines `first` to `last`, each with a line break. */
static void add_lines(struct buf *out, const struct sources *sources,
		      size_t index, int first, int last)
{
	const char *text;
	size_t len;

	for (int line = first; line <= last; line++) {
		if (!sources_line(sources, index, line, &text, &len))
			return;
		buf_add(out, text, len);
		buf_addch(out, '\n');
	}
}

/* Brackets that are not closed, or closed without being open: of (, [ and {
 * apart, so that one kind cannot make up for another. */
static size_t count_open(const char *text, size_t len, enum lang lang)
{
	static const char pairs[] = "()[]{}";
	char *view = xcalloc(len + 1, 1);
	size_t open[3] = { 0 }, wrong = 0;

	code_view(view, text, len, lang, VIEW_BARE);
	for (size_t i = 0; i < len; i++) {
		const char *at = view[i] ? strchr(pairs, view[i]) : NULL;
		size_t pair;

		if (!at)
			continue;
		pair = (size_t)(at - pairs) / 2;
		if ((at - pairs) % 2 == 0)
			open[pair]++;
		else if (open[pair])
			open[pair]--;
		else
			wrong++;
	}
	free(view);
	return wrong + open[0] + open[1] + open[2];
}

static bool breaks_brackets(const struct finding *finding,
			    const struct sources *sources, size_t index)
{
	const struct changed_file *file =
		&sources_changeset(sources)->files[index];
	enum lang lang = lang_of_path(file->path);
	size_t len, suggestion_len = strlen(finding->suggestion);
	const char *before = sources_text(sources, index, &len);
	struct buf after;
	bool breaks;

	if (!lang_has_outline(lang))
		return false;
	buf_init(&after, 4 * LIMIT_BLOB_BYTES);
	add_lines(&after, sources, index, 1, finding->line - 1);
	buf_addstr(&after, finding->suggestion);
	if (suggestion_len && finding->suggestion[suggestion_len - 1] != '\n')
		buf_addch(&after, '\n');
	add_lines(&after, sources, index, finding->end_line + 1,
		  sources_line_count(sources, index));
	breaks = count_open(after.ptr, after.len, lang) >
		 count_open(before, len, lang);
	buf_release(&after);
	return breaks;
}

static bool changes_nothing(const struct buf *old, const char *suggestion)
{
	size_t len = strlen(suggestion);

	if (len && suggestion[len - 1] == '\n')
		len--;
	return old->len && len == old->len - 1 &&
	       !memcmp(old->ptr, suggestion, len);
}

bool suggestion_would_do(const char **why, const struct finding *finding,
			 const struct sources *sources, size_t index)
{
	struct buf old;

	*why = NULL;
	buf_init(&old, LIMIT_BLOB_BYTES);
	add_lines(&old, sources, index, finding->line, finding->end_line);
	if (changes_nothing(&old, finding->suggestion))
		*why = "it changes nothing";
	else if (redact_has_placeholder(old.ptr, old.len) ||
		 redact_has_placeholder(finding->suggestion,
					strlen(finding->suggestion)))
		*why = "it touches what was redacted";
	else if (breaks_brackets(finding, sources, index))
		*why = "its brackets do not match";
	buf_release(&old);
	return !*why;
}
