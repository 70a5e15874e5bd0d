#ifndef CODE_RULES_PROJECT_H
#define CODE_RULES_PROJECT_H

#include "code/rules.h"
#include "repo/repo.h"

/** \file
 * What a project says about rules, at its trusted ref: `.referee/rules/` with
 * rules of its own and `off:`, `.referee/baseline` with findings that are
 * known.
 */

#define RULES_FOLDER ".referee/rules"

/**
 * Adds the rules and the baseline of `commit` to `set`, files in order of their
 * names. Mistakes are noted with their place, and what is right is used. Fails
 * only if the repository cannot be read.
 */
MUST_CHECK int rule_set_add_project(struct rule_set *set, struct repo *repo,
				    const struct oid *commit,
				    struct mistakes *mistakes, struct err *err);

#endif /* CODE_RULES_PROJECT_H */
