#include "gateway/service.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "core/secret.h"
#include "core/text.h"
#include "io/http.h"

static const char *const answer_kind_names[ANSWER_KIND_COUNT] = {
	[ANSWER_FINDINGS] = "findings", [ANSWER_FILES] = "files",
	[ANSWER_DOCUMENT] = "document", [ANSWER_VERDICT] = "verdict",
	[ANSWER_TESTS] = "tests",
};

static const char *const fault_names[FAULT_COUNT] = {
	[FAULT_NONE] = "none",
	[FAULT_TIMEOUT] = "timeout",
	[FAULT_CONNECT] = "connect",
	[FAULT_OVERLOADED] = "overloaded",
	[FAULT_SERVER] = "server",
	[FAULT_RATE] = "rate",
	[FAULT_QUOTA] = "quota",
	[FAULT_AUTH] = "auth",
	[FAULT_MODEL] = "model",
	[FAULT_REQUEST] = "request",
	[FAULT_TOO_LARGE] = "too_large",
	[FAULT_REFUSED] = "refused",
	[FAULT_ENVELOPE] = "envelope",
	[FAULT_TRUNCATED] = "truncated",
	[FAULT_ANSWER] = "answer",
	[FAULT_BUDGET] = "budget",
	[FAULT_UNSUPPORTED] = "unsupported",
	[FAULT_CANCELLED] = "cancelled",
};

const char *answer_kind_name(enum answer_kind kind)
{
	return answer_kind_names[kind];
}

const char *fault_name(enum fault fault)
{
	return fault_names[fault];
}

bool fault_parse(enum fault *out, const char *name)
{
	for (int i = 0; i < FAULT_COUNT; i++)
		if (strcmp(fault_names[i], name) == 0) {
			*out = (enum fault)i;
			return true;
		}
	return false;
}

void service_request_init(struct service_request *request)
{
	*request = (struct service_request){ .method = "POST" };
	buf_init(&request->body, LIMIT_REQUEST_BYTES);
}

void service_request_release(struct service_request *request)
{
	free(request->url);
	request->url = NULL;
	strvec_release(&request->headers);
	buf_release(&request->body);
}

static void init_reply(struct chat_reply *reply)
{
	*reply = (struct chat_reply){ .usage = { -1, -1, -1, -1, -1 },
				      .cost_nusd = -1 };
	buf_init(&reply->text, LIMIT_ANSWER_BYTES);
}

void chat_reply_release(struct chat_reply *reply)
{
	buf_release(&reply->text);
	free(reply->model);
	free(reply->request_id);
	json_free(reply->raw_usage);
	*reply = (struct chat_reply){ 0 };
}

void service_result_init(struct service_result *result)
{
	*result = (struct service_result){ .wait_ms = -1, .should_retry = -1 };
	result->rate = (struct rate_notice){ -1, -1, -1, -1, -1, -1 };
	init_reply(&result->reply);
}

void service_result_release(struct service_result *result)
{
	chat_reply_release(&result->reply);
}

static void mask_text(char **text)
{
	struct buf masked;

	if (!*text || !secret_is_in(*text))
		return;
	buf_init(&masked, strlen(*text) + 1);
	buf_addstr(&masked, *text);
	free(*text);
	secret_mask(&masked);
	*text = buf_detach(&masked);
}

/* NOLINTNEXTLINE(misc-no-recursion): as deep as it was parsed */
static bool has_secret(const struct json *at)
{
	const char *name = json_name(at), *text = json_string_or(at, "", NULL);
	const struct json *child = json_first(at);

	if ((name && secret_is_in(name)) || (text && secret_is_in(text)))
		return true;
	while (child && !has_secret(child))
		child = json_next(child);
	return child != NULL;
}

static void mask_usage(struct json **usage)
{
	struct err ignored = ERR_INIT;
	char *text;

	if (!*usage || !has_secret(*usage))
		return;
	text = json_print(*usage);
	json_free(*usage);
	*usage = NULL;
	mask_text(&text);
	if (json_parse(usage, text, strlen(text), &ignored) < 0)
		*usage = NULL;
	free(text);
}

