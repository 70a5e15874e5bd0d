#ifndef GATEWAY_SPENDING_H
#define GATEWAY_SPENDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/attr.h"
#include "core/err.h"
#include "core/random.h"
#include "store/books.h"

/** \file
 * How the gateway's spending is kept. Whoever implements it writes one line
 * before and one after every request; what was reserved and never settled
 * counts as spent.
 */

/** One request, before it is sent. Strings are borrowed for the call. */
struct spending_line {
	char id[ULID_SIZE]; /* the same in both lines */
	int64_t at_ms;      /* since 1970 */
	const char *project, *workflow, *agent, *run; /* may be NULL */
	const char *service, *model;
	int attempt;           /* of the ask, from 1 */
	int64_t reserved_nusd; /* at most this */

	/* After: */
	int64_t cost_nusd;
	bool cost_unknown; /* cost_nusd is a guess or the reservation */
	bool is_batch;
	const char *status; /* "ok" or a fault's name */
	int64_t duration_ms;
	int64_t input_tokens, cached_tokens; /* -1: not said */
	int64_t cache_write_tokens, output_tokens;
};

struct spending_ops {
	/** Keeps the other processes from spending until end(), and tells what
	 * they have spent, reserved and given back since the last time; the
	 * first time, everything since `since_ms` (1970, always the same). */
	int (*begin)(void *payload, int64_t since_ms, books_change_fn *tell,
		     void *tell_payload, struct err *err);
	void (*end)(void *payload);

	/** Between begin() and end(). Durable when it returns: no request is
	 * sent before. */
	int (*reserve)(void *payload, const struct spending_line *line,
		       struct err *err);

	/** The same line with what it came to; at any time. */
	int (*settle)(void *payload, const struct spending_line *line,
		      struct err *err);

	/** Sets out[i] for each line that was settled already, by whomever of
	 * those that share the ledger. */
	int (*written)(void *payload, bool *out,
		       const struct spending_line *lines, size_t count,
		       struct err *err);
};

#endif /* GATEWAY_SPENDING_H */
