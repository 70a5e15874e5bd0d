#ifndef APP_CHECK_H
#define APP_CHECK_H

#include "config/mistakes.h"
#include "config/settings.h"
#include "core/strvec.h"

/** \file
 * `referee check`: every mistake in what people write, with its place.
 */

/** How many of what was read. */
struct check_counts {
	size_t workflows, agents, rules;
};

/** The definitions in the work tree of the repository at `dir` (NULL: ours),
 * and the company's, of which it says what is replaced. ERR_NOT_FOUND: there is
 * no repository. */
MUST_CHECK int check_work_tree(struct check_counts *out, const char *dir,
			       const struct settings *settings,
			       struct mistakes *mistakes, struct err *err);

/** Files by their names: .md agents, .conf configurations, .yml workflows, or
 * rules if they stand in a folder called rules. Agents are read first. */
MUST_CHECK int check_files(struct check_counts *out, const struct strvec *paths,
			   const struct settings *settings,
			   struct mistakes *mistakes, struct err *err);

#endif /* APP_CHECK_H */
