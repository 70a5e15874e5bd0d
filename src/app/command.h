#ifndef APP_COMMAND_H
#define APP_COMMAND_H

#include <stdbool.h>

#include "config/settings.h"
#include "core/buf.h"
#include "core/strvec.h"
#include "store/pulls.h"

/** \file
 * Commands in comments: what one says, and whether its author may. Pure; any
 * thread. Nothing of a comment is used but what fits an allow-list: ids of
 * workflows that exist, hexadecimal digits, and a reason that is only shown.
 */

enum command_kind {
	COMMAND_NONE, /* no command, nothing is answered */
	COMMAND_RUN,
	COMMAND_REVIEW,
	COMMAND_DISMISS,
	COMMAND_HELP,
	COMMAND_WRONG, /* one that cannot be obeyed: see `refusal` */
};

struct command {
	enum command_kind kind;
	char *workflow;                /* of run: an id that exists     */
	char prefix[FINGERPRINT_SIZE]; /* of dismiss: 4 to 12 digits    */
	char *reason;                  /* of dismiss: cleaned, one line */
	char *refusal; /* of wrong: a sentence for its author, harmless */
};

/** Reads the first line of `body`: quoted, fenced and indented text is no
 * command, nor is anything that bears a marker of ours. `workflows`: the ids
 * that exist. *out is to be released. */
void command_parse(struct command *out, const char *body,
		   const struct strvec *workflows);
void command_release(struct command *command);

/** The answer to `/referee help`, as Markdown. */
void command_help(struct buf *out, const struct strvec *workflows);

/** Who asks, as the forge says. */
struct command_author {
	const char *name;
	enum permission permission;
	bool is_self; /* our own account */
};

enum command_verdict {
	COMMAND_IGNORED, /* no command, or our own comment */
	COMMAND_ACCEPTED,
	COMMAND_REFUSED,
};

/**
 * May it be done? A refusal's reason is appended to `why`. `is_fork`: the pull
 * comes from another repository. An accepted run or review by somebody who may
 * write there approves a fork: *approves is set, and state->is_approved is the
 * caller's to set.
 */
enum command_verdict command_judge(struct buf *why, bool *approves,
				   const struct command *command,
				   const struct command_author *author,
				   const struct project_settings *project,
				   bool is_fork);

/** May this author start that workflow by hand? `allow.WORKFLOW` stands instead
 * of `commands` there. What `/referee review` starts is asked one by one. */
bool command_may_start(const struct project_settings *project,
		       const struct command_author *author,
		       const char *workflow);

/** Does what an accepted dismiss says. ERR_NOT_FOUND or ERR_INVALID with words
 * for its author. */
MUST_CHECK int command_dismiss(struct pull_state *state,
			       const struct command *command, const char *by,
			       int64_t now_ms, struct err *err);

/** May the workflows of this pull run by themselves? False: a fork that nobody
 * approved, or one of a project that never runs them; why is appended. */
bool fork_may_run(struct buf *why, const struct project_settings *project,
		  const struct pull_state *state, bool is_fork);

#endif /* APP_COMMAND_H */
