#ifndef APP_POLL_REPLY_H
#define APP_POLL_REPLY_H

#include "app/poll_project.h"

/* The end; once, not from inside. What could not be said is told and counted as
 * a problem; the next poll says it. */
typedef void poll_replied_fn(void *payload);

/* Answers those who gave commands: a reaction, and a comment where there is
 * something to say. Loop thread. */
MUST_CHECK int poll_reply(struct loop *loop, struct poll_project *project,
			  poll_replied_fn *done, void *payload,
			  struct err *err);

#endif /* APP_POLL_REPLY_H */
