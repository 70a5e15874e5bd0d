#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "io/fetch_url.h"
#include "io/redirect.h"
#include "repo/transport.h"

enum { IDLE_MS = 60000, REDIRECTS = 5, HEADERS = 5 };

static const char *user_of(const struct transport *transport)
{
	if (transport->options->user)
		return transport->options->user;
	return transport->url.user ? transport->url.user : "x-access-token";
}

static struct http_header credentials_of(const struct transport *transport)
{
	struct http_header header = { .name = "Authorization",
				      .secret = transport->options->password };

	if (transport->options->is_bearer)
		header.prefix = "Bearer ";
	else
		header.basic_user = user_of(transport);
	return header;
}

static int fail_status(const struct http_reply *reply,
		       const struct transport *transport, struct err *err)
{
	static const struct {
		int status;
		enum err_code code;
		const char *what;
	} known[] = {
		{ 401, ERR_AUTH, "credentials are missing or wrong" },
		{ 403, ERR_AUTH, "not allowed" },
		{ 404, ERR_NOT_FOUND, "no such repository" },
		{ 407, ERR_AUTH, "the proxy wants credentials" },
		{ 408, ERR_UNAVAILABLE, "the server waited too long" },
		{ 410, ERR_NOT_FOUND, "the repository is gone" },
		{ 429, ERR_RATE, "too many requests" },
	};
	int status = reply->status;

	for (size_t i = 0; i < ARRAY_LEN(known); i++) {
		if (known[i].status != status)
			continue;
		err_set(err, known[i].code, "%s (status %d)%s", known[i].what,
			status,
			transport->left_origin ? "; it was redirected to "
						 "another server, where "
						 "our credentials are not sent"
					       : "");
		if (status == 429)
			err->detail = (long)http_reply_retry_after_s(reply);
		return -1;
	}
	return err_set(err, status >= 500 ? ERR_UNAVAILABLE : ERR_PROTOCOL,
		       "the server replied with status %d", status);
}

static int check_reply(const struct http_reply *reply,
		       const struct transport *transport, const char *kind,
		       struct err *err)
{
	const char *type = http_reply_header(reply, "Content-Type");
	char *wanted;
	bool fits;

	if (reply->status != 200)
		return fail_status(reply, transport, err);
	wanted = xstrf("application/x-%s-%s",
		       git_service_name(transport->service), kind);
	fits = type && !strncasecmp(type, wanted, strlen(wanted));
	free(wanted);
	if (!fits)
		return err_set(err, ERR_PROTOCOL,
			       "no git server, or one without the smart "
			       "protocol");
	return 0;
}

/* Sends `request`, whose headers may be added to, and looks at the reply. */
static int send_request(const struct http_reply **reply,
			struct transport *transport,
			struct http_request *request,
			struct http_header *headers, struct err *err)
{
	const struct remote_options *options = transport->options;

	if (transport_left_ms(&request->timeout_ms, transport, err) < 0)
		return -1;
	if (!transport->fetch &&
	    fetch_new(&transport->fetch, options->cancel, err) < 0)
		return -1;
	if (transport->service == SERVICE_FETCH)
		headers[request->header_count++] = (struct http_header){
			.name = "Git-Protocol", .value = "version=2"
		};
	if (options->password && !transport->left_origin)
		headers[request->header_count++] = credentials_of(transport);
	request->headers = headers;
	request->idle_ms = options->idle_ms > 0 ? options->idle_ms : IDLE_MS;
	request->connect_ms = options->connect_ms;
	request->max_reply_bytes = SIZE_MAX / 2; /* transport_count() */
	request->max_redirects = REDIRECTS;
	request->ca_file = options->ca_file;
	request->proxy = options->proxy;
	pkt_reader_init(&transport->reader, transport->ops->read, transport);
	return fetch_send(reply, transport->fetch, request, err);
}

/* Where the advertisement was found is where to ask from now on. */
static void follow_redirect(struct transport *transport,
			    const struct http_reply *reply, const char *suffix)
{
	size_t len = strlen(reply->url), cut = strlen(suffix);

	if (len <= cut || strcmp(reply->url + len - cut, suffix) != 0)
		return;
	if (!url_same_origin(transport->url.base, reply->url))
		transport->left_origin = true;
	free(transport->url.base);
	transport->url.base = xmemdup(reply->url, len - cut);
}

static int advertise(struct transport *transport, struct err *err)
{
	struct http_header headers[HEADERS];
	const struct http_reply *reply;
	char *suffix = xstrf("/info/refs?service=%s",
			     git_service_name(transport->service));
	char *url = xstrf("%s%s", transport->url.base, suffix);
	struct http_request request = { .url = url };
	int ret = -1;

	if (send_request(&reply, transport, &request, headers, err) < 0)
		goto out;
	follow_redirect(transport, reply, suffix);
	ret = check_reply(reply, transport, "advertisement", err);
out:
	free(suffix);
	free(url);
	return ret;
}

static int request_service(struct transport *transport, const struct buf *body,
			   struct err *err)
{
	const char *service = git_service_name(transport->service);
	const struct http_reply *reply;
	char *url = xstrf("%s/%s", transport->url.base, service);
	char *type = xstrf("application/x-%s-request", service);
	char *accept = xstrf("application/x-%s-result", service);
	struct http_header headers[HEADERS] = {
		{ .name = "Content-Type", .value = type },
		{ .name = "Accept", .value = accept },
	};
	struct http_request request = { .method = "POST",
					.url = url,
					.body = body->ptr,
					.body_len = body->len,
					.header_count = 2 };
	int ret = send_request(&reply, transport, &request, headers, err);

	if (!ret)
		ret = check_reply(reply, transport, "result", err);
	free(url);
	free(type);
	free(accept);
	return ret;
}

static int read_reply(size_t *got, void *payload, void *bytes, size_t size,
		      struct err *err)
{
	struct transport *transport = payload;

	if (fetch_read(got, transport->fetch, bytes, size, err) < 0)
		return -1;
	return transport_count(transport, *got, err);
}

static void close_http(struct transport *transport)
{
	fetch_free(transport->fetch);
}

const struct transport_ops transport_http = {
	.advertise = advertise,
	.request = request_service,
	.read = read_reply,
	.close = close_http,
	.is_stateless = true,
};
