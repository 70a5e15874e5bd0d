#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "core/log.h"
#include "core/secret.h"
#include "gateway/machine.h"
#include "io/http.h"

static void on_reply(struct http_reply *reply, const struct err *err,
		     void *payload)
{
	struct asking *asking = payload;
	struct gateway *gateway = asking->gateway;
	const struct service *service = asking_target(asking)->service;

	gateway_enter(gateway);
	if (err) {
		service_result_no_reply(&asking->result, asking->request.url,
					err);
		asking->is_unsent = asking->result.is_unsent;
	} else if (!asking->is_stopping) {
		asking->result.status = reply->status;
		service->ops->parse(&asking->result, service, &asking->chat,
				    reply);
	}
	asking_take_result(asking);
	gateway_leave(gateway);
}

static void on_first_byte(void *payload)
{
	struct asking *asking = payload;
	struct gateway *gateway = asking->gateway;

	gateway_enter(gateway);
	prefix_release(asking);
	gateway_leave(gateway);
}

static void on_service_done(struct service_result *result, void *payload)
{
	struct asking *asking = payload;
	struct gateway *gateway = asking->gateway;

	gateway_enter(gateway);
	service_result_release(&asking->result);
	asking->result = *result;
	service_result_init(result);
	asking->is_unsent = asking->result.is_unsent;
	asking_take_result(asking);
	gateway_leave(gateway);
}

static int start_service(struct asking *asking, int64_t timeout_ms,
			 struct err *err)
{
	const struct target *target = asking_target(asking);
	const struct service_host host = {
		.loop = asking->gateway->loop,
		.http = asking->gateway->http,
		.key = target->key,
		.timeout_ms = timeout_ms,
	};

	return target->service->ops->start(&asking->service_call,
					   target->service, &asking->chat,
					   &host, on_service_done, asking, err);
}

/* "name: value" lines as the transport wants them, and the key behind them. */
static struct http_header *split_headers(const struct asking *asking,
					 struct strvec *names, size_t *count)
{
	const struct service_request *request = &asking->request;
	const struct secret *key = asking_target(asking)->key;
	struct http_header *headers = xcalloc(request->headers.len + 1,
					      sizeof(*headers));

	*count = 0;
	for (size_t i = 0; i < request->headers.len; i++) {
		const char *line = request->headers.v[i];
		size_t len = strcspn(line, ":");

		strvec_take(names, xmemdup(line, len));
		headers[(*count)++] = (struct http_header){
			.name = names->v[i],
			.value = line + len + strspn(line + len, ": "),
		};
	}
	if (request->key_header && key)
		headers[(*count)++] = (struct http_header){
			.name = request->key_header,
			.secret = key,
			.prefix = request->key_prefix,
		};
	return headers;
}

static int start_http(struct asking *asking, int64_t timeout_ms,
		      struct err *err)
{
	const struct service *service = asking_target(asking)->service;
	const struct service_request *request = &asking->request;
	struct strvec names = STRVEC_INIT;
	struct http_header *headers;
	size_t count;
	int status;

	if (!asking->gateway->http)
		return err_set(err, ERR_INVALID, "no network here");
	headers = split_headers(asking, &names, &count);
	status = http_start(&asking->http_call, asking->gateway->http,
			    &(struct http_request){
				    .method = request->method,
				    .url = request->url,
				    .headers = headers,
				    .header_count = count,
				    .body = request->body.ptr,
				    .body_len = request->body.len,
				    .timeout_ms = timeout_ms,
				    .idle_ms = service->idle_timeout_ms,
				    .max_reply_bytes = LIMIT_REPLY_BYTES,
				    .ca_file = service->ca_file,
				    .proxy = service->proxy,
				    .is_once = true,
				    .on_first_byte = on_first_byte,
			    },
			    on_reply, asking, err);
	free(headers);
	strvec_release(&names);
	return status;
}

int send_start(struct asking *asking, int64_t timeout_ms)
{
	struct err err = ERR_INIT;
	int status;

	if (asking_target(asking)->service->ops->start)
		status = start_service(asking, timeout_ms, &err);
	else
		status = start_http(asking, timeout_ms, &err);
	if (status < 0) {
		asking->http_call = NULL;
		asking->service_call = NULL;
		service_result_no_reply(&asking->result, NULL, &err);
		asking->is_unsent = true;
	}
	return status;
}

void send_cancel(struct asking *asking)
{
	if (asking->http_call)
		http_cancel(asking->http_call);
	else if (asking->service_call)
		asking_target(asking)->service->ops->cancel(
			asking->service_call);
}
