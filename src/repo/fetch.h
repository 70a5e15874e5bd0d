#ifndef REPO_FETCH_H
#define REPO_FETCH_H

#include <stdbool.h>
#include <stddef.h>

#include "repo/remote.h"
#include "repo/repo.h"

/** \file
 * Brings refs of a remote and their objects into a repository of ours. Threads
 * and common errors as in remote.h.
 */

struct fetch_request {
	const char *url;
	/** As git writes them: "[+]SOURCE:TARGET", either both with one '*' or
	 * none; a source may be an object's 40 digits. Without '+', a target
	 * moves only forward. */
	const char *const *refspecs;
	size_t refspec_count;
	bool prune; /* targets of a '*' whose source is gone are removed */
	const struct remote_options *options; /* may be NULL */
};

/** One ref of ours that moved, or did not although its source did. */
struct fetched_ref {
	char *name;
	struct oid old_id; /* zero: it is new     */
	struct oid new_id; /* zero: it is removed */
	bool is_refused;   /* not forward, and no '+' */
};

struct fetch_result {
	struct fetched_ref *items; /* by name */
	size_t len, cap;
	char *head; /* the branch the remote's HEAD points at; NULL: not known
		     */
};

/**
 * Fetches. The objects come first, then all refs of ours move at once; if it
 * fails, none has. A source without '*' that does not exist is ERR_NOT_FOUND.
 * Release *out in either case. ERR_CONFLICT: another process is moving our
 * refs.
 */
MUST_CHECK int repo_fetch(struct fetch_result *out, struct repo *repo,
			  const struct fetch_request *request, struct err *err);
void fetch_result_release(struct fetch_result *result);

#endif /* REPO_FETCH_H */
