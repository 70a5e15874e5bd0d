#ifndef REPO_OBJECT_H
#define REPO_OBJECT_H

#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "repo/repo.h"

/** Size in bytes, from the object's header; nothing is unpacked. */
MUST_CHECK int blob_size(size_t *out, struct repo *repo, const struct oid *id,
			 struct err *err);

/** Appends the content to `out`. ERR_TOO_LARGE if it does not fit into the
 * buffer's bound, seen before it is unpacked. */
MUST_CHECK int blob_read(struct buf *out, struct repo *repo,
			 const struct oid *id, struct err *err);

MUST_CHECK int blob_write(struct oid *out, struct repo *repo, const void *bytes,
			  size_t len, struct err *err);

/** Is the object here? */
bool object_exists(struct repo *repo, const struct oid *id);

struct commit_info {
	struct oid id;
	struct oid tree;
	struct oid *parents;
	size_t parent_count;
	int64_t author_at_s;
	int64_t committed_at_s;
	char *author_name;
	char *author_email;
	char *subject; /* its first paragraph on one line, as git's %s */
	char *message; /* all of it, as it was written                 */
};

/** *out is the caller's, for commit_info_release(); zeroed after a failure.
 * ERR_NOT_FOUND: it is not here. */
MUST_CHECK int commit_read(struct commit_info *out, struct repo *repo,
			   const struct oid *id, struct err *err);
void commit_info_release(struct commit_info *info);

/** What a new commit is to hold. */
struct commit_draft {
	const struct oid *tree;
	const struct oid *parents;
	size_t parent_count;
	const char *message;
};

/** A commit by referee (name "referee", e-mail "referee@localhost" unless the
 * repository's configuration names another under referee.name and
 * referee.email), at the wall clock. Moves no ref. */
MUST_CHECK int commit_write(struct oid *out, struct repo *repo,
			    const struct commit_draft *draft, struct err *err);

/**
 * Walks history from `start`, newest first, first parents only if
 * `first_parent`. `visit` returns false to stop. ERR_NOT_FOUND names a missing
 * commit.
 */
typedef bool commit_visit_fn(const struct oid *commit, void *payload);
MUST_CHECK int commit_walk(struct repo *repo, const struct oid *start,
			   bool first_parent, commit_visit_fn *visit,
			   void *payload, struct err *err);

#endif /* REPO_OBJECT_H */
