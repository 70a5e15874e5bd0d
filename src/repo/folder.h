#ifndef REPO_FOLDER_H
#define REPO_FOLDER_H

#include <git2.h>

#include "core/strvec.h"
#include "repo/repo.h"

/** \file
 * One folder of a tree, read and rewritten as the bytes that git stores. What
 * stays is copied as it is: git_treebuilder would allocate, look up and sort
 * each of its entries, and a batch of notes consists of thousands that stay.
 * Private to repo/.
 */
struct folder_entry {
	const char *name;
	git_oid id;
	unsigned mode;
	bool is_gone;
};

struct folder {
	struct repo *repo;
	git_odb_object *raw; /* names are in it; NULL: new */
	struct folder_entry *entries, *added;
	struct strvec names; /* of the added */
	size_t count, added_count, added_cap, gone_count;
	bool is_changed;
};

/** What `id` holds; NULL: nothing. ERR_NOT_FOUND, ERR_PROTOCOL. To be released
 * also when it failed. */
MUST_CHECK int folder_open(struct folder *out, struct repo *repo,
			   const git_oid *id, struct err *err);
void folder_release(struct folder *folder);

/** Of those it had when it was opened and still has; NULL. */
struct folder_entry *folder_find(const struct folder *folder, const char *name);

bool folder_entry_is_tree(const struct folder_entry *entry);

/** A name is set once; unsetting one that is not there is fine. */
void folder_set(struct folder *folder, const char *name, unsigned mode,
		const git_oid *id);
void folder_unset(struct folder *folder, const char *name);

/** How many there are after the changes. */
size_t folder_count(const struct folder *folder);

/** Writes it, if it has changed. */
MUST_CHECK int folder_put(git_oid *out, struct folder *folder, struct err *err);

#endif /* REPO_FOLDER_H */
