#ifndef APP_WAITING_H
#define APP_WAITING_H

#include "app/judge.h"
#include "gateway/desk.h"

/** \file
 * Runs that go on in a later poll. What of a pull's or branch's questions is at
 * providers' batch endpoints is kept in its state. For judge.c alone. Blocking,
 * the repository's own thread.
 */

/** *out is the caller's; NULL: nobody waits here, and nothing is under way.
 * Asks the providers what became of it. */
MUST_CHECK int waiting_open(struct desk **out, const struct judge_input *input,
			    struct repo *repo, struct err *err);

/** Remembers what is on the desk. `over`: nobody waits for it any more. */
MUST_CHECK int waiting_keep(const struct desk *desk,
			    const struct judge_input *input, bool over,
			    struct repo *repo, struct err *err);

/** Sends what is new, and remembers that. NULL is fine. */
MUST_CHECK int waiting_submit(struct desk *desk,
			      const struct judge_input *input,
			      struct repo *repo, struct err *err);

/** A run that waits as it did before is no other result. */
void waiting_reuse(struct judged *judged, struct repo *repo);

/** After everything is stored. NULL is fine. */
MUST_CHECK int waiting_end(const struct desk *desk,
			   const struct judge_input *input,
			   const struct judged *judged, struct repo *repo,
			   struct err *err);

#endif /* APP_WAITING_H */
