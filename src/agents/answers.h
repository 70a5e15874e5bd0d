#ifndef AGENTS_ANSWERS_H
#define AGENTS_ANSWERS_H

#include "core/err.h"
#include "core/json.h"
#include "gateway/service.h"

/** \file
 * Answers of the kinds files, document, verdict and tests (referee-agent(5));
 * findings have a file of their own.
 */

/** Answers come bare, or as models like to give them: in a code fence, which
 * this takes away. */
void answer_strip_fence(const char **text, size_t *len);

/** Reads an answer of any kind strictly. ERR_PROTOCOL says what is wrong, in
 * words the agent can mend it by. *out is the caller's. */
MUST_CHECK int answer_parse(struct json **out, enum answer_kind kind,
			    const char *text, size_t len, struct err *err);

/**
 * May referee write a generated file there? Never git's, CI's or referee's own
 * configuration, nothing absolute, with "..", over-long or with control
 * characters. ERR_INVALID says why not.
 */
MUST_CHECK int generated_path_check(const char *path, struct err *err);

#endif /* AGENTS_ANSWERS_H */
