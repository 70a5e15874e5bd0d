#include "io/redirect.h"

#include <curl/curl.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "core/alloc.h"
#include "core/limits.h"

enum { DEFAULTS = CURLU_DEFAULT_PORT };

static bool is_http(const char *scheme)
{
	return scheme && (!strcmp(scheme, "http") || !strcmp(scheme, "https"));
}

/* The caller frees the part with curl_free(); NULL if there is none. */
static char *get_part(CURLU *url, CURLUPart part)
{
	char *text = NULL;

	return curl_url_get(url, part, &text, DEFAULTS) ? NULL : text;
}

static bool has_part(CURLU *url, CURLUPart part)
{
	char *text = get_part(url, part);

	curl_free(text);
	return text != NULL;
}

static bool has_http_scheme(CURLU *url)
{
	char *scheme = get_part(url, CURLUPART_SCHEME);
	bool ret = is_http(scheme);

	curl_free(scheme);
	return ret;
}

/* Why the URL cannot be used; NULL if it can. */
static const char *find_fault(CURLU *url)
{
	if (!has_http_scheme(url))
		return "not an http or https URL";
	if (has_part(url, CURLUPART_USER) || has_part(url, CURLUPART_PASSWORD))
		return "a user or password does not belong in a URL";
	return NULL;
}

int url_check(const char *url, struct err *err)
{
	CURLU *parsed;
	const char *fault;

	if (strlen(url) > LIMIT_HTTP_URL_BYTES)
		return err_set(err, ERR_INVALID, "the URL is over %ld bytes",
			       LIMIT_HTTP_URL_BYTES);
	parsed = curl_url();
	if (curl_url_set(parsed, CURLUPART_URL, url,
			 CURLU_NON_SUPPORT_SCHEME | CURLU_DISALLOW_USER))
		fault = strchr(url, '@') ? "not a URL, or one with a user"
					 : "not a URL";
	else
		fault = find_fault(parsed);
	curl_url_cleanup(parsed);
	if (fault)
		return err_set(err, ERR_INVALID, "%s", fault);
	return 0;
}

static bool is_downgrade(const char *from, const char *to)
{
	return !strncasecmp(from, "https:", 6) &&
	       strncasecmp(to, "https:", 6) != 0;
}

int redirect_resolve(char **out, const char *base, const char *location,
		     struct err *err)
{
	CURLU *url = curl_url();
	const char *fault = NULL;
	char *text = NULL;
	int ret = -1;

	if (strlen(location) > LIMIT_HTTP_URL_BYTES ||
	    curl_url_set(url, CURLUPART_URL, base, 0) ||
	    curl_url_set(url, CURLUPART_URL, location,
			 CURLU_NON_SUPPORT_SCHEME | CURLU_URLENCODE))
		fault = "not a URL";
	else
		fault = find_fault(url);
	if (!fault) {
		(void)curl_url_set(url, CURLUPART_FRAGMENT, NULL, 0);
		if (curl_url_get(url, CURLUPART_URL, &text, 0))
			fault = "not a URL";
		else if (is_downgrade(base, text))
			fault = "it leads from https to http";
	}
	if (fault) {
		err_set(err, ERR_PROTOCOL, "redirect not followed: %s", fault);
	} else {
		*out = xstrdup(text);
		ret = 0;
	}
	curl_free(text);
	curl_url_cleanup(url);
	return ret;
}

static bool same_part(CURLU *a, CURLU *b, CURLUPart part)
{
	char *of_a = get_part(a, part);
	char *of_b = get_part(b, part);
	bool ret = of_a && of_b && !strcasecmp(of_a, of_b);

	curl_free(of_a);
	curl_free(of_b);
	return ret;
}

bool url_same_origin(const char *a, const char *b)
{
	CURLU *of_a = curl_url();
	CURLU *of_b = curl_url();
	bool ret = !curl_url_set(of_a, CURLUPART_URL, a, 0) &&
		   !curl_url_set(of_b, CURLUPART_URL, b, 0) &&
		   same_part(of_a, of_b, CURLUPART_SCHEME) &&
		   same_part(of_a, of_b, CURLUPART_HOST) &&
		   same_part(of_a, of_b, CURLUPART_PORT);

	curl_url_cleanup(of_a);
	curl_url_cleanup(of_b);
	return ret;
}

bool redirect_keeps_header(const char *name)
{
	/* What is named here is harmless; anything else may be a credential. */
	static const char *const harmless[] = {
		"Accept",        "Accept-Encoding", "Accept-Language",
		"Content-Type",  "User-Agent",      "If-None-Match",
		"Cache-Control", "Git-Protocol",    "If-Modified-Since",
		"Pragma",
	};

	for (size_t i = 0; i < ARRAY_LEN(harmless); i++)
		if (!strcasecmp(name, harmless[i]))
			return true;
	return false;
}

bool redirect_is_status(int status)
{
	return status == 301 || status == 302 || status == 303 ||
	       status == 307 || status == 308;
}

bool redirect_keeps_method(int status, const char *method)
{
	if (status == 303)
		return !strcmp(method, "HEAD");
	return status > 303 || strcmp(method, "POST") != 0;
}
