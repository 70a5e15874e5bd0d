#ifndef GATEWAY_DESK_H
#define GATEWAY_DESK_H

#include <stdbool.h>
#include <stddef.h>

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
 * without its id being kept is looked for at the provider, lines of spending
 * have the same ids when they are written again.
 *
 * One thread at a time. desk_visit() and desk_submit() block and are for
 * workers; the others are for the loop's thread.
 */
struct desk;
struct gateway;

/** Keeps `gateway`; `project` (may be NULL) is borrowed. */
struct desk *desk_new(struct gateway *gateway, const char *project);
void desk_free(struct desk *desk);

/** One batch, as it was kept. What cannot be read is told and left out. */
void desk_load(struct desk *desk, const char *service, const char *id,
	       int64_t sent_at_ms, const struct json *request);

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

/** All that is to be kept, one call each; `id` is "" as long as it is not
 * known. `over`: nobody waits any more, so that what has come is forgotten. */
typedef void desk_keep_fn(const char *service, const char *id,
			  int64_t sent_at_ms, struct json *request,
			  void *payload);
void desk_save(const struct desk *desk, bool over, desk_keep_fn *keep,
	       void *payload);

#endif /* GATEWAY_DESK_H */
