#ifndef AGENTS_SOURCES_H
#define AGENTS_SOURCES_H

#include <stdbool.h>
#include <stddef.h>

#include "core/err.h"
#include "repo/changeset.h"

/** \file
 * The texts of a change's files at its head, as agents may see them: read once,
 * redacted once. Built by one thread; afterwards any may read.
 */
struct redactor;
struct sources;

/**
 * Reads every file of the change that has hunks. Borrows `changeset`; redacts
 * through `redactor` (NULL: leaves the text as it is). Fails with ERR_NOT_FOUND
 * if an object is missing.
 */
MUST_CHECK int sources_load(struct sources **out, struct repo *repo,
			    const struct changeset *changeset,
			    struct redactor *redactor, struct err *err);
void sources_free(struct sources *sources);

/** What it was loaded for. */
const struct changeset *sources_changeset(const struct sources *sources);

/** What it was redacted with; NULL: nothing. */
struct redactor *sources_redactor(const struct sources *sources);

/** The text of changeset->files[index] at the head, NUL behind it; NULL if it
 * was not read (deleted, binary, too large). */
const char *sources_text(const struct sources *sources, size_t index,
			 size_t *len);

/** Line `line` (from 1) of that text, without its line break; false past its
 * end. */
bool sources_line(const struct sources *sources, size_t index, int line,
		  const char **text, size_t *len);

/** How many lines the text has; 0 if it was not read. */
int sources_line_count(const struct sources *sources, size_t index);

#endif /* AGENTS_SOURCES_H */
