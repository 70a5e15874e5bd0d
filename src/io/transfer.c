#include "io/transfer.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/limits.h"
#include "io/header_line.h"
#include "io/redirect.h"

enum { CONNECT_MS = 10000 };

#define USER_AGENT "User-Agent: " PACKAGE_NAME "/" PACKAGE_VERSION

static bool is_method(const char *method)
{
	return *method &&
	       strspn(method, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == strlen(method);
}

static int check_request(const struct http_request *request, struct err *err)
{
	if (request->method && !is_method(request->method))
		return err_set(err, ERR_INVALID, "not a method");
	if (request->timeout_ms <= 0)
		return err_set(err, ERR_INVALID, "no time limit");
	if (request->max_reply_bytes == 0)
		return err_set(err, ERR_INVALID, "no limit for the reply");
	if (request->header_count > LIMIT_HTTP_HEADERS)
		return err_set(err, ERR_INVALID, "over %d headers",
			       LIMIT_HTTP_HEADERS);
	return 0;
}

static int copy_headers(struct transfer *t, const struct http_request *request,
			struct err *err)
{
	t->headers = xcalloc(request->header_count + 1, sizeof(*t->headers));
	for (size_t i = 0; i < request->header_count; i++) {
		struct transfer_header *header = &t->headers[i];

		if (header_line_make(&header->line, &request->headers[i], err) <
		    0)
			return -1;
		header->name = xstrdup(request->headers[i].name);
		t->header_count++;
	}
	return 0;
}

static char *copy_or_null(const char *text)
{
	return text ? xstrdup(text) : NULL;
}

int transfer_check_url(const struct http_request *request, struct err *err)
{
	const struct secret *secret = request->url_secret;

	if (!secret)
		return url_check(request->url, err);
	if (url_check(secret_reveal(secret), err) < 0)
		return err_prefix(err, "%s", secret_name(secret));
	return 0;
}

int transfer_init(struct transfer *t, const struct http_request *request,
		  void *payload, struct err *err)
{
	*t = (struct transfer){
		.started_ms = clock_mono_ms(),
		.timeout_ms = request->timeout_ms,
		.idle_ms = request->idle_ms,
		.connect_ms = request->connect_ms > 0 ? request->connect_ms
						      : CONNECT_MS,
		.max_redirects = request->max_redirects < LIMIT_HTTP_REDIRECTS
					 ? request->max_redirects
					 : LIMIT_HTTP_REDIRECTS,
		.max_reply_bytes = request->max_reply_bytes,
		.is_once = request->is_once,
		.on_first_byte = request->on_first_byte,
		.on_data = request->on_data,
		.payload = payload,
	};
	t->active_ms = t->started_ms;
	buf_init(&t->reply.body, request->max_reply_bytes);
	t->reply.first_byte_ms = -1;
	if (check_request(request, err) < 0)
		return -1;
	t->method = xstrdup(request->method ? request->method : "GET");
	t->url = xstrdup(request->url_secret
				 ? secret_reveal(request->url_secret)
				 : request->url);
	t->ca_file = copy_or_null(request->ca_file);
	t->proxy = copy_or_null(request->proxy);
	t->body = request->body;
	t->body_len = request->body_len;
	return copy_headers(t, request, err);
}

/* libcurl's copies of the headers hold secrets too. */
static void wipe_list(struct curl_slist *list)
{
	for (struct curl_slist *item = list; item; item = item->next)
		explicit_bzero(item->data, strlen(item->data));
	curl_slist_free_all(list);
}

static void drop_header(struct transfer_header *header)
{
	free(header->name);
	if (header->line)
		explicit_bzero(header->line, strlen(header->line));
	free(header->line);
	*header = (struct transfer_header){ NULL, NULL };
}

void transfer_release(struct transfer *t)
{
	curl_easy_cleanup(t->easy);
	wipe_list(t->sent);
	for (size_t i = 0; i < t->header_count; i++)
		drop_header(&t->headers[i]);
	/* One that failed to copy has its line but is not counted. */
	if (t->headers)
		drop_header(&t->headers[t->header_count]);
	free(t->headers);
	free(t->method);
	if (t->url) /* it may be a secret */
		explicit_bzero(t->url, strlen(t->url));
	free(t->url);
	free(t->ca_file);
	free(t->proxy);
	http_reply_release(&t->reply);
	*t = (struct transfer){ 0 };
}

static void break_off(struct transfer *t, const struct err *why)
{
	t->failure = *why;
	t->has_failed = true;
}

/* The line "HTTP/1.1 200 OK" opens a reply; there may be a 100 before it. */
static void begin_reply(struct transfer *t)
{
	strvec_release(&t->reply.headers);
	t->header_bytes = 0;
	t->is_redirect = false;
}

static void end_headers(struct transfer *t)
{
	long status = 0;

	curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	if (status < 200)
		return;
	t->reply.status = (int)status;
	t->is_redirect = t->max_redirects > 0 &&
			 redirect_is_status((int)status) &&
			 http_reply_header(&t->reply, "Location");
	t->headers_done = !t->is_redirect;
	if (t->headers_done && !t->reply.url)
		t->reply.url = xstrdup(t->url);
}

static size_t on_header(char *line, size_t size, size_t count, void *user)
{
	struct transfer *t = user;
	size_t len = size * count;
	size_t text_len = len;
	struct err err;

	if (t->idle_ms)
		t->active_ms = clock_mono_ms();
	if (len >= 5 && !strncmp(line, "HTTP/", 5)) {
		begin_reply(t);
		return len;
	}
	t->header_bytes += len;
	if (t->header_bytes > LIMIT_HTTP_HEADER_BYTES) {
		err_set(&err, ERR_TOO_LARGE,
			"the reply's headers are over %ld bytes",
			LIMIT_HTTP_HEADER_BYTES);
		break_off(t, &err);
		return 0;
	}
	while (text_len && strchr("\r\n", line[text_len - 1]))
		text_len--;
	if (text_len == 0)
		end_headers(t);
	else if (!t->headers_done)
		strvec_take(&t->reply.headers, xmemdup(line, text_len));
	return len;
}

static int keep_data(struct transfer *t, const char *bytes, size_t len,
		     struct err *err)
{
	t->data_bytes += len;
	if (t->data_bytes > t->max_reply_bytes)
		return err_set(err, ERR_TOO_LARGE,
			       "the reply is over %zu bytes",
			       t->max_reply_bytes);
	if (t->on_data && (t->data_for_any_status || t->reply.status < 300)) {
		if (!t->on_data(bytes, len, t->payload))
			return err_set(err, ERR_CANCELLED, "broken off");
		return 0;
	}
	buf_add(&t->reply.body, bytes, len);
	return buf_check(&t->reply.body, "the reply", err);
}

static int take_data(struct transfer *t, const char *bytes, size_t len,
		     struct err *err)
{
	if (t->is_redirect) {
		t->discarded_bytes += len;
		if (t->discarded_bytes > LIMIT_HTTP_DISCARD_BYTES)
			return err_set(err, ERR_TOO_LARGE,
				       "a redirect with a large body");
		return 0;
	}
	if (t->reply.first_byte_ms < 0) {
		t->reply.first_byte_ms = t->active_ms - t->started_ms;
		if (t->on_first_byte)
			t->on_first_byte(t->payload);
	}
	return keep_data(t, bytes, len, err);
}

static size_t on_body(char *bytes, size_t size, size_t count, void *user)
{
	struct transfer *t = user;
	struct err err;

	t->active_ms = clock_mono_ms();
	if (take_data(t, bytes, size * count, &err) < 0) {
		break_off(t, &err);
		return 0;
	}
	return size * count;
}

/* Bytes that go out count as activity too. */
static int on_progress(void *user, curl_off_t to_come UNUSED,
		       curl_off_t came UNUSED, curl_off_t to_send UNUSED,
		       curl_off_t sent)
{
	struct transfer *t = user;

	if ((size_t)sent > t->sent_bytes) {
		t->sent_bytes = (size_t)sent;
		t->active_ms = clock_mono_ms();
	}
	return 0;
}

/*
 * Just before each sending. libcurl repeats a request by itself when a
 * connection that it had kept ends without an answer; the server may have done
 * what the first one asked for.
 */
static int on_sending(void *user, char *remote_ip UNUSED, char *local_ip UNUSED,
		      int remote_port UNUSED, int local_port UNUSED)
{
	struct transfer *t = user;
	struct err err;

	if (t->is_once && t->is_sent) {
		err_set(&err, ERR_UNAVAILABLE,
			"the connection ended without an answer");
		break_off(t, &err);
		return CURL_PREREQFUNC_ABORT;
	}
	t->is_sent = true;
	return CURL_PREREQFUNC_OK;
}

CURL *transfer_handle_new(void)
{
	CURL *easy = curl_easy_init();

	if (!easy)
		abort(); /* out of memory */
	curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, on_header);
	curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, on_body);
	curl_easy_setopt(easy, CURLOPT_PREREQFUNCTION, on_sending);
	curl_easy_setopt(easy, CURLOPT_XFERINFOFUNCTION, on_progress);
	curl_easy_setopt(easy, CURLOPT_NOPROGRESS, 0L);
	curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(easy, CURLOPT_SSLVERSION,
			 (long)CURL_SSLVERSION_TLSv1_2);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYPEER, 1L);
	curl_easy_setopt(easy, CURLOPT_SSL_VERIFYHOST, 2L);
	curl_easy_setopt(easy, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(easy, CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
	curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
	curl_easy_setopt(easy, CURLOPT_TCP_NODELAY, 1L);
	curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
	/* Else ending a request waits for the resolver's thread. */
	curl_easy_setopt(easy, CURLOPT_QUICK_EXIT, 1L);
	return easy;
}

static void prepare_headers(struct transfer *t)
{
	bool has_agent = false, has_type = false;

	wipe_list(t->sent);
	t->sent = NULL;
	for (size_t i = 0; i < t->header_count; i++) {
		const struct transfer_header *header = &t->headers[i];

		if (!header->name)
			continue;
		has_agent |= !strcasecmp(header->name, "User-Agent");
		has_type |= !strcasecmp(header->name, "Content-Type");
		t->sent = curl_slist_append(t->sent, header->line);
	}
	if (!has_agent)
		t->sent = curl_slist_append(t->sent, USER_AGENT);
	/* libcurl's own ideas about both are not wanted. */
	if (!has_type)
		t->sent = curl_slist_append(t->sent, "Content-Type:");
	t->sent = curl_slist_append(t->sent, "Expect:");
	curl_easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->sent);
}

