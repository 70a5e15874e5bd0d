#ifndef APP_WAITING_H
#define APP_WAITING_H

#include "app/judge.h"
#include "gateway/desk.h"
#include "store/pulls.h"

/** \file
 * Runs that go on in a later poll. What of a pull's or branch's questions is at
 * providers' batch endpoints is kept in its state. For judge.c and
 * poll_batches.c alone. Blocking, the repository's own thread.
 */

/** Whose questions, and who asks. */
struct waiting_place {
	int64_t pull;       /* its number; 0: */
	const char *branch; /* of a branch    */
	struct gateway *gateway;
	const char *project, *instance;
};

/** *out is the caller's; NULL: nobody waits here, and nothing is under way.
 * Asks the providers what became of it. */
MUST_CHECK int waiting_open(struct desk **out, const struct judge_input *input,
			    struct repo *repo, struct err *err);

/** The same of a state that nothing is judged for now. */
MUST_CHECK int waiting_open_state(struct desk **out,
				  const struct waiting_place *place,
				  const struct pull_state *state,
				  struct repo *repo, struct err *err);

/** Remembers what is on the desk; nobody waits any more for what was sent
 * before `done_ms`. What others put there stays. */
MUST_CHECK int waiting_keep(struct desk *desk,
			    const struct waiting_place *place, int64_t done_ms,
			    struct repo *repo, struct err *err);

/** Remembers what is new, before it is sent. */
MUST_CHECK int waiting_keep_news(struct desk *desk,
				 const struct judge_input *input,
				 struct repo *repo, struct err *err);

/** Sends what is new, and remembers that. NULL is fine. */
MUST_CHECK int waiting_submit(struct desk *desk,
			      const struct judge_input *input,
			      struct repo *repo, struct err *err);

/** A run that waits as it did before is no other result. */
void waiting_reuse(struct judged *judged, struct repo *repo);

/** After everything is stored. NULL is fine. */
MUST_CHECK int waiting_end(struct desk *desk, const struct judge_input *input,
			   const struct judged *judged, struct repo *repo,
			   struct err *err);

#endif /* APP_WAITING_H */
