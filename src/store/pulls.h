#ifndef STORE_PULLS_H
#define STORE_PULLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/json.h"
#include "core/random.h"
#include "core/sha256.h"
#include "core/strvec.h"
#include "repo/oid.h"
#include "repo/repo.h"
#include "store/findings_life.h"

/** \file
 * What is remembered of each pull and branch between polls, in
 * refs/referee/pulls: pulls/<number div 100>/<number>.json and
 * branches/<name, percent-encoded>.json. referee-refs(7) has the format.
 * Blocking, the repository's own thread.
 */

#define PULL_STATE_VERSION 1

/** How far one workflow has got on one change. */
enum workflow_progress {
	PROGRESS_DUE,
	PROGRESS_RUNNING,
	PROGRESS_STORED,    /* record and note are there  */
	PROGRESS_DELIVERED, /* posted, status not yet set */
	PROGRESS_DONE,
	PROGRESS_FAILED,
	PROGRESS_SKIPPED,
};

struct workflow_state {
	char *workflow; /* its id */
	enum workflow_progress progress;
	char change_key[SHA256_HEX_SIZE]; /* the last it was due for */
	char head[OID_HEX_SIZE];
	char run[ULID_SIZE]; /* the record, once stored    */
	char *event;         /* why it was due             */
	char *reason;        /* of failed and skipped      */
	char *waits_for;     /* as its record has it       */
	int attempts;        /* that failed, on this change */
	int64_t retry_at_ms; /* 0: not by itself           */
	bool is_untold;      /* failed or skipped, and nobody was told yet */
	int64_t changed_at_ms;
	char *period; /* of schedules: the last one it ran in */
};

/** Something of ours on the forge, so that it is changed and never doubled. */
struct posted {
	char *kind;    /* "comment", "inline", "status", "branch", "pull" ... */
	char *key;     /* what it is for: a workflow, a fingerprint ...       */
	char *id;      /* the forge's                                         */
	char *head;    /* it was posted for                                   */
	char *digest;  /* of what it says, so that nothing is sent twice    */
	int64_t at_ms; /* of branches: when they got there; 0: they did not */
};

/** A request to a provider's batch endpoint that is under way. */
struct batch_state {
	char *service;
	char *id; /* the provider's */
	char *workflow;
	char *agent;
	int64_t sent_at_ms;
	struct json *request; /* what is needed to go on when it comes back */
};

struct pull_state {
	int64_t number;          /* 0: a branch's state */
	char *branch;            /* of a branch's state */
	int64_t epoch;           /* of the lease of its last writer */
	char head[OID_HEX_SIZE]; /* last seen; of a branch: last handled */
	char *base;              /* the branch it goes to                */
	char *title;
	char *author;
	bool is_draft, is_closed;
	bool is_left_out; /* open already at the very first poll */
	bool is_approved; /* a maintainer let a fork's workflows run */
	struct strvec labels;
	struct strvec change_keys; /* seen, oldest first, bounded */
	char *last_comment;        /* id of the last one read     */
	int64_t comments_at_ms;    /* read as of then, the forge's clock */
	int64_t seen_at_ms;
	/* Of a branch whose definitions are broken: a digest of what is wrong
	 * with them, how often that was told, and when it is again. */
	char mistakes[SHA256_HEX_SIZE];
	int mistakes_told;
	int64_t mistakes_retry_at_ms;
	struct workflow_state *workflows;
	size_t workflow_count, workflow_cap;
	struct posted *posted;
	size_t posted_count, posted_cap;
	struct batch_state *batches;
	size_t batch_count, batch_cap;
	struct known_list findings;
	struct oid read_from; /* the blob it was read from; zero: new */
};

/** A state to be filled, of a pull (number > 0) or of a branch. */
void pull_state_init(struct pull_state *state, int64_t number,
		     const char *branch);
void pull_state_release(struct pull_state *state);

/** The workflow's state; pull_state_workflow() adds one that is due. */
struct workflow_state *pull_state_find(const struct pull_state *state,
				       const char *workflow);
struct workflow_state *pull_state_workflow(struct pull_state *state,
					   const char *workflow);

/** What was posted for it; pull_state_posted() adds one without an id. */
struct posted *pull_state_find_posted(const struct pull_state *state,
				      const char *kind, const char *key);
struct posted *pull_state_posted(struct pull_state *state, const char *kind,
				 const char *key);

void batch_state_release(struct batch_state *batch);

/** Remembers the key as the latest; the oldest beyond a bound are forgotten. */
void pull_state_add_key(struct pull_state *state, const char *change_key);

/** JSON, both ways. Parsing fails with ERR_PROTOCOL, or ERR_INVALID for what a
 * newer referee wrote. */
void pull_state_format(struct buf *out, const struct pull_state *state);
MUST_CHECK int pull_state_parse(struct pull_state *out, const char *text,
				size_t len, struct err *err);

/** Of a pull (number > 0) or branch. ERR_NOT_FOUND: nothing is remembered. */
MUST_CHECK int pull_state_load(struct pull_state *out, struct repo *repo,
			       int64_t number, const char *branch,
			       struct err *err);

/**
 * Writes all of them in one commit, and sets their read_from. ERR_CONFLICT, and
 * nothing is written, if one of them was written by somebody else since it was
 * read: load again, do it again.
 */
MUST_CHECK int pull_states_save(struct repo *repo,
				struct pull_state *const *states, size_t count,
				struct err *err);

/** Loads, changes and saves in one go; the edit is called again while others
 * interfere. Where nothing is remembered yet it gets a fresh state. */
typedef int pull_edit_fn(struct pull_state *state, void *payload,
			 struct err *err);
MUST_CHECK int pull_state_edit(struct repo *repo, int64_t number,
			       const char *branch, pull_edit_fn *edit,
			       void *payload, struct err *err);

struct pull_list {
	struct pull_state *items;
	size_t len, cap;
	struct strvec unreadable; /* paths of the others */
};

/** "pulls/0/7.json", "branches/topic%2Fa.json"; the caller frees it. */
char *pull_state_path(int64_t number, const char *branch);

/** Every state that can be read, pulls first, by number and name; the others
 * are told in the log, and are to be left as they are. */
MUST_CHECK int pull_states_list(struct pull_list *out, struct repo *repo,
				struct err *err);
void pull_list_release(struct pull_list *list);

/** Was anything ever remembered here? False: this is the very first poll. */
bool pull_states_exist(struct repo *repo);

/** Forgets the closed pulls, and the branches not seen, since `before_ms`. */
MUST_CHECK int pull_states_expire(size_t *removed, struct repo *repo,
				  int64_t before_ms, struct err *err);

#endif /* STORE_PULLS_H */
