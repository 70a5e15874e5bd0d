#ifndef REPO_PACK_WRITE_H
#define REPO_PACK_WRITE_H

#include <git2.h>
#include <stdint.h>

#include "core/buf.h"
#include "repo/repo.h"

/** \file
 * A pack of objects just as they are, and its index: not compressed, none made
 * from another. libgit2's own builder takes ten times as long to save half of
 * the space, which the next repacking saves as well; its indexer unpacks and
 * hashes again what was hashed a moment ago. Private to repo/.
 */
struct pack_write {
	struct buf bytes;
	struct packed *objects;
	size_t count, max;
	uint32_t crc_tables[4][256];
};

/** `count` objects will follow. */
void pack_write_init(struct pack_write *out, size_t count);

/** No object twice. */
void pack_write_add(struct pack_write *pack, const git_oid *id,
		    git_object_t type, const void *bytes, size_t len);

/** Puts it into the repository: it is there, and on disk. */
MUST_CHECK int pack_write_save(struct pack_write *pack, struct repo *repo,
			       struct err *err);
void pack_write_release(struct pack_write *pack);

#endif /* REPO_PACK_WRITE_H */
