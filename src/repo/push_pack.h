#ifndef REPO_PUSH_PACK_H
#define REPO_PUSH_PACK_H

#include <git2.h>

#include "repo/push.h"

/** A pack of exactly what the pushed refs need and the remote lacks; the caller
 * frees it with git_packbuilder_free(). *out is NULL if nothing is to be sent:
 * refs are only removed. Private to repo/. */
MUST_CHECK int push_pack_make(git_packbuilder **out, struct repo *repo,
			      const struct push_request *request,
			      struct err *err);

/** repo_push() to a path. */
MUST_CHECK int push_to_path(struct repo *repo,
			    const struct push_request *request,
			    struct err *err);

/** What the outcomes of all refs come to. */
MUST_CHECK int push_judge(const struct push_request *request, struct err *err);

#endif /* REPO_PUSH_PACK_H */
