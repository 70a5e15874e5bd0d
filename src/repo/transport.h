#ifndef REPO_TRANSPORT_H
#define REPO_TRANSPORT_H

#include <stdint.h>

#include "core/buf.h"
#include "repo/advert.h"
#include "repo/pkt_line.h"
#include "repo/remote.h"
#include "repo/remote_url.h"

/** \file
 * A conversation with one service of one remote, over http or ssh. Private to
 * repo/. One thread.
 *
 * git's protocol is spoken by us rather than by libgit2, which has no version
 * 2, no time limits and no compare-and-swap; packs are made and taken in by
 * libgit2.
 */

enum git_service {
	SERVICE_FETCH, /* git-upload-pack  */
	SERVICE_PUSH,  /* git-receive-pack */
};

/** "git-upload-pack". Static. */
const char *git_service_name(enum git_service service);

struct transport;

struct transport_ops {
	/** Gets the advertisement; the reader then stands before it. */
	int (*advertise)(struct transport *transport, struct err *err);

	/** Sends `body`; the reader then stands before the reply. */
	int (*request)(struct transport *transport, const struct buf *body,
		       struct err *err);
	pkt_source_fn *read; /* its payload is the transport */
	void (*close)(struct transport *transport);
	bool is_stateless; /* a request may come without advertisement */
};

extern const struct transport_ops transport_http;
extern const struct transport_ops transport_ssh;

struct transport {
	const struct transport_ops *ops;
	const struct remote_options *options;
	struct remote_url url;
	enum git_service service;
	int64_t deadline_ms; /* on the monotonic clock */
	size_t received;     /* bytes of all replies   */
	int version;         /* spoken; -1: not known  */
	struct advert advert;
	bool has_advert;
	bool left_origin; /* http: redirected elsewhere, so no credentials */
	struct fetch *fetch;
	struct child_stream *stream;
	struct pkt_reader reader;
};

/** Nothing is sent yet. *options must outlive it. The URL must not be a path.
 */
MUST_CHECK int transport_open(struct transport **out, const char *url,
			      enum git_service service,
			      const struct remote_options *options,
			      struct err *err);
void transport_free(struct transport *transport);

/** Gets and reads the advertisement, once. */
MUST_CHECK int transport_advertise(struct transport *transport,
				   struct err *err);

/** Sends one request; its reply is read from the transport's reader. */
MUST_CHECK int transport_request(struct transport *transport,
				 const struct buf *body, struct err *err);

/** remote_list_refs() on an open transport; sets its version. */
MUST_CHECK int transport_list_refs(struct remote_refs *out,
				   struct transport *transport,
				   const char *const *prefixes, size_t count,
				   struct err *err);

/** Milliseconds left for the whole call; ERR_TIMEOUT if none are. */
MUST_CHECK int transport_left_ms(int64_t *out,
				 const struct transport *transport,
				 struct err *err);

/** Takes note of `len` received bytes; ERR_TOO_LARGE. */
MUST_CHECK int transport_count(struct transport *transport, size_t len,
			       struct err *err);

#endif /* REPO_TRANSPORT_H */
