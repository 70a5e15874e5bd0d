#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "core/clock.h"
#include "io/http.h"

void http_reply_release(struct http_reply *reply)
{
	buf_release(&reply->body);
	strvec_release(&reply->headers);
	free(reply->url);
	reply->url = NULL;
}

const char *http_reply_header(const struct http_reply *reply, const char *name)
{
	size_t len = strlen(name);

	for (size_t i = 0; i < reply->headers.len; i++) {
		const char *line = reply->headers.v[i];

		if (!strncasecmp(line, name, len) && line[len] == ':')
			return line + len + 1 + strspn(line + len + 1, " \t");
	}
	return NULL;
}

/* "Sun, 06 Nov 1994 08:49:37 GMT", the one form a server may send today. */
static int64_t parse_date_s(const char *text)
{
	struct tm tm = { 0 };
	const char *end = strptime(text, "%a, %d %b %Y %H:%M:%S GMT", &tm);

	return end ? (int64_t)timegm(&tm) : -1;
}

int64_t http_reply_retry_after_s(const struct http_reply *reply)
{
	const char *text = http_reply_header(reply, "Retry-After");
	int64_t at_s;
	char *end;
	long long seconds;

	if (!text)
		return -1;
	seconds = strtoll(text, &end, 10);
	if (end != text && *end == '.') {
		/* Part of a second is one: sooner is too soon. */
		seconds += seconds < INT64_MAX &&
			   end[strspn(end, ".0")] != '\0';
		end += 1 + strspn(end + 1, "0123456789");
	}
	if (end != text && *end == '\0')
		return *text != '-' ? seconds : -1;
	at_s = parse_date_s(text);
	if (at_s < 0)
		return -1;
	at_s -= clock_wall_ms() / 1000;
	return at_s > 0 ? at_s : 0;
}
