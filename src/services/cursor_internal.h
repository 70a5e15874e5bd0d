#ifndef SERVICES_CURSOR_INTERNAL_H
#define SERVICES_CURSOR_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include "gateway/service.h"
#include "io/child.h"
#include "io/http.h"

/** \file
 * What Cursor's two ways, its CLI and its Cloud Agents, have in common.
 */
typedef void cursor_reply_fn(struct service_call *call,
			     const struct http_reply *reply);

/** What is under way. One HTTP request, timer or child at a time. */
struct service_call {
	const struct service *service;
	struct service_host host;
	struct service_result result;
	service_done_fn *done;
	void *payload;
	int64_t deadline_ms;
	struct http_call *http;
	struct loop_timer *timer;
	struct child *child;
	char *launch; /* the body of the first request */
	char *agent;  /* its id, once launched */
	cursor_reply_fn *on_reply;
	bool is_cancelled;
	int misses; /* questions after the agent in a row that told nothing */
};

/** Hands the result over and frees it. */
void cursor_end(struct service_call *call);
void cursor_fail(struct service_call *call, enum fault fault,
		 const char *message);

/** What either is asked; the caller frees it. */
char *cursor_prompt(const struct chat *chat);

/* cursor_cli.c */

/** Its end is cursor_end(). */
MUST_CHECK int cursor_start_cli(struct service_call *call,
				const struct chat *chat, struct err *err);

#endif /* SERVICES_CURSOR_INTERNAL_H */
