#ifndef REPO_PUSH_H
#define REPO_PUSH_H

#include <stdbool.h>
#include <stddef.h>

#include "repo/remote.h"
#include "repo/repo.h"

/** \file
 * Moves refs of a remote by compare-and-swap. Threads and common errors as in
 * remote.h.
 */

enum push_outcome {
	PUSH_UNKNOWN, /* not told: the connection broke, or another ref was the
			 reason that none moved; least to worst from here on */
	PUSH_DONE,
	PUSH_MOVED,   /* the ref is not where it was expected           */
	PUSH_REFUSED, /* a hook, a protected or hidden ref, no room ... */
};

struct push_ref {
	const char *name;           /* on the remote: "refs/..."        */
	const struct oid *expected; /* NULL: it must not exist          */
	const struct oid *target;   /* a commit or tag; NULL: remove it */

	/* Set by repo_push(): */
	enum push_outcome outcome;
	char reason[160]; /* the remote's, for people; "" when done */
};

struct push_request {
	const char *url;
	struct push_ref *refs;
	size_t ref_count;
	/** Commits the remote has besides the expected ones (the tip that a
	 * new branch starts from); what they lead to is not sent. */
	const struct oid *known;
	size_t known_count;
	const struct remote_options *options; /* may be NULL */
};

/**
 * Pushes all refs or none, where the remote can do that (git can, over http
 * and ssh, and so can a path; without it each ref stands for itself). Objects
 * that are new are sent along: those of commits that neither `expected` nor
 * `known` lead to.
 *
 * ERR_CONFLICT: a ref had been moved (outcome PUSH_MOVED). ERR_INVALID: refused
 * otherwise. Each ref's outcome is set in either case.
 *
 * A remote that is a path is opened, given the objects, and its refs are moved;
 * its hooks do not run.
 */
MUST_CHECK int repo_push(struct repo *repo, const struct push_request *request,
			 struct err *err);

#endif /* REPO_PUSH_H */
