#ifndef REPO_CHANGESET_H
#define REPO_CHANGESET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/sha256.h"
#include "repo/paths.h"
#include "repo/repo.h"

/** \file
 * The diff of a change: what `git diff BASE...HEAD` shows, with renames, hunks
 * and counts, and the change key that names it by content. Plain data; once
 * made it needs no repository and may be read by any thread.
 */

enum file_status {
	FILE_ADDED,
	FILE_DELETED,
	FILE_MODIFIED,
	FILE_RENAMED,
	FILE_COPIED,
	FILE_RETYPED, /* a file became a link or a submodule */
};

/** Why a file has no hunks although it changed. */
enum file_omitted {
	OMIT_NOTHING,
	OMIT_BINARY,
	OMIT_OVERSIZED, /* over LIMIT_BLOB_BYTES                          */
	OMIT_SUBMODULE,
	OMIT_LFS,        /* a pointer to large file storage                */
	OMIT_DIFF_LIMIT, /* the changeset reached LIMIT_DIFF_LINES or bytes */
};

struct diff_line {
	char origin;      /* ' ' context, '+' added, '-' deleted          */
	bool no_eol;      /* the file ends here without a line break      */
	int old_line;     /* from 1; 0 for an added line                  */
	int new_line;     /* from 1; 0 for a deleted line                 */
	const char *text; /* without its line break, NUL-terminated; may hold
			     bytes that are not UTF-8 */
	size_t len;
};

struct hunk {
	int old_start, old_count;
	int new_start, new_count;
	char *heading; /* function context, may be "" */
	struct diff_line *lines;
	size_t line_count;
};

struct changed_file {
	char *path;     /* in the head; in the base for a deleted file */
	char *old_path; /* in the base; same as path unless renamed or copied */
	enum file_status status;
	enum file_omitted omitted;
	enum file_class file_class;
	bool is_generated; /* also by linguist-generated at the trusted ref */
	uint32_t old_mode, mode;
	struct oid old_id, id; /* blobs; zero where there is none */
	size_t additions, deletions;
	struct hunk *hunks;
	size_t hunk_count;
};

struct changeset {
	struct oid base;     /* the merge base that was compared */
	struct oid base_tip; /* what was asked for as base       */
	struct oid head;
	struct changed_file *files; /* by path, bytes compared */
	size_t file_count;
	size_t additions, deletions;
	bool exact_renames_only; /* too many files for similar ones */
	char change_key[SHA256_HEX_SIZE];
	char *text; /* what every diff_line points into */
};

/**
 * The change from the merge base of `base` and `head` to `head`. `trusted` is
 * the commit whose .gitattributes count (NULL: base). Fails with ERR_NOT_FOUND
 * without a merge base or with a missing object, ERR_TOO_LARGE past
 * LIMIT_CHANGED_FILES.
 */
MUST_CHECK int changeset_make(struct changeset *out, struct repo *repo,
			      const struct oid *base, const struct oid *head,
			      const struct oid *trusted, struct err *err);
void changeset_release(struct changeset *changeset);

/** As in git: 'A', 'D', 'M', 'R', 'C', 'T'. */
char file_status_letter(enum file_status status);

/** Said to people: "binary", "larger than 1 MiB"; "" for OMIT_NOTHING. */
const char *file_omitted_reason(enum file_omitted omitted);

/** NULL if the path is not among the changed files of the head. */
const struct changed_file *changeset_find(const struct changeset *changeset,
					  const char *path);

/** Is new line `line` of the file inside a hunk (context counts)? */
bool changed_file_has_line(const struct changed_file *file, int line);

/** Was new line `line` added by the change? */
bool changed_file_added_line(const struct changed_file *file, int line);

#endif /* REPO_CHANGESET_H */
