#ifndef APP_ANNOUNCE_TEXT_H
#define APP_ANNOUNCE_TEXT_H

#include "app/announce.h"

/* What a message says; of announce.c alone. */

/** "wallet-ios #7: Keep tokens safe" */
void announce_title(struct buf *out, const struct announce_input *input);

/** A run's outcome, its worst findings, which services failed, and what was
 * looked at: plain text. */
void announce_text(struct buf *out, const struct run_record *record);

/** For programs; the caller frees it. `runs`: pointers to those told of. */
struct json *announce_document(const struct announce_input *input,
			       const struct announce_run *const *runs,
			       size_t count);

#endif /* APP_ANNOUNCE_TEXT_H */