/* The handle may have sent another one before. */
static void prepare_method(const struct transfer *t)
{
	CURL *easy = t->easy;
	bool is_head = !strcmp(t->method, "HEAD");
	bool has_body = t->body || !strcmp(t->method, "POST");

	curl_easy_setopt(easy, CURLOPT_POSTFIELDS,
			 has_body && !t->body ? "" : (const char *)t->body);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE,
			 (curl_off_t)t->body_len);
	if (is_head)
		curl_easy_setopt(easy, CURLOPT_NOBODY, 1L);
	else if (has_body)
		curl_easy_setopt(easy, CURLOPT_POST, 1L);
	else
		curl_easy_setopt(easy, CURLOPT_HTTPGET, 1L);
	curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST,
			 is_head || !strcmp(t->method, "GET") ? NULL
							      : t->method);
}

void transfer_prepare(struct transfer *t)
{
	CURL *easy = t->easy;

	t->is_redirect = false;
	t->headers_done = false;
	t->discarded_bytes = 0;
	t->sent_bytes = 0;
	t->is_sent = false;
	curl_easy_setopt(easy, CURLOPT_URL, t->url);
	curl_easy_setopt(easy, CURLOPT_HEADERDATA, t);
	curl_easy_setopt(easy, CURLOPT_WRITEDATA, t);
	curl_easy_setopt(easy, CURLOPT_PREREQDATA, t);
	curl_easy_setopt(easy, CURLOPT_XFERINFODATA, t);
	curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, (long)t->connect_ms);
	if (t->ca_file)
		curl_easy_setopt(easy, CURLOPT_CAINFO, t->ca_file);
	if (t->proxy)
		curl_easy_setopt(easy, CURLOPT_PROXY, t->proxy);
	prepare_method(t);
	prepare_headers(t);
}

