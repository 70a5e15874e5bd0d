#include "repo/remote_url.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"

static bool starts_with(const char *text, const char *prefix)
{
	return !strncmp(text, prefix, strlen(prefix));
}

static char *copy_range(const char *from, const char *end)
{
	return xmemdup(from, (size_t)(end - from));
}

void remote_url_release(struct remote_url *url)
{
	free(url->user);
	free(url->host);
	free(url->port);
	free(url->path);
	free(url->base);
	*url = (struct remote_url){ 0 };
}

static int parse_http(struct remote_url *out, const char *url, struct err *err)
{
	const char *authority = strstr(url, "://") + 3;
	const char *end = authority + strcspn(authority, "/?#");
	const char *at = memchr(authority, '@', (size_t)(end - authority));
	size_t len;

	out->kind = REMOTE_HTTP;
	if (at) {
		if (memchr(authority, ':', (size_t)(at - authority)))
			return err_set(err, ERR_INVALID,
				       "a password does not belong in a URL");
		out->user = copy_range(authority, at);
	}
	out->base = xstrf("%.*s%s", (int)(authority - url), url,
			  at ? at + 1 : authority);
	len = strlen(out->base);
	while (len > 0 && out->base[len - 1] == '/')
		out->base[--len] = '\0';
	if (strpbrk(out->base, "?#"))
		return err_set(err, ERR_INVALID,
			       "a repository's URL has no ? and no #");
	return 0;
}

/* ssh would take such a host, user or path for an option of its own. */
static int check_ssh(const struct remote_url *url, struct err *err)
{
	const char *const parts[] = { url->user, url->host, url->path };

	if (!*url->host || !*url->path)
		return err_set(err, ERR_INVALID, "no host or no path");
	for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
		if (!parts[i])
			continue;
		if (*parts[i] == '-')
			return err_set(err, ERR_INVALID,
				       "a part of it begins with '-'");
		for (const char *p = parts[i]; *p; p++)
			if ((unsigned char)*p < ' ')
				return err_set(err, ERR_INVALID,
					       "control characters in it");
	}
	if (url->port &&
	    (!*url->port || url->port[strspn(url->port, "0123456789")]))
		return err_set(err, ERR_INVALID, "not a port");
	return 0;
}

/* [user@]host, with an IPv6 address in brackets. */
static void split_host(struct remote_url *out, const char *from,
		       const char *end)
{
	const char *at = memchr(from, '@', (size_t)(end - from));

	if (at) {
		out->user = copy_range(from, at);
		from = at + 1;
	}
	if (*from == '[' && end > from && end[-1] == ']')
		out->host = copy_range(from + 1, end - 1);
	else
		out->host = copy_range(from, end);
}

/* The colon before a port: behind the brackets of an IPv6 address, if any. */
static const char *find_port(const char *authority, const char *end)
{
	const char *from = memchr(authority, ']', (size_t)(end - authority));

	if (!from)
		from = authority;
	return memchr(from, ':', (size_t)(end - from));
}

/* ssh://[user@]host[:port]/path; "/~" leads to a home folder. */
static int parse_ssh(struct remote_url *out, const char *url, struct err *err)
{
	const char *authority = url + strlen("ssh://");
	const char *end = authority + strcspn(authority, "/");
	const char *colon = find_port(authority, end);

	out->kind = REMOTE_SSH;
	if (colon)
		out->port = copy_range(colon + 1, end);
	split_host(out, authority, colon ? colon : end);
	out->path = xstrdup(starts_with(end, "/~") ? end + 1 : end);
	return check_ssh(out, err);
}

/* [user@]host:path; a colon behind a slash is part of a path. */
static const char *find_scp_colon(const char *url)
{
	const char *colon = url + strcspn(url, ":/");

	if (*url == '[')
		colon = strstr(url, "]:") ? strstr(url, "]:") + 1 : url;
	return *colon == ':' ? colon : NULL;
}

static int parse_scp(struct remote_url *out, const char *url, const char *colon,
		     struct err *err)
{
	out->kind = REMOTE_SSH;
	split_host(out, url, colon);
	out->path = xstrdup(colon + 1);
	return check_ssh(out, err);
}

/* "ext::sh -c ..." and the like, which run programs. */
static bool is_helper(const char *url)
{
	return starts_with(url + strcspn(url, ":/["), "::");
}

static int parse_url(struct remote_url *out, const char *url, struct err *err)
{
	const char *colon;

	if (!*url || strlen(url) > LIMIT_HTTP_URL_BYTES)
		return err_set(err, ERR_INVALID, "empty or too long");
	if (starts_with(url, "http://") || starts_with(url, "https://"))
		return parse_http(out, url, err);
	if (starts_with(url, "ssh://"))
		return parse_ssh(out, url, err);
	out->kind = REMOTE_PATH;
	if (starts_with(url, "file:///")) {
		out->path = xstrdup(url + strlen("file://"));
		return 0;
	}
	if (starts_with(url, "git://"))
		return err_set(err, ERR_INVALID,
			       "git:// neither encrypts nor authenticates; "
			       "use https or ssh");
	if (strstr(url, "://") || is_helper(url))
		return err_set(err, ERR_INVALID,
			       "only http, https, ssh and paths are spoken");
	colon = find_scp_colon(url);
	if (colon)
		return parse_scp(out, url, colon, err);
	out->path = xstrdup(url);
	return 0;
}

int remote_url_parse(struct remote_url *out, const char *url, struct err *err)
{
	*out = (struct remote_url){ 0 };
	if (parse_url(out, url, err) < 0)
		return err_prefix(err, "remote URL");
	return 0;
}

int remote_url_check(const char *url, struct err *err)
{
	struct remote_url parsed;
	int ret = remote_url_parse(&parsed, url, err);

	remote_url_release(&parsed);
	return ret;
}

bool remote_url_is_path(const char *url)
{
	struct err err;
	struct remote_url parsed;
	bool ret = !remote_url_parse(&parsed, url, &err) &&
		   parsed.kind == REMOTE_PATH;

	remote_url_release(&parsed);
	return ret;
}

char *remote_url_web(const char *url)
{
	struct err err = ERR_INIT;
	struct remote_url parsed;
	char *web = NULL;
	size_t len;

	if (remote_url_parse(&parsed, url, &err) == 0) {
		const char *path = parsed.path;

		if (parsed.kind == REMOTE_HTTP)
			web = xstrdup(parsed.base);
		else if (parsed.kind == REMOTE_SSH)
			web = xstrf("https://%s/%s", parsed.host,
				    path + strspn(path, "/"));
	}
	remote_url_release(&parsed);
	len = web ? strlen(web) : 0;
	if (len > 4 && !strcmp(web + len - 4, ".git"))
		web[len - 4] = '\0';
	return web;
}
