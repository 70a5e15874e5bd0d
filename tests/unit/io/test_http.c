#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "io/http.h"
#include "server.h"

enum { SECOND = 1000 };

static struct server server;
static struct loop *loop;
static struct http *http;

static void setup(void)
{
	struct err err = ERR_INIT;

	server_start(&server, "http_server.py", NULL);
	must(loop_new(&loop, &err));
	must(http_new(&http, loop, NULL, &err));
}

static void teardown(void)
{
	http_free(http);
	loop_free(loop);
	server_stop(&server);
}

TestSuite(http, .init = setup, .fini = teardown, .timeout = 60);

/* How one request ended. */
struct ending {
	int count;
	int status;
	enum err_code code;
	char *body;
	char *header;      /* of the reply */
	const char *wants; /* name of that header */
	int first_bytes;
	size_t data_bytes;
	bool stop_data;
	int64_t elapsed_ms;
};

static void on_done(struct http_reply *reply, const struct err *err,
		    void *payload)
{
	struct ending *end = payload;

	end->count++;
	if (err) {
		end->code = err->code;
		return;
	}
	end->status = reply->status;
	end->body = buf_detach(&reply->body);
	end->elapsed_ms = reply->elapsed_ms;
	if (end->wants && http_reply_header(reply, end->wants))
		end->header = xstrdup(http_reply_header(reply, end->wants));
}

static void ending_release(struct ending *end)
{
	free(end->body);
	free(end->header);
}

static char *url_of(int port, const char *path)
{
	return xstrf("http://127.0.0.1:%d%s", server.ports[port], path);
}

static struct http_request request_of(const char *url)
{
	return (struct http_request){ .url = url,
				      .timeout_ms = 20 * SECOND,
				      .max_reply_bytes = 100000,
				      .max_redirects = 5 };
}

/* Runs one request to its end. */
static void run_request(struct ending *end, const struct http_request *request)
{
	struct err err = ERR_INIT;

	must(http_start(NULL, http, request, on_done, end, &err));
	cr_assert(eq(int, end->count, 0));
	loop_run(loop);
	cr_assert(eq(int, end->count, 1));
}

static void run_path(struct ending *end, const char *path)
{
	char *url = url_of(0, path);
	struct http_request request = request_of(url);

	run_request(end, &request);
	free(url);
}

