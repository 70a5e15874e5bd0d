#ifndef APP_POLL_PUBLISH_H
#define APP_POLL_PUBLISH_H

#include "app/deliver.h"
#include "app/poll_project.h"

/* The end; once, not from inside. What could not be done is told in the log;
 * `is_whole` is false then, and the next poll does it. */
typedef void poll_published_fn(bool is_whole, void *payload);

/* Does the change have files that agents wrote? */
bool poll_has_branches(const struct poll_change *change);

struct poll_publisher {
	struct loop *loop;
	deliver_save_fn *save;
	void *save_payload;
	poll_published_fn *done;
	void *payload;
};

/* Takes them to the project's remote, each workflow's as a branch and, where
 * the forge has pulls, as one onto the branch that was judged. A branch that CI
 * runs tests of goes when there are no files for the new head. change->state is
 * loaded; copies the publisher. Loop thread. */
MUST_CHECK int poll_publish(const struct poll_publisher *publisher,
			    struct poll_change *change, struct err *err);

#endif /* APP_POLL_PUBLISH_H */
