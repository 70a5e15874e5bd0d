#ifndef APP_DOCTOR_H
#define APP_DOCTOR_H

#include "config/settings.h"

/** \file
 * `referee doctor`: does this installation have what it needs?
 */

enum doctor_state {
	DOCTOR_FINE,
	DOCTOR_NOTE, /* works, but something is missing that may be wanted */
	DOCTOR_BAD,  /* will fail when it is used */
};

struct doctor_check {
	enum doctor_state state;
	char *subject; /* "git", "service claude-api", "project wallet" ... */
	char *text;    /* what was found and, if need be, what to do */
};

struct doctor_report {
	struct doctor_check *items;
	size_t len, cap;
};

void doctor_report_release(struct doctor_report *report);

/**
 * Looks at programs, the clone at `dir` (NULL: ours; none is fine), the state
 * directory, the keys of services (which are read and forgotten, never shown)
 * and whether the projects' remotes answer. Asks no service. Blocking: each
 * wait has a limit.
 */
void doctor_examine(struct doctor_report *out, const char *dir,
		    const struct settings *settings);

#endif /* APP_DOCTOR_H */
