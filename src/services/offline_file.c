#include "services/offline_file.h"

#include <ctype.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "repo/object.h"

bool offline_is_readable(const struct changed_file *file)
{
	return file->status != FILE_DELETED && file->omitted == OMIT_NOTHING &&
	       file->hunk_count && !file->is_generated &&
	       file->file_class != CLASS_GENERATED &&
	       file->file_class != CLASS_VENDORED;
}

int offline_read_blob(char **out, size_t *len, struct repo *repo,
		      const struct oid *id, struct err *err)
{
	struct buf text;
	int ret = -1;

	buf_init(&text, LIMIT_BLOB_BYTES);
	if (blob_read(&text, repo, id, err) < 0)
		goto out;
	*len = text.len;
	*out = buf_detach(&text);
	ret = 0;
out:
	buf_release(&text);
	return ret;
}

/* Adds the lines of one hunk that the change added. */
static void mark_added(struct offline_file *out, const struct hunk *hunk)
{
	for (size_t i = 0; i < hunk->line_count; i++) {
		const struct diff_line *line = &hunk->lines[i];

		if (line->origin == '+' &&
		    (size_t)line->new_line < out->added_len)
			out->added[line->new_line] = true;
	}
}

int offline_file_load(struct offline_file *out, struct repo *repo,
		      const struct changed_file *file, struct err *err)
{
	size_t lines = 1;

	*out = (struct offline_file){ .file = file };
	if (offline_read_blob(&out->text, &out->len, repo, &file->id, err) < 0)
		return err_prefix(err, "%s", file->path);
	for (size_t i = 0; i < out->len; i++)
		lines += out->text[i] == '\n';
	out->added_len = lines + 1;
	out->added = xcalloc(out->added_len, sizeof(bool));
	for (size_t i = 0; i < file->hunk_count; i++)
		mark_added(out, &file->hunks[i]);
	return 0;
}

void offline_file_release(struct offline_file *file)
{
	free(file->text);
	free(file->added);
	*file = (struct offline_file){ 0 };
}

struct rule_input offline_file_input(const struct offline_file *file)
{
	return (struct rule_input){ .path = file->file->path,
				    .file_class = file->file->file_class,
				    .text = file->text,
				    .len = file->len,
				    .wanted = file->added,
				    .wanted_len = file->added_len };
}

char *offline_line(const struct offline_file *file, uint32_t line)
{
	const char *at = file->text, *end = file->text + file->len, *stop;

	for (uint32_t i = 1; i < line && at < end; i++) {
		at = memchr(at, '\n', (size_t)(end - at));
		if (!at)
			return xstrdup("");
		at++;
	}
	stop = memchr(at, '\n', (size_t)(end - at));
	if (!stop)
		stop = end;
	while (at < stop && isspace((unsigned char)*at))
		at++;
	while (stop > at && isspace((unsigned char)stop[-1]))
		stop--;
	return xmemdup(at, (size_t)(stop - at));
}
