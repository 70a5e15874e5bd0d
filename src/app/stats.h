#ifndef APP_STATS_H
#define APP_STATS_H

#include <stddef.h>
#include <stdint.h>

#include "config/settings.h"
#include "store/pulls.h"
#include "store/runs.h"

/** \file
 * `referee stats` and `referee metrics`: how workflows, agents and services
 * did, from the records and the life of findings. Counting is pure.
 */

enum stats_kind { STATS_WORKFLOW, STATS_AGENT, STATS_SERVICE };

#define STATS_KIND_COUNT (STATS_SERVICE + 1)

/** "workflow", "agent", "service" */
const char *stats_kind_name(enum stats_kind kind);

/** One workflow (its runs), agent (its tasks) or service (its requests). */
struct stats_row {
	enum stats_kind kind;
	char *name;
	size_t ok, failed, skipped; /* a run that passed or asked for attention
				       is ok */
	int64_t cost_nusd;          /* not of services: referee cost has it */
	int64_t *durations_ms;      /* of what was not skipped, rising */
	size_t duration_count, duration_cap;
	/* Of agents: findings that were shown, that somebody made use of (their
	 * code changed, they were praised or their thread resolved), and that
	 * somebody did not want (dismissed, or a thumb down). */
	size_t shown, accepted, rejected;
};

struct stats {
	int64_t since_ms;
	struct stats_row *rows; /* by kind, then name */
	size_t len, cap;
};

void stats_release(struct stats *stats);

/** Adds a record; stats_add_findings() what became of the findings that were
 * first shown since then. */
void stats_add_run(struct stats *stats, const struct run_record *record);
void stats_add_findings(struct stats *stats, const struct known_list *findings);

/** Sorts what was added. Before it is read. */
void stats_finish(struct stats *stats);

/** The duration that `percent` of them do not pass; 0 if there is none. */
int64_t stats_percentile(const struct stats_row *row, int percent);

/** Failed among those not skipped, 0..1. */
double stats_error_rate(const struct stats_row *row);

struct stats_options {
	const char *repo_dir; /* as of struct cost_options */
	const struct settings *settings;
	const char *since; /* a date or a time; NULL: 30 days */
};

/** ERR_INVALID: `since` is no date; ERR_NOT_FOUND: no repository. *out is to be
 * released also after a failure. Blocking. */
MUST_CHECK int stats_read(struct stats *out,
			  const struct stats_options *options, struct err *err);

#endif /* APP_STATS_H */
