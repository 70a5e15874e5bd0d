#ifndef SERVICES_OFFLINE_H
#define SERVICES_OFFLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/err.h"
#include "gateway/service.h"

struct cancel;

/** \file
 * What referee says by itself, without any provider: rules, secrets, untested
 * and undocumented code, structure. The same question has the same answer every
 * time. Blocking: for worker threads.
 */

/** A question. Borrowed. */
struct offline_question {
	const char *agent;      /* "code-review-agent" */
	const char *agent_type; /* "CodeReviewAgent"; may be NULL */
	enum answer_kind answer;
	const struct changeset *changeset;
	struct repo *repo;   /* this thread's own handle             */
	const char *trusted; /* commit of the trusted ref, 40 digits; NULL:
				no rules but the shipped ones         */
	const struct coverage *coverage; /* of its head; NULL: not known */
	const char *coverage_from; /* where it was found, or why not; or NULL */
	int64_t until_ms; /* of the clock that never goes back; 0: no end */
	struct cancel *cancel; /* NULL: nobody will */
};

/** Is there an answer to what this agent is asked? `agent_type` may be NULL. */
bool offline_can(const char *agent, const char *agent_type,
		 enum answer_kind answer);

/**
 * Appends the answer, JSON of the kind that the agent is asked for
 * (referee-agent(5)). ERR_NOT_FOUND: an object is missing. ERR_INVALID: it
 * cannot do this. ERR_TIMEOUT, ERR_CANCELLED.
 */
MUST_CHECK int offline_answer(struct buf *out,
			      const struct offline_question *question,
			      struct err *err);

extern const struct service_ops offline_service;

#endif /* SERVICES_OFFLINE_H */
