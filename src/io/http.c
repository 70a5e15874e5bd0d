#include "io/http.h"

#include <stdlib.h>
#include <string.h>
#include <utlist.h>

#include "core/alloc.h"
#include "core/fault.h"
#include "io/loop_internal.h"
#include "io/sockets.h"
#include "io/transfer.h"

/* libcurl's handles are kept for the next requests: each brings buffers of
 * 80 KB, and getting those anew costs as much as all else of a request. */
enum { SPARE_HANDLES = 256 };

enum { CONNECTIONS_PER_HOST = 32, CONNECTIONS = 256, STREAMS = 100 };

/* libcurl may not be entered from its own callbacks, and those are where users
 * start and cancel requests. So both only put the call into `pending`; who has
 * called libcurl, or else a timer without delay, does the rest. */
struct http_call {
	struct transfer transfer;
	struct http *http;
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
	uv_timer_t *limit; /* the first of `calls` to pass; active with any */
	CURLM *multi;
	struct http_call *calls;
	struct http_call *pending; /* to be begun or cancelled */
	CURL *spare[SPARE_HANDLES];
	size_t spare_count;
	struct sockets sockets;
	char *good_url;  /* of the request before: most go to the same */
	bool is_driving; /* libcurl has been called, and calls back */
	bool is_due;     /* it wants to be called again at once */
	bool is_ending;
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

static CURL *handle_new(struct http *http)
{
	CURL *easy = transfer_handle_new();

	curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, sockets_open);
	curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, &http->sockets);
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, sockets_close);
	curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, &http->sockets);
	curl_easy_setopt(easy, CURLOPT_ACCEPT_ENCODING, "gzip");
	curl_easy_setopt(easy, CURLOPT_HTTP_VERSION,
			 (long)CURL_HTTP_VERSION_2TLS);
	return easy;
}

static void keep_handle(struct http_call *call)
{
	struct http *http = call->http;
	CURL *easy;

	if (http->spare_count == SPARE_HANDLES)
		return;
	easy = transfer_take_handle(&call->transfer);
	if (easy)
		http->spare[http->spare_count++] = easy;
}

static void unlist(struct http_call *call)
{
	if (call->is_pending)
		DL_DELETE(call->http->pending, call);
	else
		DL_DELETE(call->http->calls, call);
}

/* The one place where a request ends. */
static void finish(struct http_call *call, const struct err *err)
{
	struct http *http = call->http;

	detach(call);
	unlist(call);
	if (!http->calls)
		uv_timer_stop(http->limit);
	if (!err)
		keep_handle(call);
	call->done(err ? NULL : &call->transfer.reply, err,
		   call->transfer.payload);
	transfer_release(&call->transfer);
	free(call);
}

static void run(struct http_call *call)
{
	struct http *http = call->http;

	if (!call->transfer.easy)
		call->transfer.easy = http->spare_count
					      ? http->spare[--http->spare_count]
					      : handle_new(http);
	transfer_prepare(&call->transfer);
	curl_easy_setopt(call->transfer.easy, CURLOPT_PRIVATE, call);
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

/* What is freed has left its list before, which the analyzer cannot see.
 * NOLINTBEGIN(clang-analyzer-unix.Malloc) */

/* One whose limit has passed, and *err says which; else NULL and *left_ms is
 * until the next does. */
static struct http_call *find_late(const struct http *http, int64_t *left_ms,
				   struct err *err)
{
	struct http_call *call;

	*left_ms = INT64_MAX;
	for (call = http->calls; call; call = call->next) {
		int64_t left = transfer_left_ms(&call->transfer, err);

		if (left <= 0)
			return call;
		if (left < *left_ms)
			*left_ms = left;
	}
	return NULL;
}

static void on_limit(uv_timer_t *timer)
{
	struct http *http = timer->data;
	struct http_call *call;
	struct err err = ERR_INIT;
	int64_t left_ms;

	while ((call = find_late(http, &left_ms, &err)))
		finish(call, &err);
	if (http->calls)
		uv_timer_start(timer, on_limit, (uint64_t)left_ms, 0);
}

/* Passing early does no harm: then on_limit() looks for the next one. */
static void limit(struct http_call *call)
{
	struct err err = ERR_INIT;
	int64_t left_ms = transfer_left_ms(&call->transfer, &err);
	uv_timer_t *timer = call->http->limit;

	if (!uv_is_active((uv_handle_t *)timer) ||
	    left_ms < (int64_t)uv_timer_get_due_in(timer))
		uv_timer_start(timer, on_limit, (uint64_t)left_ms, 0);
}

static void begin_pending(struct http *http)
{
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
		fault_point("http");
		limit(call);
		run(call);
	}
}