CURL *transfer_take_handle(struct transfer *t)
{
	CURL *easy = t->easy;

	t->easy = NULL;
	/* What libcurl has in their place by itself cannot be had back. */
	if (t->ca_file || t->proxy) {
		curl_easy_cleanup(easy);
		return NULL;
	}
	curl_easy_setopt(easy, CURLOPT_URL, NULL);
	curl_easy_setopt(easy, CURLOPT_HTTPHEADER, NULL);
	curl_easy_setopt(easy, CURLOPT_POSTFIELDS, NULL);
	return easy;
}

/* Turns the request into the one that the redirect asks for. */
static int follow(struct transfer *t, struct err *err)
{
	const char *location = http_reply_header(&t->reply, "Location");
	char *url;

	if (++t->hops > t->max_redirects)
		return err_set(err, ERR_PROTOCOL, "more than %d redirects",
			       t->max_redirects);
	if (redirect_resolve(&url, t->url, location, err) < 0)
		return -1;
	if (!redirect_keeps_method(t->reply.status, t->method)) {
		free(t->method);
		t->method = xstrdup("GET");
		t->body = NULL;
		t->body_len = 0;
	}
	if (!url_same_origin(t->url, url)) {
		if (t->body) {
			free(url);
			return err_set(err, ERR_PROTOCOL,
				       "redirect not followed: it leads a body "
				       "to another server");
		}
		for (size_t i = 0; i < t->header_count; i++)
			if (t->headers[i].name &&
			    !redirect_keeps_header(t->headers[i].name))
				drop_header(&t->headers[i]);
	}
	free(t->url);
	t->url = url;
	return 0;
}

