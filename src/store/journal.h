#ifndef STORE_JOURNAL_H
#define STORE_JOURNAL_H

#include <stddef.h>
#include <stdint.h>

#include "core/strvec.h"
#include "store/ledger.h"

/** \file
 * The journal: a line on disk before each request and one after it, until they
 * are in the ledger. So that a process that is killed anywhere loses and
 * doubles no money:
 *
 * - killed before the request: it stays reserved, and counts as spent;
 * - killed before the answer was settled: the same;
 * - a question that is kept for a batch is settled before that is sent: until
 *   then it is reserved as long as the process lives, and no longer;
 * - killed after the ledger has it, before the journal forgets it: its id is
 *   found in the ledger, and it counts once.
 *
 * Each process has a journal of its own in STATE/journal, locked while it
 * lives; those of dead ones are adopted by the next that opens.
 *
 * One thread. Writing blocks until the line is on disk.
 */
struct journal;

/** The status of a line that is not settled. */
#define JOURNAL_RESERVED "reserved"

/** Makes a journal below `state_dir`. */
MUST_CHECK int journal_open(struct journal **out, const char *state_dir,
			    struct err *err);

/** Closes it; what is in it stays for the next. */
void journal_free(struct journal *journal);

/** Before the request: `reserved_nusd` is what it may cost at most. Durable
 * when it returns 0. */
MUST_CHECK int journal_reserve(struct journal *journal,
			       const struct ledger_line *line, struct err *err);

/** After it: the line of the same id with what it came to. */
MUST_CHECK int journal_settle(struct journal *journal,
			      const struct ledger_line *line, struct err *err);

/** Where it is. */
const char *journal_path(const struct journal *journal);

/** Moves what is settled, and what dead processes left, into the ledger. */
MUST_CHECK int journal_flush(struct journal *journal, struct repo *repo,
			     const char *instance, struct err *err);

/** Paths of all journals below `state_dir`, sorted. No journal is fine. */
MUST_CHECK int journals_list(struct strvec *out, const char *state_dir,
			     struct err *err);

/** Does the process live whose journal it is? Takes its lock for a moment. */
bool journal_is_alive(const char *path);

/** What a line counts that is not settled, and whose process is dead: all that
 * was reserved; of a batch nothing, because it is settled before it is sent. */
int64_t journal_lost_nusd(const struct ledger_line *line);

/** Adds every line of all journals below `state_dir`, of living processes too:
 * what is not settled has its reservation as cost, of unknown cost and status
 * JOURNAL_RESERVED. No journal is fine. */
MUST_CHECK int journals_read(struct ledger_list *out, const char *state_dir,
			     struct err *err);

#endif /* STORE_JOURNAL_H */
