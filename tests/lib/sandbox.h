#ifndef TESTS_LIB_SANDBOX_H
#define TESTS_LIB_SANDBOX_H

#include "core/attr.h"

/** \file
 * An empty folder of its own for a test that needs real files and real git,
 * with a fixed environment (HOME, names, dates, locale), removed at the end.
 * Make it before repo_setup(): libgit2 reads HOME once.
 */
struct sandbox {
	char *dir;
};

void sandbox_init(struct sandbox *sandbox);
void sandbox_release(struct sandbox *sandbox);

/** Runs shell commands in the folder; the test fails, with their output, if
 * they do. */
void sandbox_run(const struct sandbox *sandbox, const char *fmt, ...)
	PRINTF(2, 3);

/** The same, and their output without the line breaks at its end. The caller
 * frees it. */
char *sandbox_output(const struct sandbox *sandbox, const char *fmt, ...)
	PRINTF(2, 3);

/** DIR/name; the caller frees it. */
char *sandbox_path(const struct sandbox *sandbox, const char *name);

#endif /* TESTS_LIB_SANDBOX_H */
