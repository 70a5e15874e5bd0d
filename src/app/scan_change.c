#include "app/scanner.h"
#include "repo/changeset.h"
#include "services/offline_file.h"

static int take_file(struct scanner *scanner, struct repo *repo,
		     const struct changed_file *file, struct err *err)
{
	struct offline_file loaded;
	struct rule_input input;

	if (file->status == FILE_DELETED)
		return 0;
	if (file->omitted == OMIT_BINARY) {
		scanner->binary++;
		return 0;
	}
	if (file->omitted != OMIT_NOTHING) {
		scanner_note_file(scanner, file->path, FILE_SKIPPED,
				  file_omitted_reason(file->omitted));
		return 0;
	}
	if (!file->hunk_count)
		return 0;
	if (offline_file_load(&loaded, repo, file, err) < 0)
		return -1;
	input = offline_file_input(&loaded);
	scanner_take(scanner, &input, offline_is_readable(file));
	scanner_note_file(scanner, file->path, FILE_REVIEWED, NULL);
	offline_file_release(&loaded);
	return 0;
}

int scan_change(struct scanner *scanner, struct repo *repo,
		const struct oid *base, const struct oid *head, struct err *err)
{
	struct changeset changeset = { 0 };
	int ret = changeset_make(&changeset, repo, base, head, base, err);

	for (size_t i = 0; ret == 0 && i < changeset.file_count; i++)
		ret = take_file(scanner, repo, &changeset.files[i], err);
	changeset_release(&changeset);
	return ret;
}
