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

void breaker_hear_faults(struct breaker *breaker, int faults, int64_t at_ms)
{
	if (breaker->open_until)
		return;
	/* It takes a fault, not hearsay, to open it. */
	if (faults >= BREAKER_FAULTS)
		faults = BREAKER_FAULTS - 1;
	breaker->faults = faults > 0 ? faults : 0;
	breaker->fault_at = at_ms;
}

/* What was sent before the breaker opened is no probe of what is now. */
bool breaker_heeds(const struct breaker *breaker, struct breaker_ticket ticket)
{
	return ticket.epoch == breaker->epoch;
}

bool breaker_succeed(struct breaker *breaker, struct breaker_ticket ticket)
{
	if (!breaker_heeds(breaker, ticket))
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
	if (!breaker_heeds(breaker, ticket))
		return false;
	if (now_ms - breaker->fault_at > BREAKER_ROW_MS)
		breaker->faults = 0;
	breaker->fault_at = now_ms;
	if (!ticket.is_probe && ++breaker->faults < BREAKER_FAULTS)
		return false;
	change(breaker, later(breaker->open_until, now_ms + BREAKER_OPEN_MS));
	return true;
}

void breaker_forget(struct breaker *breaker, struct breaker_ticket ticket)
{
	if (ticket.is_probe && breaker_heeds(breaker, ticket))
		breaker->probe_until = 0;
}
