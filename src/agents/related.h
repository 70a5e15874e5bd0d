#ifndef AGENTS_RELATED_H
#define AGENTS_RELATED_H

#include "agents/sources.h"
#include "core/buf.h"
#include "core/strvec.h"

/** \file
 * Code around a change that its diff does not show, from the changed files
 * themselves: imports, the type with its stored properties, the whole function
 * around each changed line. Pure; redacted as the sources are.
 */

/**
 * Appends what surrounds the changes of file `index`, at most `max` bytes: the
 * functions are what goes first. False if nothing of it fits. What was left
 * out is added to `left_out`, in words.
 */
bool related_add_file(struct buf *out, struct strvec *left_out,
		      const struct sources *sources, size_t index, size_t max);

#endif /* AGENTS_RELATED_H */
