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
	breaker->open_until = 0;
	breaker->probe_until = 0;
	breaker->epoch++;
	return true;
}

bool breaker_fail(struct breaker *breaker, struct breaker_ticket ticket,
		  int64_t now_ms)
{
	if (ticket.epoch != breaker->epoch)
		return false;
	if (!ticket.is_probe && ++breaker->faults < BREAKER_FAULTS)
		return false;
	breaker->faults = BREAKER_FAULTS;
	breaker->open_until = later(breaker->open_until,
				    now_ms + BREAKER_OPEN_MS);
	breaker->probe_until = 0;
	breaker->epoch++;
	return true;
}

void breaker_forget(struct breaker *breaker, struct breaker_ticket ticket)
{
	if (ticket.is_probe && ticket.epoch == breaker->epoch)
		breaker->probe_until = 0;
}
