#include "io/http.h"

#include <stdlib.h>
#include <utlist.h>

#include "core/alloc.h"
#include "core/fault.h"
#include "io/loop_internal.h"
#include "io/transfer.h"

/* libcurl's handles are kept for the next requests: each brings buffers of
 * 80 KB, and getting those anew costs as much as all else of a request. */
enum { SPARE_HANDLES = 64 };

enum { CONNECTIONS_PER_HOST = 32, CONNECTIONS = 256, STREAMS = 100 };

/* libcurl may not be entered from its own callbacks, and those are where users
 * start and cancel requests. So both only put the call into `pending`, and a
 * timer without delay does the rest. */
struct http_call {
	struct transfer transfer;
	struct http *http;
	uv_timer_t limit; /* its close callback frees the call */
	http_done_fn *done;
	bool is_running; /* libcurl has it         */
	bool is_pending; /* in `pending`, not `calls` */
	bool is_cancelled;
	struct http_call *prev, *next;
};

struct http {
	struct loop *loop;
	uv_timer_t *timer; /* libcurl's       */
	uv_timer_t *kick;  /* for `pending`   */
	CURLM *multi;
	struct http_call *calls;
	struct http_call *pending; /* to be begun or cancelled */
	CURL *spare[SPARE_HANDLES];
	size_t spare_count;
	bool is_ending;
};

/* One per socket libcurl asks us to watch; freed by its close callback. */
struct watch {
	uv_poll_t poll;
	curl_socket_t fd;
	struct http *http;
};

static uv_timer_t *timer_new(struct loop *loop, void *data)
{
	uv_timer_t *timer = xcalloc(1, sizeof(*timer));

	uv_timer_init(&loop->uv, timer);
	timer->data = data;
	return timer;
}

static void timer_free(uv_timer_t *timer)
{
	timer->data = timer;
	loop_close_and_free((uv_handle_t *)timer);
}

static void detach(struct http_call *call)
{
	if (call->is_running)
		curl_multi_remove_handle(call->http->multi,
					 call->transfer.easy);
	call->is_running = false;
}

/* Nothing of the request stays in it. */
static void keep_handle(struct http_call *call)
{
	struct http *http = call->http;
	CURL *easy = call->transfer.easy;

	if (!easy || http->spare_count == SPARE_HANDLES)
		return;
	curl_easy_reset(easy);
	http->spare[http->spare_count++] = easy;
	call->transfer.easy = NULL;
}

static void unlist(struct http_call *call)
{
	if (call->is_pending)
		DL_DELETE(call->http->pending, call);
	else
		DL_DELETE(call->http->calls, call);
}

static void on_call_closed(uv_handle_t *handle)
{
	struct http_call *call = handle->data;

	transfer_release(&call->transfer);
	free(call);
}

/* The one place where a request ends. */
static void finish(struct http_call *call, const struct err *err)
{
	detach(call);
	unlist(call);
	uv_close((uv_handle_t *)&call->limit, on_call_closed);
	if (!err)
		keep_handle(call);
	call->done(err ? NULL : &call->transfer.reply, err,
		   call->transfer.payload);
}

static void run(struct http_call *call)
{
	struct http *http = call->http;

	if (!call->transfer.easy && http->spare_count)
		call->transfer.easy = http->spare[--http->spare_count];
	transfer_prepare(&call->transfer);
	curl_easy_setopt(call->transfer.easy, CURLOPT_PRIVATE, call);
	curl_easy_setopt(call->transfer.easy, CURLOPT_ACCEPT_ENCODING, "");
	curl_easy_setopt(call->transfer.easy, CURLOPT_HTTP_VERSION,
			 (long)CURL_HTTP_VERSION_2TLS);
	call->is_running = true;
	curl_multi_add_handle(http->multi, call->transfer.easy);
}

static void end_hop(struct http_call *call, CURLcode code)
{
	struct err err = ERR_INIT;

	detach(call);
	switch (transfer_end_hop(&call->transfer, code, &err)) {
	case TRANSFER_DONE:
		finish(call, NULL);
		break;
	case TRANSFER_AGAIN:
		run(call);
		break;
	case TRANSFER_FAILED:
		finish(call, &err);
		break;
	}
}

static void reap(struct http *http)
{
	CURLMsg *msg;
	int left;

	while ((msg = curl_multi_info_read(http->multi, &left))) {
		struct http_call *call = NULL;
		CURLcode code = msg->data.result;

		if (msg->msg != CURLMSG_DONE)
			continue;
		curl_easy_getinfo(msg->easy_handle, CURLINFO_PRIVATE,
				  (char **)&call);
		end_hop(call, code);
	}
}

static void drive(struct http *http, curl_socket_t fd, int events)
{
	int running;

	curl_multi_socket_action(http->multi, fd, events, &running);
	reap(http);
}

