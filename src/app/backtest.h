#ifndef APP_BACKTEST_H
#define APP_BACKTEST_H

#include "config/mistakes.h"
#include "config/settings.h"
#include "core/json.h"
#include "core/strvec.h"

/** \file
 * `referee backtest`: how often workflows would have run, and at what cost.
 */
struct backtest_options {
	const char *repo_dir; /* NULL: the repository we stand in */
	int64_t since_ms;
	const struct strvec *workflows; /* ids or files; empty: all in force */
	const struct settings *settings;
};

/**
 * One object: the branch, how many changes there were, and `workflows`, each
 * with `runs`, `unknown`, tokens and amounts as low, expected and high, the
 * middle and the tenth highest of a run, and the `changes` it ran on. What is
 * in force is that of the branch's tip. Asks nobody, stores nothing.
 *
 * ERR_NOT_FOUND: no repository, no branch. With mistakes in workflows
 * ERR_INVALID says so. *out is the caller's.
 */
MUST_CHECK int backtest_make(struct json **out,
			     const struct backtest_options *options,
			     struct mistakes *mistakes, struct err *err);

#endif /* APP_BACKTEST_H */
