#ifndef APP_REPLAY_H
#define APP_REPLAY_H

#include "repo/merges.h"
#include "workflow/workflow.h"

/** \file
 * The history of a branch, put to the triggers of workflows as if each of its
 * changes happened now. For backtest.c.
 */

/** What happens to a change on its way into a branch, as far as history tells;
 * each may make a workflow run. */
enum replay_event {
	REPLAY_OPENED,
	REPLAY_CLOSED,
	REPLAY_PUSH,
	REPLAY_EVENT_COUNT,
};

/** "pull_request.opened" ...; static. */
extern const char *const replay_event_names[REPLAY_EVENT_COUNT];

/** What one workflow makes of one change: bits by event. */
struct replay_outcome {
	unsigned char fires, unknown;
};

struct replayed {
	bool is_read; /* false: objects are missing, as in a partial clone */
	size_t files, lines;
	int64_t diff_bytes; /* shown to an agent, about */
	enum complexity complexity;
	struct replay_outcome *outcomes; /* one a workflow */
};

struct replay_input {
	const struct repo *repo; /* workers reopen it */
	const struct merge_list *merges;
	const struct oid *trusted; /* whose attributes count */
	const char *base_branch;
	const struct complexity_settings *complexity;
	const struct workflow *const *workflows;
	size_t workflow_count;
};

/** One for each merge, in their order, worked out by several threads. *out is
 * the caller's, for replayed_free(). Blocking, not on a loop. */
MUST_CHECK int replay_run(struct replayed **out,
			  const struct replay_input *input, struct err *err);
void replayed_free(struct replayed *items, size_t count);

#endif /* APP_REPLAY_H */
