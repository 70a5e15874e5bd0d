#ifndef APP_WIRE_H
#define APP_WIRE_H

#include "app/spend.h"
#include "config/settings.h"
#include "gateway/gateway.h"

/** \file
 * From settings to a gateway with its services. The one place that knows both.
 */
struct loop;
struct http;
struct wiring;
struct notify;

/**
 * A gateway with every configured service. *out owns it and is the caller's,
 * for wiring_free(). Keeps `settings`, `loop` and `spend`: what was spent
 * counts against the budgets, what is spent is kept there, replies beside it;
 * NULL: nothing is kept.
 */
MUST_CHECK int wiring_new(struct wiring **out, struct loop *loop,
			  const struct settings *settings, struct spend *spend,
			  struct err *err);
/**
 * The same to tell what would be asked in a clone, from what is known of
 * services there. Nothing is asked with it, and nothing is kept.
 */
MUST_CHECK int wiring_new_preview(struct wiring **out, struct loop *loop,
				  const struct settings *settings,
				  const struct repo *clone, struct err *err);
/** Ends whatever is asked. Before loop_free(), which waits for services that
 * still run; wiring_free() comes after it. NULL is fine. */
void wiring_close(struct wiring *wiring);
void wiring_free(struct wiring *wiring);

struct gateway *wiring_gateway(struct wiring *wiring);

/** What everything of the process is sent with; good until wiring_close(). */
struct http *wiring_http(struct wiring *wiring);

/** What messages are sent with. From now on alerts about spending go to the
 * section that [budget] names; before that, and in somebody's clone, nobody
 * but the log is told anything. */
struct notify *wiring_tell(struct wiring *wiring);

#endif /* APP_WIRE_H */
