#ifndef REPO_PATTERN_H
#define REPO_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "core/attr.h"
#include "core/err.h"

/** \file
 * Path patterns, as in GitHub Actions:
 *
 *   *        any characters but a slash
 *   **       as a segment: any number of folders, none too; elsewhere any
 *            characters, slashes too
 *   x?       x or nothing
 *   [a-z]    one of these; [!a-z] one character but these; never a slash
 *   [a-z]+   one or more of these
 *   {a,b}    either; may be nested and hold slashes
 *   \x       x itself
 *   !...     first in a pattern: takes out again
 *
 * The last pattern of a list that matches decides. Upper and lower case
 * differ. Other than there:
 * - a plus sign repeats brackets only, so that UIView+Extensions.swift is
 *   written as it is;
 * - a pattern without a slash matches the file name in any folder;
 * - a slash in front is passed over, one at the end means all below.
 *
 * Time to match is linear in the path. Any thread may match.
 */
struct pattern;

struct pattern_list {
	struct pattern *items;
	size_t len, cap;
};

/** ERR_INVALID says what is wrong with it: empty, unclosed bracket or brace,
 * too long, too many alternatives. */
MUST_CHECK int pattern_list_add(struct pattern_list *list, const char *text,
				struct err *err);
void pattern_list_release(struct pattern_list *list);

/** For paths of files. An empty list matches nothing; one of only `!` patterns
 * matches what none of them takes out. */
bool pattern_list_match(const struct pattern_list *list, const char *path);

/**
 * For names of branches and the like: the same, but a pattern without a slash
 * speaks of the whole name. `main` matches main and not mallory/main; `*`
 * matches names without a slash, `**` all.
 */
bool pattern_list_match_name(const struct pattern_list *list, const char *name);

/** pattern_list_match() for one text, as of a list with it alone. */
MUST_CHECK int pattern_match_text(bool *out, const char *pattern,
				  const char *path, struct err *err);

#endif /* REPO_PATTERN_H */
