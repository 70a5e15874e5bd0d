#include "repo/transport.h"

#include <stdlib.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/limits.h"

enum { TIMEOUT_MS = 10 * 60 * 1000 };

const char *git_service_name(enum git_service service)
{
	return service == SERVICE_FETCH ? "git-upload-pack"
					: "git-receive-pack";
}

int transport_open(struct transport **out, const char *url,
		   enum git_service service,
		   const struct remote_options *options, struct err *err)
{
	static const struct remote_options defaults;
	struct transport *transport = xcalloc(1, sizeof(*transport));
	int64_t timeout_ms = options ? options->timeout_ms : 0;

	if (remote_url_parse(&transport->url, url, err) < 0) {
		transport_free(transport);
		return -1;
	}
	transport->ops = transport->url.kind == REMOTE_HTTP ? &transport_http
							    : &transport_ssh;
	transport->options = options ? options : &defaults;
	transport->service = service;
	transport->version = -1;
	transport->deadline_ms = clock_mono_ms() +
				 (timeout_ms > 0 ? timeout_ms : TIMEOUT_MS);
	pkt_reader_init(&transport->reader, transport->ops->read, transport);
	*out = transport;
	return 0;
}

void transport_free(struct transport *transport)
{
	if (!transport)
		return;
	if (transport->ops)
		transport->ops->close(transport);
	if (transport->has_advert)
		advert_release(&transport->advert);
	remote_url_release(&transport->url);
	free(transport);
}

int transport_left_ms(int64_t *out, const struct transport *transport,
		      struct err *err)
{
	*out = transport->deadline_ms - clock_mono_ms();
	if (*out <= 0)
		return err_set(err, ERR_TIMEOUT, "not done in time");
	return 0;
}

int transport_count(struct transport *transport, size_t len, struct err *err)
{
	size_t max = transport->options->max_pack_bytes;

	if (max == 0)
		max = LIMIT_REMOTE_PACK_BYTES;
	transport->received += len;
	if (transport->received > max)
		return err_set(err, ERR_TOO_LARGE, "it sent over %zu bytes",
			       max);
	return 0;
}

int transport_advertise(struct transport *transport, struct err *err)
{
	int ret;

	if (transport->has_advert)
		return 0;
	if (transport->ops->advertise(transport, err) < 0)
		return -1;
	ret = advert_read(&transport->advert, &transport->reader, err);
	transport->has_advert = true;
	transport->version = transport->advert.version;
	return ret;
}

int transport_request(struct transport *transport, const struct buf *body,
		      struct err *err)
{
	if (buf_check(body, "the request", err) < 0)
		return -1;
	return transport->ops->request(transport, body, err);
}

static int list_by_v2(struct remote_refs *out, struct transport *transport,
		      const char *const *prefixes, size_t count,
		      struct err *err)
{
	struct buf body;
	int ret = -1;

	buf_init(&body, LIMIT_REMOTE_LIST_BYTES);
	ls_refs_ask(&body, prefixes, count);
	if (!transport_request(transport, &body, err))
		ret = ls_refs_read(out, &transport->reader, err);
	buf_release(&body);
	return ret;
}

/* Is it worth asking in another way, after it did not answer as hoped? */
static bool is_about_protocol(const struct err *err)
{
	return err->code == ERR_PROTOCOL || err->code == ERR_NOT_FOUND ||
	       err->code == ERR_INVALID;
}

/* A server that speaks version 2 needs no advertisement: one round trip. */
static int list_directly(struct remote_refs *out, struct transport *transport,
			 const char *const *prefixes, size_t count,
			 struct err *err)
{
	transport->version = 2;
	if (!list_by_v2(out, transport, prefixes, count, err))
		return 0;
	remote_refs_release(out);
	*out = (struct remote_refs){ 0 };
	transport->version = -1;
	return -1;
}

int transport_list_refs(struct remote_refs *out, struct transport *transport,
			const char *const *prefixes, size_t count,
			struct err *err)
{
	*out = (struct remote_refs){ 0 };
	if (transport->ops->is_stateless && transport->version < 0) {
		if (!list_directly(out, transport, prefixes, count, err))
			goto filter;
		if (!is_about_protocol(err))
			return -1;
	}
	if (transport_advertise(transport, err) < 0)
		return -1;
	if (transport->version == 2) {
		if (list_by_v2(out, transport, prefixes, count, err) < 0)
			return -1;
	} else {
		*out = transport->advert.refs;
		transport->advert.refs = (struct remote_refs){ 0 };
	}
filter:
	remote_refs_filter(out, prefixes, count);
	return 0;
}
