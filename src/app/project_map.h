#ifndef APP_PROJECT_MAP_H
#define APP_PROJECT_MAP_H

#include <stddef.h>

#include "core/buf.h"
#include "core/err.h"

/**
 * Appends the structure map of the repository at HEAD: how it is layered, where
 * that is not kept to, and its most important declarations, the latter in at
 * most `tokens` tokens. ERR_NOT_FOUND: no repository, no commit.
 */
MUST_CHECK int project_map(struct buf *out, const char *repo_dir, size_t tokens,
			   struct err *err);

#endif /* APP_PROJECT_MAP_H */
