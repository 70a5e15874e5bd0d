#include "io/fetch_url.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/fault.h"
#include "core/limits.h"
#include "io/transfer.h"

/* What libcurl may hand over in one go before it is driven again; more would
 * break its promise to look up after 100 reads. */
#define UNREAD_MAX (16 * MIB)

enum { CANCEL_POLL_MS = 100 };

struct fetch {
	struct cancel *cancel;
	CURLM *multi;
	struct transfer transfer;
	char *body;      /* what it sends                    */
	bool is_open;    /* `transfer` holds something       */
	bool is_running; /* libcurl has it                   */
	struct buf unread;
	size_t read_at; /* in `unread` */
};

int fetch_new(struct fetch **out, struct cancel *cancel, struct err *err)
{
	struct fetch *fetch;
	CURLM *multi;

	io_setup();
	multi = curl_multi_init();
	if (!multi)
		return err_set(err, ERR_SYSTEM, "libcurl would not start");
	fetch = xcalloc(1, sizeof(*fetch));
	fetch->multi = multi;
	fetch->cancel = cancel;
	buf_init(&fetch->unread, UNREAD_MAX);
	*out = fetch;
	return 0;
}

static void detach(struct fetch *fetch)
{
	if (fetch->is_running)
		curl_multi_remove_handle(fetch->multi, fetch->transfer.easy);
	fetch->is_running = false;
}

static void close_transfer(struct fetch *fetch)
{
	detach(fetch);
	if (fetch->is_open)
		transfer_release(&fetch->transfer);
	fetch->is_open = false;
	free(fetch->body);
	fetch->body = NULL;
	buf_reset(&fetch->unread);
	fetch->read_at = 0;
}

void fetch_free(struct fetch *fetch)
{
	if (!fetch)
		return;
	close_transfer(fetch);
	curl_multi_cleanup(fetch->multi);
	buf_release(&fetch->unread);
	free(fetch);
}

static bool keep_unread(const char *bytes, size_t len, void *payload)
{
	struct fetch *fetch = payload;

	buf_add(&fetch->unread, bytes, len);
	return !fetch->unread.overflow;
}

static void run(struct fetch *fetch)
{
	struct transfer *transfer = &fetch->transfer;

	if (!transfer->easy)
		transfer->easy = transfer_handle_new();
	transfer_prepare(transfer);
	/* One request at a time has no use for HTTP/2's streams, and packs are
	 * compressed already. */
	curl_easy_setopt(transfer->easy, CURLOPT_HTTP_VERSION,
			 (long)CURL_HTTP_VERSION_1_1);
	fetch->is_running = true;
	curl_multi_add_handle(fetch->multi, transfer->easy);
}

/* The hop libcurl has finished with, if any. */
static int reap(struct fetch *fetch, struct err *err)
{
	CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(fetch->multi, &left))) {
		CURLcode code = msg->data.result;

		if (msg->msg != CURLMSG_DONE)
			continue;
		detach(fetch);
		switch (transfer_end_hop(&fetch->transfer, code, err)) {
		case TRANSFER_DONE:
			return 0;
		case TRANSFER_AGAIN:
			run(fetch);
			return 0;
		case TRANSFER_FAILED:
			return -1;
		}
	}
	return 0;
}

static int step(struct fetch *fetch, struct err *err)
{
	int64_t left_ms = transfer_left_ms(&fetch->transfer, err);
	int running;

	if (left_ms == 0)
		return -1;
	if (cancel_is_wanted(fetch->cancel))
		return err_set(err, ERR_CANCELLED, "cancelled");
	if (curl_multi_perform(fetch->multi, &running))
		return err_set(err, ERR_SYSTEM, "libcurl failed");
	if (reap(fetch, err) < 0)
		return -1;
	if (!fetch->is_running || fetch->unread.len > 0)
		return 0;
	if (left_ms > CANCEL_POLL_MS)
		left_ms = CANCEL_POLL_MS;
	curl_multi_poll(fetch->multi, NULL, 0, (int)left_ms, NULL);
	return 0;
}

int fetch_send(const struct http_reply **reply, struct fetch *fetch,
	       const struct http_request *request, struct err *err)
{
	struct http_request ours = *request;

	close_transfer(fetch);
	ours.on_data = keep_unread;
	ours.on_first_byte = NULL;
	if (request->body)
		ours.body = fetch->body = xmemdup(request->body,
						  request->body_len);
	fetch->is_open = true;
	fault_point("http");
	if (transfer_check_url(&ours, err) < 0 ||
	    transfer_init(&fetch->transfer, &ours, fetch, err) < 0)
		goto fail;
	fetch->transfer.data_for_any_status = true;
	run(fetch);
	while (!fetch->transfer.headers_done && fetch->is_running)
		if (step(fetch, err) < 0)
			goto fail;
	*reply = &fetch->transfer.reply;
	return 0;
fail:
	close_transfer(fetch);
	return -1;
}

int fetch_read(size_t *got, struct fetch *fetch, void *bytes, size_t size,
	       struct err *err)
{
	size_t left;

	while (fetch->read_at == fetch->unread.len && fetch->is_running) {
		buf_reset(&fetch->unread);
		fetch->read_at = 0;
		if (step(fetch, err) < 0) {
			close_transfer(fetch);
			return -1;
		}
	}
	left = fetch->unread.len - fetch->read_at;
	*got = left < size ? left : size;
	memcpy(bytes, fetch->unread.ptr + fetch->read_at, *got);
	fetch->read_at += *got;
	return 0;
}
