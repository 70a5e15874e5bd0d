#ifndef REPO_REMOTE_PATH_H
#define REPO_REMOTE_PATH_H

#include "repo/remote.h"
#include "repo/repo.h"

/** The repository at a path or file:// URL, bare or with a work tree; not
 * looking upwards. Private to repo/. */
MUST_CHECK int remote_path_open(struct repo **out, const char *url,
				struct err *err);

/** remote_list_refs() of it. */
MUST_CHECK int remote_path_list(struct remote_refs *out, struct repo *remote,
				const char *const *prefixes, size_t count,
				struct err *err);

#endif /* REPO_REMOTE_PATH_H */
