#ifndef GATEWAY_GATEWAY_H
#define GATEWAY_GATEWAY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/attr.h"
#include "core/err.h"
#include "core/json.h"
#include "gateway/attempt.h"
#include "gateway/service.h"
#include "gateway/spending.h"

/** \file
 * The one way to every AI service: cache, breaker, rate limit, budget, send,
 * retry, fallback, settle. Sends what it is given: redaction came before.
 * Never logs or keeps a prompt. Loop thread only.
 */
struct desk;
struct gateway;
struct loop;
struct http;

/** What the money of this installation may be; 0: no limit of that kind. */
struct gateway_budget {
	int64_t daily_nusd, monthly_nusd, per_run_nusd;
	int64_t unknown_cost_nusd; /* what a request of unknown price counts */
	int alert_percent;         /* 0: no alert before 100 % */
	const char *timezone;      /* where days begin; NULL: UTC */
};

/** Told once when spending passes alert_percent, and once at 100 %. */
typedef void gateway_alert_fn(const char *message, void *payload);

/** Zeroed members are the defaults. Strings are copied. */
struct gateway_options {
	struct gateway_budget budget;
	const struct spending_ops *spending; /* NULL: nothing is kept */
	void *spending_payload;
	gateway_alert_fn *alert;
	void *alert_payload;
	const char *state_dir; /* reply cache, breaker; NULL: nothing is kept */
	const char *price_file; /* LiteLLM's format; NULL: shipped prices */
	int64_t cache_bytes;    /* the reply cache may grow to; 0: 512 MiB */
	int concurrency;        /* requests in flight in all; 0: 200 */
	int instances;          /* that share the rate limits; 0: 1 */
};

/** *out is the caller's. `http` may be NULL if no service speaks HTTP. Keeps
 * `loop` and `http`. Fails with ERR_INVALID for an unreadable price file or an
 * unknown time zone. */
MUST_CHECK int gateway_new(struct gateway **out, struct loop *loop,
			   struct http *http,
			   const struct gateway_options *options,
			   struct err *err);

/** Every ask under way ends with FAULT_CANCELLED: those that wait at once, from
 * inside; those with a request under way when that has ended, for which the
 * loop must run or be freed. NULL is fine. */
void gateway_free(struct gateway *gateway);

/** Keeps `service`. Fails with ERR_CONFLICT if the name is taken. */
MUST_CHECK int gateway_add_service(struct gateway *gateway,
				   const struct service *service,
				   struct err *err);

/** What gateways with that state_dir found out of the services that were added:
 * for one that tells what would be asked, and keeps nothing itself. */
void gateway_recall(struct gateway *gateway, const char *state_dir);

/** What a project may spend a month. */
void gateway_set_project_budget(struct gateway *gateway, const char *project,
				int64_t monthly_nusd);

/** Sends the alerts that follow from what other processes have spent since this
 * one asked last; of several that end together the last one sees it all. */
void gateway_look_again(struct gateway *gateway);

/** Maps a model that is gone to its successor, before the shipped table. */
void gateway_map_model(struct gateway *gateway, const char *retired,
		       const char *model);

/** Is the answer of the kind that was asked for? ERR_PROTOCOL with what is
 * wrong, in words the model understands, if not. */
typedef int answer_check_fn(const char *text, size_t len, void *payload,
			    struct err *err);

/** A question and what may be done to have it answered. Everything is borrowed
 * until it is answered. */
struct ask {
	const struct chat *chat;

	/* Services in the order they are tried. One: its `fallback =` chain
	 * follows. Unknown names fail as FAULT_AUTH and the next one is tried.
	 */
	const char *const *services;
	size_t service_count;
	/* In the end the offline service may stand in (not after
	 * `continue: false`). */
	bool allow_degraded;

	enum complexity complexity; /* picks the model where none is named */
	const char *project, *workflow, *run; /* for budget and ledger */
	int64_t run_budget_nusd;              /* 0: the gateway's per_run */
	int64_t cache_ttl_s;                  /* 0: the cache is not used */
	int64_t deadline_ms; /* for all of it, from now; 0: 10 minutes */
	/* It is not waited for a breaker or before another attempt if that
	 * would end later, from now; 0: than the deadline. */
	int64_t patience_ms;

