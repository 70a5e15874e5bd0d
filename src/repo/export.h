#ifndef REPO_EXPORT_H
#define REPO_EXPORT_H

#include <stdint.h>

#include "io/cancel.h"
#include "repo/repo.h"

/** \file
 * A tree as files of a folder, straight from the objects: no hooks, no
 * filters, no attributes, no configuration of anybody's.
 */

/**
 * Writes all of `tree` into the empty folder `directory`. Links are written
 * last, so that nothing is written through one; submodules are left as empty
 * folders. ERR_TOO_LARGE past `max_bytes` of files; ERR_CANCELLED; ERR_INVALID
 * for a name that no file may have. What was written until then stays.
 */
MUST_CHECK int tree_export(struct repo *repo, const struct oid *tree,
			   const char *directory, int64_t max_bytes,
			   struct cancel *cancel, struct err *err);

#endif /* REPO_EXPORT_H */
