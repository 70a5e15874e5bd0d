#ifndef WORKFLOW_CHANGED_PATHS_H
#define WORKFLOW_CHANGED_PATHS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/attr.h"
#include "core/err.h"
#include "repo/pattern.h"

/** \file
 * The paths of a change, sorted by the ends of their names, and path patterns
 * that know which ends they want: a thousand workflows ask the same ten
 * thousand paths, and nearly all pairs can be passed over unseen.
 */

struct changed_path {
	const char *path;   /* borrowed */
	const char *ending; /* ".swift", "" for none: the end of `path` */
	size_t len;
};

struct changed_paths {
	struct changed_path *items; /* by ending, then path */
	size_t len;
};

/** Keeps the paths, which must outlive it. */
void changed_paths_init(struct changed_paths *out, const char *const *paths,
			size_t count);
void changed_paths_release(struct changed_paths *paths);

/** What a path must look like for a pattern to match it. */
struct path_hint;

/** Patterns as of pattern.h with their hints. Zeroed: an empty list. */
struct path_patterns {
	struct pattern_list list;
	struct path_hint *hints; /* of those that add paths */
	size_t hint_count, hint_cap;
	bool takes_out_only; /* only `!` patterns: everything else matches */
};

/** Errors as of pattern_list_add(). */
MUST_CHECK int path_patterns_add(struct path_patterns *patterns,
				 const char *text, struct err *err);
void path_patterns_release(struct path_patterns *patterns);

/** One of the paths that match, or NULL. Any thread. */
const char *path_patterns_find(const struct path_patterns *patterns,
			       const struct changed_paths *paths);

#endif /* WORKFLOW_CHANGED_PATHS_H */
