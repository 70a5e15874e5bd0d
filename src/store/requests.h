#ifndef STORE_REQUESTS_H
#define STORE_REQUESTS_H

#include <stddef.h>

#include "repo/repo.h"

/** \file
 * Requests by ref: an engineer pushes refs/referee/requests/<workflow>/<name>
 * to a commit, and that workflow runs on it. Whose run is stored goes away.
 */
struct run_request {
	char *ref;
	char *workflow; /* its id */
	char *name;     /* the rest, for people */
	struct oid commit;
	struct oid target; /* what the ref holds: the commit, or a tag of it */
};

struct request_list {
	struct run_request *items;
	size_t len, cap;
};

/** All of them, by ref. A ref that names no workflow, or no commit that is
 * here, is told in the log and left out. */
MUST_CHECK int requests_list(struct request_list *out, struct repo *repo,
			     struct err *err);
void request_list_release(struct request_list *list);

#endif /* STORE_REQUESTS_H */
