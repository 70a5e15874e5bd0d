#ifndef REPORT_PHRASES_H
#define REPORT_PHRASES_H

#include "core/buf.h"
#include "store/record.h"

/* Sentences that several renderings share. */

/** "Reviewed 7 of 7 files with claude-opus-5-5 in 41 s for $0.0421." */
void phrase_coverage(struct buf *out, const struct run_record *record);

/** "path:42" or "path:42-45" or "path", cleaned; "whole change" without one. */
void phrase_place(struct buf *out, const struct finding *finding);

/** "security-agent, 0.93": who says so, and how sure. */
void phrase_source(struct buf *out, const struct finding *finding);

/** What a machine groups it by: its rule, else its category, cleaned; never
 * empty. The caller frees it. */
char *phrase_rule(const struct finding *finding);

/** What replaces its lines, without a line break at the end. The caller frees
 * it. */
char *phrase_suggestion(const struct finding *finding);

/** Appends `text`, cleaned, on one line and cut at `max` bytes. */
void phrase_line(struct buf *out, const char *text, size_t max);

/** Appends `text`, cleaned, its lines wrapped at `width` columns and each
 * behind `indent`. Ends in a line break unless `text` is empty. */
void phrase_wrapped(struct buf *out, const char *text, const char *indent,
		    size_t width);

#endif /* REPORT_PHRASES_H */
