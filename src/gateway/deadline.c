/*
 * The deadlines of all questions, under one timer for the next of them: most
 * end long before, and a timer for each would be set up and taken down for
 * nothing.
 */
#include "core/clock.h"
#include "core/log.h"
#include "gateway/machine.h"

/* One whose deadline has passed, by `now`; NULL: none, and the next is in
 * next_deadline_ms. */
static struct asking *find_late(struct gateway *gateway, int64_t now)
{
	struct asking *asking;

	gateway->next_deadline_ms = INT64_MAX;
	for (asking = gateway->askings; asking; asking = asking->next) {
		if (asking->is_stopping)
			continue;
		if (asking->deadline_ms <= now)
			return asking;
		if (asking->deadline_ms < gateway->next_deadline_ms)
			gateway->next_deadline_ms = asking->deadline_ms;
	}
	return NULL;
}

static void on_deadline(const struct err *err, void *payload);

static int start(struct gateway *gateway, int64_t now, struct err *err)
{
	deadline_stop(gateway);
	return loop_timer_start(&gateway->deadline, gateway->loop,
				gateway->next_deadline_ms - now, on_deadline,
				gateway, err);
}

static void on_deadline(const struct err *err, void *payload)
{
	struct gateway *gateway = payload;
	int64_t now = err ? INT64_MAX : clock_mono_ms();
	enum fault fault = err ? FAULT_CANCELLED : FAULT_TIMEOUT;
	struct asking *asking;
	struct err failed = ERR_INIT;

	gateway->deadline = NULL;
	gateway_enter(gateway);
	/* Who is told of it may ask again, and watch for that. */
	while ((asking = find_late(gateway, now)))
		asking_stop(asking, fault);
	if (gateway->next_deadline_ms < INT64_MAX &&
	    start(gateway, now, &failed) < 0)
		log_error("deadline: %s", failed.msg); /* the loop is ending */
	gateway_leave(gateway);
}

void deadline_stop(struct gateway *gateway)
{
	loop_timer_cancel(gateway->deadline);
	gateway->deadline = NULL;
}

int deadline_watch(const struct asking *asking, struct err *err)
{
	struct gateway *gateway = asking->gateway;

	if (gateway->deadline &&
	    gateway->next_deadline_ms <= asking->deadline_ms)
		return 0;
	gateway->next_deadline_ms = asking->deadline_ms;
	return start(gateway, asking->started_ms, err);
}
