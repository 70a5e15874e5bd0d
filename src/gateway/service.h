#ifndef GATEWAY_SERVICE_H
#define GATEWAY_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/settings.h"
#include "core/buf.h"
#include "core/err.h"
#include "core/json.h"
#include "core/strvec.h"

struct coverage;

/** \file
 * What a service is to the gateway. Services only translate: a chat becomes
 * one request, a reply becomes an answer, a usage and an error class. Retry,
 * budget, cache and fallback are the gateway's.
 */

struct changeset;
struct http;
struct http_reply;
struct loop;
struct price;
struct repo;
struct secret;
struct service;

/** What an agent is asked for (design part 8). */
enum answer_kind {
	ANSWER_FINDINGS,
	ANSWER_FILES,
	ANSWER_DOCUMENT,
	ANSWER_VERDICT,
	ANSWER_TESTS,
};

#define ANSWER_KIND_COUNT (ANSWER_TESTS + 1)

/** "findings" ... Static. */
const char *answer_kind_name(enum answer_kind kind);

/** The parts of a prompt in the order they are sent; the first ones are the
 * same for every agent on one change, so that providers' caches serve them. */
struct prompt {
	char *system; /* what referee is, rules for untrusted text     */
	char *change; /* the diff and related code                     */
	char *about;  /* title and description; NULL: not shown        */
	char *task;   /* the agent's instructions, tasks, answer schema */
};

/** One question to one service, provider-neutral. Borrowed strings live until
 * the chat is done. */
struct chat {
	const char *agent;      /* name of the definition             */
	const char *agent_type; /* as in the workflow; may be NULL     */
	enum answer_kind answer;
	const struct prompt *prompt; /* redacted already              */
	const char *model; /* the provider's name of it; in an ask also NULL or
			      "auto": by complexity                     */
	const struct json *schema; /* JSON schema of the answer; NULL: none */
	int max_tokens;            /* 0: the service's own default      */
	double temperature;        /* negative: the model's own         */

	/* Set by the gateway for the one repair request: the answer that could
	 * not be used, and why. NULL otherwise. */
	const char *bad_answer;
	const char *complaint;

	/* Set by the gateway: enum quirk bits that this service and model were
	 * found to have. */
	unsigned quirks;
	bool is_batched; /* it is for a batch: the reply is not streamed */

	/* For services that run here (offline): the change itself. It never
	 * leaves the machine. */
	const struct changeset *changeset;
	const struct repo *repo;    /* reopen it for your own thread      */
	const char *head_rules_ref; /* commit of the trusted ref, hex    */
	const struct coverage *coverage; /* of its head; NULL: not known */
	const char *coverage_from; /* where it was found, or why not; or NULL */

	/* For services that look at the project themselves: where it is on its
	 * forge, and the head's branch or commit there; NULL: nowhere. */
	const char *project_url, *head_ref;
};

/** What a service charged for; -1: not said. */
struct usage {
	int64_t input_tokens; /* not counting cached ones */
	int64_t cached_tokens;
	int64_t cache_write_tokens;      /* all of them */
	int64_t output_tokens;           /* thinking counted */
	int64_t cache_write_long_tokens; /* of those: kept over five minutes */
};

/** Why an answer ended. */
enum chat_stop {
	STOP_COMPLETE,
	STOP_TRUNCATED, /* max_tokens                          */
	STOP_REFUSED,   /* refusal or content filter           */
};

struct chat_reply {
	struct buf text; /* the answer: JSON of the asked kind  */
	char *model;     /* as the provider reported it         */
	char *request_id;
	struct usage usage;
	struct json *raw_usage; /* as the provider wrote it; NULL: none */
	enum chat_stop stop;
	int64_t cost_nusd; /* as the provider said; -1: it did not */
};

void chat_reply_release(struct chat_reply *reply);

/** Why a request failed, in the terms the gateway's policies decide on. */
enum fault {
	FAULT_NONE,
	FAULT_TIMEOUT,     /* nothing in time, or too slow                */
	FAULT_CONNECT,     /* no connection, or it broke                  */
	FAULT_OVERLOADED,  /* 529, 503 "overloaded"                       */
	FAULT_SERVER,      /* other 5xx, 408, 409                         */
	FAULT_RATE,        /* 429 with a wait                             */
	FAULT_QUOTA,       /* out of money or quota, whatever the status  */
	FAULT_AUTH,        /* 401, 403: this key will not do              */
	FAULT_MODEL,       /* 404: no such model                          */
	FAULT_REQUEST,     /* 400, 422: asking again cannot help          */
	FAULT_TOO_LARGE,   /* 413, context length exceeded                */
	FAULT_REFUSED,     /* the provider declined to answer             */
	FAULT_ENVELOPE,    /* the reply is not what its protocol says     */
	FAULT_TRUNCATED,   /* the answer was cut at max_tokens            */
	FAULT_ANSWER,      /* not what was asked for, also when repaired  */
	FAULT_BUDGET,      /* ours: there is no money left                */
	FAULT_UNSUPPORTED, /* the service cannot do this kind of work     */
	FAULT_CANCELLED,
};

