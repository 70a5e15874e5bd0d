#ifndef FORGE_FORGE_H
#define FORGE_FORGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "config/settings.h"
#include "core/attr.h"
#include "core/err.h"
#include "core/severity.h"
#include "core/strvec.h"
#include "io/http.h"
#include "io/loop.h"
#include "repo/oid.h"

/** \file
 * Where a project's pulls and comments are. One struct forge a project; all of
 * it on the loop's thread. What is asked of it is a wish, what comes back an
 * answer; a kind of forge only translates the two (backend.h). Tokens, paging,
 * conditional requests, rate limits and retries are here, once.
 */

enum forge_act {
	FORGE_WHO,           /* our own account: `user`                      */
	FORGE_PULLS,         /* every open pull; conditional: `pulls`        */
	FORGE_PULL,          /* one, also if closed: `pulls`                 */
	FORGE_COMMENTS,      /* of all pulls, since then; conditional too    */
	FORGE_LINE_COMMENTS, /* of one pull: remarks on lines               */
	FORGE_PULL_COMMENTS, /* of one pull, all pages                      */
	FORGE_REVIEWS,       /* of one pull: `comments`, the reviews' bodies */
	FORGE_REVIEW_LINES,  /* of the review `id`: its remarks on lines     */
	FORGE_PERMISSION,    /* of the account `text`: `permission`          */
	FORGE_REVIEW,        /* post `review`: `id`                          */
	FORGE_DROP_REVIEW,   /* delete our pending review `id`               */
	FORGE_ADD_COMMENT,   /* `text` on the pull: `id`                     */
	FORGE_EDIT_COMMENT,  /* comment `id` becomes `text`: `id`            */
	FORGE_STATUS,        /* `status` on commit `head`                    */
	FORGE_CHECK,         /* `check` on commit `head`: `id`; apps only    */
	FORGE_REACT,         /* `text` ("eyes", "+1" ...) on comment `id`    */
	FORGE_REACT_LINE,    /* the same on a remark on a line               */
	FORGE_REACTIONS,     /* on the remark on a line `id`: `reactions`    */
	FORGE_THREADS,       /* of one pull: `threads`                       */
	FORGE_RESOLVE,       /* the thread `id` is dealt with                */
	FORGE_STATUSES,      /* of commit `head`; conditional: `signals`     */
	FORGE_CHECKS,        /* check runs of commit `head`; likewise        */
	FORGE_OPEN_PULL,     /* `stacked`: `id` is its number                */
};

#define FORGE_ACT_COUNT (FORGE_OPEN_PULL + 1)

/** "the list of open pulls", "a review": for messages. */
const char *forge_act_name(enum forge_act act);

/** A remark on lines of the new side. */
struct forge_line {
	const char *path;
	int line;       /* the last; inside a hunk                 */
	int start_line; /* the first, of the same hunk; 0: only one */
	const char *text;
};

struct forge_review {
	const char *head; /* 40 digits */
	const char *text;
	const struct forge_line *lines;
	size_t count;
};

enum forge_state {
	FORGE_SUCCESS,
	FORGE_FAILURE,
	FORGE_ERROR,
	FORGE_PENDING,
};

struct forge_status {
	const char *context; /* "referee/pr-review" */
	enum forge_state state;
	const char *text; /* cut to what the forge allows */
	const char *url;  /* may be NULL */
};

struct forge_annotation {
	const char *path;
	int line, end_line;
	enum severity severity;
	const char *title, *text;
};

struct forge_check {
	const char *name;
	enum forge_state state;
	const char *title, *text;
	const struct forge_annotation *notes; /* at most FORGE_NOTES_MAX */
	size_t count;
};

#define FORGE_NOTES_MAX 50

struct forge_stacked {
	const char *head_ref, *base_ref;
	const char *title, *text;
};

/** What is asked. Borrowed until the answer; an act looks at what it needs. */
struct forge_wish {
	enum forge_act act;
	int64_t pull;
	const char *id;
	const char *head; /* a commit, 40 digits */
	const char *text;
	int64_t since_ms; /* wall clock of the forge; 0: from the start */
	const struct forge_review *review;
	const struct forge_status *status;
	const struct forge_check *check;
	const struct forge_stacked *stacked;
};

