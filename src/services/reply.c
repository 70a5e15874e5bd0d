#include "services/reply.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/text.h"

/* More tokens than any model reads or writes: a mistake or a lie. */
#define TOKENS_MAX 20000000

/* What is kept for the record of what a provider says of itself. */
#define REQUEST_ID_MAX    128
#define MODEL_MAX         128
#define USAGE_MEMBERS_MAX 32
#define USAGE_MEMBER_MAX  1024

#define QUOTE_MAX 80

/* A wait of more than a month was not meant. */
#define WAIT_MAX_S (31L * 24 * 3600)

enum fault status_fault(long status)
{
	static const struct {
		long status;
		enum fault fault;
	} table[] = {
		{ 401, FAULT_AUTH },
		{ 402, FAULT_QUOTA },
		{ 403, FAULT_AUTH },
		{ 404, FAULT_MODEL },
		{ 405, FAULT_MODEL }, /* no such thing at this address */
		{ 407, FAULT_AUTH },  /* a proxy's */
		{ 408, FAULT_SERVER },
		{ 409, FAULT_SERVER },
		{ 410, FAULT_MODEL },
		{ 413, FAULT_TOO_LARGE },
		{ 421, FAULT_SERVER }, /* another connection may do */
		{ 423, FAULT_SERVER },
		{ 424, FAULT_SERVER },
		{ 425, FAULT_SERVER },
		{ 429, FAULT_RATE },
		{ 451, FAULT_REFUSED },
		{ 499, FAULT_SERVER }, /* a proxy's: it gave up */
		{ 501, FAULT_MODEL },
		{ 503, FAULT_OVERLOADED },
		{ 511, FAULT_CONNECT }, /* a network that wants a login */
		{ 529, FAULT_OVERLOADED },
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

static bool is_redirect(const struct http_reply *reply)
{
	return reply->status >= 300 && reply->status < 400;
}

void reply_read_waits(struct service_result *out,
		      const struct http_reply *reply)
{
	const char *retry = http_reply_header(reply, "x-should-retry");
	int64_t ms = reply_number(reply, "retry-after-ms");
	int64_t seconds = http_reply_retry_after_s(reply);

	if (ms >= 0 && ms <= WAIT_MAX_S * 1000)
		out->wait_ms = ms;
	else if (seconds >= 0)
		out->wait_ms = (seconds < WAIT_MAX_S ? seconds : WAIT_MAX_S) *
			       1000;
	if (retry && strcasecmp(retry, "true") == 0)
		out->should_retry = 1;
	if (retry && strcasecmp(retry, "false") == 0)
		out->should_retry = 0;
	if (is_redirect(reply))
		out->should_retry = 0;
}

/* One clean line of no more than `max` bytes; the caller frees it. */
static char *short_name(const char *text, size_t max)
{
	char *clean = text_clean(text, false);

	clean[text_cut(clean, strlen(clean), max)] = '\0';
	return clean;
}

void reply_read_request_id(struct service_result *out,
			   const struct http_reply *reply, const char *name)
{
	const char *id = http_reply_header(reply, name);

	if (id && !out->reply.request_id)
		out->reply.request_id = short_name(id, REQUEST_ID_MAX);
}

void reply_set_model(struct service_result *out, const struct json *at,
		     const char *path)
{
	const char *model = json_string_or(at, path, NULL);

	if (!model)
		return;
	free(out->reply.model);
	out->reply.model = short_name(model, MODEL_MAX);
}

int64_t reply_tokens(const struct json *at, const char *path)
{
	int64_t tokens = json_int_or(at, path, -1);

	return tokens >= 0 && tokens <= TOKENS_MAX ? tokens : -1;
}

bool reply_take_tokens(int64_t *to, const struct json *at, const char *path)
{
	int64_t tokens = reply_tokens(at, path);

	if (tokens < 0)
		return json_is_null(json_find(at, path));
	*to = tokens;
	return true;
}

static bool is_short(const struct json *member)
{
	size_t name_len = strlen(json_name(member));
	struct buf text;
	bool fits;

	if (name_len > USAGE_MEMBER_MAX / 2)
		return false;
	if (json_int_or(member, "", -1) >= 0)
		return true; /* as most are */
	buf_init(&text, USAGE_MEMBER_MAX - name_len);
	json_print_to(&text, member);
	fits = !text.overflow;
	buf_release(&text);
	return fits;
}

void reply_keep_usage(struct service_result *out, const struct json *usage)
{
	struct json *raw = out->reply.raw_usage;

	if (!json_is_object(usage))
		return;
	if (!raw)
		out->reply.raw_usage = raw = json_new_object();
	for (const struct json *at = json_first(usage);
	     at && json_len(raw) < USAGE_MEMBERS_MAX; at = json_next(at))
		if (is_short(at))
			json_set(raw, json_name(at), json_copy(at));
}

/* Where a redirect leads, without what may be meant for us alone. */
static void tell_redirect(struct service_result *out,
			  const struct http_reply *reply, enum fault fault)
{
	const char *to = http_reply_header(reply, "location");
	size_t len = to ? strcspn(to, "?#") : 0;

	service_result_fail(out, fault,
			    "HTTP %d leads to '%.*s'; `url` must say where "
			    "it answers itself",
			    reply->status, (int)text_cut(to, len, QUOTE_MAX),
			    to ? to : "");
}

void reply_unreadable(struct service_result *out,
		      const struct http_reply *reply, enum fault fault,
		      const char *why)
{
	const char *body = reply->body.ptr;
	size_t len = reply->body.len;

	while (len && *body && strchr(" \t\r\n", *body)) {
		body++;
		len--;
	}
	if (is_redirect(reply))
		tell_redirect(out, reply, fault);
	else if (!len)
		service_result_fail(out, fault, "HTTP %d without a body",
				    reply->status);
	else if (*body == '<')
		service_result_fail(out, fault,
				    "HTTP %d with a web page: does `url` "
				    "belong to the service?",
				    reply->status);
	else if (reply->status < 300)
		service_result_fail(out, fault, "HTTP %d, %s", reply->status,
				    why);
	else
		service_result_fail(out, fault, "HTTP %d: %.*s", reply->status,
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
	if (events->end - events->at >= 3 &&
	    memcmp(events->at, "\xef\xbb\xbf", 3) == 0)
		events->at += 3; /* a byte order mark */
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
