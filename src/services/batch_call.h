#ifndef SERVICES_BATCH_CALL_H
#define SERVICES_BATCH_CALL_H

#include "core/buf.h"
#include "core/json.h"
#include "gateway/service.h"

/** \file
 * What the batch endpoints share: one request after the other, blocking, lists
 * in pages, and results a line each. For workers.
 */

/** Where, and how a request shows who sends it. Redirects are not followed. */
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

/** Sends it; *out is the caller's. ERR_NOT_FOUND for 404, ERR_RATE for 429,
 * ERR_INVALID for what will be refused again, ERR_UNAVAILABLE, ERR_TIMEOUT or
 * ERR_PROTOCOL for what may go well later. */
MUST_CHECK int batch_call_json(struct json **out, const struct batch_call *call,
			       struct err *err);

/** Calls `take` for each line of the reply as it comes, also of one that fails
 * later. What is behind LIMIT_RESULTS_BYTES is left out. Errors as above. */
typedef void batch_line_fn(const struct batch *batch, const struct json *line,
			   void *payload);
MUST_CHECK int batch_call_lines(const struct batch_call *call,
				batch_line_fn *take, void *payload,
				struct err *err);

/** Lines as their bytes come. Those that are no JSON, or over LIMIT_REPLY_BYTES
 * long, are counted and left out. Pure. */
struct batch_lines {
	const struct batch *batch;
	batch_line_fn *take;
	void *payload;
	struct buf line;
	size_t unreadable;
};

void batch_lines_init(struct batch_lines *lines, const struct batch *batch,
		      batch_line_fn *take, void *payload);
void batch_lines_add(struct batch_lines *lines, const char *bytes, size_t len);
/** The last line needs no line break. */
void batch_lines_end(struct batch_lines *lines);

/** Hands each line to the service. */
batch_line_fn batch_take_line;

/** The entries of a list, the newest first, down to those that were made before
 * the batch was sent. `visit` returns false: enough. */
struct batch_list {
	struct batch_call call; /* its path ends in parameters */
	const char *after;      /* the parameter that goes on  */
	bool (*visit)(const struct json *entry, void *payload);
	void *payload;
};

/** Errors as in batch_call_json(); ERR_INVALID too for a list without an end.
 */
MUST_CHECK int batch_list_each(const struct batch_list *list, struct err *err);

/** Was this entry of a list made before the batch was sent? */
bool batch_is_older(const struct batch *batch, const struct json *entry);

/** "PREFIX/ID/SUFFIX", for the caller to free. ERR_PROTOCOL: not with that id.
 */
MUST_CHECK int batch_path(char **out, const char *prefix, const char *id,
			  const char *suffix, struct err *err);

/** Posts `doc` to where batches are made; *id is the caller's. Errors as in
 * batch_call_json(), but that there is no such place is ERR_INVALID. */
MUST_CHECK int batch_create(char **id, const struct batch_call *call,
			    const struct json *doc, struct err *err);

/** The id in a reply; *out is the caller's. */
MUST_CHECK int batch_reply_id(char **out, const struct json *reply,
			      struct err *err);

/** The item of that id that has no result yet; NULL: none. */
struct batch_item *batch_item_find(const struct batch *batch, const char *id);

/** What a reply of this status and body says is the item's result. */
void batch_item_take(const struct batch *batch, struct batch_item *item,
		     int status, const struct json *body);

/** There is none, and it costs nothing. */
void batch_item_fail(struct batch_item *item, enum fault fault,
		     const char *why);

/** Are there results of all `succeeded` requests? Then the rest did not run.
 * -1: the provider does not say how many there are. */
bool batch_is_complete(const struct batch *batch, int64_t succeeded);

#endif /* SERVICES_BATCH_CALL_H */