#define FAULT_COUNT (FAULT_CANCELLED + 1)

/** "timeout", "rate" ...: as written in records. Static. */
const char *fault_name(enum fault fault);
bool fault_parse(enum fault *out, const char *name);

/** What a service or model turned out not to take; found by its refusal, kept
 * by the gateway for the next request. */
enum quirk {
	QUIRK_NO_TEMPERATURE = 1,    /* sampling parameters are refused     */
	QUIRK_NO_SCHEMA = 2,         /* no JSON schema; plain JSON mode     */
	QUIRK_NO_JSON = 4,           /* not even that: the prompt must do   */
	QUIRK_COMPLETION_TOKENS = 8, /* wants max_completion_tokens         */
	QUIRK_MAX_TOKENS = 16,       /* knows only max_tokens               */
};

/** An HTTP request, to be sent by the gateway. Owns everything. */
struct service_request {
	const char *method; /* static */
	char *url;
	struct strvec headers;  /* "name: value", the key's not among them */
	const char *key_header; /* carries the key: "x-api-key"; NULL: none */
	const char *key_prefix; /* before the key: "Bearer "; "" */
	struct buf body;
};

void service_request_init(struct service_request *request);
void service_request_release(struct service_request *request);

/** What a provider says of its limits; -1: nothing. */
struct rate_notice {
	int64_t requests_left, tokens_left;
	int64_t requests_reset_ms, tokens_reset_ms; /* from now */
	int64_t requests_limit, tokens_limit;       /* a minute */
};

/** What one request came to. */
struct service_result {
	enum fault fault; /* FAULT_NONE: `reply` is an answer            */
	long status;      /* HTTP or exit status; 0: there was none      */
	int64_t wait_ms;  /* to wait before the next request; -1: not said */
	int64_t blocked_until_ms; /* FAULT_QUOTA, FAULT_AUTH: when the key
				     may work again, since 1970; 0: not said */
	int should_retry;         /* 1, 0: the provider says; -1: it does not */
	unsigned quirks; /* FAULT_REQUEST: would succeed with these   */
	bool no_usage;   /* its cost cannot be known from the reply   */
	bool is_unsent;  /* no byte of it has left: it costs nothing  */
	struct rate_notice rate;
	struct chat_reply reply;
	char message[256]; /* of a fault: one clean line, no secrets */
};

void service_result_init(struct service_result *result);
void service_result_release(struct service_result *result);

/** Sets fault and message; the message is cleaned. For parse and start. */
void service_result_fail(struct service_result *result, enum fault fault,
			 const char *fmt, ...) PRINTF(3, 4);

/** Takes the keys out of the reply: what answers is not trusted with what is
 * stored of it. */
void service_result_mask(struct service_result *result);

/** Fails it for a request to `url` (NULL: not said) that brought no reply: what
 * went wrong, with whom, and what to look at. Sets is_unsent and
 * should_retry. */
void service_result_no_reply(struct service_result *result, const char *url,
			     const struct err *err);

/** Called exactly once for each start, on the loop's thread, never from inside
 * start. May take `result->reply` over by zeroing it. */
typedef void service_done_fn(struct service_result *result, void *payload);

/** One chat under way in a service that does not speak plain HTTP. */
struct service_call;

/** What such a service works with. */
struct service_host {
	struct loop *loop;
	struct http *http;
	const struct secret *key; /* NULL: none */
	int64_t timeout_ms;       /* ends by then, with FAULT_TIMEOUT */
};

/** One question of a batch, and what came of it. */
struct batch_item {
	const char *id;                /* ours, for this item                 */
	const struct json *params;     /* the body of its request; to submit  */
	const struct chat *chat;       /* as far as parsing wants it          */
	struct service_result *result; /* of a visit: filled              */
	bool is_answered;              /* of a visit: set, also by a fault */
	bool is_free; /* and the provider says that it did not run */
};

/** A batch at its provider. */
struct batch {
	const struct service *service;
	const struct secret *key; /* NULL: none */
	const char *tag;          /* ours, for the whole */
	int64_t sent_at_ms;
	bool was_missed; /* find() did not see it before */
	struct batch_item *items;
	size_t count;
};

