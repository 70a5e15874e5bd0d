#ifndef NOTIFY_KINDS_H
#define NOTIFY_KINDS_H

#include <stdbool.h>

#include "core/buf.h"
#include "io/http.h"
#include "notify/notify.h"

/** \file
 * What the kinds of section differ in. They translate; sending is notify.c's.
 */
struct notify_ops {
	int64_t gap_ms;     /* least time between two messages */
	bool drops_doubles; /* receivers know a message by its id */

	/** Appends the JSON that is sent. */
	void (*build)(struct buf *out, const struct notify_message *message);
};

extern const struct notify_ops slack_ops, webhook_ops;

const struct notify_ops *notify_ops_of(enum notify_kind kind);

/** What follows a reply or a failure. Pure. */
enum notify_next {
	NOTIFY_NEXT_DONE,
	NOTIFY_NEXT_AGAIN, /* after wait_ms */
	NOTIFY_NEXT_GIVE_UP,
};

struct notify_try {
	bool drops_doubles;
	int attempts;    /* made so far, this one too */
	int64_t left_ms; /* of the message's time     */
};

struct notify_decision {
	enum notify_next next;
	enum notify_fate fate;
	int64_t wait_ms;
	int64_t hold_ms; /* nothing else to this section before */
};

/** One of `reply` and `failed` is NULL. *err is set unless it is done. */
struct notify_decision notify_decide(const struct notify_try *attempt,
				     const struct http_reply *reply,
				     const struct err *failed, struct err *err);

#endif /* NOTIFY_KINDS_H */
