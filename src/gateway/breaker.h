#ifndef GATEWAY_BREAKER_H
#define GATEWAY_BREAKER_H

#include <stdbool.h>
#include <stdint.h>

/** \file
 * The circuit breaker of one service: five faults of the provider's in a row
 * and it is left alone for a minute, then one request probes it. Pure; times
 * are wall-clock milliseconds, because its state outlives the process.
 */

#define BREAKER_FAULTS  5
#define BREAKER_OPEN_MS 60000
/** A fault later than this after the one before begins a new row. */
#define BREAKER_ROW_MS (3600 * 1000L)

/** A zeroed struct is a closed breaker. */
struct breaker {
	int faults;          /* in a row                                  */
	int64_t fault_at;    /* the last of them                          */
	int64_t open_until;  /* 0: closed; in the past: half-open         */
	int64_t probe_until; /* a probe is under way, at most until then */
	uint32_t epoch;      /* counts openings and closings */
};

/** Handed out with the permission to send, and given back with the result. */
struct breaker_ticket {
	uint32_t epoch;
	bool is_probe;
};

enum breaker_answer {
	BREAKER_GO,
	BREAKER_PROBE, /* this is the one probe */
	BREAKER_REFUSE,
};

/** *wait_ms: when to ask again, if refused. A probe counts as lost after
 * `probe_ms`. */
enum breaker_answer breaker_ask(struct breaker *breaker, int64_t now_ms,
				int64_t probe_ms, struct breaker_ticket *ticket,
				int64_t *wait_ms);

/** Would breaker_ask() refuse? Changes nothing. */
bool breaker_refuses(const struct breaker *breaker, int64_t now_ms,
		     int64_t *wait_ms);

/** The provider answered: anything that is no fault of its own. True if that
 * closed the breaker. */
bool breaker_succeed(struct breaker *breaker, struct breaker_ticket ticket);

/** A fault of the provider's. True if that opened the breaker. */
bool breaker_fail(struct breaker *breaker, struct breaker_ticket ticket,
		  int64_t now_ms);

/** Another process has opened it until then; an earlier time changes nothing.
 */
void breaker_hear_open(struct breaker *breaker, int64_t until_ms);
/** Another process's probe has closed it. */
void breaker_hear_closed(struct breaker *breaker);

/** All processes together count so many faults in a row, the last one then. */
void breaker_hear_faults(struct breaker *breaker, int faults, int64_t at_ms);

/** Would this result still say anything of the service? */
bool breaker_heeds(const struct breaker *breaker, struct breaker_ticket ticket);

/** The request was given up without a result: says nothing, frees the probe. */
void breaker_forget(struct breaker *breaker, struct breaker_ticket ticket);

#endif /* GATEWAY_BREAKER_H */
