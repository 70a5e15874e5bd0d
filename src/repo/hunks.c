#include "repo/hunks.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "repo/git.h"

#define CONTEXT_LINES    3
#define TEXT_BLOCK_BYTES (256 * KIB)

/* Text that never moves, so that lines can point into it while more comes. */
struct text_block {
	struct text_block *next;
	size_t used, size;
	char bytes[];
};

struct making {
	struct changed_file *file;
	struct hunk_store *store;
};

void hunk_store_init(struct hunk_store *store)
{
	*store = (struct hunk_store){ .lines_left = LIMIT_DIFF_LINES,
				      .bytes_left = (size_t)LIMIT_DIFF_BYTES };
}

void text_blocks_free(struct text_block *blocks)
{
	while (blocks) {
		struct text_block *next = blocks->next;

		free(blocks);
		blocks = next;
	}
}

static const char *keep_text(struct hunk_store *store, const char *text,
			     size_t len)
{
	struct text_block *block = store->blocks;
	char *kept;

	if (!block || block->size - block->used <= len) {
		size_t size = len + 1 > (size_t)TEXT_BLOCK_BYTES
				      ? len + 1
				      : (size_t)TEXT_BLOCK_BYTES;

		block = xcalloc(1, sizeof(*block) + size);
		block->size = size;
		block->next = store->blocks;
		store->blocks = block;
	}
	kept = block->bytes + block->used;
	if (len)
		memcpy(kept, text, len);
	kept[len] = '\0';
	block->used += len + 1;
	return kept;
}

void hunks_drop(struct changed_file *file)
{
	for (size_t i = 0; i < file->hunk_count; i++) {
		free(file->hunks[i].heading);
		free(file->hunks[i].lines);
	}
	free(file->hunks);
	file->hunks = NULL;
	file->hunk_count = file->hunk_cap = 0;
}

/* What stands behind the second @@ of a hunk's first line. */
static char *heading_of(const git_diff_hunk *hunk)
{
	const char *start = strstr(hunk->header + 2, "@@ ");
	size_t len;

	if (!start)
		return xstrdup("");
	start += strlen("@@ ");
	len = strcspn(start, "\r\n");
	while (len && (start[len - 1] == ' ' || start[len - 1] == '\t'))
		len--;
	return xmemdup(start, len);
}

static int on_hunk(UNUSED const git_diff_delta *delta,
		   const git_diff_hunk *hunk, void *payload)
{
	struct making *making = payload;
	struct changed_file *file = making->file;

	ARRAY_GROW(file->hunks, file->hunk_count, file->hunk_cap);
	file->hunks[file->hunk_count++] = (struct hunk){
		.old_start = hunk->old_start,
		.old_count = hunk->old_lines,
		.new_start = hunk->new_start,
		.new_count = hunk->new_lines,
		.heading = heading_of(hunk),
	};
	return 0;
}

static int on_line(UNUSED const git_diff_delta *delta,
		   UNUSED const git_diff_hunk *git_hunk,
		   const git_diff_line *line, void *payload)
{
	struct making *making = payload;
	struct changed_file *file = making->file;
	struct hunk *hunk;
	size_t len = line->content_len;
	bool has_eol = len && line->content[len - 1] == '\n';

	if (line->origin != GIT_DIFF_LINE_CONTEXT &&
	    line->origin != GIT_DIFF_LINE_ADDITION &&
	    line->origin != GIT_DIFF_LINE_DELETION)
		return 0; /* "\ No newline at end of file": seen by has_eol */
	if (!making->store->lines_left || making->store->bytes_left <= len)
		return GIT_EUSER;
	making->store->lines_left--;
	making->store->bytes_left -= len;
	hunk = &file->hunks[file->hunk_count - 1];
	ARRAY_GROW(hunk->lines, hunk->line_count, hunk->line_cap);
	hunk->lines[hunk->line_count++] = (struct diff_line){
		.origin = line->origin,
		.no_eol = !has_eol,
		.old_line = line->old_lineno < 0 ? 0 : line->old_lineno,
		.new_line = line->new_lineno < 0 ? 0 : line->new_lineno,
		.text = keep_text(making->store, line->content, len - has_eol),
		.len = len - has_eol,
	};
	file->additions += line->origin == GIT_DIFF_LINE_ADDITION;
	file->deletions += line->origin == GIT_DIFF_LINE_DELETION;
	return 0;
}

int hunks_make(struct changed_file *file, struct hunk_store *store,
	       const struct side *old, const struct side *new, struct err *err)
{
	struct making making = { .file = file, .store = store };
	git_diff_options options;
	int code;

	git_diff_options_init(&options, GIT_DIFF_OPTIONS_VERSION);
	options.flags = GIT_DIFF_FORCE_TEXT | GIT_DIFF_INDENT_HEURISTIC;
	options.context_lines = CONTEXT_LINES;
	options.max_size = -1;
	if (!store->lines_left)
		code = GIT_EUSER;
	else /* An empty path: no attributes are looked up, anywhere. */
		code = git_diff_blobs(old->blob, "", new->blob, "", &options,
				      NULL, NULL, on_hunk, on_line, &making);
	if (code != GIT_EUSER)
		return code < 0 ? err_set_git(err, code, "diff of '%s'",
					      file->path)
				: 0;
	git_error_clear();
	hunks_drop(file);
	file->additions = file->deletions = 0;
	file->omitted = OMIT_DIFF_LIMIT;
	/* What comes next must not slip through because it is smaller. */
	store->lines_left = 0;
	return 0;
}
