#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "repo/refspec.h"
#include "repo/remote_url.h"

static bool same(const char *a, const char *b)
{
	return a && b ? !strcmp(a, b) : a == b;
}

Test(remote_url, is_taken_apart)
{
	static const struct {
		const char *url;
		enum remote_kind kind;
		const char *user, *host, *port, *path, *base;
	} cases[] = {
		{ "https://a.test/x/y.git/", REMOTE_HTTP, NULL, NULL, NULL,
		  NULL, "https://a.test/x/y.git" },
		{ "https://ada@a.test:8443/y", REMOTE_HTTP, "ada", NULL, NULL,
		  NULL, "https://a.test:8443/y" },
		{ "http://a.test/@x", REMOTE_HTTP, NULL, NULL, NULL, NULL,
		  "http://a.test/@x" },
		{ "ssh://git@a.test/x y.git", REMOTE_SSH, "git", "a.test", NULL,
		  "/x y.git", NULL },
		{ "ssh://a.test:2222/~ada/x", REMOTE_SSH, NULL, "a.test",
		  "2222", "~ada/x", NULL },
		{ "ssh://git@[::1]:22/x", REMOTE_SSH, "git", "::1", "22", "/x",
		  NULL },
		{ "git@a.test:x/y.git", REMOTE_SSH, "git", "a.test", NULL,
		  "x/y.git", NULL },
		{ "[::1]:x", REMOTE_SSH, NULL, "::1", NULL, "x", NULL },
		{ "/srv/git/x.git", REMOTE_PATH, NULL, NULL, NULL,
		  "/srv/git/x.git", NULL },
		{ "file:///srv/x", REMOTE_PATH, NULL, NULL, NULL, "/srv/x",
		  NULL },
		{ "../x:y", REMOTE_PATH, NULL, NULL, NULL, "../x:y", NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err err = ERR_INIT;
		struct remote_url url;

		must(remote_url_parse(&url, cases[i].url, &err));
		cr_assert(eq(int, url.kind, cases[i].kind));
		cr_assert(same(url.user, cases[i].user) &&
				  same(url.host, cases[i].host) &&
				  same(url.port, cases[i].port) &&
				  same(url.path, cases[i].path) &&
				  same(url.base, cases[i].base),
			  "%s: %s %s %s %s %s", cases[i].url, url.user,
			  url.host, url.port, url.path, url.base);
		remote_url_release(&url);
	}
}

Test(remote_url, of_unsafe_kinds_is_refused)
{
	static const char *const bad[] = {
		"",
		"git://a.test/x",
		"ext::sh -c touch% /tmp/x",
		"ftp://a.test/x",
		"https://ada:secret@a.test/x",
		"https://a.test/x?y",
		"ssh://-oProxyCommand=x/y",
		"-oProxyCommand=x:y",
		"git@a.test:-x",
		"git@a.test:",
		"-u@a.test:x",
		"ssh://a.test",
		"ssh://a.test:22x/y",
		"ssh://a.test/x\ny",
		"file://host/x",
	};

	for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
		struct err err = ERR_INIT;
		int ret = remote_url_check(bad[i], &err);

		cr_assert(eq(int, ret, -1), "%s", bad[i]);
		cr_assert(eq(int, err.code, ERR_INVALID));
		cr_assert(strstr(err.msg, "secret") == NULL);
	}
}

Test(refspec, maps_names_both_ways)
{
	static const struct {
		const char *spec, *name, *mapped;
	} cases[] = {
		{ "refs/heads/*:refs/heads/*", "refs/heads/a/b",
		  "refs/heads/a/b" },
		{ "+refs/heads/*:refs/remotes/o/*", "refs/heads/a",
		  "refs/remotes/o/a" },
		{ "refs/pull/*/head:refs/pulls/*", "refs/pull/12/head",
		  "refs/pulls/12" },
		{ "refs/pull/*/head:refs/pulls/*", "refs/pull/12/merge", NULL },
		{ "refs/heads/*:refs/x/*", "refs/heads/", NULL },
		{ "refs/heads/a*:refs/x/*c", "refs/heads/ab", "refs/x/bc" },
		{ "refs/heads/a:refs/x/a", "refs/heads/a", "refs/x/a" },
		{ "refs/heads/a:refs/x/a", "refs/heads/ab", NULL },
		{ "HEAD:refs/x/a", "HEAD", "refs/x/a" },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		struct err err = ERR_INIT;
		struct refspec spec;
		char *mapped, *back = NULL;

		must(refspec_parse(&spec, cases[i].spec, &err));
		mapped = refspec_map(&spec, cases[i].name);
		cr_assert(same(mapped, cases[i].mapped), "%s %s", cases[i].spec,
			  cases[i].name);
		if (mapped) {
			back = refspec_map_back(&spec, mapped);
			cr_assert(eq(str, back, (char *)cases[i].name));
		}
		free(mapped);
		free(back);
		refspec_release(&spec);
	}
}

Test(remote_url, is_told_to_others_without_what_is_ours)
{
	static const struct {
		const char *url, *web;
	} cases[] = {
		{ "https://github.com/acme/wallet.git",
		  "https://github.com/acme/wallet" },
		{ "https://ada@github.com/acme/wallet/",
		  "https://github.com/acme/wallet" },
		{ "git@github.com:acme/wallet.git",
		  "https://github.com/acme/wallet" },
		{ "ssh://git@git.acme.dev:2222/ci/x.git",
		  "https://git.acme.dev/ci/x" },
		{ "/srv/git/x.git", NULL },
		{ "file:///srv/x", NULL },
		{ "https://ada:secret@github.com/acme/wallet", NULL },
	};

	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		char *web = remote_url_web(cases[i].url);

		cr_expect(same(web, cases[i].web), "%s: %s", cases[i].url,
			  web ? web : "(nothing)");
		free(web);
	}
}
