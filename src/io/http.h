#ifndef IO_HTTP_H
#define IO_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/attr.h"
#include "core/buf.h"
#include "core/err.h"
#include "core/secret.h"
#include "core/strvec.h"
#include "io/loop.h"

/** \file
 * HTTP, many requests at once on one loop. Connections are kept and shared
 * (HTTP/2 where the server speaks it), replies are bounded, every request has
 * a time limit, TLS is 1.2 or later and verified.
 *
 * Redirects are followed by us: only as far as `max_redirects`, never from
 * https to http, never with a body to another scheme, host or port. On the way
 * to another one only harmless headers (Accept, User-Agent and such) go along,
 * so that no credential does, whatever its name.
 */

/** One header of a request. Exactly one of `value` and `secret` is set. */
struct http_header {
	const char *name;
	const char *value;
	const struct secret *secret;
	const char *prefix;     /* before the secret: "Bearer "; may be NULL */
	const char *basic_user; /* set: Basic authorisation, this user with the
				   secret as password */
};

/** A first byte of the final reply's body arrived. */
typedef void http_first_byte_fn(void *payload);

/** Part of the body of a final 2xx reply, which then is not kept in the reply;
 * false ends the request with ERR_CANCELLED. */
typedef bool http_data_fn(const char *bytes, size_t len, void *payload);

/** What to send. Everything but the body is copied; zero means the default. */
struct http_request {
	const char *method; /* NULL: GET */
	const char *url;    /* http or https; no user or password in it */
	const struct secret *url_secret; /* instead of url: who knows it may
					    use it; in reply->url it is plain */
	const struct http_header *headers;
	size_t header_count;
	const void *body; /* borrowed until the end, if http_start() sends it */
	size_t body_len;
	int64_t timeout_ms; /* for all of it, redirects too; required */
	int64_t idle_ms;    /* longest time without a byte; 0: no such limit */
	int64_t connect_ms; /* 0: 10 s */
	size_t max_reply_bytes; /* larger ones fail; required */
	int max_redirects;      /* 0: a redirect is a reply like others */
	const char *ca_file;    /* PEM; NULL: the system's */
	const char *proxy;      /* NULL: from the environment; "": none */
	bool is_once; /* must not arrive twice: else one that went out on an old
			 connection, which ended without an answer, is sent
			 again */
	http_first_byte_fn *on_first_byte; /* may start or cancel others */
	http_data_fn *on_data;             /* may not call io/http itself */
};

struct http_reply {
	int status; /* 200 to 599 */
	struct buf body;
	struct strvec headers; /* "Name: value", as they came */
	char *url;             /* where it came from, after redirects */
	int64_t first_byte_ms; /* since the start; -1: there was no body */
	int64_t elapsed_ms;
};

void http_reply_release(struct http_reply *reply);

/** The value of the first header of that name, case ignored; NULL if there is
 * none. Points into the reply. */
const char *http_reply_header(const struct http_reply *reply, const char *name);

/** Seconds the reply asks to wait (Retry-After, as a number, which is rounded
 * up, or a date); -1 if it does not. */
int64_t http_reply_retry_after_s(const struct http_reply *reply);

struct http;
struct http_call;

/** err->detail of a request no byte of which has left. */
#define HTTP_NOT_SENT (-1)

/**
 * The end of a request; once for each that was started, never from inside
 * http_start() or http_cancel(). One of `reply` and `err` is NULL. Any status
 * is a reply. `reply` is gone afterwards, but its body may be detached.
 *
 * ERR_TIMEOUT, ERR_UNAVAILABLE (no connection, or it broke), ERR_TOO_LARGE,
 * ERR_PROTOCOL (not HTTP, bad certificate, a redirect that must not be
 * followed), ERR_CANCELLED.
 */
typedef void http_done_fn(struct http_reply *reply, const struct err *err,
			  void *payload);

struct http_options {
	long connections_per_host; /* 0: 32  */
	long connections;          /* 0: 256 */
};

/** `options` may be NULL. The loop must outlive it. */
MUST_CHECK int http_new(struct http **out, struct loop *loop,
			const struct http_options *options, struct err *err);

/** Every request still under way gets ERR_CANCELLED first. Not from inside a
 * callback. NULL is fine. */
void http_free(struct http *http);

/** `*call` is good until the request's end; `call` may be NULL. ERR_INVALID for
 * a request that is wrong in itself, ERR_AUTH for a secret that no header can
 * hold. */
MUST_CHECK int http_start(struct http_call **call, struct http *http,
			  const struct http_request *request,
			  http_done_fn *done, void *payload, struct err *err);

/** Its end comes soon, with ERR_CANCELLED. NULL is fine. */
void http_cancel(struct http_call *call);

#endif /* IO_HTTP_H */
