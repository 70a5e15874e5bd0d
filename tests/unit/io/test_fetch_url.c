#include "unit.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "io/fetch_url.h"
#include "server.h"

enum { SECOND = 1000 };

static struct server server;
static struct fetch *fetch;
static struct cancel cancel;

static void setup(void)
{
	struct err err = ERR_INIT;

	server_start(&server, "http_server.py", NULL);
	must(fetch_new(&fetch, &cancel, &err));
}

static void teardown(void)
{
	fetch_free(fetch);
	server_stop(&server);
}

TestSuite(fetch_url, .init = setup, .fini = teardown, .timeout = 60);

/* Status, or -1; *total counts the bytes of the body. */
static int fetch_path(size_t *total, const char *path,
		      struct http_request request, struct err *err)
{
	char *url = xstrf("http://127.0.0.1:%d%s", server.ports[0], path);
	const struct http_reply *reply;
	char bytes[4000];
	size_t got = 0;
	int status = -1;

	*total = 0;
	request.url = url;
	request.max_redirects = 3;
	if (fetch_send(&reply, fetch, &request, err) < 0)
		goto out;
	status = reply->status;
	if (!strncmp(path, "/redirect?to=", 13))
		cr_assert(strstr(reply->url, path + 13) != NULL);
	do {
		if (fetch_read(&got, fetch, bytes, sizeof(bytes), err) < 0) {
			status = -1;
			goto out;
		}
		*total += got;
	} while (got > 0);
out:
	free(url);
	return status;
}

static const struct http_request usual = { .timeout_ms = 20 * SECOND,
					   .max_reply_bytes = 100000000 };

Test(fetch_url, reads_replies_to_their_end_or_says_why_not)
{
	static const struct {
		const char *path;
		int status;
		size_t total;
		enum err_code code;
	} cases[] = {
		{ "/chunked", 200, 11, ERR_OK },
		{ "/none", 204, 0, ERR_OK },
		{ "/huge?bytes=30000000", 200, 30000000, ERR_OK },
		{ "/huge?bytes=100000001", -1, 0, ERR_TOO_LARGE },
		{ "/status?code=500", 500, 10, ERR_OK },
		{ "/redirect?to=/chunked", 200, 11, ERR_OK },
		{ "/loop", -1, 0, ERR_PROTOCOL },
		{ "/close", -1, 0, ERR_UNAVAILABLE },
		{ "/missing", 404, 0, ERR_OK },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err err = ERR_INIT;
		size_t total;
		int status = fetch_path(&total, cases[i].path, usual, &err);

		cr_assert(eq(int, status, cases[i].status), "%s: %s",
			  cases[i].path, err.msg);
		cr_assert(eq(int, err.code, cases[i].code), "%s",
			  cases[i].path);
		if (status >= 0)
			cr_assert(eq(sz, total, cases[i].total));
	}
}

Test(fetch_url, drops_what_was_left_unread)
{
	struct err err = ERR_INIT;
	struct http_request request = usual;
	const struct http_reply *reply;
	char bytes[10];
	size_t got, total;

	request.url = xstrf("http://127.0.0.1:%d/drip", server.ports[0]);
	must(fetch_send(&reply, fetch, &request, &err));
	must(fetch_read(&got, fetch, bytes, 1, &err));
	cr_assert(eq(sz, got, 1));
	cr_assert(eq(int, fetch_path(&total, "/chunked", usual, &err), 200));
	cr_assert(eq(sz, total, 11));
	free((char *)request.url);
}

Test(fetch_url, gives_up_in_time)
{
	static const struct {
		const char *path;
		int64_t timeout_ms, idle_ms;
	} cases[] = { { "/hang", 200, 0 },
		      { "/drip", 300, 100 },
		      { "/stall", 9 * SECOND, 150 } };

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err err = ERR_INIT;
		struct http_request request = usual;
		int64_t started = clock_mono_ms();
		size_t total;

		request.timeout_ms = cases[i].timeout_ms;
		request.idle_ms = cases[i].idle_ms;
		cr_assert(eq(int,
			     fetch_path(&total, cases[i].path, request, &err),
			     -1));
		cr_assert(eq(int, err.code, ERR_TIMEOUT));
		cr_assert(lt(i64, clock_mono_ms() - started, 5 * SECOND));
	}
}

static void *cancel_soon(void *unused UNUSED)
{
	usleep(100000);
	cancel_request(&cancel);
	return NULL;
}

Test(fetch_url, stops_when_another_thread_asks)
{
	struct err err = ERR_INIT;
	int64_t started = clock_mono_ms();
	pthread_t thread;
	size_t total;

	pthread_create(&thread, NULL, cancel_soon, NULL);
	cr_assert(eq(int, fetch_path(&total, "/hang", usual, &err), -1));
	cr_assert(eq(int, err.code, ERR_CANCELLED));
	cr_assert(lt(i64, clock_mono_ms() - started, 5 * SECOND));
	pthread_join(thread, NULL);
}