static void set_curl_error(struct err *err, CURLcode code)
{
	static const struct {
		CURLcode curl;
		enum err_code ours;
	} known[] = {
		{ CURLE_OPERATION_TIMEDOUT, ERR_TIMEOUT },
		{ CURLE_URL_MALFORMAT, ERR_INVALID },
		{ CURLE_UNSUPPORTED_PROTOCOL, ERR_PROTOCOL },
		{ CURLE_SSL_CACERT_BADFILE, ERR_INVALID },
		{ CURLE_PEER_FAILED_VERIFICATION, ERR_PROTOCOL },
		{ CURLE_WEIRD_SERVER_REPLY, ERR_PROTOCOL },
		{ CURLE_BAD_CONTENT_ENCODING, ERR_PROTOCOL },
	};

	err_set(err, ERR_UNAVAILABLE, "%s", curl_easy_strerror(code));
	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (known[i].curl == code) {
			err->code = known[i].ours;
			return;
		}
	}
}

enum transfer_end transfer_end_hop(struct transfer *t, CURLcode code,
				   struct err *err)
{
	if (t->has_failed) {
		*err = t->failure;
		return TRANSFER_FAILED;
	}
	if (code != CURLE_OK) {
		long sent = 0;

		set_curl_error(err, code);
		curl_easy_getinfo(t->easy, CURLINFO_REQUEST_SIZE, &sent);
		if (sent == 0)
			err->detail = HTTP_NOT_SENT;
		return TRANSFER_FAILED;
	}
	if (t->is_redirect)
		return follow(t, err) < 0 ? TRANSFER_FAILED : TRANSFER_AGAIN;
	t->reply.elapsed_ms = clock_mono_ms() - t->started_ms;
	return TRANSFER_DONE;
}

int64_t transfer_left_ms(const struct transfer *t, struct err *err)
{
	int64_t now = clock_mono_ms();
	int64_t left = t->started_ms + t->timeout_ms - now;
	int64_t left_idle = t->active_ms + t->idle_ms - now;

	if (left <= 0) {
		err_set(err, ERR_TIMEOUT, "no complete reply in %lld ms",
			(long long)t->timeout_ms);
		return 0;
	}
	if (t->idle_ms > 0 && left_idle <= 0) {
		err_set(err, ERR_TIMEOUT, "nothing came for %lld ms",
			(long long)t->idle_ms);
		return 0;
	}
	return t->idle_ms > 0 && left_idle < left ? left_idle : left;
}
