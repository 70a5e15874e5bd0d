#ifndef APP_KNOWN_H
#define APP_KNOWN_H

#include <stddef.h>
#include <stdint.h>

#include "agents/sources.h"
#include "repo/repo.h"
#include "store/runs.h"

/** \file
 * What runs find, united with what is known of a pull or branch: the life of
 * findings as it is kept in refs/referee/pulls. Blocking, the repository's own
 * thread.
 */
struct redactor;

/** Whose findings they are: a pull's (number > 0) or a branch's. Neither: those
 * of a head without a name; nothing is remembered of them. */
struct known_place {
	int64_t number;
	const char *branch;
};

/** Earlier findings and what became of them, for agents, redacted and bounded.
 * NULL if nothing is known. The caller frees it. */
char *known_previous(struct repo *repo, const struct known_place *place,
		     struct redactor *redactor);

/**
 * Unites what the runs on one head found with what is known of the place, and
 * remembers it. The findings of each record get the fingerprints by which they
 * are known, so this comes before records are stored. A state that cannot be
 * read, or is of a newer referee, is told in the log and left alone.
 */
MUST_CHECK int known_unite(struct repo *repo, const struct known_place *place,
			   const struct sources *sources,
			   struct run_record *const *records, size_t count,
			   struct err *err);

/** Makes stored records what people are to see: see dismissals_hide(). */
MUST_CHECK int known_hide(struct repo *repo, struct run_record *const *records,
			  size_t count, struct err *err);

/** The same for all of a list. */
MUST_CHECK int known_hide_list(struct repo *repo, struct run_list *list,
			       struct err *err);

/** What came of a dismissal. */
struct known_dismissed {
	char fingerprint[FINGERPRINT_SIZE];
	char *title; /* of the finding */
	char *path;
	bool was_dismissed; /* already; the new reason is added to its history
			     */
	size_t notes;       /* that were made anew */
};

void known_dismissed_release(struct known_dismissed *dismissed);

/**
 * A person's word: hides the finding whose fingerprint starts with `prefix`
 * wherever it is known in this repository, until its code changes. The notes on
 * the commits it was seen at and on the heads of its branches are made anew;
 * records stay as they are.
 *
 * ERR_NOT_FOUND: there is no such finding. ERR_INVALID: the prefix is too short
 * or of several, or the finding is fixed. Nothing is changed then.
 */
MUST_CHECK int known_dismiss(struct known_dismissed *out, struct repo *repo,
			     const char *prefix, const char *by,
			     const char *reason, struct err *err);

#endif /* APP_KNOWN_H */
