#ifndef STORE_RUN_FILES_H
#define STORE_RUN_FILES_H

#include <stddef.h>

#include "core/strvec.h"
#include "repo/repo.h"
#include "repo/tree.h"
#include "store/record.h"

/** \file
 * One record as the files of a folder: run.json, agents/<name>.json for what an
 * agent answered, files/... for what agents wrote.
 */

/** ab/cd/<rest>/<workflow>/<definition>; the caller frees it. */
char *run_folder(const struct run_record *record);

/** ab/cd/<rest>, or ab/cd/<rest>/<workflow> if that is not NULL. */
char *run_folder_of(const char *change_key, const char *workflow);

struct run_files {
	struct tree_change *changes; /* of the paths and ids below */
	struct strvec paths;
	struct oid *ids;
	size_t len, cap, id_cap;
};

/** Writes the blobs and adds a change for each. The changes may be used when
 * run_files_finish() was called after the last. */
MUST_CHECK int run_files_add(struct run_files *files, struct repo *repo,
			     const struct run_record *record, struct err *err);
void run_files_finish(struct run_files *files);
void run_files_release(struct run_files *files);

/** Reads the record in `folder` of `tree`; errors as run_record_parse(). */
MUST_CHECK int run_files_read(struct run_record *out, struct repo *repo,
			      const struct oid *tree, const char *folder,
			      struct err *err);

#endif /* STORE_RUN_FILES_H */
