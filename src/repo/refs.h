#ifndef REPO_REFS_H
#define REPO_REFS_H

#include <stddef.h>

#include "repo/repo.h"

#define HEADS "refs/heads/" /* branches */

/** ERR_NOT_FOUND if there is no such ref. Symbolic refs are followed. */
MUST_CHECK int ref_read(struct oid *out, struct repo *repo, const char *name,
			struct err *err);

/** What a symbolic ref points at; NULL if it is missing or none. The caller
 * frees it. */
char *ref_symbolic_target(struct repo *repo, const char *name);

/**
 * Moves `name` to `target` if it still is at `expected` (NULL: if it does not
 * exist). ERR_CONFLICT: somebody else moved or locked it (a lock is waited for
 * a little first).
 */
MUST_CHECK int ref_move(struct repo *repo, const char *name,
			const struct oid *expected, const struct oid *target,
			const char *why, struct err *err);

/** Removes it if it still is at `expected`; ERR_CONFLICT otherwise. */
MUST_CHECK int ref_delete(struct repo *repo, const char *name,
			  const struct oid *expected, struct err *err);

struct ref_list {
	struct ref_entry {
		char *name;
		struct oid id;
	} * items;
	size_t len, cap;
};

/** Every ref whose name starts with `prefix` ("refs/heads/"), by name. */
MUST_CHECK int ref_list(struct ref_list *out, struct repo *repo,
			const char *prefix, struct err *err);
void ref_list_release(struct ref_list *list);

#endif /* REPO_REFS_H */
