#ifndef APP_ANNOUNCE_H
#define APP_ANNOUNCE_H

#include <stddef.h>
#include <stdint.h>

#include "app/deliver.h"
#include "notify/notify.h"

/** \file
 * Finished runs as messages to the sections that their workflows name: those of
 * `slack_notification`, and those of `fallback` whose service failed. The runs
 * of one change go to a section in one message, and none of them twice.
 * Asynchronous, loop thread only.
 *
 * What was told is in the pull's state as "notify" entries. An entry is saved
 * before a message is sent and again afterwards; one that was interrupted in
 * between is sent again, under the same id, only where the receiver can drop
 * the second one.
 */

struct announce_run {
	const struct run_record *record;
	const struct workflow *workflow;
};

/** All borrowed until it is done. */
struct announce_input {
	struct notify *notify;
	const struct settings *settings;
	const struct agent_list *agents;
	const char *project;
	const char *place;                /* "#7", "main": what was looked at */
	int64_t pull;                     /* 0: none                          */
	const char *title, *author, *url; /* of the pull; or NULL */
	struct pull_state *state;         /* `posted` is ours to change */
	const struct announce_run *runs;
	size_t run_count;
	deliver_save_fn *save;
	void *save_payload;
};

/** The end, once, never from inside announce_start(). `err` is NULL when all
 * that was to be told was; else some of it may have been. */
typedef void announce_done_fn(const struct err *err, void *payload);

/** Sections that are not configured are warned of and left out. */
MUST_CHECK int announce_start(struct loop *loop,
			      const struct announce_input *input,
			      announce_done_fn *done, void *payload,
			      struct err *err);

#endif /* APP_ANNOUNCE_H */