/** How far a provider is with a batch. */
struct batch_progress {
	bool is_over;      /* all that will ever come is in the items */
	bool rest_is_free; /* what has no answer did not run          */
	char why[200];     /* it has none; "": nobody says            */
};

/** A provider's batch endpoint. All but `take` block and are for workers. */
struct batch_ops {
	/** *id is the caller's. ERR_INVALID: it will never be taken; ERR_RATE:
	 * it was not, but may be later. After any other failure it may have
	 * been. */
	int (*submit)(char **id, const struct batch *batch, struct err *err);

	/** The id of one that may have been sent; one that was sent in part is
	 * completed if it `was_missed`. ERR_NOT_FOUND: the provider has none;
	 * ERR_CONFLICT: cannot be told yet; ERR_INVALID: nor ever. */
	int (*find)(char **id, const struct batch *batch, struct err *err);

	/** Results that came are in the items also when it fails.
	 * ERR_NOT_FOUND: there is no such batch. */
	int (*visit)(struct batch_progress *out, const struct batch *batch,
		     const char *id, struct err *err);

	/** What one line of results says. Pure. */
	void (*take)(const struct batch *batch, const struct json *line);
};

/**
 * A kind of service: how chats are translated. build and parse are pure and
 * both there, or start and cancel are.
 */
struct service_ops {
	const char *kind;         /* as in the configuration: "anthropic" */
	const char *default_url;  /* NULL: none */
	const char *key_variable; /* usual environment variable; NULL: needs no
				     key */
	/* What each complexity asks for by default; NULL: none known.
	 * [COMPLEXITY_AUTO] is not used. */
	const char *default_models[COMPLEXITY_COUNT];
	bool caches_prefix;    /* what several requests begin with costs less */
	bool is_local;         /* runs here for free, always there: offline */
	bool takes_any_schema; /* what is asked for may have any form */

	const struct batch_ops *batch; /* NULL: it has no such endpoint */

	/** Fails with ERR_INVALID for what can never be sent. */
	int (*build)(struct service_request *out, const struct service *service,
		     const struct chat *chat, struct err *err);

	/** `out` is initialised. Any status, any body. */
	void (*parse)(struct service_result *out, const struct service *service,
		      const struct chat *chat, const struct http_reply *reply);

	/** *out is good until `done` was called. Fails if nothing was started;
	 * then `done` never comes. */
	int (*start)(struct service_call **out, const struct service *service,
		     const struct chat *chat, const struct service_host *host,
		     service_done_fn *done, void *payload, struct err *err);

	/** What start would hand over, for people, without the key; NULL where
	 * build says it. */
	int (*show)(struct buf *out, const struct service *service,
		    const struct chat *chat, struct err *err);

	/** Asks it to end soon; `done` comes all the same. */
	void (*cancel)(struct service_call *call);
};

/** Reads the service's key, blocking, on a worker thread; *out is the
 * gateway's. ERR_AUTH or ERR_NOT_FOUND: there is none. */
typedef int service_key_fn(struct secret **out, const void *payload,
			   struct err *err);

/**
 * A service as configured. Zeroed members are "not set". All it points to must
 * outlive the gateway.
 */
struct service {
	const char *name; /* "claude-api" */
	const struct service_ops *ops;
	const char *url; /* NULL: the kind's own */

	service_key_fn *load_key; /* NULL: it has no key */
	const void *load_key_payload;
	bool lacks_key; /* known before it is read: for gateway_explain() */

	int64_t requests_per_minute, tokens_per_minute; /* 0: no limit */
	int concurrency;                                /* 0: no limit */
	int64_t timeout_ms;                             /* of one request */
	int64_t idle_timeout_ms;                        /* without a byte */

	/* NULL: the kind's own. [COMPLEXITY_AUTO]: where none is for that
	 * complexity. */
	const char *models[COMPLEXITY_COUNT];
	const char *fallback; /* name of the next service; NULL: none */
	bool needs_key;       /* without one: fails as FAULT_AUTH */

	const struct price *price; /* of any of its models; NULL: by model */

	const char *ca_file, *proxy;

	/* kind = command */
	const char *const *argv; /* NULL-terminated */
	bool sandbox;
	const char *work_dir; /* NULL: / */
	/* "NAME=value"; the key as NAME=${key}; NULL-terminated */
	const char *const *environment;

	/* kind = http: see services/http.c; kind = cursor: repository */
	const struct json *options; /* NULL: none */
};

/** What the model is told of its bad answer, for build; the caller frees it. */
char *service_complaint(const struct chat *chat);

/** The URL with `path` behind it, for build; the caller frees it. */
char *service_url(const struct service *service, const char *path);

#endif /* GATEWAY_SERVICE_H */
