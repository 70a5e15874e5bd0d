#ifndef APP_POLL_LOOK_H
#define APP_POLL_LOOK_H

#include "app/due.h"
#include "app/poll_project.h"
#include "repo/pattern.h"
#include "repo/refs.h"
#include "workflow/facts.h"

/* Looking at a project; shared by the files that do, each for one kind of
 * change. A worker's thread. */

struct look {
	struct poll_project *project;
	struct repo *repo;
	struct pattern_list pulls;   /* of plain git: branches that are pulls */
	const char *target;          /* of those */
	struct pull_state **touched; /* to be saved; borrowed */
	size_t touched_count, touched_cap;
};

/* What is remembered of it, or a new one. */
struct pull_state *look_state(struct look *look, int64_t number,
			      const char *branch, bool *is_new);
/* It is to be saved. */
void look_touch(struct look *look, struct pull_state *state);

/* A change that cannot be looked at leaves the others alone. */
void look_tell(struct look *look, const char *place, const struct err *err);

/* Does it trigger the workflow, as this event? `unknown` as in
 * workflow_test(). `state`: of its pull, if it has one. */
enum holds look_test(const struct poll_change *change,
		     const struct pull_state *state,
		     const struct workflow *workflow, enum trigger_event event,
		     enum pull_action action, const char **unknown);

/* Of all that is marked for this content, what is to run now. */
void look_choose(struct look *look, struct poll_change *change,
		 struct pull_state *state);

/* due_now(), and not for CI alone: *ci, if it is not NULL, is the caller's as
 * of poll_ci_waits(). */
const char *look_due(const struct look *look, const struct pull_state *state,
		     const struct workflow_state *at, bool is_told,
		     struct ci_tests *ci);

/* Is there anything that look_choose() might choose? */
bool look_waits(const struct look *look, const struct pull_state *state);

/* Is there a record of the workflow for what the change is now? One that cannot
 * be read is none. */
bool look_has_result(const struct look *look, const struct poll_change *change,
		     const char *workflow);

/* Where a branch of the project is; ERR_NOT_FOUND. */
MUST_CHECK int look_tip(struct oid *out, struct look *look, const char *branch,
			struct err *err);
/* The commit before, or itself where there is none. */
MUST_CHECK int look_parent(struct oid *out, struct look *look,
			   const struct oid *id, struct err *err);

/* poll_pulls.c: branches that are pulls of plain git, and those that were. */
bool look_is_pull(const struct look *look, const char *branch);
MUST_CHECK int look_at_pull_branch(struct look *look, const char *branch,
				   const struct oid *head, struct err *err);
void look_at_gone_branches(struct look *look);

/* poll_forge_pulls.c: pulls as the forge has them. */
void look_at_forge_pulls(struct look *look);

/* poll_pulls.c: one of either kind. */
struct pull_subject {
	struct pull_seen seen; /* without head and change key */
	const char *place;
	const char *branch;            /* of plain git */
	const struct forge_pull *pull; /* of a forge   */
	struct oid head;
};
MUST_CHECK int look_at_pull(struct look *look,
			    const struct pull_subject *subject,
			    struct err *err);
/* Nothing happened to it, and nothing waits. */
bool look_is_quiet(const struct look *look, const struct pull_state *state,
		   const struct pull_subject *subject);

/* poll_commands.c: what people said about this pull since the last poll is
 * obeyed or refused, and their opinion of findings remembered. `change` is the
 * pull's, without workflows yet. */
void look_at_comments(struct look *look, struct poll_change *change,
		      struct pull_state *state);
/* Is there any of that? */
bool look_has_comments(const struct look *look, const struct pull_state *state,
		       const struct forge_pull *pull);

/* poll_pushes.c: branches that are not pulls, and schedules. */
MUST_CHECK int look_at_push(struct look *look, const char *branch,
			    const struct oid *head, struct err *err);
MUST_CHECK int look_at_schedules(struct look *look, const char *branch,
				 const struct oid *head, struct err *err);

/* poll_definitions.c: broken definitions that were told are remembered, those
 * that are mended forgotten. */
void look_at_mistakes(struct look *look);

/* poll_requests.c: requests by ref. */
MUST_CHECK int look_at_requests(struct look *look, struct err *err);

#endif /* APP_POLL_LOOK_H */
