#ifndef TESTS_UNIT_REPO_REMOTES_H
#define TESTS_UNIT_REPO_REMOTES_H

#include "repo/remote.h"
#include "repo/repo.h"
#include "sandbox.h"
#include "server.h"
#include "sshd.h"

/** \file
 * A bare repository "remote.git" with some history, reachable in every way
 * that there is, and a bare one of ours, "ours.git".
 */
struct remotes {
	struct sandbox box;
	struct server server;
	struct sshd sshd;
	bool has_sshd;
	struct repo *repo; /* ours.git */
	char *path;        /* of remote.git */
};

enum way { WAY_PATH, WAY_HTTP, WAY_HTTP_V0, WAY_SSH, WAY_COUNT };

void remotes_init(struct remotes *remotes, bool with_ssh);
void remotes_release(struct remotes *remotes);

/** The URL of remote.git; NULL if this way is not open here. The caller frees
 * it. *options is set to what it takes. */
char *remotes_url(struct remotes *remotes, enum way way,
		  struct remote_options *options);

/** http, with a mode of tests/fake/git_server.py. The caller frees it. */
char *remotes_http_url(const struct remotes *remotes, const char *mode);

/** The object a revision of remote.git names. */
struct oid remotes_oid(const struct remotes *remotes, const char *revision);

/** Makes ours.git anew, empty. */
void remotes_clear_ours(struct remotes *remotes);

/** Shell commands in remote.git. */
void remotes_run(const struct remotes *remotes, const char *commands);

#endif /* TESTS_UNIT_REPO_REMOTES_H */
