#ifndef AGENTS_FINDINGS_H
#define AGENTS_FINDINGS_H

#include "agents/sources.h"
#include "store/record.h"

/** \file
 * Answers of the kind `findings` (referee-agent(5)): strict reading, then each
 * finding is tied to the code it quotes.
 */

/** What became of an answer. */
struct findings_answer {
	struct finding_list findings;
	char *summary;  /* may be NULL */
	size_t dropped; /* findings that name no file of the change */
};

void findings_answer_release(struct findings_answer *answer);

/**
 * Reads `text`, which an agent called `agent` gave. ERR_PROTOCOL says where it
 * is not as it should be, in words the agent can mend it by. More than
 * LIMIT_FINDINGS: the rest is counted as dropped.
 */
MUST_CHECK int findings_parse(struct findings_answer *out, const char *text,
			      size_t len, const char *agent, struct err *err);

/**
 * Ties every finding to the change: sets line and end_line where its quote
 * stands in a hunk of the head (nearest to the line it named), else takes them
 * away; drops those whose file is not part of the change; drops suggestions
 * that change nothing; sets symbol and fingerprint. `floor`: those below are
 * dropped too.
 */
void findings_anchor(struct findings_answer *answer,
		     const struct sources *sources, enum severity floor);

#endif /* AGENTS_FINDINGS_H */
