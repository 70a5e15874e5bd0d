#ifndef GATEWAY_DESK_INTERNAL_H
#define GATEWAY_DESK_INTERNAL_H

#include <stddef.h>
#include <stdint.h>

#include "core/random.h"
#include "core/sha256.h"
#include "gateway/desk.h"
#include "gateway/service.h"

/* What desk.c and desk_money.c share. */

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
	bool is_settled; /* the second line was written */
	struct service_result result;
	int64_t cost_nusd;
	bool cost_unknown;
};

struct desk_batch {
	char *service;
	char *id; /* NULL: not known to be sent */
	char tag[ULID_SIZE];
	int64_t sent_at_ms;
	struct desk_item **items;
	size_t count, cap;
	bool is_over; /* nothing more will come of it */
	bool is_lost; /* it was never sent: costs nothing */
	struct desk_batch *next;
};

struct desk {
	struct gateway *gateway;
	const char *project;
	struct desk_batch *batches;
};

struct desk_batch *desk_batch_new(struct desk *desk, const char *service);
struct desk_item *desk_item_new(struct desk_batch *batch);

/** Has it a question that no provider has yet? */
bool desk_batch_is_news(const struct desk_batch *batch);

/** Was the second line of each of its items written? */
bool desk_batch_is_settled(const struct desk_batch *batch);

#endif /* GATEWAY_DESK_INTERNAL_H */
