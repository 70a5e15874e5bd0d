#ifndef FORGE_BACKEND_H
#define FORGE_BACKEND_H

#include "core/buf.h"
#include "core/json.h"
#include "forge/forge.h"

/** \file
 * What a kind of forge is: two translations. Within forge/ only.
 */

enum forge_auth {
	AUTH_TOKEN,
	AUTH_APP, /* as the app itself, for the few calls about it */
};

struct forge_request {
	const char *method;
	char *url;
	struct buf body; /* JSON; empty: none */
	enum forge_auth auth;
	bool is_conditional;
	bool is_repeatable; /* doing it twice is doing it once */
};

void forge_request_release(struct forge_request *request);

/** Where the calls go and who we are there. */
struct forge_site {
	const char *api;        /* without a slash at the end */
	const char *repository; /* "acme/app"                 */
	bool is_app;
	const char *installation; /* of an app; NULL: not known yet */
};

struct forge_ops {
	bool (*can)(const struct forge_site *site, enum forge_act act);
	int (*build)(struct forge_request *out, const struct forge_site *site,
		     const struct forge_wish *wish, const char *cursor,
		     struct err *err);
	/** Adds what one page of a 2xx reply says. */
	int (*parse)(struct forge_answer *out, const struct forge_wish *wish,
		     const struct json *doc, struct err *err);
	/** A token of the app's installation, and when it ends; or first,
	 * without a known installation, its number. */
	void (*build_token)(struct forge_request *out,
			    const struct forge_site *site);
	int (*parse_token)(struct secret **token, int64_t *expires_ms,
			   char **installation, const struct json *doc,
			   struct err *err);
	const char *const *headers; /* name, value, ..., NULL */
	const char *git_user;
	long page_max; /* pages of one list */
};

extern const struct forge_ops github_forge;

/** NULL: plain git, which has nothing to call. ERR_INVALID: unknown. */
MUST_CHECK int forge_kind_find(const struct forge_ops **out,
			       enum forge_kind kind, struct err *err);

/** A zeroed one at the end. */
struct forge_pull *forge_answer_pull(struct forge_answer *answer);
struct forge_comment *forge_answer_comment(struct forge_answer *answer);
struct forge_reaction *forge_answer_reaction(struct forge_answer *answer);
struct forge_thread *forge_answer_thread(struct forge_answer *answer);
struct forge_signal *forge_answer_signal(struct forge_answer *answer);

/** One segment of a path: everything but letters, digits and "-._~" as %XX. */
void forge_url_segment(struct buf *out, const char *text);

#endif /* FORGE_BACKEND_H */
