#ifndef APP_STORED_H
#define APP_STORED_H

#include "core/strvec.h"
#include "repo/repo.h"
#include "store/runs.h"

/** \file
 * What is stored of a commit's runs, found by its note.
 */

/**
 * The records that the note of `commit` names, by workflow. ERR_NOT_FOUND: the
 * commit has no note, or none of its records is here; *missing gets the
 * workflows whose record is not.
 */
MUST_CHECK int stored_runs(struct run_list *out, struct strvec *missing,
			   struct repo *repo, const struct oid *commit,
			   struct err *err);

/** Puts each record's section into the note on `commit`, in one commit. */
MUST_CHECK int stored_put_notes(struct repo *repo, const struct oid *commit,
				const struct run_record *const *records,
				size_t count, struct err *err);

#endif /* APP_STORED_H */
