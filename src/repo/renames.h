#ifndef REPO_RENAMES_H
#define REPO_RENAMES_H

#include "repo/tree_diff.h"

/** \file
 * Which added files were deleted ones, as `git diff -M` decides it: first the
 * same content, then the same file name and three quarters the same, then
 * whatever is half the same, the most alike first. Within repo/ only.
 */

/**
 * Turns pairs of deleted and added files into renamed ones, and added files
 * that resemble modified ones into copies; sorts. *by_name_only: there were too
 * many to compare each with each (LIMIT_RENAME_PAIRS). Files over
 * LIMIT_BLOB_BYTES are found only if their content is the same.
 */
MUST_CHECK int renames_find(struct file_list *files, bool *by_name_only,
			    struct repo *repo, struct err *err);

#endif /* REPO_RENAMES_H */
