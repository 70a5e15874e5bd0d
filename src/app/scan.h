#ifndef APP_SCAN_H
#define APP_SCAN_H

#include "config/mistakes.h"
#include "core/strvec.h"
#include "repo/oid.h"
#include "store/record.h"

/** \file
 * `referee scan`: rules and secrets alone. Stores nothing.
 */

/** NULL and zero are the defaults. */
struct scan_options {
	const char *repo_dir; /* NULL: the repository that `target` or we are
				 in, if any */
	const char *target;   /* a file, a folder, REV..REV; NULL: all of the
				 work tree, or of the folder we stand in */
};

struct scan_result {
	/* Findings and files in the form of a run, for its reports; no record
	 * that is ever stored. */
	struct run_record record;
	char base[OID_HEX_SIZE], head[OID_HEX_SIZE]; /* "" without revisions */
	struct strvec baseline; /* a line for each finding */
	struct strvec remarks;  /* what was not looked at or passed over, for
				   people */
};

void scan_result_release(struct scan_result *result);

/**
 * Mistakes in the project's rules are noted, and what is right is used.
 * ERR_NOT_FOUND: no such file, folder or revision. *out is to be released also
 * after a failure.
 */
MUST_CHECK int scan_run(struct scan_result *out,
			const struct scan_options *options,
			struct mistakes *mistakes, struct err *err);

#endif /* APP_SCAN_H */