Test(http, ends_each_request_as_its_reply_deserves)
{
	static const struct {
		const char *path;
		int status;
		enum err_code code;
		const char *body;
	} cases[] = {
		{ "/chunked", 200, ERR_OK, "hello world" },
		{ "/none", 204, ERR_OK, "" },
		{ "/interim", 200, ERR_OK, "after" },
		{ "/missing", 404, ERR_OK, "" },
		{ "/status?code=500", 500, ERR_OK, "body of it" },
		{ "/huge?bytes=100001", 0, ERR_TOO_LARGE, NULL },
		{ "/bomb?bytes=100001", 0, ERR_TOO_LARGE, NULL },
		{ "/flood", 0, ERR_TOO_LARGE, NULL },
		{ "/close", 0, ERR_UNAVAILABLE, NULL },
		{ "/garbage", 0, ERR_PROTOCOL, NULL },
		{ "/loop", 0, ERR_PROTOCOL, NULL },
		{ "/redirect?to=file:///etc/passwd", 0, ERR_PROTOCOL, NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct ending end = { 0 };

		run_path(&end, cases[i].path);
		cr_assert(eq(int, end.status, cases[i].status), "%s",
			  cases[i].path);
		cr_assert(eq(int, end.code, cases[i].code), "%s",
			  cases[i].path);
		if (cases[i].body)
			cr_assert(eq(str, end.body, (char *)cases[i].body));
		ending_release(&end);
	}
}

Test(http, takes_an_address_that_is_a_secret)
{
	char *url = url_of(0, "/status?code=204");
	struct secret *secret = secret_new("env:HOOK", url);
	struct http_request request = request_of(NULL);
	struct ending end = { 0 };
	struct err err = ERR_INIT;

	request.url_secret = secret;
	run_request(&end, &request);
	cr_assert(eq(int, end.status, 204));
	ending_release(&end);
	secret_free(secret);
	free(url);

	secret = secret_new("env:HOOK", "ftp://planted");
	request.url_secret = secret;
	must_fail(ERR_INVALID,
		  http_start(NULL, http, &request, on_done, &end, &err));
	cr_assert(strstr(err.msg, "env:HOOK: ") != NULL);
	cr_assert(strstr(err.msg, "planted") == NULL);
	secret_free(secret);
}

Test(http, takes_what_is_just_within_the_bound)
{
	struct ending end = { 0 };

	run_path(&end, "/huge?bytes=100000");
	cr_assert(eq(sz, strlen(end.body), 100000));
	ending_release(&end);
}

Test(http, gives_up_in_time)
{
	static const struct {
		const char *path;
		int64_t timeout_ms, idle_ms, at_least_ms;
	} cases[] = {
		{ "/hang", 200, 0, 200 },
		{ "/drip", 300, 100, 300 },
		{ "/hang", 9 * SECOND, 150, 150 },
		{ "/stall", 9 * SECOND, 150, 150 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct ending end = { 0 };
		char *url = url_of(0, cases[i].path);
		struct http_request request = request_of(url);
		int64_t started = clock_mono_ms();
		int64_t took;

		request.timeout_ms = cases[i].timeout_ms;
		request.idle_ms = cases[i].idle_ms;
		run_request(&end, &request);
		took = clock_mono_ms() - started;
		cr_assert(eq(int, end.code, ERR_TIMEOUT), "%s", url);
		cr_assert(took >= cases[i].at_least_ms && took < 5 * SECOND,
			  "%s took %lld ms", url, (long long)took);
		free(url);
	}
}

Test(http, says_that_nobody_listens)
{
	struct ending end = { 0 };
	struct http_request request = request_of("http://127.0.0.1:1/");

	run_request(&end, &request);
	cr_assert(eq(int, end.code, ERR_UNAVAILABLE));
}

Test(http, sends_what_it_was_given)
{
	struct secret *key = secret_new("env:KEY", "the-secret-key");
	struct http_header headers[] = {
		{ .name = "Content-Type", .value = "application/json" },
		{ .name = "x-api-key", .secret = key },
	};
	char *url = url_of(0, "/echo?a=b");
	struct http_request request = request_of(url);
	struct ending end = { 0 };
	struct err err = ERR_INIT;

	request.method = "PATCH";
	request.headers = headers;
	request.header_count = ARRAY_LEN(headers);
	request.body = "{\"a\":\0 1}";
	request.body_len = 9;
	must(http_start(NULL, http, &request, on_done, &end, &err));
	/* All of it was copied. */
	secret_free(key);
	memset(headers, 0, sizeof(headers));
	memset(url, 'x', strlen(url));
	loop_run(loop);
	cr_assert(eq(int, end.status, 200));
	cr_assert(strstr(end.body, "PATCH /echo?a=b\n") == end.body);
	cr_assert(strstr(end.body, "\nContent-Type: application/json\n") !=
		  NULL);
	cr_assert(strstr(end.body, "\nx-api-key: the-secret-key\n") != NULL);
	cr_assert(strstr(end.body, "\nUser-Agent: referee/") != NULL);
	cr_assert(strstr(end.body, "\nContent-Length: 9\n") != NULL);
	cr_assert(strstr(end.body, "Expect:") == NULL);
	ending_release(&end);
	free(url);
}

/* One handle of libcurl's serves them all. */
Test(http, sends_nothing_of_the_request_before)
{
	static const struct {
		const char *method, *body;
	} rows[] = {
		{ "POST", "the first" }, { NULL, NULL },
		{ "HEAD", NULL },        { "POST", NULL },
		{ "GET", NULL },         { "PUT", "second" },
		{ "DELETE", NULL },      { "HEAD", NULL },
		{ "POST", "third" },     { "PATCH", "4" },
		{ "OPTIONS", NULL },
	};
	struct http_header header = { .name = "X-First", .value = "1" };
	char *url = url_of(0, "/echo");

	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		struct http_request request = request_of(url);
		const char *method = rows[i].method ? rows[i].method : "GET";
		char *line = xstrf("%s /echo\n", method);
		struct ending end = { 0 };

		request.method = rows[i].method;
		request.body = rows[i].body;
		request.body_len = rows[i].body ? strlen(rows[i].body) : 0;
		request.headers = &header;
		request.header_count = i == 0;
		run_request(&end, &request);
		cr_assert(eq(int, end.status, 200), "%s", method);
		if (strcmp(method, "HEAD") == 0) {
			cr_assert_str_eq(end.body, "");
		} else {
			const char *sent = strstr(end.body, "\n\n");

			cr_assert(strstr(end.body, line) == end.body, "%s",
				  end.body);
			cr_assert_str_eq(sent + 2,
					 rows[i].body ? rows[i].body : "");
			cr_assert(eq(int, strstr(end.body, "X-First") != NULL,
				     i == 0));
		}
		ending_release(&end);
		free(line);
	}
	free(url);
}

Test(http, keeps_connections)
{
	struct ending first = { .wants = "x-connection" };
	struct ending second = { .wants = "X-Connection" };

	run_path(&first, "/echo");
	run_path(&second, "/echo");
	cr_assert(eq(str, first.header, "1"));
	cr_assert(eq(str, second.header, "1"));
	ending_release(&first);
	ending_release(&second);
}

/* Each is started by the end of the one before. */
struct chain {
	char *url;
	int left;
	bool is_same; /* all over the first connection */
};

static void on_link(struct http_reply *reply, const struct err *failed,
		    void *payload)
{
	struct chain *chain = payload;
	const char *number = failed ? ""
				    : http_reply_header(reply, "X-Connection");
	struct http_request request = request_of(chain->url);
	struct err err = ERR_INIT;

	chain->is_same &= strcmp(number, "1") == 0;
	if (--chain->left > 0)
		must(http_start(NULL, http, &request, on_link, chain, &err));
}

Test(http, goes_on_over_the_same_connection)
{
	char *url = url_of(0, "/echo");
	struct http_request request = request_of(url);
	struct chain chain = { url, 200, true };
	struct err err = ERR_INIT;

	must(http_start(NULL, http, &request, on_link, &chain, &err));
	loop_run(loop);
	cr_assert(eq(int, chain.left, 0));
	cr_assert(chain.is_same);
	free(url);
}

static char *redirect_url(int status, int port, const char *path)
{
	char *to = url_of(port, path);
	char *url = xstrf("http://127.0.0.1:%d/redirect?status=%d&to=%s",
			  server.ports[0], status, to);

	free(to);
	return url;
}

Test(http, follows_redirects_without_credentials_to_other_origins)
{
	static const struct {
		int port;
		bool keeps_key;
	} cases[] = { { 0, true }, { 1, false } };
	struct secret *key = secret_new("env:KEY", "the-secret-key");
	struct http_header headers[] = {
		{ .name = "Accept", .value = "text/x-test" },
		{ .name = "PRIVATE-TOKEN", .secret = key },
		{ .name = "x-unheard-of", .value = "the-secret-key" },
		{ .name = "Cookie", .value = "the-secret-key" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct ending end = { 0 };
		char *url = redirect_url(302, cases[i].port, "/echo");
		struct http_request request = request_of(url);

		request.headers = headers;
		request.header_count = ARRAY_LEN(headers);
		run_request(&end, &request);
		cr_assert(eq(int, end.status, 200));
		cr_assert(strstr(end.body, "text/x-test") != NULL);
		cr_assert(eq(int, strstr(end.body, "the-secret-key") != NULL,
			     cases[i].keeps_key));
		ending_release(&end);
		free(url);
	}
	secret_free(key);
}

Test(http, repeats_or_drops_the_body_as_the_status_says)
{
	static const struct {
		const char *method;
		int status, port;
		enum err_code code;
		const char *expected; /* start of the echo */
	} cases[] = {
		{ "POST", 307, 0, ERR_OK, "POST /echo" },
		{ "POST", 308, 0, ERR_OK, "POST /echo" },
		{ "POST", 301, 0, ERR_OK, "GET /echo" },
		{ "POST", 302, 1, ERR_OK, "GET /echo" },
		{ "PUT", 303, 0, ERR_OK, "GET /echo" },
		{ "PATCH", 301, 0, ERR_OK, "PATCH /echo" },
		{ "POST", 307, 1, ERR_PROTOCOL, NULL },
		{ "PATCH", 301, 1, ERR_PROTOCOL, NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct ending end = { 0 };
		char *url = redirect_url(cases[i].status, cases[i].port,
					 "/echo");
		struct http_request request = request_of(url);
		bool has_body;

		request.method = cases[i].method;
		request.body = "private text";
		request.body_len = strlen(request.body);
		run_request(&end, &request);
		cr_assert(eq(int, end.code, cases[i].code));
		if (cases[i].expected) {
			has_body = strstr(end.body, "private text") != NULL;
			cr_assert(strstr(end.body, cases[i].expected) ==
				  end.body);
			cr_assert(eq(int, has_body,
				     strncmp(end.body, "GET", 3) != 0));
		}
		ending_release(&end);
		free(url);
	}
}

Test(http, gives_a_redirect_to_those_who_do_not_want_to_follow)
{
	struct ending end = { .wants = "Location" };
	char *url = redirect_url(301, 1, "/echo");
	struct http_request request = request_of(url);

	request.max_redirects = 0;
	run_request(&end, &request);
	cr_assert(eq(int, end.status, 301));
	cr_assert(eq(str, end.body, "moved"));
	cr_assert(strstr(end.header, "/echo") != NULL);
	ending_release(&end);
	free(url);
}

Test(http, refuses_requests_that_are_wrong_in_themselves)
{
	const struct http_request good = request_of("http://127.0.0.1:1/");
	struct http_request bad[5] = { good, good, good, good, good };
	struct http_header header = { .name = "A", .value = "x\r\nB: y" };
	struct ending end = { 0 };

	bad[0].url = "http://user:pw@127.0.0.1:1/";
	bad[1].timeout_ms = 0;
	bad[2].max_reply_bytes = 0;
	bad[3].method = "GET / HTTP/1.1\r\nX: ";
	bad[4].headers = &header;
	bad[4].header_count = 1;
	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err err = ERR_INIT;

		must_fail(ERR_INVALID,
			  http_start(NULL, http, &bad[i], on_done, &end, &err));
	}
	loop_run(loop);
	cr_assert(eq(int, end.count, 0));
}

static void on_first_byte(void *payload)
{
	struct ending *end = payload;
	struct err err = ERR_INIT;
	char *url = url_of(0, "/slow?s=0");
	struct http_request request = request_of(url);

	end->first_bytes++;
	/* Others may be started from here. */
	must(http_start(NULL, http, &request, on_done, end + 1, &err));
	free(url);
}

static bool on_data(const char *bytes UNUSED, size_t len, void *payload)
{
	struct ending *end = payload;

	end->data_bytes += len;
	return !end->stop_data;
}

Test(http, tells_of_the_first_byte_and_hands_the_body_on)
{
	struct ending ends[2] = { { 0 } };
	char *url = redirect_url(302, 0, "/huge?bytes=90000");
	struct http_request request = request_of(url);

	request.on_first_byte = on_first_byte;
	request.on_data = on_data;
	run_request(&ends[0], &request);
	cr_assert(eq(int, ends[0].first_bytes, 1));
	cr_assert(eq(sz, ends[0].data_bytes, 90000));
	cr_assert(eq(str, ends[0].body, ""));
	cr_assert(eq(str, ends[1].body, "slept"));
	ending_release(&ends[0]);
	ending_release(&ends[1]);
	free(url);
}

Test(http, breaks_off_when_the_reader_wants_no_more)
{
	struct ending end = { .stop_data = true };
	char *url = url_of(0, "/drip");
	struct http_request request = request_of(url);

	request.on_data = on_data;
	run_request(&end, &request);
	cr_assert(eq(int, end.code, ERR_CANCELLED));
	cr_assert(eq(sz, end.data_bytes, 1));
	free(url);
}

Test(http, keeps_the_body_of_errors_from_the_reader)
{
	struct ending end = { 0 };
	char *url = url_of(0, "/status?code=503");
	struct http_request request = request_of(url);

	request.on_data = on_data;
	run_request(&end, &request);
	cr_assert(eq(sz, end.data_bytes, 0));
	cr_assert(eq(str, end.body, "body of it"));
	ending_release(&end);
	free(url);
}

static void cancel_it(const struct err *err UNUSED, void *payload)
{
	http_cancel(payload);
	http_cancel(payload);
}

Test(http, cancels_before_and_after_the_start)
{
	struct err err = ERR_INIT;
	struct ending ends[2] = { { 0 } };
	struct http_call *calls[2];
	char *url = url_of(0, "/hang");
	struct http_request request = request_of(url);

	for (int i = 0; i < 2; i++)
		must(http_start(&calls[i], http, &request, on_done, &ends[i],
				&err));
	http_cancel(calls[0]);
	cr_assert(eq(int, ends[0].count, 0));
	must(loop_timer_start(NULL, loop, 50, cancel_it, calls[1], &err));
	loop_run(loop);
	for (int i = 0; i < 2; i++) {
		cr_assert(eq(int, ends[i].count, 1));
		cr_assert(eq(int, ends[i].code, ERR_CANCELLED));
	}
	free(url);
}

Test(http, ends_all_that_is_under_way_when_it_is_freed)
{
	struct err err = ERR_INIT;
	struct ending ends[20] = { { 0 } };
	char *url = url_of(0, "/hang");
	struct http_request request = request_of(url);

	for (size_t i = 0; i < ARRAY_LEN(ends); i++)
		must(http_start(NULL, http, &request, on_done, &ends[i], &err));
	must(loop_timer_start(NULL, loop, 30, cancel_it, NULL, &err));
	loop_stop(loop);
	loop_run(loop);
	http_free(http);
	http = NULL;
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		cr_assert(eq(int, ends[i].count, 1));
		cr_assert(eq(int, ends[i].code, ERR_CANCELLED));
	}
	free(url);
}

/* On a connection that an earlier request opened. */
Test(http, sends_again_by_itself_only_what_may_arrive_twice)
{
	for (int is_once = 0; is_once < 2; is_once++) {
		struct ending first = { 0 }, end = { 0 }, count = { 0 };
		char *url = url_of(is_once, "/desert");
		char *other = url_of(is_once, "/echo");
		char *counter = url_of(is_once, "/deserted");
		struct http_request request = request_of(other);

		run_request(&first, &request);
		request.url = url;
		request.method = "POST";
		request.body = "it";
		request.body_len = 2;
		request.is_once = is_once;
		run_request(&end, &request);
		cr_assert(eq(int, end.code, ERR_UNAVAILABLE));
		request = request_of(counter);
		run_request(&count, &request);
		/* The count goes on: twice, and then once more. */
		cr_assert(eq(str, count.body, is_once ? "3" : "2"));
		ending_release(&first);
		ending_release(&count);
		free(url);
		free(other);
		free(counter);
	}
}

Test(http, runs_hundreds_at_once_and_ends_each_once)
{
	static const char *const paths[] = { "/slow?s=0.2", "/chunked", "/hang",
					     "/huge?bytes=200000",
					     "/status?code=429&retry_after=7" };
	struct err err = ERR_INIT;
	struct http_options options = { .connections_per_host = 200,
					.connections = 200 };
	struct ending ends[200] = { { 0 } };
	int count[5] = { 0 };

	http_free(http);
	must(http_new(&http, loop, &options, &err));
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		char *url = url_of(0, paths[i % 5]);
		struct http_request request = request_of(url);

		ends[i].wants = "Retry-After";
		request.timeout_ms = i % 5 == 2 ? 500 : 20 * SECOND;
		must(http_start(NULL, http, &request, on_done, &ends[i], &err));
		free(url);
	}
	loop_run(loop);
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		cr_assert(eq(int, ends[i].count, 1));
		count[i % 5] += (i % 5 == 0 && ends[i].status == 200) ||
				(i % 5 == 1 && ends[i].status == 200) ||
				(i % 5 == 2 && ends[i].code == ERR_TIMEOUT) ||
				(i % 5 == 3 && ends[i].code == ERR_TOO_LARGE) ||
				(i % 5 == 4 && !strcmp(ends[i].header, "7"));
		ending_release(&ends[i]);
	}
	for (int i = 0; i < 5; i++)
		cr_assert(eq(int, count[i], 40), "%s", paths[i]);
}

Test(http, keeps_to_its_number_of_connections)
{
	struct err err = ERR_INIT;
	struct http_options options = { .connections_per_host = 2 };
	struct ending ends[12] = { { 0 } };
	char *url = url_of(0, "/echo");
	struct http_request request = request_of(url);

	http_free(http);
	must(http_new(&http, loop, &options, &err));
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		ends[i].wants = "X-Connection";
		must(http_start(NULL, http, &request, on_done, &ends[i], &err));
	}
	loop_run(loop);
	for (size_t i = 0; i < ARRAY_LEN(ends); i++) {
		cr_assert(eq(int, ends[i].status, 200));
		cr_assert(le(int, atoi(ends[i].header), 2));
		ending_release(&ends[i]);
	}
	free(url);
}
