#ifndef FORGE_GITHUB_H
#define FORGE_GITHUB_H

#include "forge/backend.h"

/** The two sides of GitHub: github.c and github_parse.c. */

/** They take 65,536 characters; what follows a cut needs room. */
#define GITHUB_BODY_MAX 64000

/** The text, valid, short enough, fences closed. The caller frees it. */
char *github_fit(const char *text);

/** Reads the reply to a wish into a zeroed *out, the caller's also after a
 * failure. ERR_PROTOCOL: it is not what the wish is answered with. */
MUST_CHECK int github_parse(struct forge_answer *out,
			    const struct forge_wish *wish,
			    const struct json *doc, struct err *err);
MUST_CHECK int github_parse_token(struct secret **token, int64_t *expires_ms,
				  char **installation, const struct json *doc,
				  struct err *err);

#endif /* FORGE_GITHUB_H */
