#ifndef GATEWAY_ATTEMPT_H
#define GATEWAY_ATTEMPT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/json.h"
#include "gateway/service.h"

/** \file
 * What became of an ask, step by step. Plain values, that become JSON only in a
 * record.
 */
enum attempt_kind {
	ATTEMPT_SENT,    /* a request                        */
	ATTEMPT_SKIPPED, /* a service that was passed over   */
	ATTEMPT_CACHED,  /* an answer that was there already */
};

struct attempt {
	enum attempt_kind kind;
	const char *service; /* borrowed, as long as the ask */
	enum fault fault;    /* FAULT_NONE: it was answered  */
	char *message;       /* of a fault; else NULL        */
	char *model;         /* that answered, or was asked; NULL: none was */

	/* Of a request. */
	int number;  /* of all requests of the ask, from 1 */
	long status; /* HTTP or exit status; 0: there was none */
	bool is_probe, is_repair;
	char *batch; /* its id at the provider; NULL: in none */
	int64_t waited_ms, duration_ms;
	struct usage usage;
	int64_t cost_nusd;
	bool cost_unknown;
	char *request_id;       /* the provider's; NULL: not said */
	struct json *raw_usage; /* as the provider wrote it; NULL: none */

	/* Whose it was, if it asked for several agents; borrowed. */
	const char *const *together;
	size_t together_count;
};

void attempt_release(struct attempt *attempt);

/** A line of the record (design part 5). The caller frees it. */
struct json *attempt_json(const struct attempt *attempt);

/** All of them, in an array. */
struct json *attempts_json(const struct attempt *attempts, size_t count);

#endif /* GATEWAY_ATTEMPT_H */