static void on_timer(uv_timer_t *timer)
{
	drive(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
	struct watch *watch = poll->data;
	int flags = status < 0 ? CURL_CSELECT_ERR : 0;

	if (events & UV_READABLE)
		flags |= CURL_CSELECT_IN;
	if (events & UV_WRITABLE)
		flags |= CURL_CSELECT_OUT;
	drive(watch->http, watch->fd, flags);
}

static struct watch *watch_new(struct http *http, curl_socket_t fd)
{
	struct watch *watch = xcalloc(1, sizeof(*watch));

	watch->fd = fd;
	watch->http = http;
	if (uv_poll_init_socket(&http->loop->uv, &watch->poll, fd) < 0) {
		free(watch);
		return NULL;
	}
	watch->poll.data = watch;
	curl_multi_assign(http->multi, fd, watch);
	return watch;
}

/* libcurl: watch this socket for `what`, or stop watching it. */
static int on_curl_socket(CURL *easy UNUSED, curl_socket_t fd, int what,
			  void *user, void *socket_user)
{
	struct http *http = user;
	struct watch *watch = socket_user;
	int events = 0;

	if (what == CURL_POLL_REMOVE) {
		if (watch)
			loop_close_and_free((uv_handle_t *)&watch->poll);
		curl_multi_assign(http->multi, fd, NULL);
		return 0;
	}
	if (!watch)
		watch = watch_new(http, fd);
	if (!watch)
		return -1;
	if (what & CURL_POLL_IN)
		events |= UV_READABLE;
	if (what & CURL_POLL_OUT)
		events |= UV_WRITABLE;
	uv_poll_start(&watch->poll, events, on_poll);
	return 0;
}

/* libcurl: call me back in `ms`; never from inside this callback. */
static int on_curl_timer(CURLM *multi UNUSED, long ms, void *user)
{
	struct http *http = user;

	if (ms < 0)
		uv_timer_stop(http->timer);
	else
		uv_timer_start(http->timer, on_timer, (uint64_t)ms, 0);
	return 0;
}

static void on_limit(uv_timer_t *timer)
{
	struct http_call *call = timer->data;
	struct err err = ERR_INIT;
	int64_t left_ms = transfer_left_ms(&call->transfer, &err);

	if (left_ms > 0)
		uv_timer_start(timer, on_limit, (uint64_t)left_ms, 0);
	else
		finish(call, &err);
}

static void begin(struct http_call *call)
{
	struct err err = ERR_INIT;
	int64_t left_ms = transfer_left_ms(&call->transfer, &err);

	fault_point("http");
	uv_timer_start(&call->limit, on_limit, (uint64_t)left_ms, 0);
	run(call);
}

static void on_kick(uv_timer_t *timer)
{
	struct http *http = timer->data;
	struct err err = ERR_INIT;
	struct http_call *call;

	err_set(&err, ERR_CANCELLED, "cancelled");
	while ((call = http->pending)) {
		if (call->is_cancelled) {
			finish(call, &err);
			continue;
		}
		unlist(call);
		call->is_pending = false;
		DL_APPEND(http->calls, call);
		begin(call);
	}
}

static void make_pending(struct http_call *call)
{
	call->is_pending = true;
	DL_APPEND(call->http->pending, call);
	uv_timer_start(call->http->kick, on_kick, 0, 0);
}

static long or_default(long wanted, long otherwise)
{
	return wanted > 0 ? wanted : otherwise;
}

static void set_multi_options(struct http *http,
			      const struct http_options *options)
{
	CURLM *multi = http->multi;

	curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, on_curl_socket);
	curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, http);
	curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_curl_timer);
	curl_multi_setopt(multi, CURLMOPT_TIMERDATA, http);
	curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS,
			  or_default(options->connections_per_host,
				     CONNECTIONS_PER_HOST));
	curl_multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS,
			  or_default(options->connections, CONNECTIONS));
	curl_multi_setopt(multi, CURLMOPT_MAX_CONCURRENT_STREAMS,
			  (long)STREAMS);
}

int http_new(struct http **out, struct loop *loop,
	     const struct http_options *options, struct err *err)
{
	static const struct http_options defaults = { 0 };
	struct http *http;
	CURLM *multi = curl_multi_init();

	if (!multi)
		return err_set(err, ERR_SYSTEM, "libcurl would not start");
	http = xcalloc(1, sizeof(*http));
	http->loop = loop;
	http->multi = multi;
	http->timer = timer_new(loop, http);
	http->kick = timer_new(loop, http);
	set_multi_options(http, options ? options : &defaults);
	*out = http;
	return 0;
}

void http_free(struct http *http)
{
	struct err err = ERR_INIT;

	if (!http)
		return;
	err_set(&err, ERR_CANCELLED, "the program is ending");
	http->is_ending = true;
	while (http->calls)
		finish(http->calls, &err);
	while (http->pending)
		finish(http->pending, &err);
	while (http->spare_count)
		curl_easy_cleanup(http->spare[--http->spare_count]);
	curl_multi_cleanup(http->multi);
	timer_free(http->timer);
	timer_free(http->kick);
	free(http);
}

int http_start(struct http_call **out, struct http *http,
	       const struct http_request *request, http_done_fn *done,
	       void *payload, struct err *err)
{
	struct http_call *call;

	if (http->is_ending || http->loop->ending)
		return err_set(err, ERR_CANCELLED, "the program is ending");
	call = xcalloc(1, sizeof(*call));
	call->http = http;
	call->done = done;
	if (transfer_init(&call->transfer, request, payload, err) < 0) {
		transfer_release(&call->transfer);
		free(call);
		return -1;
	}
	uv_timer_init(&http->loop->uv, &call->limit);
	call->limit.data = call;
	make_pending(call);
	if (out)
		*out = call;
	return 0;
}

void http_cancel(struct http_call *call)
{
	if (!call || call->is_cancelled)
		return;
	call->is_cancelled = true;
	if (call->is_pending)
		return;
	unlist(call);
	make_pending(call);
}
