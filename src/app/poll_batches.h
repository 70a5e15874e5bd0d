#ifndef APP_POLL_BATCHES_H
#define APP_POLL_BATCHES_H

#include "app/poll_project.h"

/** \file
 * Batches under way that no judging of this poll has asked for: their pull was
 * closed, their workflow is gone, or another instance has settled them. What
 * they cost is counted all the same, once.
 */
struct gateway;

/** Are there any? */
bool poll_batches_are_left(const struct poll_project *project);

/** Asks the providers. On a worker; the gateway is only read. */
MUST_CHECK int poll_batches_visit(struct poll_project *project,
				  struct gateway *gateway, const char *instance,
				  struct err *err);

/** On the loop's thread. */
void poll_batches_settle(struct poll_project *project);

/** Remembers what is left of them. On a worker. */
MUST_CHECK int poll_batches_keep(struct poll_project *project, struct err *err);

/** On the loop's thread. NULL is fine. */
void poll_batches_free(struct poll_batches *batches);

#endif /* APP_POLL_BATCHES_H */
