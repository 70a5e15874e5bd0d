#ifndef STORE_LEDGER_H
#define STORE_LEDGER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/buf.h"
#include "core/random.h"
#include "repo/repo.h"

/** \file
 * What was spent, a line for each request, in segments below
 * refs/referee/ledger/<instance>/<year-month>: <day>/<hour>/<ulid>.jsonl. One
 * writer for each instance; everybody reads all. Times are UTC. Blocking, the
 * repository's own thread.
 */

/** One request. Owns its strings; NULL is unknown. */
struct ledger_line {
	char id[ULID_SIZE]; /* of the request; no two lines have the same */
	int64_t at_ms;      /* since 1970 */
	char *project, *workflow, *agent, *run;
	char *service, *model;
	int attempt;
	int64_t reserved_nusd;
	int64_t cost_nusd;
	bool cost_unknown; /* cost_nusd is a guess or the reservation */
	bool is_batch;
	char *status; /* "ok" or a fault's name; "lost": nobody knows */
	int64_t duration_ms;
	int64_t input_tokens, cached_tokens; /* -1: not said */
	int64_t cache_write_tokens, output_tokens;
};

struct ledger_list {
	struct ledger_line *items;
	size_t len, cap;
};

void ledger_line_release(struct ledger_line *line);
void ledger_list_release(struct ledger_list *list);

/** Adds a deep copy. */
void ledger_list_add(struct ledger_list *list, const struct ledger_line *line);

/** JSON on one line, line break included. */
void ledger_line_format(struct buf *out, const struct ledger_line *line);
MUST_CHECK int ledger_line_parse(struct ledger_line *out, const char *text,
				 size_t len, struct err *err);

/** Appends the lines, one commit for each month they are of. A line must not be
 * appended twice: see ledger_has(). ERR_INVALID: an instance that is no word.
 */
MUST_CHECK int ledger_append(struct repo *repo, const char *instance,
			     const struct ledger_list *lines, struct err *err);

/** Every line from `since_ms` up to before `until_ms`, of all instances, in no
 * order; `visit` returns false to stop. Lines that cannot be read are told in
 * the log and left out. */
typedef bool ledger_visit_fn(const struct ledger_line *line, void *payload);
MUST_CHECK int ledger_each(struct repo *repo, int64_t since_ms,
			   int64_t until_ms, ledger_visit_fn *visit,
			   void *payload, struct err *err);

/** How far somebody has read; one for each repository. */
struct ledger_cursor;

struct ledger_cursor *ledger_cursor_new(void);
void ledger_cursor_free(struct ledger_cursor *cursor);

/** ledger_each() of all from `since_ms` (always the same) on that was appended
 * since the last call with this cursor. After a failure the next call goes on
 * where this one stopped. */
MUST_CHECK int ledger_each_new(struct repo *repo, struct ledger_cursor *cursor,
			       int64_t since_ms, ledger_visit_fn *visit,
			       void *payload, struct err *err);

/** Sets has[i] for each of the lines that the ledger holds already. */
MUST_CHECK int ledger_has(bool *has, struct repo *repo,
			  const struct ledger_list *lines, struct err *err);

#endif /* STORE_LEDGER_H */
