/*
 * One request to a forge: writes one after the other and not too many at once,
 * limits obeyed, redirects followed on the same host only, reads repeated.
 */
#include <stdlib.h>
#include <string.h>

#include <utlist.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/fault.h"
#include "core/limits.h"
#include "core/log.h"
#include "forge/internal.h"
#include "io/redirect.h"

#define TIMEOUT_MS    30000
#define TRIES_MAX     4
#define BACKOFF_MS    1000
#define WAIT_MAX_MS   60000 /* longer ones are the next poll's */
#define WRITES_BURST  10.0  /* at once; then one a second      */
#define HEADERS_MAX   12
#define USER_AGENT    PACKAGE_NAME "/" PACKAGE_VERSION
#define REDIRECTS_MAX 3

static void try_again(struct exchange *exchange);
static void next_write(struct forge *forge);

static bool is_write(const struct exchange *exchange)
{
	return strcmp(exchange->request.method, "GET") != 0;
}

static void end(struct exchange *exchange, struct http_reply *reply,
		const struct err *err)
{
	struct forge *forge = exchange->forge;

	if (exchange->is_writing) {
		exchange->is_writing = false;
		DL_DELETE(forge->writes, exchange);
		forge->is_writing = false;
	}
	exchange->done(exchange, reply, err);
	next_write(forge);
}

static void end_with(struct exchange *exchange, const struct err *err)
{
	struct err told = *err;

	refusal_prefix(&told, exchange);
	end(exchange, NULL, &told);
}

static void on_waited(const struct err *err, void *payload)
{
	if (err)
		end_with(payload, err);
	else
		try_again(payload);
}

static void wait(struct exchange *exchange, int64_t ms)
{
	struct err err = ERR_INIT;

	if (loop_timer_start(NULL, exchange->forge->loop, ms, on_waited,
			     exchange, &err) < 0)
		end_with(exchange, &err);
}

/* The forge asked to be left alone; does that fit into this poll? */
static bool wait_out(struct exchange *exchange, int64_t left_ms)
{
	struct err err = ERR_INIT;

	if (left_ms <= WAIT_MAX_MS && exchange->tries < TRIES_MAX) {
		wait(exchange, left_ms);
		return true;
	}
	err_set(&err, ERR_RATE, "asked too often; it wants us to wait %ld s",
		(long)((left_ms + 999) / 1000));
	err.detail = (long)((left_ms + 999) / 1000);
	end_with(exchange, &err);
	return false;
}

static void note_limits(struct forge *forge, const struct http_reply *reply,
			int64_t wait_s)
{
	const char *left = http_reply_header(reply, "x-ratelimit-remaining");
	const char *reset = http_reply_header(reply, "x-ratelimit-reset");
	int64_t until = 0;

	if (wait_s >= 0)
		until = clock_mono_ms() + wait_s * 1000;
	else if (left && strcmp(left, "0") == 0 && reset)
		until = clock_mono_ms() + strtoll(reset, NULL, 10) * 1000 -
			clock_wall_ms();
	if (until > forge->blocked_until_ms)
		forge->blocked_until_ms = until;
}

/* Its repository was renamed, or moved to another owner: works as long as the
 * forge remembers the old name. */
static void tell_moved(struct forge *forge, const struct http_reply *reply)
{
	if ((reply->status != 301 && reply->status != 308) ||
	    forge->is_move_told)
		return;
	forge->is_move_told = true;
	log_warn("project '%s': the forge knows %s by another name; change "
		 "`repository =` and `url =` in the configuration",
		 forge->project->name, forge->project->repository);
}

/* True if it goes on elsewhere, or has ended. */
static bool follow(struct exchange *exchange, const struct http_reply *reply)
{
	const char *location = http_reply_header(reply, "location");
	struct err err = ERR_INIT;
	char *url = NULL;

	if (!redirect_is_status(reply->status) || !location)
		return false;
	if (++exchange->redirects > REDIRECTS_MAX)
		err_set(&err, ERR_PROTOCOL, "redirected too often");
	else if (redirect_resolve(&url, exchange->request.url, location,
				  &err) == 0 &&
		 !url_same_origin(url, exchange->forge->api))
		err_set(&err, ERR_PROTOCOL,
			"redirected to another host, where the token must not "
			"go: %.200s",
			url);
	if (err.code != ERR_OK) {
		free(url);
		end_with(exchange, &err);
		return true;
	}
	tell_moved(exchange->forge, reply);
	free(exchange->request.url);
	exchange->request.url = url;
	try_again(exchange);
	return true;
}

/* Can the same request be sent again after this? */
static bool may_repeat(const struct exchange *exchange)
{
	return exchange->tries < TRIES_MAX &&
	       (!is_write(exchange) || exchange->request.is_repeatable);
}

static void on_renewed(const struct err *err, void *payload)
{
	if (err)
		end(payload, NULL, err);
	else
		try_again(payload);
}

/* An app's token that was taken away: once with a new one, which another
 * exchange may have asked for already. What was said to the old one is not
 * known to be said to the new one. */
