#ifndef APP_PLACE_H
#define APP_PLACE_H

#include "core/strvec.h"
#include "repo/repo.h"

/** \file
 * Which files somebody means by a path of the file system: one, or those of a
 * folder. In a work tree those that git knows or does not ignore, unless an
 * ignored folder is named; elsewhere all of them.
 */
struct place_files {
	struct strvec files; /* to open                                      */
	struct strvec paths; /* the same for people: from the work tree's root,
				or as the target was written                 */
	struct strvec problems; /* what could not be listed, and why */
};

void place_release(struct place_files *place);

/**
 * *repo is the repository that is named by `repo_dir`, or that `target` is in,
 * or that we are in; NULL without one, which is only an error if it was named.
 */
MUST_CHECK int place_repo(struct repo **repo, const char *repo_dir,
			  const char *target, struct err *err);

/** `target` NULL: all of the work tree of `repo` or, if that is NULL, of the
 * folder we stand in. ERR_NOT_FOUND: there is no such file. */
MUST_CHECK int place_list(struct place_files *out, struct repo *repo,
			  const char *target, struct err *err);

#endif /* APP_PLACE_H */
