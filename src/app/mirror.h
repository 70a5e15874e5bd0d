#ifndef APP_MIRROR_H
#define APP_MIRROR_H

#include "config/settings.h"
#include "core/buf.h"
#include "io/cancel.h"
#include "repo/fetch.h"
#include "repo/remote.h"
#include "repo/repo.h"

/** \file
 * referee's own bare clone of a project: brings in what is new on its remote,
 * and takes referee's refs back there. Nothing is written to it but under the
 * project's lock. Blocking, a worker's own thread.
 */
struct mirror;

/** Heads of a forge's pulls are there by number, until their pull is over. */
#define PULL_HEADS "refs/pulls/"

/** Appends where a project's mirror is, or would be. */
MUST_CHECK int mirror_path(struct buf *out, const struct settings *settings,
			   const char *project, struct err *err);

/**
 * Opens STATE/mirrors/<project>.git, made if missing, and cleans what killed
 * processes left there. The project's lock is held. Keeps the arguments. Reads
 * the project's token, if it has one: `token` is it if the forge knows better
 * (an App's), else NULL.
 */
MUST_CHECK int mirror_open(struct mirror **out, const struct settings *settings,
			   const struct project_settings *project,
			   const struct secret *token, struct cancel *cancel,
			   struct err *err);
/** NULL is fine. */
void mirror_free(struct mirror *mirror);

/** Borrowed, as long as the mirror is there. */
struct repo *mirror_repo(struct mirror *mirror);

/**
 * Sees what the remote has: the branches of interest (those the configuration
 * names, and what its HEAD points at), requests, referee's own refs. What has
 * moved is fetched, referee's own refs are united with ours. Branches are then
 * refs/heads/ of the mirror.
 */
MUST_CHECK int mirror_update(struct mirror *mirror, struct err *err);

/** The branch that the remote's HEAD points at, without refs/heads/; NULL if it
 * is not told. Valid until the next update. */
const char *mirror_default_branch(const struct mirror *mirror);

/** The branches of interest there are now, by name, refs/heads/ in front. */
const struct ref_list *mirror_branches(const struct mirror *mirror);

/** Brings in single refs or commits of the remote: "+SOURCE:TARGET". */
MUST_CHECK int mirror_fetch(struct mirror *mirror, const char *const *refspecs,
			    size_t count, struct err *err);

/** Is there a ref of referee's that the remote does not have as it is here, or
 * has a request that is served? False where nothing is pushed. */
bool mirror_has_news(const struct mirror *mirror);

/** The request is dealt with, which is remembered: it goes away with the next
 * push. */
MUST_CHECK int mirror_serve(struct mirror *mirror, const char *request_ref,
			    struct err *err);

/** It was dealt with and still stands on the remote. */
bool mirror_has_served(const struct mirror *mirror, const char *request_ref);

/**
 * Takes referee's refs to the remote, each by compare-and-swap; united and
 * tried again where somebody else moved them. ERR_CONFLICT after too many
 * tries: the next poll goes on.
 */
MUST_CHECK int mirror_push(struct mirror *mirror, struct err *err);

/**
 * Takes a branch of files that agents wrote to the project's remote. One that
 * somebody added commits to is left alone: ERR_CONFLICT. Where the same files
 * are there on the same head, that commit stays and becomes *commit.
 */
MUST_CHECK int mirror_publish(struct mirror *mirror, const char *ref,
			      struct oid *commit, struct err *err);

/** Removes it from the remote, if it is there as `expected` still.
 * ERR_CONFLICT: it is not. */
MUST_CHECK int mirror_withdraw(struct mirror *mirror, const char *ref,
			       const struct oid *expected, struct err *err);

/** Where it is on the remote, as of the last update; false: it is not there.
 * Only where the project's CI runs generated tests. */
bool mirror_published(struct oid *out, const struct mirror *mirror,
		      const char *ref);

#endif /* APP_MIRROR_H */
