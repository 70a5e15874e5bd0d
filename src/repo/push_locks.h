#ifndef REPO_PUSH_LOCKS_H
#define REPO_PUSH_LOCKS_H

#include "repo/push.h"

/** \file
 * What a push to a path locks there. A process that is killed leaves its locks
 * in a repository that is somebody else's, where they would stop everybody for
 * ever; so they are named beside the repository that is pushed from, first, and
 * the next push from there takes them away. Blocking; inside repo/ only.
 */
struct push_locks;

/**
 * Takes away what a killed push left, and names what this one will lock. Waits
 * for another push from the same repository; ERR_CONFLICT after a minute.
 */
MUST_CHECK int push_locks_begin(struct push_locks **out, struct repo *repo,
				struct repo *remote,
				const struct push_request *request,
				struct err *err);

/** All of them are released. NULL is fine. */
void push_locks_end(struct push_locks *locks);

#endif /* REPO_PUSH_LOCKS_H */
