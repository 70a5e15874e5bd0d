#ifndef IO_WALK_H
#define IO_WALK_H

#include <stdbool.h>

#include "core/err.h"
#include "core/strvec.h"

/**
 * Adds the regular files below the folder `root`, sorted by path, as paths from
 * `root`. Symbolic links are not followed and folders called .git are left out;
 * neither are devices, pipes and sockets. Folders that cannot be read are added
 * to `problems`, each with the reason. `*is_cut`: there are more than `max`.
 * ERR_NOT_FOUND, ERR_INVALID, ERR_SYSTEM if `root` itself cannot be read.
 * Blocking.
 */
MUST_CHECK int walk_files(struct strvec *out, const char *root, size_t max,
			  struct strvec *problems, bool *is_cut,
			  struct err *err);

#endif /* IO_WALK_H */
