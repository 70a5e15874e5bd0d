#ifndef TESTS_UNIT_SERVICES_ASKED_H
#define TESTS_UNIT_SERVICES_ASKED_H

#include "core/json.h"
#include "repo/changeset.h"
#include "sandbox.h"
#include "services/offline.h"

/** \file
 * A repository "work" in a sandbox, and what the offline service says of the
 * change from its branch main to its HEAD.
 */
struct asked {
	struct sandbox box;
	struct repo *repo;
	struct changeset changes;
	char trusted[OID_HEX_SIZE]; /* main */
	struct json *answer;
	struct err err;
};

/** `base` and `head` are shell commands in the work tree; what they leave there
 * is committed, on main and on a branch of it. */
void asked_init(struct asked *asked, const char *base, const char *head);
void asked_release(struct asked *asked);

/** asked->answer is what `agent` is told; the test fails if that fails. */
void asked_ask(struct asked *asked, const char *agent, enum answer_kind kind);

/** The findings of the answer, "severity path:line rule-or-title" a line. The
 * caller frees it. */
char *asked_findings(const struct asked *asked);

#endif /* TESTS_UNIT_SERVICES_ASKED_H */
