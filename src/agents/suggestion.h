#ifndef AGENTS_SUGGESTION_H
#define AGENTS_SUGGESTION_H

#include "agents/sources.h"
#include "store/record.h"

/** \file
 * Suggestions are tried in memory before anybody sees them.
 */

/**
 * Would it do in place of lines finding->line to end_line of file `index`? Not
 * if it changes nothing, touches what was redacted, or leaves brackets or
 * strings less closed than they are without it. *why is static then.
 */
bool suggestion_would_do(const char **why, const struct finding *finding,
			 const struct sources *sources, size_t index);

#endif /* AGENTS_SUGGESTION_H */
