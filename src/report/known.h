#ifndef REPORT_KNOWN_H
#define REPORT_KNOWN_H

#include <stdbool.h>
#include <stddef.h>

#include "core/buf.h"
#include "store/pulls.h"

/** \file
 * Findings as they are remembered, and what became of them. Pure.
 */

/** What one list shows. All borrowed. */
struct known_report {
	const struct pull_state *const *states;
	size_t count;
	bool only_open;
	bool headings; /* text: name the branch or pull above its findings */
};

/** How many of them are shown. */
size_t known_report_count(const struct known_report *report);

/** Open ones first, the worst first. */
void known_report_text(struct buf *out, const struct known_report *report);

/** {"version": 1, "findings": [...]}, each with its history. */
void known_report_json(struct buf *out, const struct known_report *report);

#endif /* REPORT_KNOWN_H */
