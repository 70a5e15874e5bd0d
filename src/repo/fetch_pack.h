#ifndef REPO_FETCH_PACK_H
#define REPO_FETCH_PACK_H

#include "repo/oid_list.h"
#include "repo/transport.h"

/** \file
 * The objects of a fetch: which ones to ask for, and taking in the pack.
 * Private to repo/.
 */

/**
 * Brings `wants` and all they lead to. `common` is what both sides have for
 * sure. The transport's version is known.
 */
MUST_CHECK int fetch_pack(struct repo *repo, struct transport *transport,
			  const struct oid_list *wants,
			  const struct oid_list *common, struct err *err);

/** The same out of a repository on this machine. */
MUST_CHECK int fetch_pack_from_path(struct repo *repo, struct repo *from,
				    const struct oid_list *wants,
				    const struct oid_list *common,
				    const struct remote_options *options,
				    struct err *err);

#endif /* REPO_FETCH_PACK_H */
