#ifndef GATEWAY_MACHINE_H
#define GATEWAY_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uthash.h>
#include <utlist.h>

#include "gateway/breaker.h"
#include "gateway/budget.h"
#include "gateway/cache.h"
#include "gateway/gateway.h"
#include "gateway/price.h"
#include "gateway/rate.h"
#include "gateway/retry.h"
#include "gateway/route.h"
#include "io/http.h"
#include "io/loop.h"

/** \file
 * What the files of the gateway share, and nobody else sees: the state of every
 * service (target) and of every question (asking). Loop thread only.
 */

struct asking;

/** What was learnt of one model of one service. */
struct learnt {
	char *model;
	unsigned quirks;
	int64_t until_ms; /* wall; it may have changed after that */
	UT_hash_handle hh;
};

/** The questions of one project that wait for one service, first come first
 * served; the lanes of a service take turns. */
struct lane {
	char *project;
	struct asking *waiting;
	struct lane *prev, *next;
	UT_hash_handle hh;
};

enum key_state {
	KEY_UNREAD,
	KEY_BEING_READ,
	KEY_READ,
	KEY_MISSING,
};

struct target {
	const struct service *service;
	struct gateway *gateway;
	struct breaker breaker;
	struct rate rate;
	bool is_probing;
	struct file_lock *probe_lock; /* ours while we probe, and live */
	int64_t ended_until;          /* the opening that our probe has ended */
	struct retry_purse purse;
	struct learnt *learnt;

	enum key_state key_state;
	struct secret *key;
	int64_t blocked_until_ms; /* wall; the key will not do before */
	enum fault blocked_fault;
	char blocked_why[256];
	struct asking *awaiting_key;

	struct lane *lanes; /* by project     */
	struct lane *turns; /* in turn, those with somebody waiting */
	struct loop_timer *wake;
	UT_hash_handle hh;
};

struct gateway {
	struct loop *loop;
	struct http *http;
	struct budget *budget;
	int64_t unknown_cost_nusd;
	struct price_table *prices;
	struct model_map *models;
	struct cache *cache; /* NULL: none */
	const struct spending_ops *spending;
	void *spending_payload;
	int64_t spent_since_ms; /* what was spent before does not count */
	gateway_alert_fn *alert;
	void *alert_payload;
	char *state_path;       /* NULL: nothing is kept */
	struct target *targets; /* by name, in the order they were added */
	struct prefix *prefixes;
	struct asking *askings;
	struct asking *beginners; /* that wait for their first step */
	struct asking *unfunded;  /* that wait for others to be settled */
	struct loop_timer *begin;
	struct loop_timer *deadline; /* the next of `askings` to pass */
	int64_t next_deadline_ms;
	struct loop_timer *look; /* what others have given back */
	bool has_room;           /* they have */
	int concurrency, in_flight, instances;
	int jobs;            /* keys being read    */
	int depth;           /* of gateway_enter() */
	struct json *memory; /* as it was read; NULL: nothing */
	bool ending;
};

/** Where a question is. The names are those of the log. */
enum asking_state {
	ASKING_CHOOSING, /* which service; the next turn of the loop decides */
	ASKING_FOR_KEY,  /* the service's key is being read   */
	ASKING_FOR_PREFIX,  /* another one fills the provider's cache */
	ASKING_QUEUED,      /* for the rate limit                */
	ASKING_FOR_BUDGET,  /* others under way have reserved it */
	ASKING_SENT,        /* a request is under way            */
	ASKING_BACKING_OFF, /* before the same service again     */
	ASKING_FOR_BREAKER, /* all services are left alone       */
	ASKING_ENDED,
};

/** A service that may be asked, by the name it was asked for under. */
struct choice {
	const char *name;
	struct target *target; /* NULL: there is no such service */
	bool is_stand_in;      /* offline, in the end            */
};

#define CHAIN_MAX 10

struct asking {
	struct gateway *gateway;
	struct ask ask;
	ask_done_fn *done;
	void *payload;
	enum asking_state state;

	struct choice chain[CHAIN_MAX];
	size_t chain_len, at;
	int64_t breaker_patience_ms; /* until when it waits for one; 0: not yet
				      */

	struct chat chat; /* as it is sent to the service at hand */
	char *model, *mapped_from;
	char *bad_answer, *complaint;
	struct service_request request; /* of those that speak HTTP */
	char cache_key[SHA256_HEX_SIZE];
	int64_t tokens; /* at most, of the prompt */
	int attempts_here, attempts;

