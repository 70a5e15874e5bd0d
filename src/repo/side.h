#ifndef REPO_SIDE_H
#define REPO_SIDE_H

#include <git2.h>

#include "repo/repo.h"

/** \file
 * The old or the new content of a file, held while it is looked at. Within
 * repo/ only.
 */
struct side {
	git_blob *blob;    /* NULL: there is no file on this side */
	const char *bytes; /* never NULL once opened              */
	size_t len;
};

/** A zero `id` is no file. The size is the caller's to check first. Ended with
 * side_close(), also after a failure. */
MUST_CHECK int side_open(struct side *out, struct repo *repo,
			 const struct oid *id, struct err *err);
void side_close(struct side *side);

/** As git decides without attributes: a NUL in the first 8000 bytes. */
bool side_is_binary(const struct side *side);

/** A pointer to large file storage. */
bool side_is_lfs(const struct side *side);

/** Line feeds, and one more for what stands behind the last. */
size_t side_line_count(const struct side *side);

#endif /* REPO_SIDE_H */
