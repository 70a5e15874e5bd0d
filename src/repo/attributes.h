#ifndef REPO_ATTRIBUTES_H
#define REPO_ATTRIBUTES_H

#include "repo/repo.h"

/** \file
 * What .gitattributes files say of paths, at one commit and nowhere else: not
 * in the work tree, the index, $GIT_DIR/info or the user's configuration, as
 * anybody could put anything there.
 */
struct attributes;

enum attribute_state {
	ATTRIBUTE_UNSPECIFIED,
	ATTRIBUTE_SET,
	ATTRIBUTE_UNSET, /* `-name`, or `name=false` */
};

/** Those we know. `binary` and macros of the top folder's file are resolved. */
struct path_attributes {
	enum attribute_state generated; /* linguist- or gitlab-generated */
	enum attribute_state vendored;  /* linguist-vendored             */
	enum attribute_state diff;
};

/** `repo` and its thread are used until attributes_free(). */
MUST_CHECK int attributes_open(struct attributes **out, struct repo *repo,
			       const struct oid *commit, struct err *err);

/** Fast for paths in order. Files over LIMIT_ATTRIBUTES_BYTES and lines that
 * cannot be read say nothing. */
MUST_CHECK int attributes_of(struct path_attributes *out,
			     struct attributes *attributes, const char *path,
			     struct err *err);
void attributes_free(struct attributes *attributes);

#endif /* REPO_ATTRIBUTES_H */
