#ifndef APP_POLL_TELL_H
#define APP_POLL_TELL_H

#include "app/poll_project.h"

struct notify;

/* The end; once, not from inside. What could not be told is told in the log and
 * counted as a problem; the next poll does it. */
typedef void poll_told_fn(void *payload);

/* Takes the results of all changes to the forge and to the sections for
 * messages, one change after the other, and remembers what is done. Loop
 * thread. */
MUST_CHECK int poll_tell(struct loop *loop, struct poll_project *project,
			 struct notify *notify, poll_told_fn *done,
			 void *payload, struct err *err);

#endif /* APP_POLL_TELL_H */
