#ifndef WORKFLOW_WORKFLOW_H
#define WORKFLOW_WORKFLOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "agents/definition.h"
#include "config/mistakes.h"
#include "config/settings.h"
#include "core/severity.h"
#include "core/strvec.h"

/** \file
 * A workflow as people write it, referee-workflow(5): what the file says,
 * checked and complete. When it applies is trigger.h's, how it runs is plan.h's
 * and run.h's.
 */

enum trigger_event {
	EVENT_PULL_REQUEST,
	EVENT_PUSH,
	EVENT_MANUAL,
	EVENT_SCHEDULE,
};

/** What happened to a pull; PULL_ANY is the trigger without one, which means
 * opened, synchronize, reopened and ready. */
enum pull_action {
	PULL_ANY,
	PULL_OPENED,
	PULL_SYNCHRONIZE,
	PULL_REOPENED,
	PULL_READY,
	PULL_LABELED,
	PULL_CLOSED,
};

struct condition; /* workflow/condition.h */

struct trigger {
	enum trigger_event event;
	enum pull_action action;
	int64_t every_ms;              /* of a schedule */
	struct condition **conditions; /* all must hold */
	size_t condition_count, condition_cap;
};

/** One agent as the workflow uses it. */
struct workflow_agent {
	char *name;
	char *type;         /* may be NULL */
	char *service;      /* NULL: the configuration's */
	char *model;        /* NULL or "auto": by complexity */
	int max_tokens;     /* 0: not said */
	double temperature; /* negative: not said */
	struct strvec setting_names,
		setting_values; /* further config scalars */
	struct strvec tasks;
	struct strvec depends_on; /* agents of the same list */
	int64_t timeout_ms;       /* 0: not said */
	bool optional;
	struct place place;
};

struct workflow_phase {
	char *name;
	struct workflow_agent *agents;
	size_t agent_count, agent_cap;
	bool parallel;
	bool has_depends_on; /* else it follows the phase before it */
	struct strvec depends_on;
	struct place place;
};

/** `if: SERVICE.fails`, and what then. */
struct fallback_rule {
	char *service;
	char *use;      /* another service, or NULL          */
	char *notify;   /* a notify section's name, or NULL  */
	bool continues; /* false: `continue: false` was said */
	struct place place;
};

/** Instructions for some paths. */
struct path_rule {
	struct strvec paths;
	char *text;
};

struct workflow_output {
	bool comment;
	bool inline_comments;
	int inline_max;
	enum severity inline_floor;
	bool commit_status;
	char *slack; /* a notify section's name; "" is the only one; NULL: no */
	bool create_files;
	bool has_format; /* `format: markdown`, the only one there is */
};

struct workflow {
	char *id;                 /* the file's stem */
	char *title;              /* `name`          */
	char *path;               /* for messages    */
	char *digest;             /* SHA-256 of the file, 64 digits */
	struct trigger *triggers; /* any may match */
	size_t trigger_count, trigger_cap;
	/* `agents:` is one phase without a name. */
	struct workflow_phase *phases;
	size_t phase_count, phase_cap;
	bool sequential;    /* execution: sequential */
	int64_t timeout_ms; /* 0: not said */
	bool relaxed;       /* latency: relaxed */
	struct path_rule *path_rules;
	size_t path_rule_count, path_rule_cap;
	struct fallback_rule *fallbacks;
	size_t fallback_count, fallback_cap;
	struct workflow_output output;
	enum severity attention; /* lowest severity that asks for attention */
	bool is_shipped;
};

void workflow_free(struct workflow *workflow);

/** What the names in a workflow are checked against. */
struct workflow_names {
	const struct agent_list *agents;
	const struct settings *settings; /* services and notifies */
};

/**
 * Reads one file. Every mistake is noted; NULL if there was one that is not a
 * warning. The id is the stem of `path`.
 */
struct workflow *workflow_parse(const char *path, const char *text, size_t len,
				const struct workflow_names *names,
				struct mistakes *mistakes);

/** The definition digest of design part 4: 16 digits over the workflow's file
 * and those of its agents, in order. */
void workflow_definition(char out[17], const struct workflow *workflow,
			 const struct agent_list *agents);

struct workflow_list {
	struct workflow **items; /* owned, by id */
	size_t len, cap;
};

/** Takes `workflow` over, in place of one of the same id. */
void workflow_list_add(struct workflow_list *list, struct workflow *workflow);
const struct workflow *workflow_list_find(const struct workflow_list *list,
					  const char *id);
void workflow_list_release(struct workflow_list *list);

#endif /* WORKFLOW_WORKFLOW_H */
