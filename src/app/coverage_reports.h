#ifndef APP_COVERAGE_REPORTS_H
#define APP_COVERAGE_REPORTS_H

#include "code/coverage.h"

/** \file
 * Coverage reports that lie in files. For app/coverage.c.
 */

/**
 * Reads the reports whose paths match `pattern`, all of them together: those
 * committed at `head`; if there is none, those in the work tree, as long as
 * `head` is checked out there and they are no older than it. *from says which;
 * the caller frees it. ERR_NOT_FOUND says what was not there.
 */
MUST_CHECK int coverage_read_files(struct coverage *out, char **from,
				   struct repo *repo, const char *pattern,
				   const struct oid *head, struct err *err);

#endif /* APP_COVERAGE_REPORTS_H */
