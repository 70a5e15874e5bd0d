#include "services/offline_job.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/limits.h"
#include "io/cancel.h"
#include "repo/object.h"

void offline_add(struct offline_job *job, const struct offline_remark *remark)
{
	struct json *at;

	if (job->finding_count >= LIMIT_FINDINGS) {
		job->dropped++;
		return;
	}
	job->finding_count++;
	at = json_add_object(job->findings);
	json_set_string(at, "path", remark->path);
	json_set_int(at, "line", remark->line);
	json_set_int(at, "end_line", remark->line);
	json_set_string(at, "quote", remark->quote);
	json_set_string(at, "severity", severity_name(remark->severity));
	json_set_string(at, "category", remark->category);
	json_set_string(at, "title", remark->title);
	json_set_string(at, "body", remark->body);
	json_set_null(at, "suggestion");
	if (remark->rule)
		json_set_string(at, "rule", remark->rule);
}

int offline_check(const struct offline_job *job, struct err *err)
{
	const struct offline_question *question = job->question;

	if (question->cancel && cancel_is_wanted(question->cancel))
		return err_set(err, ERR_CANCELLED, "cancelled");
	if (question->until_ms && clock_mono_ms() > question->until_ms)
		return err_set(err, ERR_TIMEOUT, "the time is up");
	return 0;
}

bool offline_is_readable(const struct changed_file *file)
{
	return file->status != FILE_DELETED && file->omitted == OMIT_NOTHING &&
	       file->hunk_count && !file->is_generated &&
	       file->file_class != CLASS_GENERATED &&
	       file->file_class != CLASS_VENDORED;
}

static int read_text(char **out, size_t *len, struct repo *repo,
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

int offline_file_load(struct offline_file *out, struct offline_job *job,
		      const struct changed_file *file, struct err *err)
{
	size_t lines = 1;

	*out = (struct offline_file){ .file = file };
	if (read_text(&out->text, &out->len, job->question->repo, &file->id,
		      err) < 0)
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

int offline_old_text(char **out, size_t *len, struct offline_job *job,
		     const struct changed_file *file, struct err *err)
{
	*out = NULL;
	*len = 0;
	if (oid_is_zero(&file->old_id))
		return 0;
	if (read_text(out, len, job->question->repo, &file->old_id, err) < 0)
		return err_prefix(err, "%s", file->old_path);
	return 0;
}

bool offline_is_override(const struct outline *outline,
			 const struct symbol *symbol)
{
	static const char annotation[] = "@Override";

	return symbol->is_override ||
	       memmem(outline->text + symbol->start,
		      symbol->signature_end - symbol->start, annotation,
		      strlen(annotation));
}
