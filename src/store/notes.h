#ifndef STORE_NOTES_H
#define STORE_NOTES_H

#include <stddef.h>

#include "core/buf.h"
#include "repo/repo.h"

/** \file
 * Notes on commits, in refs/notes/referee: what people see. Blocking, the
 * repository's own thread.
 */

/** One workflow's section of one commit's note; see note_text_put(). */
struct note_change {
	struct oid commit;
	const char *workflow; /* its id */
	const char *section;
	const char *trailer;
};

/**
 * Puts all of them, in one commit on the ref, whoever else moves it meanwhile.
 * The rest of each note stays as it is. ERR_INVALID: a section that is none, or
 * a note that holds NULs; ERR_CONFLICT after too many tries.
 */
MUST_CHECK int notes_put(struct repo *repo, const struct note_change *changes,
			 size_t count, struct err *err);

/** Appends the note's text; ERR_NOT_FOUND. */
MUST_CHECK int notes_read(struct buf *out, struct repo *repo,
			  const struct oid *commit, struct err *err);

/**
 * Brings in what somebody else's notes have at `theirs` (a commit, the tip of a
 * notes ref fetched from elsewhere): nothing that either side wrote is lost,
 * notes changed on both sides hold both. Ours then descends from theirs, so
 * that it can be pushed. Objects must be here; ERR_NOT_FOUND otherwise.
 */
MUST_CHECK int notes_unite(struct repo *repo, const struct oid *theirs,
			   struct err *err);

#endif /* STORE_NOTES_H */
