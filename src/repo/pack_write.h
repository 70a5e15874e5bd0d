#ifndef REPO_PACK_WRITE_H
#define REPO_PACK_WRITE_H

#include <git2.h>

#include "core/buf.h"
#include "repo/pack_sink.h"

/** \file
 * A pack of objects just as they are: not compressed, none made from another.
 * libgit2's own builder takes ten times as long to save half of the space,
 * which the next repacking saves as well. Private to repo/.
 */
struct pack_write {
	struct pack_sink sink;
	struct sha1 *sha;
	struct buf chunk; /* the sink wants large pieces */
};

/** `count` objects will follow. Ended by pack_write_commit() or _drop(). */
MUST_CHECK int pack_write_begin(struct pack_write *out, struct repo *repo,
				size_t count, struct err *err);
MUST_CHECK int pack_write_object(struct pack_write *pack, git_object_t type,
				 const void *bytes, size_t len,
				 struct err *err);

/** It is there, and on disk. */
MUST_CHECK int pack_write_commit(struct pack_write *pack, struct repo *repo,
				 struct err *err);
void pack_write_drop(struct pack_write *pack);

#endif /* REPO_PACK_WRITE_H */
