#ifndef APP_OUTLOOK_H
#define APP_OUTLOOK_H

#include "app/local.h"
#include "core/json.h"

/** \file
 * `referee plan`: what `referee run` would do on the same change, and why.
 */

/**
 * One object: the change, and `workflows`, each with
 *
 *   matches   true, false, or null: not known
 *   reasons   every condition that was looked at: trigger, subject, holds, text
 *   stored    the result that would be shown instead of a run, if there is one
 *   tasks     of those that would run: as preview_explain() has them
 *
 * and amounts in nano-USD: `expected_nusd`, `at_most_nusd`. Asks nobody, stores
 * nothing. Errors and `mistakes` as of local_run(). *out is the caller's.
 */
MUST_CHECK int outlook_make(struct json **out,
			    const struct local_options *options,
			    struct mistakes *mistakes, struct err *err);

#endif /* APP_OUTLOOK_H */