struct forge_pull {
	int64_t number;
	char head[OID_HEX_SIZE], base[OID_HEX_SIZE];
	char merge_commit[OID_HEX_SIZE]; /* "": not told */
	char *head_ref, *base_ref;
	char *head_repository; /* "acme/app"; NULL: it is gone */
	char *title, *body, *url;
	char *author, *author_id; /* NULL: a deleted account */
	struct strvec labels;
	int64_t updated_ms;
	bool is_draft, is_fork, is_closed, is_merged;
};

/** A comment, a review or a remark on a line. */
struct forge_comment {
	char *id;
	int64_t pull; /* 0: not of a pull */
	char *author, *author_id;
	char *body;
	char *head;  /* of reviews: the commit it was on */
	char *state; /* of reviews: "pending", "commented" ... */
	char *path;  /* of remarks on lines */
	int64_t updated_ms;
	bool has_reactions; /* or they are not told of */
};

struct forge_reaction {
	char *author, *author_id;
	char *what; /* "+1", "-1" ... */
};

struct forge_thread {
	char *id;
	char *comment_id; /* of its first remark */
	bool is_resolved;
};

/** How far somebody's CI has got with one thing. */
enum forge_signal_state {
	SIGNAL_PENDING, /* or it waits for a person                     */
	SIGNAL_PASSED,
	SIGNAL_FAILED,
	SIGNAL_NEUTRAL, /* it had nothing to say: neutral, skipped      */
	SIGNAL_STOPPED, /* it will say nothing any more: cancelled ...  */
};

/** The latest commit status of a context, or check run of a name. */
struct forge_signal {
	char *name;
	enum forge_signal_state state;
	char *word;         /* as the forge calls the state: "timed_out" */
	char *url;          /* NULL: none */
	int64_t changed_ms; /* the forge's clock; 0: not told */
};

struct forge_answer {
	enum forge_act act;
	bool is_unchanged; /* of conditional ones: it is as it was last time */
	struct forge_pull *pulls;
	size_t pull_count, pull_cap;
	struct forge_comment *comments;
	size_t comment_count, comment_cap;
	struct forge_reaction *reactions;
	size_t reaction_count, reaction_cap;
	struct forge_thread *threads;
	size_t thread_count, thread_cap;
	struct forge_signal *signals;
	size_t signal_count, signal_cap;
	char *user, *user_id; /* FORGE_WHO; user_id NULL: not told */
	enum permission permission;
	char *id, *url; /* of what was made */
	char *cursor;   /* where the next page starts; within forge/ */
};

void forge_answer_release(struct forge_answer *answer);

struct forge;

/**
 * The end of a wish; once, never from inside forge_start(). One of `answer` and
 * `err` is NULL. The answer is gone afterwards; whoever wants to keep it copies
 * the struct and leaves a zeroed one.
 *
 * ERR_NOT_FOUND (deleted, or not for us to see), ERR_AUTH, ERR_RATE (seconds in
 * `detail`: longer than we wait here), ERR_INVALID (refused as wrong: the
 * forge's 422), ERR_CONFLICT, ERR_UNAVAILABLE, ERR_TIMEOUT, ERR_PROTOCOL,
 * ERR_TOO_LARGE, ERR_CANCELLED. Messages name project and pull. After
 * ERR_UNAVAILABLE or ERR_TIMEOUT of something that writes it may be there or
 * not: ask before doing it again.
 */
typedef void forge_done_fn(struct forge_answer *answer, const struct err *err,
			   void *payload);

struct forge_options {
	struct loop *loop;
	struct http *http;
	const struct project_settings *project;
	const struct settings *settings;
	const char *state_dir; /* what is remembered goes below it */
};

/** Everything in `options` outlives it. ERR_INVALID for a kind of forge that
 * is not spoken here. Asks nobody. */
MUST_CHECK int forge_new(struct forge **out,
			 const struct forge_options *options, struct err *err);

/** Only when nothing is under way. NULL is fine. */
void forge_free(struct forge *forge);

/** Can it be asked for that at all? Plain git has no comments. */
bool forge_can(const struct forge *forge, enum forge_act act);

MUST_CHECK int forge_start(struct forge *forge, const struct forge_wish *wish,
			   forge_done_fn *done, void *payload, struct err *err);

/** The token, for git over HTTP; good until forge_free(). `user` is the name
 * that goes with it. One of `token` and `err` is NULL; both are where the
 * project has none. */
typedef void forge_token_fn(const struct secret *token, const char *user,
			    const struct err *err, void *payload);
MUST_CHECK int forge_token(struct forge *forge, forge_token_fn *done,
			   void *payload, struct err *err);

#endif /* FORGE_FORGE_H */
