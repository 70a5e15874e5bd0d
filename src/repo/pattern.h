#ifndef REPO_PATTERN_H
#define REPO_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "core/attr.h"
#include "core/err.h"

/** \file
 * Path patterns, as in GitHub Actions: `*` within a segment, `**` over any
 * number of segments (none too), `?`, `[a-z]`, `{a,b}`; a pattern without a
 * slash matches the file name in any folder; a leading `!` takes out again, and
 * the last pattern that matches decides. Also for branch names, where a slash
 * is like any folder's.
 */
struct pattern_list {
	struct pattern **items;
	size_t len, cap;
};

/** ERR_INVALID says what is wrong with it: empty, unclosed bracket or brace,
 * too long, too many alternatives. */
MUST_CHECK int pattern_list_add(struct pattern_list *list, const char *text,
				struct err *err);
void pattern_list_release(struct pattern_list *list);

/** An empty list, or one of only `!` patterns that take nothing out, matches
 * nothing resp. everything else. Any thread. */
bool pattern_list_match(const struct pattern_list *list, const char *path);

/** pattern_list_match() for one text, as of a list with it alone. */
MUST_CHECK int pattern_match_text(bool *out, const char *pattern,
				  const char *path, struct err *err);

#endif /* REPO_PATTERN_H */
