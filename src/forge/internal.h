#ifndef FORGE_INTERNAL_H
#define FORGE_INTERNAL_H

#include "core/secret.h"
#include "forge/backend.h"
#include "forge/etags.h"

/* What forge.c, token.c and sending.c share. */

struct exchange;

struct token_waiter {
	void (*go)(const struct err *err, void *payload);
	void *payload;
	struct token_waiter *prev, *next;
};

/** The reply is 2xx, or 304 of a conditional request; else `err` says why not.
 */
typedef void exchange_done_fn(struct exchange *exchange,
			      struct http_reply *reply, const struct err *err);

/** One request with its retries. Whoever embeds it fills the first part. */
struct exchange {
	struct forge *forge;
	struct forge_request request;
	const char *what; /* for messages */
	int64_t pull;
	const char *etag; /* of a conditional request; may be NULL */
	exchange_done_fn *done;
	void *payload;
	/* sending.c's */
	int tries, redirects;
	bool is_writing, is_renewed;
	const struct secret *sent_with; /* the token, to compare */
	struct token_waiter waiter;
	struct exchange *prev, *next; /* among the writes that wait */
};

/* Takes the place of a token that is running out; the old one may still be in
 * somebody's hands. */
struct old_token {
	struct secret *token;
	struct old_token *prev, *next;
};

struct forge {
	struct loop *loop;
	struct http *http;
	const struct project_settings *project;
	const struct settings *settings;
	const struct forge_ops *ops;
	struct forge_site site;
	char *api, *installation;
	struct etags *etags;

	struct secret *token, *key, *jwt;
	int64_t token_ends_ms; /* wall; INT64_MAX: it does not */
	bool is_fetching;      /* the token */
	struct token_waiter *waiters;
	struct old_token *old;
	struct exchange app_call;
	struct secret *loaded; /* by the worker */
	struct err load_err;

	struct exchange *writes; /* the first is under way if is_writing */
	bool is_writing;
	double burst; /* writes that may go at once */
	int64_t burst_at_ms;
	int64_t blocked_until_ms; /* clock_mono_ms() */
	bool is_move_told;
};

/* All of these call back from inside where they need not wait, and are called
 * from inside callbacks of the loop only. */

/** Calls back once the right token is there, or none is configured. */
void token_get(struct forge *forge, struct token_waiter *waiter);
void token_release(struct forge *forge);
/** The forge does not believe it any more: token_get() asks for a new one. */
void token_forget(struct forge *forge);

/** Sends it, and again where that can help. */
void exchange_start(struct exchange *exchange);

/** Fills *err for a reply that is no success. */
void refusal_set(struct err *err, const struct exchange *exchange,
		 const struct http_reply *reply);

/** "project app: pull 7: a review" in front of the message. */
void refusal_prefix(struct err *err, const struct exchange *exchange);

/** Seconds to wait if the reply says that we ask too much; -1: it does not.
 * `tries` counts the ones before. */
int64_t refusal_wait_s(const struct http_reply *reply, int tries);

/** The URL in a Link header with rel="next"; NULL if there is none. The caller
 * frees it. */
char *link_next(const char *header);

#endif /* FORGE_INTERNAL_H */
