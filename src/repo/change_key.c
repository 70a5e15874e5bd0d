#include <string.h>

#include "core/buf.h"
#include "core/limits.h"
#include "repo/changeset.h"

#define NO_EOL_MARK "\\ No newline at end of file\n"

/* Twice the text a changeset can hold, for the marks between. */
#define LIMIT_HUNK_BYTES (2 * LIMIT_DIFF_BYTES)

static void add_text(struct sha256 *sha, const char *text)
{
	sha256_add_field(sha, text, strlen(text));
}

/* What `git diff` prints below the @@ line. */
static void add_hunk(struct sha256 *sha, const struct hunk *hunk,
		     struct buf *body)
{
	buf_reset(body);
	for (size_t i = 0; i < hunk->line_count; i++) {
		const struct diff_line *line = &hunk->lines[i];

		buf_addch(body, line->origin);
		buf_add(body, line->text, line->len);
		buf_addch(body, '\n');
		if (line->no_eol)
			buf_addstr(body, NO_EOL_MARK);
	}
	sha256_add_field(sha, body->ptr, body->len);
}

static void add_blobs(struct sha256 *sha, const struct changed_file *file)
{
	char hex[OID_HEX_SIZE];

	add_text(sha, "blobs");
	oid_format(hex, &file->old_id);
	add_text(sha, hex);
	oid_format(hex, &file->id);
	add_text(sha, hex);
}

static void add_file(struct sha256 *sha, const struct changed_file *file,
		     struct buf *scratch)
{
	const char status[] = { file_status_letter(file->status), '\0' };

	add_text(sha, "file");
	add_text(sha, file->old_path);
	add_text(sha, file->path);
	add_text(sha, status);
	buf_reset(scratch);
	buf_addf(scratch, "%06o %06o", (unsigned)file->old_mode,
		 (unsigned)file->mode);
	add_text(sha, scratch->ptr);
	if (oid_equal(&file->old_id, &file->id))
		return;
	if (file->omitted != OMIT_NOTHING)
		add_blobs(sha, file);
	for (size_t i = 0; i < file->hunk_count; i++)
		add_hunk(sha, &file->hunks[i], scratch);
}

void change_key_make(char out[SHA256_HEX_SIZE],
		     const struct changeset *changeset)
{
	struct sha256 *sha = sha256_new();
	struct buf scratch;

	buf_init(&scratch, (size_t)LIMIT_HUNK_BYTES);
	add_text(sha, "referee change key 1");
	for (size_t i = 0; i < changeset->file_count; i++)
		add_file(sha, &changeset->files[i], &scratch);
	buf_release(&scratch);
	sha256_end(sha, out);
}
