#ifndef STORE_FINDINGS_LIFE_H
#define STORE_FINDINGS_LIFE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/strvec.h"
#include "store/record.h"

/** \file
 * The life of findings across pushes: which of them is the same remark as
 * before, which is fixed, which was dismissed by somebody. Pure; any thread.
 *
 * A finding is known by who says it, its category, path, enclosing symbol and
 * the code it quotes (white space aside), never by a line number. Once known it
 * keeps its fingerprint when the code moves, its symbol is renamed or its file
 * is; when the code itself changes, it is another one.
 */

/** Sets `fingerprint` of each: the n-th of several alike has its own. To be
 * called before findings are united or shown. */
void findings_fingerprint(struct finding_list *findings);

/** Sets that of one alone, as if it were the first of its kind. */
void finding_fingerprint(struct finding *finding);

/** The quoted code as it is compared: runs of white space as one blank, none at
 * the ends, placeholders of secrets without their number. The caller frees it.
 */
char *finding_code(const char *quote);

enum finding_state {
	FINDING_OPEN,
	FINDING_FIXED,     /* its code is gone or changed          */
	FINDING_DISMISSED, /* by somebody, until its code changes  */
};

const char *finding_state_name(enum finding_state state);

/** What became of a finding, and when: "opened", "fixed", "dismissed",
 * "reopened"; and what people think of it: "liked", "disliked", "resolved". */
struct finding_event {
	char *what;
	int64_t at_ms;
	char *by;     /* who, for what people did; else NULL        */
	char *reason; /* theirs                                     */
	char *head;   /* the commit that was looked at; may be NULL */
};

/** A finding as it is remembered. */
struct known_finding {
	char fingerprint[FINGERPRINT_SIZE]; /* never changes         */
	char *workflow;
	char *agent;
	char *rule;
	char *category;
	char *path; /* where it is now */
	char *symbol;
	char *code; /* see finding_code() */
	char *title;
	enum severity severity;
	int line; /* when last seen; 0: without */
	enum finding_state state;
	struct finding_event *history;
	size_t event_count, event_cap;
};

struct known_list {
	struct known_finding *items;
	size_t len, cap;
};

void known_list_release(struct known_list *list);

/** A file of the change that has another path than before. */
struct rename {
	const char *old_path, *path;
};

/** What a run looked at. */
struct life_context {
	const char *workflow;
	const char *head; /* 40 digits */
	int64_t now_ms;
	const struct rename *renames;
	size_t rename_count;
	/* Does the file, as it is at the head, hold this code (as of
	 * finding_code())? For "": is it there at all? */
	bool (*has_code)(const char *path, const char *code, void *payload);
	void *payload;
	/* Agents that answered. What a rule of theirs found and does not find
	 * again is fixed, also where the code stays: rules miss nothing. */
	const struct strvec *answered; /* NULL: nobody */
};

/**
 * Unites what a run found with what is known: new findings are added, known
 * ones that are found again take their new place (and `found` gets the
 * fingerprint by which they are known), fixed ones that come back are open
 * again, dismissed ones stay dismissed. A known one of the same workflow that
 * was not found again is fixed if its code is gone, or if a rule had found it;
 * if not, it stays as it is: a model does not say everything twice.
 */
void findings_unite(struct known_list *known, struct finding_list *found,
		    const struct life_context *context);

/** NULL if there is none. */
const struct known_finding *known_list_find(const struct known_list *list,
					    const char *fingerprint);

/** The only one whose fingerprint starts so (4 digits at least).
 * ERR_NOT_FOUND, ERR_INVALID if it is too short or several do. */
MUST_CHECK int known_list_resolve(size_t *out, const struct known_list *list,
				  const char *prefix, struct err *err);

/** Is it the same remark on the same code in the same place, by whatever
 * fingerprint? */
bool known_finding_is_same(const struct known_finding *a,
			   const struct known_finding *b);

/** Somebody's opinion, once for each `what` and `by` (NULL: not told); the
 * state stays. */
void known_finding_note(struct known_finding *finding, const char *what,
			const char *by, int64_t now_ms);

/** A person's word; `by` and `reason` are copied. ERR_INVALID if it is fixed
 * (dismissing) or not dismissed (reopening). */
MUST_CHECK int known_finding_dismiss(struct known_finding *finding,
				     const char *by, const char *reason,
				     int64_t now_ms, struct err *err);
MUST_CHECK int known_finding_reopen(struct known_finding *finding,
				    const char *by, const char *reason,
				    int64_t now_ms, struct err *err);

#endif /* STORE_FINDINGS_LIFE_H */
