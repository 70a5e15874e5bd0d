#ifndef SERVICES_REPLY_H
#define SERVICES_REPLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/json.h"
#include "gateway/service.h"
#include "io/http.h"

/** \file
 * What the services that speak HTTP read alike: status, waits, error objects,
 * token counts, streams of events. Pure.
 */

/** What a status means by itself. FAULT_NONE for 200 to 299; those that are
 * not known mean what their hundred does. */
enum fault status_fault(long status);

/** What a provider calls an error, and what that means. */
struct error_word {
	const char *word; /* in `type` or `code` of the error object */
	enum fault fault;
};

/** The fault of the first of `words` that is equal to `type` or `code` (either
 * may be NULL); `otherwise` if none is. */
enum fault error_fault(const struct error_word *words, size_t count,
		       const char *type, const char *code,
		       enum fault otherwise);

/** Sets wait_ms and should_retry from retry-after-ms, retry-after and
 * x-should-retry, and from a status that will be the same next time. */
void reply_read_waits(struct service_result *out,
		      const struct http_reply *reply);

/** Sets request_id from the header `name`, if there is one. */
void reply_read_request_id(struct service_result *out,
			   const struct http_reply *reply, const char *name);

/** Sets the name of the model that answered, if there is one. */
void reply_set_model(struct service_result *out, const struct json *at,
		     const char *path);

/** A count of tokens at `path`; -1 if there is none to be believed. */
int64_t reply_tokens(const struct json *at, const char *path);

/** Puts the count of tokens at `path` into *to, which stays where there is none
 * (or null). False: what is there is nothing to be believed. */
bool reply_take_tokens(int64_t *to, const struct json *at, const char *path);

/** Keeps the members of `usage` for the record, in place of those of the same
 * name that were there; not those past a bound nobody needs. */
void reply_keep_usage(struct service_result *out, const struct json *usage);

/** A header with a number; -1 if there is none. */
int64_t reply_number(const struct http_reply *reply, const char *name);

/** Fails `out` for a reply that is not what the protocol says, as `why` tells:
 * names the status and quotes no more than how it begins. Of a redirect, which
 * is not followed, where it leads. */
void reply_unreadable(struct service_result *out,
		      const struct http_reply *reply, enum fault fault,
		      const char *why);

/** A body of events (text/event-stream), read from front to back. A zeroed one
 * with `at` and `end` set is at the beginning. */
struct events {
	const char *at, *end;
};

/** Is this such a body? */
bool reply_is_events(const struct http_reply *reply);

/** The data of the next event, its lines joined; false at the end. `data` is
 * reset first; what does not fit is told by buf_check(). */
bool events_next(struct events *events, struct buf *data);

#endif /* SERVICES_REPLY_H */
