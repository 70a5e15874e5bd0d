#ifndef REPO_REMOTE_URL_H
#define REPO_REMOTE_URL_H

#include "repo/remote.h"

enum remote_kind { REMOTE_HTTP, REMOTE_SSH, REMOTE_PATH };

/** Where a remote is, taken apart. */
struct remote_url {
	enum remote_kind kind;
	char *user; /* NULL: none named                                    */
	char *host; /* ssh only                                            */
	char *port; /* ssh only; NULL: the usual one                       */
	char *path; /* of ssh and path                                     */
	char *base; /* of http: without user and without slash at the end  */
};

/** Release it in either case. */
MUST_CHECK int remote_url_parse(struct remote_url *out, const char *url,
				struct err *err);
void remote_url_release(struct remote_url *url);

#endif /* REPO_REMOTE_URL_H */
