#ifndef STORE_BOOKS_H
#define STORE_BOOKS_H

#include <stdint.h>

#include "store/ledger.h"

/** \file
 * What the processes of a state directory spend, followed while they do: their
 * journals and the ledger, each line read once. With the lock of the books held
 * from reading to writing, what is seen is all there is. Blocking, one thread.
 */
struct books;

/** Something counts more than it did, or less. */
struct books_change {
	const char *project;   /* NULL: not known */
	int64_t at_ms;         /* of the request */
	int64_t used_nusd;     /* spent or reserved */
	int64_t reserved_nusd; /* of it, by those who live to settle it */
};

typedef void books_change_fn(const struct books_change *change, void *payload);

/** Of the state directory `state_dir`, which is there. */
struct books *books_new(const char *state_dir);
void books_free(struct books *books);

/** Keeps the other processes from spending until books_unlock(). ERR_CONFLICT:
 * another one does, for longer than it takes. */
MUST_CHECK int books_lock(struct books *books, struct err *err);
void books_unlock(struct books *books);

struct books_reading {
	struct repo *repo;    /* of the ledger; NULL: there is none yet */
	const char *own_path; /* the journal that is ours; NULL: none */
	int64_t since_ms;     /* of the ledger; always the same */
	books_change_fn *tell;
	void *payload;
};

/** Tells what others have spent since the last time; the first time, all. */
MUST_CHECK int books_read(struct books *books,
			  const struct books_reading *reading, struct err *err);

/** A line that we have written into our own journal: nobody is told of it. */
void books_note_own(struct books *books, const struct ledger_line *line,
		    bool is_settled);

/** What of ours is settled has left our journal for the ledger. */
void books_own_moved(struct books *books);

#endif /* STORE_BOOKS_H */
