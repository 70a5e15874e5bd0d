#ifndef REPO_BATCH_H
#define REPO_BATCH_H

#include "repo/repo.h"

/** \file
 * Objects that are written together go out together: one pack, synced once,
 * instead of a file each, synced one by one. Until then they are in memory,
 * where the same handle (and no other) reads them.
 *
 * A ref may name them only after batch_end(). One batch a repository at a time.
 * Blocking, the repository's own thread.
 */

/** From here on what is written through `repo` is kept. */
MUST_CHECK int batch_begin(struct repo *repo, struct err *err);

/** Writes what was kept, durably; afterwards writing is as it was before.
 * Nothing may be kept of a batch that fails. */
MUST_CHECK int batch_end(struct repo *repo, struct err *err);

/** Forgets what was kept; fine without a batch. */
void batch_drop(struct repo *repo);

#endif /* REPO_BATCH_H */
