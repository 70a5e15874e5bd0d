#ifndef APP_SYMBOLS_H
#define APP_SYMBOLS_H

#include <stdbool.h>

#include "core/err.h"
#include "core/strvec.h"

/** \file
 * `referee symbols`: what files declare, at a revision or in the work tree.
 */

/** NULL is the default. */
struct symbols_options {
	const char *repo_dir;
	const char *first;  /* a revision or, if `second` is NULL, a path */
	const char *second; /* a path; at a revision from the root */
	bool as_json;
};

typedef void symbols_text_fn(const char *text, size_t len, void *payload);

/**
 * Hands over the outline of file after file, all of it one text or one JSON
 * document. Files that could not be read are added to `problems`.
 * ERR_NOT_FOUND: no such revision, file or folder.
 */
MUST_CHECK int symbols_print(const struct symbols_options *options,
			     symbols_text_fn *print, void *payload,
			     struct strvec *problems, struct err *err);

#endif /* APP_SYMBOLS_H */
