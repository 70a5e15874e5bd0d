#ifndef CONFIG_SHIPPED_H
#define CONFIG_SHIPPED_H

#include <stddef.h>

/** \file
 * The files of workflows/ (workflows, agents, rules), which are part of the
 * program, so that it needs nothing but itself. Any thread.
 */

struct shipped_file {
	const char *path; /* as in the source: "workflows/pr-review.yml" */
	const char *text; /* a NUL is behind it */
	size_t len;
};

/** In the order of their paths. */
extern const struct shipped_file shipped_files[];
extern const size_t shipped_file_count;

/** NULL if there is no such file. */
const struct shipped_file *shipped_find(const char *path);

/**
 * The next file after `last` (NULL: the first) whose path begins with `prefix`
 * and ends in `suffix`, none of whose folders is below `prefix`; NULL if there
 * is none.
 */
const struct shipped_file *shipped_next(const struct shipped_file *last,
					const char *prefix, const char *suffix);

#endif /* CONFIG_SHIPPED_H */
