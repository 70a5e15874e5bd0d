#include "agents/diff_text.h"

#include <string.h>

#include "code/redact.h"
#include "core/limits.h"
#include "core/text.h"

/* A line longer than this is minified or data: its rest says nothing. */
enum { LINE_BYTES = 1000, NUMBER_BYTES = 8 };

size_t diff_text_size(const struct changed_file *file)
{
	size_t bytes = strlen(file->path) + 80;

	for (size_t i = 0; i < file->hunk_count; i++) {
		const struct hunk *hunk = &file->hunks[i];

		bytes += 32;
		for (size_t j = 0; j < hunk->line_count; j++) {
			size_t len = hunk->lines[j].len;

			bytes += (len < LINE_BYTES ? len : LINE_BYTES) +
				 NUMBER_BYTES;
		}
	}
	return bytes;
}

static void add_text(struct buf *out, const char *text, size_t len)
{
	size_t cut = text_cut(text, len, LINE_BYTES);

	text_add_clean(out, text, cut, false);
	if (cut < len)
		buf_addstr(out, " [cut]");
	buf_addch(out, '\n');
}

/* New lines come from the redacted source, not from the diff. */
static void add_new_lines(struct buf *out, const struct sources *sources,
			  size_t index, const struct hunk *hunk)
{
	for (size_t i = 0; i < hunk->line_count; i++) {
		const struct diff_line *line = &hunk->lines[i];
		const char *text;
		size_t len;

		if (line->origin == '-' ||
		    !sources_line(sources, index, line->new_line, &text, &len))
			continue;
		buf_addf(out, "%5d %c ", line->new_line,
			 line->origin == '+' ? '+' : ' ');
		add_text(out, text, len);
	}
}

static void add_old_lines(struct buf *out, const struct sources *sources,
			  const char *path, const struct hunk *hunk)
{
	struct buf old, redacted;
	const char *at;

	buf_init(&old, LIMIT_DIFF_BYTES);
	buf_init(&redacted, 4 * LIMIT_DIFF_BYTES);
	for (size_t i = 0; i < hunk->line_count; i++) {
		const struct diff_line *line = &hunk->lines[i];

		if (line->origin != '-')
			continue;
		buf_add(&old, line->text, line->len);
		buf_addch(&old, '\n');
	}
	if (old.len)
		buf_addstr(out, "removed:\n");
	if (sources_redactor(sources))
		redact_text(&redacted, sources_redactor(sources), old.ptr,
			    old.len, path);
	else
		buf_add(&redacted, old.ptr, old.len);
	for (at = redacted.ptr; *at;) {
		size_t len = strcspn(at, "\n");

		buf_addstr(out, "      - ");
		add_text(out, at, len);
		at += len;
		at += *at == '\n';
	}
	buf_release(&redacted);
	buf_release(&old);
}

static const char *status_word(const struct changed_file *file)
{
	static const char *const words[] = {
		[FILE_ADDED] = "added",       [FILE_DELETED] = "deleted",
		[FILE_MODIFIED] = "modified", [FILE_RENAMED] = "renamed",
		[FILE_COPIED] = "copied",     [FILE_RETYPED] = "changed kind",
	};

	return words[file->status];
}

void diff_text_add(struct buf *out, const struct sources *sources, size_t index,
		   size_t max)
{
	const struct changed_file *file =
		&sources_changeset(sources)->files[index];
	size_t start = out->len;
	size_t i;

	buf_addf(out, "\n## %s (%s, %s, +%zu -%zu)\n", file->path,
		 status_word(file), class_name(file->file_class),
		 file->additions, file->deletions);
	if (strcmp(file->path, file->old_path) != 0)
		buf_addf(out, "before: %s\n", file->old_path);
	for (i = 0; i < file->hunk_count; i++) {
		const struct hunk *hunk = &file->hunks[i];

		if (out->len - start > max)
			break;
		buf_addf(out, "@@ line %d", hunk->new_start);
		if (*hunk->heading) {
			buf_addstr(out, " in ");
			text_add_clean(out, hunk->heading,
				       strlen(hunk->heading), false);
		}
		buf_addch(out, '\n');
		add_new_lines(out, sources, index, hunk);
		add_old_lines(out, sources, file->old_path, hunk);
	}
	if (i < file->hunk_count)
		buf_addf(out, "[%zu more hunks of this file are not shown]\n",
			 file->hunk_count - i);
}
