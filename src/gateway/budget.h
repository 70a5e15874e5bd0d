#ifndef GATEWAY_BUDGET_H
#define GATEWAY_BUDGET_H

#include <stdbool.h>
#include <stdint.h>

#include "core/attr.h"
#include "core/err.h"
#include "core/json.h"

/** \file
 * What may be spent: per run, day, month and project. The worst case is
 * reserved before a request, the actual cost takes its place afterwards; sums
 * of both never pass a limit. Amounts are nano-USD, times wall-clock
 * milliseconds.
 */
struct budget;

/** 0: no limit of that kind. */
struct budget_limits {
	int64_t daily_nusd, monthly_nusd, per_run_nusd;
	int alert_percent; /* 0: no early alert */
};

/**
 * Days and months begin in `zone` (NULL: UTC), which becomes the process's
 * own: call it before there are other threads. ERR_INVALID if there is none of
 * that name.
 */
MUST_CHECK int budget_new(struct budget **out,
			  const struct budget_limits *limits, const char *zone,
			  struct err *err);
/** NULL is fine. */
void budget_free(struct budget *budget);

/** What the project may spend in a month; 0: no limit. Copies the name. */
void budget_set_project(struct budget *budget, const char *name,
			int64_t monthly_nusd);

/** When the day and the month of `now_ms` began. */
void budget_windows(int64_t now_ms, int64_t *day_ms, int64_t *month_ms);

/** Begins the day and the month of `now_ms`, if they are later ones. */
void budget_roll(struct budget *budget, int64_t now_ms);

/** What others have spent or reserved: before this process began, and since.
 * Counts in the windows that `at_ms` is not before; amounts may be negative.
 * `project` may be NULL. */
void budget_add_others(struct budget *budget, const char *project,
		       int64_t at_ms, int64_t used_nusd, int64_t reserved_nusd);

enum budget_answer {
	BUDGET_FITS,
	BUDGET_WAIT, /* it may, once what is reserved is settled */
	BUDGET_RUN,  /* this limit would be passed */
	BUDGET_DAY,
	BUDGET_MONTH,
	BUDGET_PROJECT,
};

/** "the budget of this run" ... Static. */
const char *budget_answer_text(enum budget_answer answer);

/** A reservation. Names are borrowed while it lasts. */
struct budget_claim {
	const char *project, *run; /* may be NULL */
	int64_t run_limit_nusd;    /* 0: the budget's own */
	int64_t amount_nusd;
	int64_t day_ms, month_ms; /* set by budget_reserve() */
};

/** Takes all of the amount or nothing. BUDGET_WAIT says that requests are under
 * way, of this process or of others, so that one will be settled. */
enum budget_answer budget_reserve(struct budget *budget, int64_t now_ms,
				  struct budget_claim *claim);

/** `cost_nusd` instead of what was reserved. */
void budget_settle(struct budget *budget, const struct budget_claim *claim,
		   int64_t cost_nusd);

/** Spent and reserved in the window of the last reservation. */
int64_t budget_day_nusd(const struct budget *budget);
int64_t budget_month_nusd(const struct budget *budget);

/** Is there something to tell people? */
bool budget_has_alert(struct budget *budget);

/** What to tell people now, once each; false: nothing. */
#define BUDGET_ALERT_SIZE 200
bool budget_alert(struct budget *budget, char out[BUDGET_ALERT_SIZE]);

/** What was told already, to be told to the next process. The caller frees it.
 */
struct json *budget_save_alerts(const struct budget *budget);
/** Adds what others have told of the same day and month. NULL is fine. */
void budget_load_alerts(struct budget *budget, const struct json *alerts);

#endif /* GATEWAY_BUDGET_H */
