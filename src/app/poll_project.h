#ifndef APP_POLL_PROJECT_H
#define APP_POLL_PROJECT_H

#include "app/company.h"
#include "app/coverage.h"
#include "app/definitions.h"
#include "app/judge.h"
#include "app/mirror.h"
#include "forge/forge.h"
#include "store/project_lock.h"
#include "store/pulls.h"
#include "workflow/trigger.h"

/* What one project's poll works with; of poll*.c alone. */

/* Something that is asked of the forge, and what it said. */
struct poll_question {
	enum forge_act act;
	int64_t pull; /* 0: of none */
	char *id;     /* a comment's, or an account's name */
	int64_t since_ms;
	bool is_asked, is_answered;
	bool is_missing; /* there is no such thing */
	char *failure;   /* why it was not answered; NULL: it was */
	struct forge_answer answer;
};

/* What somebody who gave a command is told; or that a workflow waits for one
 * who approves a pull from a fork, as a status that its result will replace. */
struct poll_reply {
	struct pull_state *state;
	char *held;           /* the workflow that waits; NULL: a command    */
	char *comment;        /* its id; of a review's body: "review:ID"     */
	const char *reaction; /* static; reviews cannot have one             */
	char *text;           /* as a comment; NULL: none                    */
	bool may_be_there;    /* an earlier poll was ended on the way        */
	bool is_said;
	char *last_comment; /* with this the pull's comments are read, and   */
	int64_t read_at_ms; /* as of then                                    */
};

/* A workflow on a change, and what is remembered of it afterwards. */
struct poll_use {
	const char *event; /* static                                   */
	const char *why;   /* static                                   */
	char *period;      /* of a schedule: what it ran for; or NULL  */
};

/* One change that something is due for. */
struct poll_change {
	struct poll_project *project;
	char *place;  /* for people                                */
	char *branch; /* whose state remembers it, if no pull's    */
	char *target; /* of a pull: the branch it goes to; or NULL */
	const struct forge_pull *pull; /* NULL: none of a forge */
	const char *tests_refused;     /* why none are run; NULL: they may be */
	char *request;           /* the ref that asks for it; NULL: none */
	bool is_handled_by_head; /* a push: the head is the next one's base */
	bool is_landing;         /* what a closed pull became on its target */
	char *title, *description, *author;
	struct oid trusted;
	struct definitions *definitions;
	struct changeset changeset;
	struct change_coverage coverage;
	struct judge_workflow *workflows; /* and, side by side, */
	struct poll_use *uses;
	size_t count, cap;
	struct judge *judge; /* NULL: not under way */
	struct judged judged;
	struct pull_state *state; /* as it is told from; poll_tell.c's */
	bool is_started, is_stored;
};

/* Definitions at one trusted commit. */
struct poll_definitions {
	struct oid trusted;
	char *branch; /* whose tip it is */
	struct definitions definitions;
	struct err err; /* why they cannot be used; ERR_OK: they can */
	char mistakes[SHA256_HEX_SIZE]; /* a digest of those; "": none */
	bool is_waiting; /* they were told before, and it is not time yet */
};

struct poll_project {
	const struct settings *settings;
	const struct project_settings *project;
	bool dry_run;
	bool may_push;
	struct forge *forge;        /* NULL: plain git. The loop's thread   */
	const struct secret *token; /* the forge's, for git; NULL: ours     */
	struct poll_question **questions;
	size_t question_count, question_cap;
	struct poll_reply **replies;
	size_t reply_count, reply_cap;
	struct cancel cancel; /* of what the mirror does */
	struct project_lock *lock;
	struct mirror *mirror;
	struct company company;
	struct poll_definitions **definitions;
	size_t definitions_len, definitions_cap;
	struct pull_state **states; /* what is remembered, by nobody's order */
	size_t state_count, state_cap;
	struct strvec unreadable;     /* states that are: paths */
	struct poll_batches *batches; /* that nothing was judged for, in turn */
	struct poll_change **changes;
	size_t change_count, change_cap;
	bool is_first; /* nothing was ever remembered */
	int64_t now_ms;
	bool has_pushed;
	bool is_behind;  /* there was something to push, and it had to wait */
	size_t problems; /* changes that could not be looked at; told */
	struct err err;
};

void poll_project_release(struct poll_project *project);

/* What is remembered of a pull of the forge (number > 0) or of a branch; NULL:
 * nothing. */
struct pull_state *poll_find_state(const struct poll_project *project,
				   int64_t number, const char *branch);

/* Is something remembered of it that cannot be read, or is a newer referee's?
 * It is left alone then. */
bool poll_is_unreadable(const struct poll_project *project, int64_t number,
			const char *branch);

/* The blocking parts, each on a worker, one after the other. */

/* Nobody else works on it until the project is released. */
MUST_CHECK int poll_lock(struct poll_project *project, struct err *err);

/* Takes the lock, brings in what is new, reads what is remembered, and knows
 * what is to be asked of the forge besides its open pulls. */
MUST_CHECK int poll_open(struct poll_project *project, struct err *err);

/* Remembers what is new, and finds what is due. */
MUST_CHECK int poll_look(struct poll_project *project, struct err *err);

/* What was answered to people is remembered. */
MUST_CHECK int poll_answered(struct poll_project *project, struct err *err);

/* Remembers what was judged. */
MUST_CHECK int poll_settle(struct poll_project *project, struct err *err);

/* Takes it to the remote. */
MUST_CHECK int poll_push(struct poll_project *project, struct err *err);

/* The same of what had to wait, without looking at anything. */
MUST_CHECK int poll_flush(struct poll_project *project, struct err *err);

/* The trusted commit for changes of `branch` and the definitions in force
 * there, read once. Mistakes in them are told, as often as a run that fails is
 * tried.
 */
MUST_CHECK int poll_definitions_for(struct definitions **out,
				    struct oid *trusted,
				    struct poll_project *project,
				    const char *branch, struct err *err);

/* Those for changes of `branch` are broken, which was told: nothing can be done
 * until they are mended. */
bool poll_definitions_wait(struct poll_project *project, const char *branch);

/* A new change of the project, without workflows: head compared with base. */
MUST_CHECK int poll_change_add(struct poll_change **out,
			       struct poll_project *project,
			       const struct oid *base, const struct oid *head,
			       const char *target, struct err *err);
/* To be said with the next poll_reply(); to be filled. */
struct poll_reply *poll_reply_add(struct poll_project *project,
				  struct pull_state *state);

/* Whoever is told of what became of it: the forge, or a section for messages.
 */
bool poll_change_is_told(const struct poll_change *change);
/* Takes the last one back. */
void poll_change_drop(struct poll_project *project);
void poll_change_use(struct poll_change *change,
		     const struct workflow *workflow, const char *event,
		     const char *why);

/* To be asked with the next poll_ask(). */
struct poll_question *poll_question_add(struct poll_project *project,
					enum forge_act act, int64_t pull,
					const char *id);
/* The first of that kind about it; NULL: there is none. `id` may be NULL. */
const struct poll_question *
poll_question_asked(const struct poll_project *project, enum forge_act act,
		    int64_t pull, const char *id);
/* The first of that kind about it that was answered; NULL: none was. `id` may
 * be NULL. */
const struct poll_question *
poll_question_find(const struct poll_project *project, enum forge_act act,
		   int64_t pull, const char *id);

/* The event that a state remembers by its name, taken apart; static. One that
 * is not known is the opening of a pull. */
const char *poll_event(const char *name, enum trigger_event *event,
		       enum pull_action *action);

#endif /* APP_POLL_PROJECT_H */
