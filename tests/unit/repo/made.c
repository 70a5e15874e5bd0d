#include "made.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/limits.h"
#include "unit.h"

#define LISTING_BYTES ((size_t)(256 * MIB))

void made_init(struct made *made)
{
	*made = (struct made){ 0 };
	sandbox_init(&made->box);
	repo_setup();
	sandbox_run(&made->box, "git init -q work && "
				"git -C work config gc.auto 0");
}

void made_release(struct made *made)
{
	changeset_release(&made->changes);
	repo_free(made->repo);
	repo_teardown();
	sandbox_release(&made->box);
}

void made_run(const struct made *made, const char *commands)
{
	sandbox_run(&made->box, "cd work || exit\nset -e\n%s", commands);
}

static struct oid revision(struct made *made, const char *name)
{
	struct err err = ERR_INIT;
	struct oid id;

	must(repo_resolve(&id, made->repo, name, &err));
	return id;
}

/* A handle of its own for each changeset: git worked here in between. */
static void reopen(struct made *made)
{
	struct err err = ERR_INIT;
	char *dir = sandbox_path(&made->box, "work");

	repo_free(made->repo);
	made->repo = NULL;
	must(repo_open(&made->repo, dir, &err));
	free(dir);
}

int made_try(struct made *made, const char *base, const char *head,
	     struct err *err)
{
	struct oid base_id, head_id;

	changeset_release(&made->changes);
	reopen(made);
	base_id = revision(made, base);
	head_id = revision(made, head);
	return changeset_make(&made->changes, made->repo, &base_id, &head_id,
			      NULL, err);
}

void made_change(struct made *made, const char *base, const char *head,
		 const char *trusted)
{
	struct err err = ERR_INIT;
	struct oid base_id, head_id, trusted_id;

	changeset_release(&made->changes);
	reopen(made);
	base_id = revision(made, base);
	head_id = revision(made, head);
	if (trusted)
		trusted_id = revision(made, trusted);
	must(changeset_make(&made->changes, made->repo, &base_id, &head_id,
			    trusted ? &trusted_id : NULL, &err));
}

char *made_key(struct made *made, const char *base, const char *head)
{
	made_change(made, base, head, NULL);
	return xstrdup(made->changes.change_key);
}

const struct changed_file *made_file(const struct made *made, const char *path)
{
	for (size_t i = 0; i < made->changes.file_count; i++)
		if (!strcmp(made->changes.files[i].path, path))
			return &made->changes.files[i];
	cr_fatal("'%s' is not among the changed files", path);
	return NULL;
}

static void add_paths(struct buf *out, const struct changed_file *file)
{
	if (file->status == FILE_RENAMED)
		buf_addf(out, "%s\n", file->old_path);
	buf_addf(out, "%s\n", file->path);
}

static void add_raw(struct buf *out, const struct changed_file *file)
{
	char status = file_status_letter(file->status);
	char old_hex[OID_HEX_SIZE], hex[OID_HEX_SIZE];

	oid_format(old_hex, &file->old_id);
	oid_format(hex, &file->id);
	buf_addf(out, ":%06o %06o %s %s %c\n", file->old_mode, file->mode,
		 old_hex, hex, status == 'C' ? 'A' : status);
	add_paths(out, file);
}

static void add_counts(struct buf *out, const struct changed_file *file)
{
	buf_addf(out, "%zu\t%zu\t", file->additions, file->deletions);
	if (file->status == FILE_RENAMED)
		buf_addch(out, '\n');
	add_paths(out, file);
}

static char *take(struct buf *out)
{
	struct err err = ERR_INIT;

	while (out->len && out->ptr[out->len - 1] == '\n')
		buf_truncate(out, out->len - 1);
	must(buf_check(out, "listing", &err));
	return buf_detach(out);
}

char *made_listing(const struct made *made)
{
	struct buf out;

	buf_init(&out, LISTING_BYTES);
	for (size_t i = 0; i < made->changes.file_count; i++)
		add_raw(&out, &made->changes.files[i]);
	for (size_t i = 0; i < made->changes.file_count; i++)
		add_counts(&out, &made->changes.files[i]);
	return take(&out);
}

static void add_range(struct buf *out, char sign, int start, int count)
{
	buf_addf(out, "%c%d", sign, start);
	if (count != 1)
		buf_addf(out, ",%d", count);
	buf_addch(out, ' ');
}

static void add_hunk(struct buf *out, const struct hunk *hunk)
{
	buf_addstr(out, "@@ ");
	add_range(out, '-', hunk->old_start, hunk->old_count);
	add_range(out, '+', hunk->new_start, hunk->new_count);
	buf_addstr(out, "@@\n");
	for (size_t i = 0; i < hunk->line_count; i++) {
		const struct diff_line *line = &hunk->lines[i];

		buf_addch(out, line->origin);
		buf_add(out, line->text, line->len);
		buf_addch(out, '\n');
		if (line->no_eol)
			buf_addstr(out, "\\ No newline at end of file\n");
	}
}

char *made_hunks(const struct made *made)
{
	struct buf out;

	buf_init(&out, LISTING_BYTES);
	for (size_t i = 0; i < made->changes.file_count; i++)
		for (size_t j = 0; j < made->changes.files[i].hunk_count; j++)
			add_hunk(&out, &made->changes.files[i].hunks[j]);
	return take(&out);
}

char *git_listing(const struct made *made, const char *base, const char *head)
{
	return sandbox_output(
		&made->box,
		"cd work && git diff --raw --numstat --no-abbrev -z -M "
		"'%s...%s' | tr '\\0' '\\n' | "
		"sed 's/^-\t-\t/0\t0\t/;s/^\\(:[0-7]* [0-7]* [0-9a-f]* "
		"[0-9a-f]* "
		"[A-Z]\\)[0-9]*$/\\1/'",
		base, head);
}

char *git_hunks(const struct made *made, const char *base, const char *head)
{
	return sandbox_output(&made->box,
			      "cd work && git diff -M --patch '%s...%s' | "
			      "LC_ALL=C sed -n "
			      "'/^[-+@ \\\\]/{/^--- /d;/^+++ /d;"
			      "s/^\\(@@ [-+0-9, ]* @@\\).*/\\1/;p}'",
			      base, head);
}
