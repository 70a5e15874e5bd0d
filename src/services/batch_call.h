#ifndef SERVICES_BATCH_CALL_H
#define SERVICES_BATCH_CALL_H

#include "core/buf.h"
#include "core/json.h"
#include "gateway/service.h"

/** \file
 * What the batch endpoints share: one request after the other, blocking, and
 * results a line each. For workers.
 */

/** Where, and how a request shows who sends it. */
struct batch_call {
	const struct batch *batch;
	const char *method; /* NULL: GET */
	const char *path;   /* behind the service's URL */
	const char *type;   /* of the body */
	const char *body;   /* NULL: none */
	size_t body_len;
	const char *key_header, *key_prefix;
	const char *version_header, *version; /* NULL: none */
};

/**
 * Sends it; *body is initialised, and filled. ERR_NOT_FOUND for 404,
 * ERR_INVALID for what will be refused again (400, 401, 403, 413, 422 ...),
 * ERR_UNAVAILABLE for what may go well later.
 */
MUST_CHECK int batch_call(struct buf *body, const struct batch_call *call,
			  struct err *err);

/** The same, for JSON; *out is the caller's. */
MUST_CHECK int batch_call_json(struct json **out, const struct batch_call *call,
			       struct err *err);

/** The item of that id that has no result yet; NULL: none. */
struct batch_item *batch_item_find(const struct batch *batch, const char *id);

/** What a reply of this status and body says is the item's result. */
void batch_item_take(const struct batch *batch, struct batch_item *item,
		     int status, const struct json *body);

/** Calls `take` for each line of `text`; lines that are no JSON are left out.
 */
typedef void batch_line_fn(const struct batch *batch, const struct json *line);
void batch_lines(const struct batch *batch, const struct buf *text,
		 batch_line_fn *take);

#endif /* SERVICES_BATCH_CALL_H */
