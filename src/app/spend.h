#ifndef APP_SPEND_H
#define APP_SPEND_H

#include "config/settings.h"
#include "gateway/spending.h"
#include "repo/repo.h"
#include "store/spending.h"

/** \file
 * Where the gateway's spending is kept: each request in the journal of the
 * state directory, then in the ledger of the control repository. In somebody's
 * clone both are that clone's own git directory.
 *
 * One thread; blocking.
 */
struct spend;

/**
 * The spending of a clone: GITDIR/referee has the journal, the clone the
 * ledger. Where the configuration names a control repository, its ledger is
 * fetched first, so that its budgets count; if it cannot be reached, that is
 * said and what is known here counts. Keeps `settings`; not `repo`.
 */
MUST_CHECK int spend_open_clone(struct spend **out, const struct repo *repo,
				const struct settings *settings,
				struct err *err);

/** What killed processes left in the control repository goes. */
void spend_clean(const struct settings *settings);

/** Of an installation: the journal in its state directory, the ledger in
 * STATE/control.git, which is made when there is something to put in. */
MUST_CHECK int spend_open_installation(struct spend **out,
				       const struct settings *settings,
				       struct err *err);

/** Moves what killed processes left in their journals into the ledger. What
 * cannot be moved is told, and counts all the same. */
void spend_recover(struct spend *spend);

/** Moves what is settled, and what killed processes left, into the ledger, and
 * pushes that to the control repository where there is one. */
MUST_CHECK int spend_flush(struct spend *spend, struct err *err);

/**
 * Between two rounds of a process that stays: with a control repository, what
 * was spent here goes there, and what others spent comes from there. What fails
 * is told and left for the next time. On any thread, while no other uses it.
 */
void spend_exchange(struct spend *spend);

/** Flushes if anything was spent; what could not be moved stays in the journal
 * for the next time, and is told. NULL is fine. */
void spend_close(struct spend *spend);

/** The gateway's; their payload is the struct spend. */
extern const struct spending_ops spend_ops;

/** Where replies and what is known of services are kept. */
const char *spend_state_dir(const struct spend *spend);

/** What was spent, ledger and journals together. */
MUST_CHECK int spend_read(struct spend_table *out, const struct spend *spend,
			  const struct spend_query *query, struct err *err);

#endif /* APP_SPEND_H */
