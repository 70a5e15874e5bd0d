#ifndef REPO_SPANS_H
#define REPO_SPANS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "repo/repo.h"

/** \file
 * How alike two files are, as git measures it: by the bytes of the pieces
 * (lines, at most 64 bytes each) they have in common, wherever they stand.
 * Within repo/ only.
 */

#define SIMILARITY_MAX       60000U
#define SIMILARITY_RENAME    (SIMILARITY_MAX / 2)
#define SIMILARITY_SAME_NAME (SIMILARITY_MAX / 4 * 3)

struct span {
	uint32_t hash;
	uint32_t bytes; /* of all pieces with this hash */
};

/** The pieces of one blob, by hash. Zeroed: not read yet. */
struct spans {
	struct span *items;
	size_t len;
	size_t size; /* of the blob; set by spans_size() */
	bool has_size, is_read;
	bool is_oversized; /* over LIMIT_BLOB_BYTES: like nothing */
};

/** A blob to be compared. */
struct spans_of {
	const struct oid *id;
	struct spans *spans;
};

/** From 0 to SIMILARITY_MAX; 0 also if it cannot reach `least`. Reads what of
 * the two has not been read. */
MUST_CHECK int spans_compare(unsigned *out, struct repo *repo,
			     struct spans_of a, struct spans_of b,
			     unsigned least, struct err *err);
void spans_release(struct spans *spans);

#endif /* REPO_SPANS_H */
