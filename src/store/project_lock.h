#ifndef STORE_PROJECT_LOCK_H
#define STORE_PROJECT_LOCK_H

#include <stdint.h>

#include "core/attr.h"
#include "core/err.h"

/** \file
 * The right to work on a project: one writer at a time. It lasts for the time
 * asked for; whoever holds it looks at project_lock_left_ms() before anything
 * that others see.
 *
 * Held by a lock on a file of this machine, which ends with the process. Each
 * time it is taken it has a higher epoch, which goes into what is written, so
 * that a late writer is known.
 */
struct project_lock;

/** Takes it for `ttl_ms`; `project` is its name. ERR_CONFLICT while somebody
 * else holds it. */
MUST_CHECK int project_lock_take(struct project_lock **out,
				 const char *state_dir, const char *project,
				 int64_t ttl_ms, struct err *err);

/** How long it still lasts, by the clock that counts sleep; 0: it has run out.
 */
int64_t project_lock_left_ms(const struct project_lock *lock);

/** Higher than whatever held it before had. */
int64_t project_lock_epoch(const struct project_lock *lock);

/** Hands it back. */
void project_lock_free(struct project_lock *lock);

#endif /* STORE_PROJECT_LOCK_H */
