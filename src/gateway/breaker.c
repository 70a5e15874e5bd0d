#include "gateway/breaker.h"

/* How often those ask again who find a probe under way. */
#define PROBE_POLL_MS 500

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

bool breaker_refuses(const struct breaker *breaker, int64_t now_ms,
		     int64_t *wait_ms)
{
	*wait_ms = 0;
	if (!breaker->open_until)
		return false;
	if (now_ms < breaker->open_until) {
		*wait_ms = breaker->open_until - now_ms;
		/* A clock set back must not keep it open for longer. */
		if (*wait_ms > BREAKER_OPEN_MS)
			*wait_ms = BREAKER_OPEN_MS;
		return true;
	}
	if (now_ms < breaker->probe_until) {
		*wait_ms = PROBE_POLL_MS;
		return true;
	}
	return false;
}

enum breaker_answer breaker_ask(struct breaker *breaker, int64_t now_ms,
				int64_t probe_ms, struct breaker_ticket *ticket,
				int64_t *wait_ms)
{
	if (breaker_refuses(breaker, now_ms, wait_ms))
		return BREAKER_REFUSE;
	if (!breaker->open_until) {
		*ticket = (struct breaker_ticket){ breaker->epoch, false };
		return BREAKER_GO;
	}
	*ticket = (struct breaker_ticket){ breaker->epoch, true };
	breaker->probe_until = now_ms + probe_ms;
	return BREAKER_PROBE;
}

static void change(struct breaker *breaker, int64_t open_until)
{
	breaker->faults = open_until ? BREAKER_FAULTS : 0;
	breaker->open_until = open_until;
	breaker->probe_until = 0;
	breaker->epoch++;
}

void breaker_hear_open(struct breaker *breaker, int64_t until_ms)
{
	if (until_ms > breaker->open_until)
		change(breaker, until_ms);
}

void breaker_hear_closed(struct breaker *breaker)
{
	if (breaker->open_until)
		change(breaker, 0);
}

bool breaker_succeed(struct breaker *breaker, struct breaker_ticket ticket)
{
	/* What was sent before the breaker opened is no probe of what is now.
	 */
	if (ticket.epoch != breaker->epoch)
		return false;
	if (breaker->open_until && !ticket.is_probe)
		return false;
	breaker->faults = 0;
	if (!breaker->open_until)
		return false;
	change(breaker, 0);
	return true;
}

bool breaker_fail(struct breaker *breaker, struct breaker_ticket ticket,
		  int64_t now_ms)
{
	if (ticket.epoch != breaker->epoch)
		return false;
	if (!ticket.is_probe && ++breaker->faults < BREAKER_FAULTS)
		return false;
	change(breaker, later(breaker->open_until, now_ms + BREAKER_OPEN_MS));
	return true;
}

void breaker_forget(struct breaker *breaker, struct breaker_ticket ticket)
{
	if (ticket.is_probe && ticket.epoch == breaker->epoch)
		breaker->probe_until = 0;
}
