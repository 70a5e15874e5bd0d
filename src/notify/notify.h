#ifndef NOTIFY_NOTIFY_H
#define NOTIFY_NOTIFY_H

#include <stddef.h>
#include <stdint.h>

#include "config/settings.h"
#include "core/attr.h"
#include "core/err.h"
#include "core/json.h"

/** \file
 * Messages to where people talk: the sections [notify "NAME"] of the
 * configuration. Loop thread only.
 *
 * Messages to one section go out one after the other and not too fast. A
 * receiver that asks to wait is waited for, within the message's time. A kind
 * whose receivers know a message again by its id (webhook) gets it once more
 * when it is not known whether it arrived; any other (slack) does not: two
 * messages would be worse than none.
 */
struct notify;
struct loop;
struct http;

/** A part of a message. */
struct notify_item {
	const char *title; /* one line; NULL: none */
	const char *text;  /* may have several; NULL: none */
};

/** What is told. Texts are plain and may come from anybody: each kind makes
 * them harmless and cuts them to what it can carry. All borrowed. */
struct notify_message {
	const char *id;    /* the same when the same message is sent again */
	const char *event; /* "run", "fallback", "budget" */
	const char *title;
	const struct notify_item *items;
	size_t item_count;
	const char *url; /* where to read more; NULL: nowhere */
	const char *url_title;
	const char *footer;          /* NULL: none */
	const struct json *document; /* an object: for programs; may be NULL */
	int64_t timeout_ms;          /* for waits and all; 0: two minutes */
};

enum notify_fate {
	NOTIFY_SENT,
	NOTIFY_REFUSED, /* it did not arrive                            */
	NOTIFY_UNKNOWN, /* it may have arrived: no answer, or a server's fault
			 */
};

/**
 * Once for each message that was taken, never from inside notify_send(). `err`
 * is NULL exactly for NOTIFY_SENT; its message names the section, never the
 * address. ERR_RATE: the receiver asks to wait longer than there is time.
 */
typedef void notify_done_fn(enum notify_fate fate, const struct err *err,
			    void *payload);

/** *out is the caller's. Keeps all three; nothing is read or sent yet. */
void notify_new(struct notify **out, struct loop *loop, struct http *http,
		const struct settings *settings);

/** Ends what waits, at once and with ERR_CANCELLED; what is under way ends when
 * the loop runs or is freed, which comes before notify_free(). NULL is fine. */
void notify_close(struct notify *notify);
void notify_free(struct notify *notify);

/**
 * Tells the section `name`; "" is the only one there is. ERR_NOT_FOUND if there
 * is none such. `done` may be NULL: a failure is then a line in the log.
 */
MUST_CHECK int notify_send(struct notify *notify, const char *name,
			   const struct notify_message *message,
			   notify_done_fn *done, void *payload,
			   struct err *err);

/** The section a name means, with ERR_NOT_FOUND as above. */
MUST_CHECK int notify_section(const struct notify_settings **out,
			      const struct settings *settings, const char *name,
			      struct err *err);

/** Does a section of this kind get a message again that may have arrived? */
bool notify_may_repeat(enum notify_kind kind);

#endif /* NOTIFY_NOTIFY_H */
