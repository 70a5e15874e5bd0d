#ifndef REPO_PACK_SINK_H
#define REPO_PACK_SINK_H

#include <git2.h>
#include <git2/sys/odb_backend.h>

#include "repo/repo.h"

/** A pack on its way into a repository. Private to repo/. */
struct pack_sink {
	git_odb_writepack *pack;
	git_indexer_progress progress;
};

/** Nothing is visible before pack_sink_commit(). */
MUST_CHECK int pack_sink_open(struct pack_sink *out, struct repo *repo,
			      struct err *err);
MUST_CHECK int pack_sink_add(struct pack_sink *sink, const void *bytes,
			     size_t len, struct err *err);
MUST_CHECK int pack_sink_commit(struct pack_sink *sink, struct repo *repo,
				struct err *err);

/** Drops what was not committed. A zeroed one is fine. */
void pack_sink_release(struct pack_sink *sink);

#endif /* REPO_PACK_SINK_H */
