#ifndef REPO_CHANGESET_H
#define REPO_CHANGESET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/sha256.h"
#include "repo/paths.h"
#include "repo/repo.h"

/** \file
 * The diff of a change: what `git diff -M BASE...HEAD` shows, with renames,
 * hunks and counts, and the change key that names it by content. Plain data;
 * once made it needs no repository and may be read by any thread.
 *
 * Nothing but the commits decides what comes out: neither the repository's
 * configuration nor its work tree, and of attributes only those at the trusted
 * commit.
 */

enum file_status {
	FILE_ADDED,
	FILE_DELETED,
	FILE_MODIFIED,
	FILE_RENAMED,
	FILE_COPIED,  /* added; old_path says what it resembles. Shown whole */
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
	OMIT_ATTRIBUTE,  /* -diff in .gitattributes at the trusted commit   */
};

struct diff_line {
	char origin;      /* ' ' context, '+' added, '-' deleted          */
	bool no_eol;      /* the file ends here without a line break      */
	int old_line;     /* from 1; 0 for an added line                  */
	int new_line;     /* from 1; 0 for a deleted line                 */
	const char *text; /* without its line feed (a carriage return before
			     that stays), NUL-terminated; may hold NULs and
			     bytes that are not UTF-8 */
	size_t len;
};

struct hunk {
	int old_start, old_count;
	int new_start, new_count;
	char *heading; /* function context, may be "" */
	struct diff_line *lines;
	size_t line_count, line_cap;
};

struct changed_file {
	char *path;     /* in the head; in the base for a deleted file */
	char *old_path; /* in the base; same as path unless renamed or copied */
	enum file_status status;
	enum file_omitted omitted;
	enum file_class file_class;
	bool is_generated; /* file_class is CLASS_GENERATED */
	uint32_t old_mode, mode;
	struct oid old_id, id; /* blobs or, of submodules, commits; zero where
				  there is none, and the old one of a copy */
	/* Lines; as git counts, a submodule's commit is one line. 0 of binary
	   and oversized files and past the diff limit. */
	size_t additions, deletions;
	struct hunk *hunks;
	size_t hunk_count, hunk_cap;
};

struct changeset {
	struct oid base;     /* the merge base that was compared */
	struct oid base_tip; /* what was asked for as base       */
	struct oid head;
	struct changed_file *files; /* by path, bytes compared */
	size_t file_count;
	size_t additions, deletions;
	bool exact_renames_only; /* over LIMIT_RENAME_PAIRS: renames of files
				    that were changed, too, were looked for
				    by file name only */
	char change_key[SHA256_HEX_SIZE];
	struct text_block *text; /* what every diff_line points into */
};

/**
 * The change from the merge base of `base` and `head` to `head`. `trusted` is
 * the commit whose .gitattributes count (NULL: base): linguist-generated (and
 * gitlab-generated), linguist-vendored, -diff; nothing but file_class and
 * omitted depends on them.
 *
 * Fails with ERR_NOT_FOUND without a merge base or with a missing object,
 * ERR_TOO_LARGE past LIMIT_CHANGED_FILES. base equal to head is a changeset
 * without files.
 */
MUST_CHECK int changeset_make(struct changeset *out, struct repo *repo,
			      const struct oid *base, const struct oid *head,
			      const struct oid *trusted, struct err *err);
void changeset_release(struct changeset *changeset);

/**
 * The change key: a changeset's name by content, the same after a rebase, an
 * amend, a cherry-pick or a retarget, as long as the files change alike. It is
 * SHA-256, as 64 hex digits, over this row of fields, each written as its
 * length (eight bytes, the highest first) and its bytes:
 *
 *   "referee change key 1"
 *   for each file, by path, bytes compared (deleted ones by their old path):
 *     "file"
 *     the old path; the path of an added one
 *     the path
 *     the status: A, D, M, R, C or T
 *     the old mode, a space, the mode: six octal digits each, 000000: none
 *     then, if the two blobs are the same: nothing;
 *     if either is binary (a NUL in the first 8000 bytes), larger than 1 MiB, a
 *     submodule, a pointer to large file storage, or past the limit of 1000000
 *     lines or 64 MiB:
 *       "blobs", the old blob and the new one, 40 hex digits each, zero: none
 *     else for each hunk, with three lines of context:
 *       what `git diff` prints below its @@ line
 *
 * Attributes and configuration have no part in it. In changesets past the limit
 * files that people review (class_is_reviewed() of their path) come first.
 * Renames are those `git diff -M` finds, by file name alone where more than
 * 40000 pairs would have to be compared. A copy is an added file that is at
 * least half the same as the old content of a modified or renamed one, looked
 * for up to 4000 pairs; it has the old mode 000000 and no old blob.
 */
void change_key_make(char out[SHA256_HEX_SIZE],
		     const struct changeset *changeset);

/** As in git: 'A', 'D', 'M', 'R', 'C', 'T'. */
char file_status_letter(enum file_status status);

/** Said to people: "binary", "larger than 1 MiB"; "" for OMIT_NOTHING. */
const char *file_omitted_reason(enum file_omitted omitted);

/** NULL if the path is not among the changed files of the head. */
const struct changed_file *changeset_find(const struct changeset *changeset,
					  const char *path);

/** Is new line `line` of the file inside a hunk (context counts)? */
bool changed_file_has_line(const struct changed_file *file, int line);

#endif /* REPO_CHANGESET_H */