	/* May be answered by a later poll; NULL: it may not. It is the same
	 * question then if it has the same name, whatever else was learnt. */
	struct desk *desk;
	const char *desk_name;
	/* It may wait, where there is a desk: for gateway_explain() and
	 * gateway_estimate(). */
	bool is_relaxed;

	/* The questions of several agents in one: asked only of services that
	 * gateway_joint_route() names. What cannot be read then ends it. */
	bool is_joint;
	bool is_repair; /* of what was asked before: it is not repaired again */

	answer_check_fn *check; /* NULL: any text is an answer */
	void *check_payload;
};

/**
 * Who would be asked a question with others in it, in words: questions of the
 * same route may be put into one. NULL: it goes alone, because it may wait on a
 * desk, because its service answers in a form of its own or would be passed
 * over now, or because its prompt is long enough for the provider to keep what
 * it shares with others. The caller frees it.
 */
char *gateway_joint_route(struct gateway *gateway, const struct ask *ask);

/** How it ended. Borrowed for the callback. */
struct outcome {
	enum fault fault; /* FAULT_NONE: there is an answer */
	struct err err;   /* of a fault: what people are told */
	const char *text; /* a NUL behind it; NULL with a fault */
	size_t text_len;
	const char *service; /* that answered or failed last; NULL: none */
	const char *model;   /* that answered, as it calls itself */
	const char
		*mapped_from;   /* the retired model that was asked for; NULL */
	const char *instead_of; /* the service asked first, if another answered
				 */
	enum fault first_fault; /* of that one */
	/* What became of those that were asked, or passed over, before; NULL:
	 * nothing */
	const char *trouble;
	bool budget_returns; /* of FAULT_BUDGET: a later day or month has more
			      */
	bool waits; /* of FAULT_CANCELLED: it is on the desk, ask again later */
	bool degraded; /* offline stood in for another service */
	bool is_local; /* `service` is built in: what it cannot do, it never can
			*/
	bool cached;
	int64_t duration_ms;
	struct usage usage; /* of all attempts; what was not said counts 0 */
	int64_t cost_nusd;  /* of all attempts */
	bool cost_unknown;  /* part of it is the configured guess */
	int64_t cache_saved_nusd;       /* by the provider's prefix cache */
	int requests;                   /* sent */
	const struct attempt *attempts; /* in their order */
	size_t attempt_count;
};

/**
 * What an ask would do, for people: an array of the services in the order they
 * are tried, each with its model, how often it is tried at most with the
 * longest waits between, and what one request may cost at most (if the prompt
 * is there); `skipped` says why one would be passed over now, `batch` that its
 * batch endpoint is asked before, how long that may take and what it may cost.
 * Sends nothing, reads no key. The caller frees it.
 */
struct json *gateway_explain(struct gateway *gateway, const struct ask *ask);

/**
 * Appends what would be sent now, to each service up to the first that would
 * not be passed over: of HTTP the request as it is, but for the key, of which
 * only the header is named; of a program what it is given. Sends nothing, reads
 * no key.
 */
void gateway_show(struct buf *out, struct gateway *gateway,
		  const struct ask *ask);

/** What one request of an ask would probably cost. */
struct estimate {
	const char *service, *model; /* asked first; model NULL: it has none */
	int64_t cost_nusd;
	bool is_guess; /* the price is not known: the configured cost */
};

/** For a prompt of `input_tokens` and an answer of `output_tokens`; the prompt
 * of the ask need not be there. Whether the service has a key plays no part. */
void gateway_estimate(struct estimate *out, struct gateway *gateway,
		      const struct ask *ask, int64_t input_tokens,
		      int64_t output_tokens);

typedef void ask_done_fn(const struct outcome *outcome, void *payload);

struct asking;

/**
 * Ask. `done` comes exactly once, never from inside this call. *out (may be
 * NULL) is good until then. Fails with ERR_INVALID only where a mistake of the
 * program's is plain (no service at all); then `done` never comes.
 */
MUST_CHECK int gateway_ask(struct asking **out, struct gateway *gateway,
			   const struct ask *ask, ask_done_fn *done,
			   void *payload, struct err *err);

/** `done` comes with FAULT_CANCELLED, unless it was answered just before. */
void gateway_cancel(struct asking *asking);

#endif /* GATEWAY_GATEWAY_H */
