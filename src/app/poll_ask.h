#ifndef APP_POLL_ASK_H
#define APP_POLL_ASK_H

#include "app/poll_project.h"

/* The end; once, not from inside poll_ask(). `err`: the first question failed,
 * nothing is known. What else could not be answered is told, and counted as a
 * problem. */
typedef void poll_asked_fn(const struct err *err, void *payload);

/* Asks the forge what was not asked yet, one after the other; loop thread. Once
 * the forge is in trouble the rest stays unanswered. */
MUST_CHECK int poll_ask(struct loop *loop, struct poll_project *project,
			poll_asked_fn *done, void *payload, struct err *err);

#endif /* APP_POLL_ASK_H */
