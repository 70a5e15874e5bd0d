#ifndef APP_POLL_PROJECT_H
#define APP_POLL_PROJECT_H

#include "app/company.h"
#include "app/coverage.h"
#include "app/definitions.h"
#include "app/judge.h"
#include "app/mirror.h"
#include "store/project_lock.h"
#include "store/pulls.h"
#include "workflow/trigger.h"

/* What one project's poll works with; of poll*.c alone. */

/* A workflow on a change, and what is remembered of it afterwards. */
struct poll_use {
	const char *event; /* static                                   */
	const char *why;   /* static                                   */
	char *period;      /* of a schedule: what it ran for; or NULL  */
};

/* One change that something is due for. */
struct poll_change {
	struct poll_project *project;
	char *place; /* for people */
	char *branch;
	char *request;           /* the ref that asks for it; NULL: none */
	bool is_handled_by_head; /* a push: the head is the next one's base */
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
	bool is_started, is_stored;
};

/* Definitions at one trusted commit. */
struct poll_definitions {
	struct oid trusted;
	struct definitions definitions;
	struct err err; /* why they cannot be used; ERR_OK: they can */
};

struct poll_project {
	const struct settings *settings;
	const struct project_settings *project;
	bool dry_run;
	bool may_push;
	struct cancel cancel; /* of what the mirror does */
	struct project_lock *lock;
	struct mirror *mirror;
	struct company company;
	struct poll_definitions **definitions;
	size_t definitions_len, definitions_cap;
	struct pull_state **states; /* what is remembered, by nobody's order */
	size_t state_count, state_cap;
	struct poll_change **changes;
	size_t change_count, change_cap;
	int64_t now_ms;
	bool has_pushed;
	size_t problems; /* changes that could not be looked at; told */
	struct err err;
};

void poll_project_release(struct poll_project *project);

/* The blocking parts, each on a worker, one after the other. */

/* Takes the lock, sees what is new, remembers it, and finds what is due. */
MUST_CHECK int poll_look(struct poll_project *project, struct err *err);

/* Remembers what was judged, and takes it to the remote. */
MUST_CHECK int poll_settle(struct poll_project *project, struct err *err);

/* Definitions in force at a commit, read once. Mistakes in them are told. */
MUST_CHECK int poll_definitions_at(struct definitions **out,
				   struct poll_project *project,
				   const struct oid *trusted, struct err *err);

/* The trusted commit for changes of `branch`. */
MUST_CHECK int poll_trusted(struct oid *out, struct poll_project *project,
			    const char *branch, struct err *err);

/* A new change of the project, without workflows: head compared with base. */
MUST_CHECK int poll_change_add(struct poll_change **out,
			       struct poll_project *project,
			       const struct oid *base, const struct oid *head,
			       const char *target, struct err *err);
/* Takes the last one back. */
void poll_change_drop(struct poll_project *project);
void poll_change_use(struct poll_change *change,
		     const struct workflow *workflow, const char *event,
		     const char *why);

/* The event that a state remembers by its name, taken apart; static. One that
 * is not known is the opening of a pull. */
const char *poll_event(const char *name, enum trigger_event *event,
		       enum pull_action *action);

#endif /* APP_POLL_PROJECT_H */
