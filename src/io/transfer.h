#ifndef IO_TRANSFER_H
#define IO_TRANSFER_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

#include "io/http.h"

/** \file
 * One HTTP request on its way through libcurl, redirects included; what the
 * asynchronous and the blocking side have in common. Private to io/.
 *
 * Time limits are watched by the side that drives it, with
 * transfer_left_ms().
 */
struct transfer {
	CURL *easy; /* set by the driving side, ours to clean up */
	char *method;
	char *url;
	const void *body; /* borrowed */
	size_t body_len;
	char *ca_file, *proxy;
	struct transfer_header {
		char *name;
		char *line; /* as sent; wiped when freed */
	} * headers;
	size_t header_count;
	struct curl_slist *sent; /* of the present hop */

	int64_t started_ms, active_ms; /* on the monotonic clock */
	int64_t timeout_ms, idle_ms, connect_ms;
	int max_redirects, hops;
	bool is_once;
	bool is_sent; /* in this hop, once */

	struct http_reply reply;
	size_t header_bytes, data_bytes, discarded_bytes, sent_bytes;
	size_t max_reply_bytes;
	bool headers_done; /* of the final reply */
	bool is_redirect;  /* the reply being read leads elsewhere */
	struct err failure;
	bool has_failed; /* `failure` says why we broke it off */

	http_first_byte_fn *on_first_byte;
	http_data_fn *on_data;
	bool data_for_any_status; /* on_data is not for 2xx alone */
	void *payload;            /* for both */
};

/** A handle with all that every transfer has in common. */
CURL *transfer_handle_new(void);

/** ERR_INVALID: nothing can be sent there. */
MUST_CHECK int transfer_check_url(const struct http_request *request,
				  struct err *err);

/** Copies `request`, whose URL was checked, all but its body; ERR_INVALID if it
 * is wrong. Release it in either case. */
MUST_CHECK int transfer_init(struct transfer *transfer,
			     const struct http_request *request, void *payload,
			     struct err *err);
void transfer_release(struct transfer *transfer);

/** Prepares transfer->easy, which was set up, for the next hop. */
void transfer_prepare(struct transfer *transfer);

/** The handle of an ended transfer, for another one, with nothing of the
 * request left in it; NULL if it cannot be used again. */
CURL *transfer_take_handle(struct transfer *transfer);

enum transfer_end {
	TRANSFER_DONE,   /* the reply is complete         */
	TRANSFER_AGAIN,  /* a redirect: prepare and go on */
	TRANSFER_FAILED, /* *err says why                 */
};

/** After libcurl said that the hop ended with `code`. */
enum transfer_end transfer_end_hop(struct transfer *transfer, CURLcode code,
				   struct err *err);

/** Milliseconds until a limit passes; 0: one has, and *err (ERR_TIMEOUT) says
 * which. */
int64_t transfer_left_ms(const struct transfer *transfer, struct err *err);

#endif /* IO_TRANSFER_H */