	struct loop_timer *timer;
	int64_t started_ms, deadline_ms, sent_ms;
	int64_t waits_until_ms; /* the deadline, or before */
	struct http_call *http_call;
	struct service_call *service_call;
	bool is_stopping;      /* ends once the call has ended */
	enum fault stop_fault; /* as this                      */

	struct breaker_ticket ticket;
	struct budget_claim claim;
	struct spending_line line;
	bool is_reserved;
	bool budget_returns;  /* what is missing is there another day */
	bool is_unsent;       /* the request could not even be started */
	struct prefix *leads; /* others wait for its first byte */
	struct prefix *follows;

	/* What becomes the outcome. */
	struct tried {
		struct attempt *items;
		size_t len, cap;
	} tried;
	struct service_result result;
	struct usage usage;
	int64_t cost_nusd, saved_nusd;
	bool cost_unknown, cached;
	bool waits;           /* on the desk */
	const char *batch_id; /* it was answered by; NULL: by none */
	enum fault fault, first_fault;
	char trouble[512]; /* what went wrong, service by service */
	int64_t waited_ms; /* before the request at hand          */

	struct asking *prev, *next;           /* all of the gateway's */
	struct asking *wait_prev, *wait_next; /* in *waiting_in */
	struct asking **waiting_in;
	struct lane *lane; /* if that is a lane's */
	unsigned skipped;  /* a bit for each of chain that was passed over */
};

/* gateway.c: every callback of the loop is between these. The outermost leave
 * begins with those who have asked, sends what may be sent, and frees a gateway
 * that was to be freed. */
void gateway_enter(struct gateway *gateway);
void gateway_leave(struct gateway *gateway);

/* asking.c: beginning, choosing, end. */

static inline struct target *asking_target(const struct asking *asking)
{
	return asking->chain[asking->at].target;
}

/** The first step of all who have asked since. */
void asking_begin_all(struct gateway *gateway);
/** Fills the chain: who is asked, and who if that fails. */
void asking_add_chain(struct asking *asking, const struct ask *ask);
/** Looks for a service to ask, from chain[at] on. */
void asking_choose(struct asking *asking);
/** asking_choose() after `delay_ms`, in `state`. */
void asking_choose_later(struct asking *asking, enum asking_state state,
			 int64_t delay_ms);
/** Another service, without a request to the one at hand; or the end. */
void asking_skip(struct asking *asking, enum fault fault, const char *why);
/** Another service, or the end. */
void asking_next(struct asking *asking, enum fault fault, const char *message);
/** No other service, for a reason that no other one can cure. */
void asking_fail(struct asking *asking, enum fault fault, const char *message);
/** Calls back and frees it. With FAULT_NONE the answer is asking->result. */
void asking_end(struct asking *asking, enum fault fault);
/** It waits in `list` until target_unqueue(). */
void asking_wait_in(struct asking *asking, struct asking **list);
/** Ends it now, or once the call under way has ended. */
void asking_stop(struct asking *asking, enum fault fault);

/* deadline.c */

/** Ends it with FAULT_TIMEOUT when its deadline passes. */
MUST_CHECK int deadline_watch(const struct asking *asking, struct err *err);
/** When nobody is left who has a deadline: it keeps the loop from ending. */
void deadline_stop(struct gateway *gateway);

/* course.c: from a chosen service to a result. */

void asking_prepare(struct asking *asking);
/** Makes the request for the service at hand. */
MUST_CHECK int asking_build(struct asking *asking, struct err *err);
void asking_send(struct asking *asking);
/** Ends the request with asking->result. */
void asking_take_result(struct asking *asking);
/** After a fault: asks again, somebody else, or ends it. */
void asking_recover(struct asking *asking);

/* target.c */

struct target *target_find(struct gateway *gateway, const char *name);
void target_free(struct target *target);
/** Adds it to the line of its project. */
void target_queue(struct target *target, struct asking *asking);
void target_unqueue(struct asking *asking);
/** Sends all that may be sent now. */
void target_dispatch(struct target *target);
/** Is its key known to be useless now? */
bool target_is_blocked(const struct target *target, int64_t wall_ms);
/** Why it would be passed over now; NULL: it would not. `target` may be NULL:
 * there is none. */
