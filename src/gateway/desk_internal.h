#ifndef GATEWAY_DESK_INTERNAL_H
#define GATEWAY_DESK_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#include "core/random.h"
#include "core/sha256.h"
#include "core/strvec.h"
#include "gateway/desk.h"
#include "gateway/service.h"

/* What the desk's files share: desk.c has what is kept, desk_visit.c what is
 * done with the providers, desk_money.c the budgets and the ledger, desk_ask.c
 * what is asked. */

enum desk_state {
	DESK_WAITS,    /* sent, or to be sent */
	DESK_ANSWERED, /* result has it, or why there is no answer */
};

struct desk_item {
	char key[SHA256_HEX_SIZE]; /* of the question */
	/* Of the lines of spending: what it may cost at most, and what is to
	 * be taken off that. The first is the provider's custom id too. */
	char id[ULID_SIZE], settle_id[ULID_SIZE];
	char *model, *agent, *workflow, *run;
	int64_t reserved_nusd;
	bool is_held;        /* by us, in the books, until it is spent */
	struct json *params; /* what is to be sent; NULL: it is */
	enum desk_state state;
	bool is_free; /* it did not run */
	struct service_result result;
	int64_t cost_nusd;
	bool cost_unknown;
};

/* What became of sending it. */
enum desk_fate {
	DESK_SENT,   /* or nobody knows yet, where it has no id */
	DESK_LOST,   /* nor ever will: it may have been, and cost what it may */
	DESK_UNSENT, /* the provider did not take it then  */
	DESK_REFUSED, /* and would not another time         */
};

struct desk_batch {
	char *service;
	char *id; /* NULL: not known to be sent */
	char tag[ULID_SIZE];
	int64_t sent_at_ms;
	struct desk_item **items;
	size_t count, cap;
	size_t bytes; /* of what is to be sent */
	enum desk_fate fate;
	char *why;         /* of a fate; NULL */
	bool is_committed; /* its lines are in the ledger, or should be */
	bool was_missed;   /* the provider did not have it once */
	bool is_over;      /* nothing more will come of it      */
	bool is_done;      /* and nobody waits for it any more  */
	/* Instances whose ledgers have what it may cost, and the one that put
	 * there what it did cost; "": none. */
	struct strvec holders;
	char settled_by[ULID_SIZE];
	struct desk_batch *next;
};

struct desk {
	struct gateway *gateway;
	const char *project;
	char instance[ULID_SIZE];
	struct desk_batch *batches;
};

struct desk_batch *desk_batch_new(struct desk *desk, const char *service);
struct desk_item *desk_item_new(struct desk_batch *batch);

/** Has it a question that no provider has yet? */
bool desk_batch_is_news(const struct desk_batch *batch);

/** Nothing more will come: those that have no answer fail. */
void desk_give_up(struct desk_batch *batch, bool is_free, const char *why);

/** A fate that is not DESK_SENT. */
void desk_set_fate(struct desk_batch *batch, enum desk_fate fate,
		   const char *why);

/** That instance has nothing of it in its ledger any more. */
void desk_drop_holder(struct desk_batch *batch, const char *instance);

/** Takes back what was put aside for what was never to be sent. */
void desk_give_back(struct desk *desk);

#endif /* GATEWAY_DESK_INTERNAL_H */
