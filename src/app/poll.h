#ifndef APP_POLL_H
#define APP_POLL_H

#include <stdbool.h>

#include "config/settings.h"
#include "core/strvec.h"
#include "store/record.h"
#include "workflow/run.h"

/** \file
 * `referee poll`: sees what is new in every project, judges what is due, takes
 * the results back to where the project is. What is due follows from what is
 * there; ended anywhere and started again, it goes on.
 */

/** One run, or what would be one. */
struct poll_run {
	const char *project;
	const char *place; /* "topic/a", a branch; "request wf/x" */
	const char *workflow;
	const char *why;                 /* it was due               */
	const struct run_record *record; /* NULL: of a dry run       */
	bool reused;
};

/** Who is told of what, as it comes. Loop thread. */
struct poll_teller {
	void (*run)(const struct poll_run *run, void *payload);
	run_progress_fn *progress; /* NULL: nobody looks */
	void *payload;             /* of both            */
};

struct poll_options {
	const struct settings *settings;
	const struct strvec *projects; /* names; empty: all of them */
	int64_t watch_ms; /* again after so long; 0: one pass       */
	bool dry_run;     /* judges, stores and pushes nothing      */
	struct poll_teller teller;
};

/** Sums over all passes. */
struct poll_result {
	size_t projects;     /* looked at in the last pass      */
	size_t failed;       /* of them could not be            */
	size_t runs, reused; /* stored results count as reused  */
	size_t failed_runs;
	bool wants_reload; /* SIGHUP: read the configuration, go on */
	bool was_stopped;  /* SIGTERM, SIGINT                       */
};

/**
 * One pass, or passes until a signal. A project that fails is told in the log
 * with its name and leaves the others alone. Fails only where nothing can be
 * done at all: an unknown project, no project, no state directory.
 */
MUST_CHECK int poll_run(struct poll_result *out,
			const struct poll_options *options, struct err *err);

#endif /* APP_POLL_H */
