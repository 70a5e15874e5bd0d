#ifndef APP_GUIDANCE_H
#define APP_GUIDANCE_H

#include "repo/repo.h"

struct redactor;

/**
 * What the repository tells agents about itself: AGENTS.md, CLAUDE.md and
 * .github/copilot-instructions.md at `trusted`, one after the other, redacted.
 * *out is the caller's; NULL if there is none of them.
 */
MUST_CHECK int guidance_read(char **out, struct repo *repo,
			     const struct oid *trusted,
			     struct redactor *redactor, struct err *err);

#endif /* APP_GUIDANCE_H */
