#ifndef APP_POLL_PASS_H
#define APP_POLL_PASS_H

#include "app/poll.h"
#include "app/poll_project.h"
#include "app/push_limit.h"
#include "app/wire.h"

/* A pass over the projects; of poll.c and poll_pass.c alone. Loop thread. */

/* A project over all passes. */
struct watched {
	struct poll *poll;
	const struct project_settings *settings;
	struct forge *forge;      /* NULL: plain git */
	struct push_limit pushes; /* on the steady clock */
	bool is_behind;           /* something waits to be pushed */
	struct poll_project work; /* of this pass */
	size_t stage;             /* of those in poll_pass.c */
	struct err err;           /* if it has failed */
	bool has_failed;
	size_t open; /* changes not judged yet */
	bool is_judging, is_over;
};

struct poll {
	const struct poll_options *options;
	struct poll_result *result;
	struct loop *loop;
	struct spend *spend;
	struct wiring *wiring;
	char instance[ULID_SIZE];
	struct watched *watched;
	size_t watched_count;
	size_t running;           /* workflows under way */
	size_t under_way;         /* projects of this pass */
	struct loop_timer *timer; /* of the pass, or until the next */
	const char *ended;        /* why nothing more is started */
};

/* Goes through all stages of a project. */
void watched_start(struct watched *watched);

/* Ends what it is at, as soon as that can be. */
void watched_end(struct watched *watched, const char *why);

#endif /* APP_POLL_PASS_H */
