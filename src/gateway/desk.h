#ifndef GATEWAY_DESK_H
#define GATEWAY_DESK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/attr.h"
#include "core/err.h"
#include "core/json.h"

/** \file
 * Questions that may wait (`latency: relaxed`): collected while runs ask them,
 * sent to the providers' batch endpoints when the runs are over, and answered
 * in a later poll, when the same runs ask the same again. What is under way is
 * JSON that the caller keeps where it outlives the process:
 *
 * 1. a poll asks; desk_has_news(): desk_save() is kept (the intent),
 * 2. desk_commit() counts what it may cost at most as spent,
 * 3. desk_submit() sends it; desk_save() is kept again, now with its id;
 * 4. a later poll: desk_load(), desk_visit(), desk_settle() counts what it
 *    really cost, and the runs get their answers.
 *
 * Killed anywhere, the next poll goes on from what was kept: what was sent
 * without its id being kept is looked for at the provider. If that cannot tell,
 * what it may cost stays spent. A question is sent at most twice.
 *
 * What was kept may be another instance's: it says in whose ledgers the most it
 * may cost is counted. One of them settles it, the others take it back.
 *
 * One thread at a time. desk_visit() and desk_submit() block and are for
 * workers; the others are for the loop's thread.
 */
struct desk;
struct gateway;

/** Providers give up after 24 hours; what they do not tell of two hours later
 * is given up by us. */
#define DESK_GIVE_UP_MS ((int64_t)26 * 3600 * 1000)

/** Keeps `gateway`; `project` (may be NULL) is borrowed. `instance` is ours. */
struct desk *desk_new(struct gateway *gateway, const char *project,
		      const char *instance);
/** What was asked and not committed is not counted any more. NULL is fine. */
void desk_free(struct desk *desk);

/** A batch as it was kept. */
struct desk_kept {
	const char *service;
	const char *id; /* the provider's; "": not known */
	int64_t sent_at_ms;
	struct json *request;
};

/** What cannot be read is told; desk_has() knows it, and nothing else. */
void desk_load(struct desk *desk, const struct desk_kept *kept);

/** Is this one kept by the next desk_save(), or done with? False: it is none
 * that was loaded here, or one that could not be read, and not yet too old to
 * be waited for. */
bool desk_has(const struct desk *desk, const struct desk_kept *kept);

/** Counts on us from now on what others sent; true: that is to be kept before
 * desk_settle(). */
bool desk_adopt(struct desk *desk);

/** Asks the providers what became of what is under way. What cannot be reached
 * is left for the next time. */
void desk_visit(struct desk *desk);
void desk_settle(struct desk *desk);

/** Is there anything on it? */
bool desk_is_used(const struct desk *desk);

/** Was something asked that is to be sent? */
bool desk_has_news(const struct desk *desk);
void desk_commit(struct desk *desk);
/** What a provider refuses is asked in the ordinary way next time. */
void desk_submit(struct desk *desk);

/** All that is to be kept, one call each, which takes kept->request over.
 * Nobody waits any more for answers to what was sent before `done_ms`. */
typedef void desk_keep_fn(const struct desk_kept *kept, void *payload);
void desk_save(struct desk *desk, int64_t done_ms, desk_keep_fn *keep,
	       void *payload);

#endif /* GATEWAY_DESK_H */
