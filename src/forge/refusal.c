/*
 * What a forge's refusal means, in our words and its own.
 */
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/json.h"
#include "core/limits.h"
#include "core/text.h"
#include "forge/internal.h"

#define SAID_MAX     240
#define UNTOLD_WAIT  60 /* seconds, if it does not say how long */
#define LONGEST_WAIT 86400

static const struct {
	int status;
	enum err_code code;
	const char *advice;
} meanings[] = {
	{ 401, ERR_AUTH, "the token is wrong, revoked or expired: renew it" },
	{ 403, ERR_AUTH,
	  "the token may not do this: give it access to contents, pull "
	  "requests, issues and statuses of the repository" },
	{ 404, ERR_NOT_FOUND, "it is not there, or the token may not see it" },
	{ 405, ERR_INVALID, "this server does not offer it" },
	{ 406, ERR_INVALID, "refused" },
	{ 409, ERR_CONFLICT, "it is being changed" },
	{ 410, ERR_NOT_FOUND, "it is gone" },
	{ 413, ERR_INVALID, "what we sent is too large" },
	{ 422, ERR_INVALID, "refused as wrong" },
	{ 451, ERR_AUTH, "blocked for legal reasons" },
};

/* {"message": ..., "errors": ["..." or {"message"|"code": ...}]} */
static void add_said(struct buf *out, const struct json *doc)
{
	const struct json *errors = json_find(doc, "errors");
	const char *text = json_string_or(doc, "message", NULL);

	if (text)
		buf_addf(out, "%.200s", text);
	for (const struct json *at = json_first(errors); at;
	     at = json_next(at)) {
		const char *more = json_string_or(at, "", NULL);

		if (!more)
			more = json_string_or(at, "message", NULL);
		if (!more)
			more = json_string_or(at, "code", NULL);
		if (more)
			buf_addf(out, "%s%.120s", out->len ? "; " : "", more);
	}
}

static char *said(const struct http_reply *reply)
{
	struct err err = ERR_INIT;
	struct json *doc = NULL;
	struct buf out;
	char *clean;

	buf_init(&out, KIB * 4);
	if (json_parse(&doc, reply->body.ptr, reply->body.len, &err) == 0)
		add_said(&out, doc);
	else if (reply->body.len)
		buf_addf(&out, "a page of %zu bytes that is not JSON",
			 reply->body.len);
	json_free(doc);
	clean = text_clean(out.ptr, false);
	clean[text_cut(clean, strlen(clean), SAID_MAX)] = '\0';
	buf_release(&out);
	return clean;
}

void refusal_set(struct err *err, const struct exchange *exchange,
		 const struct http_reply *reply)
{
	const char *advice = reply->status >= 500
				     ? "the server has trouble; the next poll "
				       "tries again"
				     : "an unexpected answer";
	enum err_code code = reply->status >= 500 ? ERR_UNAVAILABLE
						  : ERR_PROTOCOL;
	char *text = said(reply);

	(void)exchange;
	for (size_t i = 0; i < ARRAY_LEN(meanings); i++) {
		if (meanings[i].status != reply->status)
			continue;
		code = meanings[i].code;
		advice = meanings[i].advice;
	}
	err_set(err, code, "status %d%s%s%s: %s", reply->status,
		*text ? " (" : "", text, *text ? ")" : "", advice);
	free(text);
}

void refusal_prefix(struct err *err, const struct exchange *exchange)
{
	const char *project = exchange->forge->project->name;

	if (exchange->pull)
		err_prefix(err, "project %s: pull %lld: %s", project,
			   (long long)exchange->pull, exchange->what);
	else
		err_prefix(err, "project %s: %s", project, exchange->what);
}

/* A 403 is about permission unless it says otherwise. */
static bool is_limit(const struct http_reply *reply)
{
	const char *left = http_reply_header(reply, "x-ratelimit-remaining");

	if (reply->status == 429)
		return true;
	if (reply->status != 403)
		return false;
	return http_reply_retry_after_s(reply) >= 0 ||
	       (left && strcmp(left, "0") == 0) ||
	       strcasestr(reply->body.ptr, "rate limit");
}

int64_t refusal_wait_s(const struct http_reply *reply, int tries)
{
	int64_t wait = http_reply_retry_after_s(reply);
	const char *left = http_reply_header(reply, "x-ratelimit-remaining");
	const char *reset = http_reply_header(reply, "x-ratelimit-reset");

	if (!is_limit(reply))
		return -1;
	if (wait < 0 && left && strcmp(left, "0") == 0 && reset)
		wait = strtoll(reset, NULL, 10) - clock_wall_ms() / 1000 + 1;
	if (wait < 0)
		wait = (int64_t)UNTOLD_WAIT << (tries > 1 ? tries - 1 : 0);
	if (wait < 1)
		wait = 1;
	return wait > LONGEST_WAIT ? LONGEST_WAIT : wait;
}

char *link_next(const char *header)
{
	for (const char *at = header; at && *at;) {
		const char *open = strchr(at, '<');
		const char *close = open ? strchr(open, '>') : NULL;
		const char *end = close ? strchr(close, '<') : NULL;
		size_t len;

		if (!close)
			return NULL;
		len = end ? (size_t)(end - close) : strlen(close);
		if (memmem(close, len, "rel=\"next\"", 10) ||
		    memmem(close, len, "rel=next", 8))
			return xmemdup(open + 1, (size_t)(close - open - 1));
		at = end;
	}
	return NULL;
}
