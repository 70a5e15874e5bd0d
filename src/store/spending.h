#ifndef STORE_SPENDING_H
#define STORE_SPENDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "repo/repo.h"

/** \file
 * Sums of what was spent: the ledger of all instances, and the journals of this
 * one, where what is not settled counts as it was reserved. A request that is
 * in both counts once. Blocking.
 */

enum spend_by {
	SPEND_BY_NOTHING, /* one row, its key is "" */
	SPEND_BY_DAY,     /* "2026-11-24" */
	SPEND_BY_MONTH,   /* "2026-11"    */
	SPEND_BY_PROJECT,
	SPEND_BY_WORKFLOW,
	SPEND_BY_AGENT,
	SPEND_BY_SERVICE,
	SPEND_BY_MODEL,
};

/** False if `name` ("day", "project" ...) is none of them. */
bool spend_by_parse(enum spend_by *out, const char *name);

struct spend_query {
	enum spend_by by;
	int64_t since_ms, until_ms; /* since 1970; until is not included */
	const char *project;        /* NULL: of all */
	bool is_local; /* days and months: of the process's time zone */
};

struct spend_row {
	char *key; /* "" where it is not known */
	int64_t cost_nusd;
	int64_t unknown_nusd;  /* part of it that is a guess or a reservation */
	int64_t reserved_nusd; /* part of that for what is under way, or was
				  when its process ended */
	int64_t requests;
	int64_t input_tokens, cached_tokens, output_tokens; /* that were told */
};

struct spend_table {
	struct spend_row *rows; /* by key */
	size_t len, cap;
};

/** `repo` is the control repository; it or `state_dir` may be NULL. */
MUST_CHECK int spending_read(struct spend_table *out, struct repo *repo,
			     const char *state_dir,
			     const struct spend_query *query, struct err *err);
void spend_table_release(struct spend_table *table);

/** All rows together; its key is NULL. */
struct spend_row spend_table_total(const struct spend_table *table);

#endif /* STORE_SPENDING_H */
