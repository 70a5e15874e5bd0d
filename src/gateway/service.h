#ifndef GATEWAY_SERVICE_H
#define GATEWAY_SERVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/err.h"
#include "core/json.h"

/** \file
 * What a service is to the gateway. Services only translate: a chat becomes
 * one request, a reply becomes an answer, a usage and an error class. Retry,
 * budget, cache and fallback are the gateway's.
 */

struct changeset;
struct repo;
struct http_request;
struct http_reply;

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
bool answer_kind_parse(enum answer_kind *out, const char *name);

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
	const char *model;           /* the provider's name of it     */
	const struct json *schema;   /* JSON schema of the answer     */
	int max_tokens;
	double temperature; /* negative: the model's own             */

	/* For services that run here (offline): the change itself. It never
	 * leaves the machine. */
	const struct changeset *changeset;
	const struct repo *repo;    /* reopen it for your own thread      */
	const char *head_rules_ref; /* commit of the trusted ref, hex    */
};

/** What a service charged for; -1: not said. */
struct usage {
	int64_t input_tokens; /* not counting cached ones */
	int64_t cached_tokens;
	int64_t cache_write_tokens;
	int64_t output_tokens;
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
	FAULT_BUDGET,      /* ours: there is no money left                */
	FAULT_UNSUPPORTED, /* the service cannot do this kind of work     */
	FAULT_CANCELLED,
};

#define FAULT_COUNT (FAULT_CANCELLED + 1)

/** "timeout", "rate" ...: as written in records. Static. */
const char *fault_name(enum fault fault);

#endif /* GATEWAY_SERVICE_H */