void service_result_mask(struct service_result *result)
{
	struct chat_reply *reply = &result->reply;

	if (reply->text.len)
		secret_mask(&reply->text);
	mask_text(&reply->model);
	mask_text(&reply->request_id);
	mask_usage(&reply->raw_usage);
}

void service_result_fail(struct service_result *result, enum fault fault,
			 const char *fmt, ...)
{
	char line[1024], *clean;
	struct buf text;
	va_list args;

	va_start(args, fmt);
	vsnprintf(line, sizeof(line), fmt, args);
	va_end(args);
	/* Some servers quote the key they refuse. */
	buf_init(&text, LIMIT_LOG_LINE);
	buf_addstr(&text, line);
	secret_mask(&text);
	clean = text_clean(text.ptr, false);
	snprintf(result->message, sizeof(result->message), "%.*s",
		 (int)text_cut(clean, strlen(clean),
			       sizeof(result->message) - 1),
		 clean);
	free(clean);
	buf_release(&text);
	result->fault = fault;
}

/* Our own and the transport's failures, as the policies see them. */
static enum fault fault_of(const struct err *err)
{
	switch (err->code) {
	case ERR_TIMEOUT:
		return FAULT_TIMEOUT;
	case ERR_UNAVAILABLE:
	case ERR_SYSTEM:
		return FAULT_CONNECT;
	case ERR_NOT_FOUND:
		return FAULT_UNSUPPORTED;
	case ERR_CANCELLED:
		return FAULT_CANCELLED;
	case ERR_INVALID:
		/* A `ca_file` that cannot be read; else a mistake of ours. */
		return err->detail == HTTP_NOT_SENT ? FAULT_CONNECT
						    : FAULT_REQUEST;
	case ERR_AUTH:
		return FAULT_AUTH;
	case ERR_PROTOCOL:
		/* A certificate, or no TLS at all. */
		return err->detail == HTTP_NOT_SENT ? FAULT_CONNECT
						    : FAULT_ENVELOPE;
	default:
		return FAULT_ENVELOPE;
	}
}

/* What people can look at; "" where that is no use. */
static const char *advice(const struct err *err)
{
	if (err->code == ERR_TIMEOUT)
		return "; see `timeout`";
	if (err->detail != HTTP_NOT_SENT)
		return "";
	return err->code == ERR_PROTOCOL || err->code == ERR_INVALID
		       ? "; see `url`, and `ca_file` if it has a certificate "
			 "of your own"
		       : "; see `url`, `proxy` and the network";
}

void service_result_no_reply(struct service_result *result, const char *url,
			     const struct err *err)
{
	const char *host = url ? strstr(url, "://") : NULL;
	int len;

	host = host ? host + 3 : "";
	len = (int)strcspn(host, "/?#");
	service_result_fail(result, fault_of(err), "%s%s%.*s%s", err->msg,
			    len ? ": " : "", len, host, advice(err));
	result->is_unsent = err->detail == HTTP_NOT_SENT;
	/* The certificate will be the same in a second. */
	if ((err->code == ERR_PROTOCOL || err->code == ERR_INVALID) &&
	    result->is_unsent)
		result->should_retry = 0;
}

char *service_complaint(const struct chat *chat)
{
	return xstrf("That answer cannot be used: %s. Answer the same question "
		     "again, with nothing but JSON of the schema.",
		     chat->complaint ? chat->complaint : "it is not as asked");
}

char *service_url(const struct service *service, const char *path)
{
	const char *base = service->url ? service->url
					: service->ops->default_url;
	size_t len = base ? strlen(base) : 0;
	char *root, *url;

	while (len && base[len - 1] == '/')
		len--;
	root = xmemdup(base, len);
	url = xjoin(root, path, "");
	free(root);
	return url;
}
