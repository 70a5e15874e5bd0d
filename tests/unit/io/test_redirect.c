#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "io/http.h"
#include "io/redirect.h"

Test(redirect, resolves_a_location_or_says_why_not)
{
	static const struct {
		const char *base, *location, *expected; /* NULL: refused */
	} cases[] = {
		{ "https://a.test/x/y?q", "z", "https://a.test/x/z" },
		{ "https://a.test/x", "/new?a=b#part",
		  "https://a.test/new?a=b" },
		{ "https://a.test/x", "//b.test/y", "https://b.test/y" },
		{ "http://a.test/", "https://a.test/", "https://a.test/" },
		{ "https://a.test/", "http://a.test/", NULL },
		{ "https://a.test/", "HTTP://a.test/", NULL },
		{ "https://a.test/", "file:///etc/passwd", NULL },
		{ "https://a.test/", "gopher://a.test/", NULL },
		{ "https://a.test/", "https://me:pw@a.test/", NULL },
		{ "https://a.test/", "https://me@a.test/", NULL },
		{ "https://a.test/", "https://", NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err err = ERR_INIT;
		char *url = NULL;

		if (!cases[i].expected) {
			must_fail(ERR_PROTOCOL,
				  redirect_resolve(&url, cases[i].base,
						   cases[i].location, &err));
			continue;
		}
		must(redirect_resolve(&url, cases[i].base, cases[i].location,
				      &err));
		cr_assert(eq(str, url, (char *)cases[i].expected));
		free(url);
	}
}

Test(redirect, tells_origins_apart)
{
	static const struct {
		const char *a, *b;
		bool same;
	} cases[] = {
		{ "https://a.test/x", "https://A.test:443/y", true },
		{ "http://a.test/x", "http://a.test:80/", true },
		{ "http://a.test/", "https://a.test/", false },
		{ "http://a.test:8080/", "http://a.test:8081/", false },
		{ "http://a.test/", "http://a.test.evil.test/", false },
		{ "http://127.0.0.1/", "http://localhost/", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++)
		cr_assert(eq(int, url_same_origin(cases[i].a, cases[i].b),
			     cases[i].same),
			  "%s and %s", cases[i].a, cases[i].b);
}

Test(redirect, lets_no_credential_header_pass)
{
	static const char *const credentials[] = {
		"Authorization",
		"authorization",
		"x-api-key",
		"X-API-Key",
		"PRIVATE-TOKEN",
		"JOB-TOKEN",
		"Cookie",
		"api-key",
		"x-goog-api-key",
		"X-Anything",
		"Proxy-Authorization",
	};

	for (size_t i = 0; i < ARRAY_LEN(credentials); i++)
		cr_assert(not(redirect_keeps_header(credentials[i])), "%s",
			  credentials[i]);
	cr_assert(redirect_keeps_header("accept"));
}

Test(redirect, checks_urls)
{
	static const struct {
		const char *url;
		bool good;
	} cases[] = {
		{ "https://a.test/", true },
		{ "http://127.0.0.1:8080/v1?x", true },
		{ "http://[::1]:80/", true },
		{ "", false },
		{ "a.test", false },
		{ "/relative", false },
		{ "ftp://a.test/", false },
		{ "https://user@a.test/", false },
		{ "https://user:pw@a.test/", false },
		{ "https://a b/", false },
		{ "https://a.test:99999/", false },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err err = ERR_INIT;
		int ret = url_check(cases[i].url, &err);

		cr_assert(eq(int, ret, cases[i].good ? 0 : -1), "'%s': %s",
			  cases[i].url, err.msg);
	}
}

Test(reply, finds_headers_and_the_wish_to_wait)
{
	static const struct {
		const char *header;
		int64_t low, high;
	} cases[] = {
		{ "Retry-After: 17", 17, 17 },
		{ "retry-after:0", 0, 0 },
		{ "RETRY-AFTER:   2.5", 3, 3 },
		{ "Retry-After: 2.00", 2, 2 },
		{ "Retry-After: 0.02", 1, 1 },
		{ "Retry-After: -0.5", -1, -1 },
		{ "Retry-After: 2.5.1", -1, -1 },
		{ "Retry-After: 99999999999999999999", INT64_MAX, INT64_MAX },
		{ "Retry-After: -3", -1, -1 },
		{ "Retry-After: soon", -1, -1 },
		{ "Retry-After: Sun, 06 Nov 1994 08:49:37 GMT", 0, 0 },
		{ "Retry-After: Fri, 01 Jan 2100 00:00:00 GMT", 1000000,
		  5000000000 },
		{ "X-Retry-After: 5", -1, -1 },
		{ "Retry-After-Not: 5", -1, -1 },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct http_reply reply = { 0 };
		int64_t wait_s;

		strvec_add(&reply.headers, "Content-Type: text/plain");
		strvec_add(&reply.headers, cases[i].header);
		wait_s = http_reply_retry_after_s(&reply);
		cr_assert(wait_s >= cases[i].low && wait_s <= cases[i].high,
			  "%s: %lld", cases[i].header, (long long)wait_s);
		http_reply_release(&reply);
	}
}
