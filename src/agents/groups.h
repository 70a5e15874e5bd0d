#ifndef AGENTS_GROUPS_H
#define AGENTS_GROUPS_H

#include <stdbool.h>

#include "repo/changeset.h"

/** \file
 * Which files of a change one look shows: a change that is larger than one
 * prompt is spread over several, the files of a folder together. Pure.
 */

enum { GROUP_NONE = -1 };

struct file_groups {
	struct file_place {
		int group;          /* GROUP_NONE: shown nowhere */
		size_t part_bytes;  /* shown in part: so much; else 0 */
		const char *reason; /* of GROUP_NONE and in part; static */
	} * files;                  /* one a file of the changeset */
	size_t file_count;
	size_t count; /* groups, at least 1 */
};

/**
 * Files that nobody reviews are in no group; the others are placed by risk, so
 * that what does not fit into `max_groups` of `max_bytes` of diff is the least
 * risky: first in part, then not at all.
 */
void file_groups_make(struct file_groups *out,
		      const struct changeset *changeset, size_t max_bytes,
		      size_t max_groups);
void file_groups_release(struct file_groups *groups);

#endif /* AGENTS_GROUPS_H */
