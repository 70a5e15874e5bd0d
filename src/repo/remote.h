#ifndef REPO_REMOTE_H
#define REPO_REMOTE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/attr.h"
#include "core/err.h"
#include "core/secret.h"
#include "io/cancel.h"
#include "repo/refs.h"

/** \file
 * Other repositories: over http(s), over ssh, or a path on this machine.
 * Nothing of the user's git configuration is read; how to get in is said here.
 *
 * Everything in this header, fetch.h and push.h blocks and belongs on a worker
 * thread, with a repository handle of its own. Messages never hold a secret.
 *
 * Common errors: ERR_AUTH (refused; asked once only), ERR_NOT_FOUND (no such
 * repository), ERR_UNAVAILABLE, ERR_TIMEOUT, ERR_CANCELLED, ERR_TOO_LARGE,
 * ERR_PROTOCOL, ERR_INVALID (a URL of an unknown or unsafe kind).
 */

/** How to reach a remote. Borrowed for the call; zero means the default. */
struct remote_options {
	const struct secret *password; /* token or password, for http(s) */
	const char *user;              /* with it; NULL: the URL's, else
					  "x-access-token" */
	bool is_bearer;          /* send it as Bearer instead of Basic   */
	const char *ca_file;     /* PEM; NULL: the system's              */
	const char *proxy;       /* for http(s); NULL: the environment's */
	const char *ssh_command; /* words; NULL: $GIT_SSH_COMMAND, else ssh */
	int64_t timeout_ms;      /* for the whole call; 0: 10 minutes    */
	int64_t idle_ms;         /* without a byte; 0: 60 s              */
	int64_t connect_ms;      /* 0: 10 s                              */
	size_t max_pack_bytes;   /* 0: LIMIT_REMOTE_PACK_BYTES           */
	struct cancel *cancel;
};

/** ERR_INVALID unless the URL is of a kind that is spoken here: http, https,
 * ssh, user@host:path, file, or a path. A password in it is refused. */
MUST_CHECK int remote_url_check(const char *url, struct err *err);

/** Is it a path on this machine (or file://)? */
bool remote_url_is_path(const char *url);

/**
 * Where people and other services find it: "https://host/path", without user,
 * port of ssh and ".git". NULL if it is a path, or no URL. The caller frees it.
 */
char *remote_url_web(const char *url);

struct remote_refs {
	struct ref_list refs; /* by name                                   */
	char *head;           /* the branch HEAD points at; NULL: not known */
};

/**
 * The remote's refs whose names start with one of `prefixes` (count 0: all);
 * "HEAD" must be among them to have `head` filled. With protocol version 2
 * only those are sent. Names that no ref may have are left out.
 */
MUST_CHECK int remote_list_refs(struct remote_refs *out, const char *url,
				const char *const *prefixes, size_t count,
				const struct remote_options *options,
				struct err *err);
void remote_refs_release(struct remote_refs *refs);

/** NULL if it is not there. */
const struct ref_entry *remote_refs_find(const struct remote_refs *refs,
					 const char *name);

#endif /* REPO_REMOTE_H */
