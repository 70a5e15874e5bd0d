#ifndef TESTS_UNIT_SERVICES_OUTCOMES_H
#define TESTS_UNIT_SERVICES_OUTCOMES_H

#include "gateway/service.h"
#include "io_fake.h"

/** \file
 * What becomes of a reply: a row of a table for each, run through the gateway,
 * a service of the kind and the fake network, with another service behind it.
 * Only in bodies, ' stands for ".
 */

/** What follows, once it was asked as often as it is worth. */
enum outcome_end {
	ANSWERED, /* it was an answer                        */
	NEXT,     /* the other service is asked, and answers */
	END,      /* nobody else is                          */
};

/** What is remembered of the service when this went on for some questions. */
enum outcome_after {
	NOTHING,      /* it is asked the next one like this one */
	LEFT_ALONE,   /* the breaker is open                    */
	KEY_OPEN,     /* this key is not used any more          */
	TOLD_TO_WAIT, /* for longer than the questions have time */
};

/** Costs of one request, if they are not as many nano-USD. */
#define WORST (-1) /* the reservation, and that is said */

struct outcome_row {
	const char *name;
	struct fake_reply reply; /* to every request, or to those of `step` */
	enum fault fault;
	int tries;
	enum outcome_end end;
	enum outcome_after after;
	int64_t cost_nusd;   /* of each try */
	const char *message; /* part of what people are told; NULL: anything */
	int step; /* of a service that asks several times: which one */
};

/** A good reply to step `step` of a service that asks several times: what the
 * other ones get. */
typedef const char *outcome_good_fn(const struct fake_request *request,
				    int *step);

struct outcome_kind {
	const struct service_ops *ops;
	const char *options;   /* of kind http; NULL: none */
	outcome_good_fn *good; /* NULL: it asks once       */
};

void outcomes_check(const struct outcome_kind *kind,
		    const struct outcome_row *rows, size_t count);

/** Of a service that asks once: nobody there, a connection that breaks, a
 * certificate nobody trusts, no HTTP, no end. */
void outcomes_check_no_reply(const struct outcome_kind *kind);

/** Every status from 300 to 599 with a body that says nothing: as the first
 * row for it, `from` to `to`. */
struct outcome_status {
	int from, to;
	enum fault fault;
	int tries;
	enum outcome_end end;
	enum outcome_after after;
};

void outcomes_check_statuses(const struct outcome_kind *kind,
			     const struct outcome_status *rows, size_t count);

/** What all services that speak HTTP make of each. */
extern const struct outcome_status outcome_statuses[];
extern const size_t outcome_status_count;

#define OUTCOME_JSON                             \
	{                                        \
		"content-type: application/json" \
	}
#define OUTCOME_EVENTS                            \
	{                                         \
		"content-type: text/event-stream" \
	}

/** A reply of JSON, and one of events. */
#define SAYS(code, text)                                                   \
	{                                                                  \
		.status = (code), .headers = OUTCOME_JSON, .body = (text), \
		.after_ms = 10                                             \
	}
#define STREAMS(text)                                                     \
	{                                                                 \
		.status = 200, .headers = OUTCOME_EVENTS, .body = (text), \
		.after_ms = 10                                            \
	}

#endif /* TESTS_UNIT_SERVICES_OUTCOMES_H */
