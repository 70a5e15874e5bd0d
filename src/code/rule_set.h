#ifndef CODE_RULE_SET_H
#define CODE_RULE_SET_H

#include "code/rules.h"

/** \file
 * What the files that make up rules.h share. For nobody else.
 */
struct rule_set {
	struct rule **items;
	size_t len, cap;
	struct strvec baseline; /* sorted lines of rule_baseline_line() */
	struct strvec off;      /* kinds of secrets that are not reported */
};

void rule_free(struct rule *rule);

/** Takes `rule` over, in place of one of the same id. */
void rule_set_put(struct rule_set *set, struct rule *rule);

/** rule_set_add_file(), patterns compiled with further `flags`. */
bool rule_file_read(struct rule_set *set, const char *path, const char *text,
		    size_t len, unsigned flags, struct mistakes *mistakes);

#endif /* CODE_RULE_SET_H */
