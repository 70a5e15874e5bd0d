#include "agents/sources.h"

#include <string.h>

#include "code/redact.h"
#include "core/alloc.h"
#include "core/buf.h"
#include "core/limits.h"
#include "repo/object.h"

struct source {
	char *text; /* NULL: not read */
	size_t len;
	size_t *starts; /* of each line; one more than there are */
	int line_count;
};

struct sources {
	const struct changeset *changeset;
	struct redactor *redactor;
	struct source *items; /* one a file of the changeset */
};

static void index_lines(struct source *source)
{
	size_t count = 1, next = 1;

	for (size_t i = 0; i < source->len; i++)
		count += source->text[i] == '\n';
	source->starts = xcalloc(count + 1, sizeof(*source->starts));
	for (size_t i = 0; i < source->len; i++)
		if (source->text[i] == '\n')
			source->starts[next++] = i + 1;
	/* A line break at the end ends the last line, it starts none. */
	if (source->len && source->text[source->len - 1] == '\n')
		count--;
	source->line_count = source->len ? (int)count : 0;
	source->starts[source->line_count] = source->len;
}

static int load_one(struct source *out, struct repo *repo,
		    const struct changed_file *file, struct redactor *redactor,
		    struct err *err)
{
	struct buf text;
	struct buf redacted;
	int ret = -1;

	buf_init(&text, LIMIT_BLOB_BYTES);
	buf_init(&redacted, 4 * LIMIT_BLOB_BYTES);
	if (blob_read(&text, repo, &file->id, err) < 0)
		goto out;
	if (redactor) {
		redact_text(&redacted, redactor, text.ptr, text.len,
			    file->path);
		if (buf_check(&redacted, file->path, err) < 0)
			goto out;
	}
	out->len = redactor ? redacted.len : text.len;
	out->text = buf_detach(redactor ? &redacted : &text);
	index_lines(out);
	ret = 0;
out:
	buf_release(&text);
	buf_release(&redacted);
	return ret;
}

static bool is_readable(const struct changed_file *file)
{
	return file->status != FILE_DELETED && file->omitted == OMIT_NOTHING;
}

int sources_load(struct sources **out, struct repo *repo,
		 const struct changeset *changeset, struct redactor *redactor,
		 struct err *err)
{
	struct sources *sources = xcalloc(1, sizeof(*sources));

	sources->changeset = changeset;
	sources->redactor = redactor;
	sources->items = xcalloc(changeset->file_count,
				 sizeof(*sources->items));
	for (size_t i = 0; i < changeset->file_count; i++) {
		const struct changed_file *file = &changeset->files[i];

		if (!is_readable(file))
			continue;
		if (load_one(&sources->items[i], repo, file, redactor, err) <
		    0) {
			sources_free(sources);
			return err_prefix(err, "%s", file->path);
		}
	}
	*out = sources;
	return 0;
}

void sources_free(struct sources *sources)
{
	if (!sources)
		return;
	for (size_t i = 0; i < sources->changeset->file_count; i++) {
		free(sources->items[i].text);
		free(sources->items[i].starts);
	}
	free(sources->items);
	free(sources);
}

const struct changeset *sources_changeset(const struct sources *sources)
{
	return sources->changeset;
}

struct redactor *sources_redactor(const struct sources *sources)
{
	return sources->redactor;
}

const char *sources_text(const struct sources *sources, size_t index,
			 size_t *len)
{
	*len = sources->items[index].len;
	return sources->items[index].text;
}

bool sources_line(const struct sources *sources, size_t index, int line,
		  const char **text, size_t *len)
{
	const struct source *source = &sources->items[index];
	size_t start, end;

	if (line < 1 || line > source->line_count)
		return false;
	start = source->starts[line - 1];
	end = source->starts[line];
	if (end > start && source->text[end - 1] == '\n')
		end--;
	if (end > start && source->text[end - 1] == '\r')
		end--;
	*text = source->text + start;
	*len = end - start;
	return true;
}

int sources_line_count(const struct sources *sources, size_t index)
{
	return sources->items[index].line_count;
}
