#ifndef CODE_RULE_IGNORE_H
#define CODE_RULE_IGNORE_H

#include <stdbool.h>
#include <stddef.h>

/** \file
 * Comments that excuse a line from a rule: `referee:ignore RULE reason`, on the
 * line or on the one above; several rules with commas between them.
 */
struct rule_ignore {
	char *rule;
	size_t line; /* of the comment */
	bool has_reason;
};

struct rule_ignores {
	struct rule_ignore *items;
	size_t len, cap;
};

/** `view` is the text with comments blanked: only what stands in a comment
 * counts, where the language is known to have any. */
void rule_ignores_find(struct rule_ignores *out, const char *text,
		       const char *view, size_t len);
void rule_ignores_release(struct rule_ignores *ignores);

enum rule_ignored {
	RULE_NOT_IGNORED,
	RULE_IGNORED,
	RULE_IGNORED_BARE, /* without a reason, which does not count */
};

/** For a match on lines `first` to `last`. */
enum rule_ignored rule_ignored_at(const struct rule_ignores *ignores,
				  const char *rule, size_t first, size_t last);

#endif /* CODE_RULE_IGNORE_H */
