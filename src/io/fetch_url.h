#ifndef IO_FETCH_URL_H
#define IO_FETCH_URL_H

#include <stddef.h>
#include <stdint.h>

#include "core/attr.h"
#include "core/err.h"
#include "io/cancel.h"
#include "io/http.h"

/** \file
 * HTTP for worker threads: blocking, the body read piece by piece, so that a
 * large one never has to fit into memory. Limits and redirects as in
 * io/http.h; its on_first_byte and on_data are not used here.
 *
 * One handle is one conversation of one thread; its connection is kept from
 * one request to the next.
 */
struct fetch;

/** `cancel` may be NULL and must outlive the handle. */
MUST_CHECK int fetch_new(struct fetch **out, struct cancel *cancel,
			 struct err *err);

/** Breaks off what is under way. NULL is fine. */
void fetch_free(struct fetch *fetch);

/** Sends `request` and waits for the head of the final reply: *reply has
 * status, headers and url, is the handle's and good until the next send. What
 * was left of an earlier reply is dropped. The limits of time and size go on
 * counting through fetch_read(). Errors as in http_done_fn. */
MUST_CHECK int fetch_send(const struct http_reply **reply, struct fetch *fetch,
			  const struct http_request *request, struct err *err);

/** The next bytes of the body, at most `size`; *got is 0 only at its end. */
MUST_CHECK int fetch_read(size_t *got, struct fetch *fetch, void *bytes,
			  size_t size, struct err *err);

#endif /* IO_FETCH_URL_H */
