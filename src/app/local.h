#ifndef APP_LOCAL_H
#define APP_LOCAL_H

#include "app/ci.h"
#include "app/judge.h"
#include "config/mistakes.h"
#include "config/settings.h"
#include "repo/repo.h"
#include "report/report.h"
#include "workflow/run.h"

/** \file
 * `referee run`: workflows on one change of somebody's clone. All that is kept
 * is in that clone's own git directory.
 */

/** What to do; NULL and zero are the defaults. */
struct local_options {
	const char *repo_dir; /* NULL: the repository we stand in  */
	const char *base;     /* NULL: repo_default_base()         */
	const char *head;     /* NULL: HEAD                        */
	/* The job this runs in says base and head where they are not named, and
	 * what is known of the pull; NULL: no job. */
	const struct ci_change *ci;
	const struct strvec
		*workflows;  /* ids or files; empty: all that match */
	const char *service; /* asked instead of any other        */
	bool dry_run;        /* says what would run, stores nothing */
	const struct settings *settings;
	run_progress_fn *progress;
	void *progress_payload;
};

/** How it went. */
struct local_result {
	char base[OID_HEX_SIZE], head[OID_HEX_SIZE];
	char *base_name;       /* "main", as it was found or named  */
	bool is_same;          /* base and head are one commit      */
	bool is_empty;         /* nothing changed between them      */
	bool is_dirty;         /* uncommitted changes, not looked at */
	size_t matched;        /* workflows whose triggers matched  */
	size_t considered;     /* workflows there are               */
	struct judged judged;  /* a run each                     */
	struct strvec prompts; /* of a dry run: what would be sent     */
	struct strvec planned; /* of a dry run: workflows that would run */
};

void local_result_release(struct local_result *result);

/**
 * Judges the change, stores records and the note. Mistakes in workflows are
 * noted; with any, nothing is run and ERR_INVALID says so. ERR_NOT_FOUND: no
 * repository, no commit, no base, no merge base. *out is to be released also
 * after a failure.
 */
MUST_CHECK int local_run(struct local_result *out,
			 const struct local_options *options,
			 struct mistakes *mistakes, struct err *err);

#endif /* APP_LOCAL_H */
