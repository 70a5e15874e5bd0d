#ifndef REPORT_REPORT_H
#define REPORT_REPORT_H

#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"
#include "store/record.h"

/** \file
 * Renderings of records. Pure: the same records give the same bytes, and
 * nothing is read or written elsewhere; what does not fit is told in the log.
 * Everything that came from a model or a forge leaves here without control
 * characters.
 */

struct report_run {
	const struct run_record *record;
	bool reused; /* judged earlier, for the same content */
};

/** What one report shows. All borrowed. */
struct report {
	const struct report_run *runs;
	size_t count;
	const char *base; /* commits as 40 digits; NULL: not known */
	const char *head;
	bool colour; /* only text looks at it */
};

/** One kind of report, found by the name people type. */
struct report_format {
	const char *name;
	void (*render)(struct buf *out, const struct report *report);
};

/** NULL if there is none of that name. */
const struct report_format *report_format_find(const char *name);

/** Every format's name, NULL-terminated, in the order of the manual. */
const char *const *report_format_names(void);

/** The worst verdict of several: failed, attention, pass, skipped. */
enum verdict report_verdict(const struct report *report);

/**
 * Appends text of a model or a forge as harmless Markdown: it mentions nobody,
 * refers to no issue, closes none, runs no quick action, is no HTML, image,
 * link, heading, table or quote, and offers nothing to be applied. Code spans,
 * fenced code and lists stay. At most `max` bytes of `text` are used; what is
 * left out shows as an ellipsis. What is added is up to REPORT_NEUTRAL_GROWTH
 * times as long, and a little more.
 *
 * Fenced code is recognised only if `out` ends where a line begins. It may be
 * the last thing added, so a line break has to follow.
 */
void report_neutralise(struct buf *out, const char *text, size_t max);

#define REPORT_NEUTRAL_GROWTH 9

/** The same on one line, without fenced code. */
void report_neutralise_line(struct buf *out, const char *text, size_t max);

/** Any text as a code span on one line, at most `max` bytes of it. */
void report_code_span(struct buf *out, const char *text, size_t max);

/** How a run ended, on a line: "attention - 1 major, 2 minor". */
void report_outcome(struct buf *out, const struct run_record *record);

/**
 * A run's section of a note: heading, findings, what was looked at. `out` ends
 * in a line break; no line but the first is without indentation.
 */
void report_note_section(struct buf *out, const struct run_record *record);

/** The trailer that names the run, without a line break:
 * "Referee-Run: <ulid> <workflow> <verdict> <key, 16 digits> <cost> USD". */
void report_note_trailer(struct buf *out, const struct run_record *record);

#endif /* REPORT_REPORT_H */
