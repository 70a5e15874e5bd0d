#ifndef REPO_WORK_FILES_H
#define REPO_WORK_FILES_H

#include "core/strvec.h"
#include "repo/repo.h"

/**
 * Adds the files of the work tree that git knows or would not ignore, sorted,
 * from the work tree's root: what is tracked and still there, and what is
 * untracked. Of `folder` and below, "" is everything. No submodules, no
 * symbolic links. ERR_INVALID for a bare repository.
 */
MUST_CHECK int repo_work_files(struct strvec *out, struct repo *repo,
			       const char *folder, struct err *err);

#endif /* REPO_WORK_FILES_H */
