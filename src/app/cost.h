#ifndef APP_COST_H
#define APP_COST_H

#include "config/settings.h"
#include "store/spending.h"

/** \file
 * `referee cost`: what was spent, and how much of the budgets that is.
 */

struct cost_options {
	const char *repo_dir; /* a clone; NULL: the installation if the
				 configuration has projects, else the clone we
				 stand in */
	const struct settings *settings;
	enum spend_by by;
	const char *since; /* a date or a time; NULL: this month */
};

/** One budget and what counts against it. */
struct cost_budget {
	const char *name;    /* "daily", "monthly" */
	const char *project; /* NULL: of all; the settings' */
	int64_t since_ms;
	int64_t limit_nusd, spent_nusd;
	int64_t unknown_nusd;  /* part of it that is a guess */
	int64_t reserved_nusd; /* part of that for what is under way */
};

struct cost {
	int64_t since_ms;
	struct spend_table table;
	struct cost_budget *budgets;
	size_t budget_count;
};

/** ERR_INVALID: `since` is no date, or the time zone is unknown; ERR_NOT_FOUND:
 * there is no repository. *out is to be released also after a failure. */
MUST_CHECK int cost_read(struct cost *out, const struct cost_options *options,
			 struct err *err);
void cost_release(struct cost *cost);

#endif /* APP_COST_H */