const char *target_obstacle(const struct target *target);
void target_block(struct target *target, const struct service_result *result);
/** Reads the key; then asking_prepare() or asking_next() for all who wait. */
void target_read_key(struct target *target, struct asking *asking);
unsigned target_quirks(const struct target *target, const char *model);
/** Adds to what is known of a model, up to `until_ms`. */
void target_know(struct target *target, const char *model, unsigned quirks,
		 int64_t until_ms);

/** Is the answer what was asked for? If not, result has a fault. */
void asking_judge(struct asking *asking);

/* desk.c */

/** True: the desk has it, and the ask has ended or goes on without it. */
bool desk_take(struct asking *asking);
/** Is it one for the desk? */
bool desk_wants(const struct asking *asking);

/* send.c */

/** Starts the request; its end is asking_take_result(). Fails into
 * asking->result. */
int send_start(struct asking *asking, int64_t timeout_ms);
void send_cancel(struct asking *asking);

/* attempt.c */

/** A line for the request that ended with asking->result. */
void attempt_add_sent(struct asking *asking);
/** A line for a service that was passed over. */
void attempt_add_skipped(struct asking *asking, enum fault fault,
			 const char *why);
void attempt_add_cached(struct asking *asking);

/* prefix.c */

/** Is it long enough for the provider to keep its beginning? */
bool prefix_is_kept(const struct service *service, const struct prompt *prompt);

/** True: it waits behind another one with the same prefix, and is queued when
 * that has its first byte. */
bool prefix_wait(struct asking *asking);
/** The provider has the prefix, or never will from this one. */
void prefix_release(struct asking *asking);
void prefix_leave(struct asking *asking);
void prefix_free_all(struct gateway *gateway);

/* spend.c: money of one request. */

/** Of an answer, where nobody says. */
#define DEFAULT_MAX_TOKENS 8000

/** NULL: not known. */
const struct price *spend_price(const struct gateway *gateway,
				const struct service *service,
				const char *model);
/** Of the model that answered, or was asked. */
const struct price *spend_price_of(const struct gateway *gateway,
				   const struct service *service,
				   const struct service_result *result,
				   const char *model);
/** What a request that was sent cost; false: that is not known, and *out what
 * was reserved. */
bool spend_cost(int64_t *out, const struct price *price,
		const struct service_result *result, int64_t reserved_nusd,
		bool is_batch);
/** What a request may cost at most. */
int64_t spend_ceiling(const struct gateway *gateway,
		      const struct service *service, const char *model,
		      int64_t tokens, int64_t max_tokens, bool is_batch);
/** From here to spend_end() no other process reserves, and what they have is
 * known. */
MUST_CHECK int spend_begin(struct gateway *gateway, struct err *err);
void spend_end(struct gateway *gateway);
/** Reserves the amount of `claim`, in the books with `line` (its id must be
 * set) too. BUDGET_WAIT: others have reserved it. With all else but BUDGET_FITS
 * asking->result has a fault. */
enum budget_answer spend_take(struct asking *asking, struct budget_claim *claim,
			      struct spending_line *line);
/** Reserves the worst case of a request, as spend_take(). */
enum budget_answer spend_reserve(struct asking *asking);
/** After BUDGET_WAIT: it is queued again when others are settled. */
void spend_wait(struct asking *asking);
void spend_settle(struct asking *asking);

/* memory.c: what outlives the process. */

void memory_load(struct gateway *gateway);
/** What was remembered of one service. */
void memory_apply(struct target *target);
void memory_save(struct gateway *gateway);
/** Takes over what others have written, and keeps them from writing until
 * memory_end() has. NULL: nothing is kept. */
struct file_lock *memory_begin(struct gateway *gateway);
void memory_end(struct gateway *gateway, struct file_lock *lock);
/** breaker_fail() and breaker_succeed() for all processes of the state
 * directory: the row they count is one. */
bool memory_fail(struct target *target, struct breaker_ticket ticket);
bool memory_succeed(struct target *target, struct breaker_ticket ticket);
/** The model was just found to have these; kept for a week. */
void memory_learn(struct target *target, const char *model, unsigned quirks);
/** False: another process probes this service, or has just found out how it
 * is. */
bool memory_claim_probe(struct target *target);
void memory_release_probe(struct target *target);

#endif /* GATEWAY_MACHINE_H */
