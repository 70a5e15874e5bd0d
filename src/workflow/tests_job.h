#ifndef WORKFLOW_TESTS_JOB_H
#define WORKFLOW_TESTS_JOB_H

#include "core/json.h"
#include "core/strvec.h"
#include "repo/repo.h"

/** \file
 * The test runner: a copy of a change's head with the files that agents wrote,
 * made from git's objects in a temporary folder; the configured command in it,
 * in a sandbox (io/sandbox.h); what it counted, out of JUnit's reports. Loop
 * thread.
 */
struct loop;
struct tests_job;

/** Borrowed until it is done. */
struct tests_input {
	const struct repo *repo;
	const struct oid *head;
	const struct json *files; /* as run_record.generated; NULL: none */
	const struct strvec *command;
	int64_t timeout_ms;
};

/**
 * Exactly once, never from inside the start. `answer` is of the kind `tests`
 * (referee-agent(5)) and the callee's; NULL when `err` is set:
 * ERR_UNAVAILABLE where no sandbox can be made, ERR_TIMEOUT, ERR_CANCELLED.
 */
typedef void tests_done_fn(struct json *answer, const struct err *err,
			   void *payload);

/** *out is good until `done`. */
MUST_CHECK int tests_job_start(struct tests_job **out, struct loop *loop,
			       const struct tests_input *input,
			       tests_done_fn *done, void *payload,
			       struct err *err);

/** Ends it soon. NULL is fine. */
void tests_job_cancel(struct tests_job *job);

#endif /* WORKFLOW_TESTS_JOB_H */