static void finish_all(struct http_call **calls, const struct err *err)
{
	while (*calls)
		finish(*calls, err);
}

/* NOLINTEND(clang-analyzer-unix.Malloc) */

static void on_kick(uv_timer_t *timer)
{
	begin_pending(timer->data);
}

static void make_pending(struct http_call *call)
{
	struct http *http = call->http;

	call->is_pending = true;
	DL_APPEND(http->pending, call);
	if (!http->is_driving)
		uv_timer_start(http->kick, on_kick, 0, 0);
}

static void act(struct http *http, curl_socket_t fd, int events)
{
	int running;

	http->is_due = false;
	curl_multi_socket_action(http->multi, fd, events, &running);
	reap(http);
}

static void on_timer(uv_timer_t *timer);

/* What an end has started goes out at once, over the connection that has become
 * free: everything is at hand, and nothing about that socket changes. */
static void drive(void *payload, curl_socket_t fd, int events)
{
	struct http *http = payload;

	http->is_driving = true;
	sockets_hold(&http->sockets);
	act(http, fd, events);
	begin_pending(http);
	if (http->is_due)
		act(http, CURL_SOCKET_TIMEOUT, 0);
	sockets_settle(&http->sockets);
	http->is_driving = false;
	if (http->is_due)
		uv_timer_start(http->timer, on_timer, 0, 0);
	if (http->pending)
		uv_timer_start(http->kick, on_kick, 0, 0);
}

static void on_timer(uv_timer_t *timer)
{
	drive(timer->data, CURL_SOCKET_TIMEOUT, 0);
}

/* libcurl: call me back in `ms`; never from inside this callback. */
static int on_curl_timer(CURLM *multi UNUSED, long ms, void *user)
{
	struct http *http = user;

	http->is_due = ms == 0 && http->is_driving;
	if (ms < 0 || http->is_due)
		uv_timer_stop(http->timer);
	else
		uv_timer_start(http->timer, on_timer, (uint64_t)ms, 0);
	return 0;
}

static long or_default(long wanted, long otherwise)
{
	return wanted > 0 ? wanted : otherwise;
}

static void set_multi_options(struct http *http,
			      const struct http_options *options)
{
	CURLM *multi = http->multi;
	long connections = or_default(options->connections, CONNECTIONS);

	curl_multi_setopt(multi, CURLMOPT_SOCKETFUNCTION, sockets_watch);
	curl_multi_setopt(multi, CURLMOPT_SOCKETDATA, &http->sockets);
	curl_multi_setopt(multi, CURLMOPT_TIMERFUNCTION, on_curl_timer);
	curl_multi_setopt(multi, CURLMOPT_TIMERDATA, http);
	curl_multi_setopt(multi, CURLMOPT_MAX_HOST_CONNECTIONS,
			  or_default(options->connections_per_host,
				     CONNECTIONS_PER_HOST));
	curl_multi_setopt(multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, connections);
	/* By itself it keeps no more than four times as many as there are
	 * requests, and between two of them there is none. */
	curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, connections);
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
	sockets_init(&http->sockets, loop, drive, http);
	http->timer = timer_new(loop, http);
	http->kick = timer_new(loop, http);
	http->limit = timer_new(loop, http);
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
	finish_all(&http->calls, &err);
	finish_all(&http->pending, &err);
	while (http->spare_count)
		curl_easy_cleanup(http->spare[--http->spare_count]);
	curl_multi_cleanup(http->multi);
	sockets_release(&http->sockets);
	free(http->good_url);
	timer_free(http->timer);
	timer_free(http->kick);
	timer_free(http->limit);
	free(http);
}

static int check_url(struct http *http, const struct http_request *request,
		     struct err *err)
{
	bool is_kept = !request->url_secret;

	if (is_kept && http->good_url && !strcmp(request->url, http->good_url))
		return 0;
	if (transfer_check_url(request, err) < 0)
		return -1;
	if (is_kept) {
		free(http->good_url);
		http->good_url = xstrdup(request->url);
	}
	return 0;
}

int http_start(struct http_call **out, struct http *http,
	       const struct http_request *request, http_done_fn *done,
	       void *payload, struct err *err)
{
	struct http_call *call;

	if (http->is_ending || http->loop->ending)
		return err_set(err, ERR_CANCELLED, "the program is ending");
	if (check_url(http, request, err) < 0)
		return -1;
	call = xcalloc(1, sizeof(*call));
	call->http = http;
	call->done = done;
	if (transfer_init(&call->transfer, request, payload, err) < 0) {
		transfer_release(&call->transfer);
		free(call);
		return -1;
	}
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
