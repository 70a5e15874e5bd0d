#ifndef WORKFLOW_GENERATED_H
#define WORKFLOW_GENERATED_H

#include "core/json.h"
#include "core/strvec.h"
#include "repo/tree.h"

/** \file
 * Files that agents wrote, put on top of a commit's tree.
 */

/** What was put there. */
struct generated_files {
	struct oid tree;
	size_t added;          /* files in it */
	struct strvec refused; /* files that are not: "path: why" */
};

void generated_files_release(struct generated_files *files);

/**
 * Writes the tree of `commit` with `files` (as run_record.generated) in it.
 * Never replaces anything but tests and documents, never what is reached
 * through a link or a submodule, never what generated_path_check() refuses;
 * such files are left out and named. *out is to be released also after a
 * failure. Blocking.
 */
MUST_CHECK int generated_tree(struct generated_files *out, struct repo *repo,
			      const struct oid *commit,
			      const struct json *files, struct err *err);

#endif /* WORKFLOW_GENERATED_H */
