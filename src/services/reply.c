#include "services/reply.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/text.h"

/* More tokens than any model reads or writes: a mistake or a lie. */
#define TOKENS_MAX 100000000

#define REQUEST_ID_MAX 128
#define QUOTE_MAX      80

/* A wait of more than a month was not meant. */
#define WAIT_MAX_S (31L * 24 * 3600)

enum fault status_fault(long status)
{
	static const struct {
		long status;
		enum fault fault;
	} table[] = {
		{ 401, FAULT_AUTH },       { 402, FAULT_QUOTA },
		{ 403, FAULT_AUTH },       { 404, FAULT_MODEL },
		{ 408, FAULT_SERVER },     { 409, FAULT_SERVER },
		{ 413, FAULT_TOO_LARGE },  { 429, FAULT_RATE },
		{ 503, FAULT_OVERLOADED }, { 529, FAULT_OVERLOADED },
	};

	if (status >= 200 && status < 300)
		return FAULT_NONE;
	for (size_t i = 0; i < ARRAY_LEN(table); i++)
		if (table[i].status == status)
			return table[i].fault;
	if (status >= 500)
		return FAULT_SERVER;
	return status >= 400 ? FAULT_REQUEST : FAULT_ENVELOPE;
}

enum fault error_fault(const struct error_word *words, size_t count,
		       const char *type, const char *code, enum fault otherwise)
{
	for (size_t i = 0; i < count; i++)
		if ((type && strcmp(words[i].word, type) == 0) ||
		    (code && strcmp(words[i].word, code) == 0))
			return words[i].fault;
	return otherwise;
}

int64_t reply_number(const struct http_reply *reply, const char *name)
{
	const char *text = http_reply_header(reply, name);
	long long number;
	char *end;

	if (!text)
		return -1;
	errno = 0;
	number = strtoll(text, &end, 10);
	return end == text || errno || *end || number < 0 ? -1 : number;
}

void reply_read_waits(struct service_result *out,
		      const struct http_reply *reply)
{
	const char *retry = http_reply_header(reply, "x-should-retry");
	int64_t ms = reply_number(reply, "retry-after-ms");
	int64_t seconds = http_reply_retry_after_s(reply);

	if (ms >= 0 && ms <= WAIT_MAX_S * 1000)
		out->wait_ms = ms;
	else if (seconds >= 0 && seconds <= WAIT_MAX_S)
		out->wait_ms = seconds * 1000;
	if (retry && strcasecmp(retry, "true") == 0)
		out->should_retry = 1;
	if (retry && strcasecmp(retry, "false") == 0)
		out->should_retry = 0;
}

void reply_read_request_id(struct service_result *out,
			   const struct http_reply *reply, const char *name)
{
	const char *id = http_reply_header(reply, name);
	char *clean;

	if (!id || out->reply.request_id)
		return;
	clean = text_clean(id, false);
	clean[text_cut(clean, strlen(clean), REQUEST_ID_MAX)] = '\0';
	out->reply.request_id = clean;
}

int64_t reply_tokens(const struct json *at, const char *path)
{
	int64_t tokens = json_int_or(at, path, -1);

	return tokens >= 0 && tokens <= TOKENS_MAX ? tokens : -1;
}

void reply_unreadable(struct service_result *out,
		      const struct http_reply *reply, enum fault fault,
		      const char *why)
{
	const char *body = reply->body.ptr;
	size_t len = reply->body.len;

	while (len && strchr(" \t\r\n", *body)) {
		body++;
		len--;
	}
	if (!len)
		service_result_fail(out, fault, "HTTP %d without a body: %s",
				    reply->status, why);
	else if (*body == '<')
		service_result_fail(out, fault, "HTTP %d with a web page: %s",
				    reply->status, why);
	else
		service_result_fail(out, fault, "HTTP %d, %s: %.*s",
				    reply->status, why,
				    (int)text_cut(body, len, QUOTE_MAX), body);
}

bool reply_is_events(const struct http_reply *reply)
{
	const char *type = http_reply_header(reply, "content-type");

	return type && strncasecmp(type, "text/event-stream", 17) == 0;
}

/* Cuts off the next line; *len is without its line break. */
static const char *next_line(struct events *events, size_t *len)
{
	const char *line = events->at;
	const char *eol = memchr(line, '\n', (size_t)(events->end - line));

	events->at = eol ? eol + 1 : events->end;
	*len = (size_t)((eol ? eol : events->end) - line);
	if (*len && line[*len - 1] == '\r')
		(*len)--;
	return line;
}

bool events_next(struct events *events, struct buf *data)
{
	bool any = false;

	buf_reset(data);
	while (events->at < events->end) {
		size_t len;
		const char *line = next_line(events, &len);

		if (!len && any)
			return true;
		if (len < 5 || memcmp(line, "data:", 5) != 0)
			continue;
		line += 5;
		len -= 5;
		if (len && *line == ' ') {
			line++;
			len--;
		}
		if (any)
			buf_addch(data, '\n');
		buf_add(data, line, len);
		any = true;
	}
	return any;
}