static void renew(struct exchange *exchange)
{
	struct forge *forge = exchange->forge;

	exchange->is_renewed = true;
	exchange->etag = NULL;
	exchange->waiter = (struct token_waiter){ .go = on_renewed,
						  .payload = exchange };
	if (forge->token == exchange->sent_with)
		token_forget(forge);
	token_get(forge, &exchange->waiter);
}

static void on_refused(struct exchange *exchange, struct http_reply *reply)
{
	struct err err = ERR_INIT;

	if (reply->status == 401 && exchange->forge->site.is_app &&
	    exchange->request.auth == AUTH_TOKEN && !exchange->is_renewed) {
		renew(exchange);
		return;
	}
	if (reply->status >= 500 && may_repeat(exchange)) {
		wait(exchange, (int64_t)BACKOFF_MS << (exchange->tries - 1));
		return;
	}
	refusal_set(&err, exchange, reply);
	end_with(exchange, &err);
}

static void on_http(struct http_reply *reply, const struct err *err,
		    void *payload)
{
	struct exchange *exchange = payload;
	int64_t wait_s;

	if (err) {
		bool is_passing = err->code == ERR_UNAVAILABLE ||
				  err->code == ERR_TIMEOUT;

		if (is_passing &&
		    (err->detail == HTTP_NOT_SENT || may_repeat(exchange)) &&
		    exchange->tries < TRIES_MAX)
			wait(exchange,
			     (int64_t)BACKOFF_MS << (exchange->tries - 1));
		else
			end_with(exchange, err);
		return;
	}
	wait_s = refusal_wait_s(reply, exchange->tries);
	note_limits(exchange->forge, reply, wait_s);
	if (wait_s >= 0)
		wait_out(exchange, wait_s * 1000);
	else if (follow(exchange, reply))
		return;
	else if (reply->status < 300 ||
		 (reply->status == 304 && exchange->etag))
		end(exchange, reply, NULL);
	else
		on_refused(exchange, reply);
}

static size_t add_headers(struct http_header *headers,
			  const struct exchange *exchange)
{
	const struct forge *forge = exchange->forge;
	const struct secret *key = exchange->request.auth == AUTH_APP
					   ? forge->jwt
					   : forge->token;
	size_t count = 0;

	headers[count++] = (struct http_header){ .name = "User-Agent",
						 .value = USER_AGENT };
	for (const char *const *at = forge->ops->headers; *at; at += 2)
		headers[count++] = (struct http_header){ .name = at[0],
							 .value = at[1] };
	if (key)
		headers[count++] =
			(struct http_header){ .name = "Authorization",
					      .secret = key,
					      .prefix = "Bearer " };
	if (exchange->request.body.len)
		headers[count++] = (struct http_header){
			.name = "Content-Type", .value = "application/json"
		};
	if (exchange->etag)
		headers[count++] = (struct http_header){
			.name = "If-None-Match", .value = exchange->etag
		};
	return count;
}

static void send_now(struct exchange *exchange)
{
	struct forge *forge = exchange->forge;
	struct http_header headers[HEADERS_MAX];
	const struct forge_request *from = &exchange->request;
	struct err err = ERR_INIT;
	const struct http_request request = {
		.method = from->method,
		.url = from->url,
		.headers = headers,
		.header_count = add_headers(headers, exchange),
		.body = from->body.len ? from->body.ptr : NULL,
		.body_len = from->body.len,
		.timeout_ms = TIMEOUT_MS,
		.max_reply_bytes = LIMIT_JSON_BYTES,
		.ca_file = forge->settings->ca_file,
		.proxy = forge->settings->proxy,
		.is_once = is_write(exchange),
	};

	exchange->tries++;
	exchange->sent_with = forge->token;
	if (is_write(exchange))
		fault_point("forge.write");
	if (http_start(NULL, forge->http, &request, on_http, exchange, &err) <
	    0)
		end_with(exchange, &err);
}

static void try_again(struct exchange *exchange)
{
	int64_t left = exchange->forge->blocked_until_ms - clock_mono_ms();

	if (left > 0)
		wait_out(exchange, left);
	else
		send_now(exchange);
}

/* Milliseconds until a write may go. */
static int64_t write_wait_ms(struct forge *forge)
{
	int64_t now = clock_mono_ms();

	forge->burst += (double)(now - forge->burst_at_ms) / 1000.0;
	if (forge->burst > WRITES_BURST || forge->burst_at_ms == 0)
		forge->burst = WRITES_BURST;
	forge->burst_at_ms = now;
	forge->burst -= 1.0;
	return forge->burst >= 0 ? 0 : (int64_t)(-forge->burst * 1000.0);
}

static void next_write(struct forge *forge)
{
	int64_t ms;

	if (forge->is_writing || !forge->writes)
		return;
	forge->is_writing = true;
	forge->writes->is_writing = true;
	ms = write_wait_ms(forge);
	if (ms)
		wait(forge->writes, ms);
	else
		try_again(forge->writes);
}

void exchange_start(struct exchange *exchange)
{
	struct forge *forge = exchange->forge;

	exchange->tries = exchange->redirects = 0;
	exchange->is_renewed = false;
	if (!is_write(exchange) || exchange->request.auth == AUTH_APP) {
		try_again(exchange);
		return;
	}
	DL_APPEND(forge->writes, exchange);
	next_write(forge);
}
