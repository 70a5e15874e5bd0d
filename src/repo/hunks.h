#ifndef REPO_HUNKS_H
#define REPO_HUNKS_H

#include "repo/changeset.h"
#include "repo/side.h"

/** \file
 * The lines in which two contents differ. Within repo/ only.
 */

/** Where the lines of a changeset go, and how many more may. */
struct hunk_store {
	struct text_block *blocks; /* newest first */
	size_t lines_left, bytes_left;
};

void hunk_store_init(struct hunk_store *store);
void text_blocks_free(struct text_block *blocks);

/** Fills file->hunks and its counts. Past the store's limits the file gets none
 * of them, and OMIT_DIFF_LIMIT. */
MUST_CHECK int hunks_make(struct changed_file *file, struct hunk_store *store,
			  const struct side *old, const struct side *new,
			  struct err *err);
void hunks_drop(struct changed_file *file);

#endif /* REPO_HUNKS_H */
