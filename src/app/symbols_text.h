#ifndef APP_SYMBOLS_TEXT_H
#define APP_SYMBOLS_TEXT_H

#include "code/outline.h"

/** Appends a file's outline for people: its path, then a line for each symbol,
 * indented by what it is in. Nothing for a file that declares nothing. */
void symbols_add_text(struct buf *out, const char *path,
		      const struct outline *outline);

/** Appends it as one JSON object on one line, without a line break. */
void symbols_add_json(struct buf *out, const char *path,
		      const struct outline *outline);

#endif /* APP_SYMBOLS_TEXT_H */
