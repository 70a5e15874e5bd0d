#ifndef APP_DEFINITIONS_H
#define APP_DEFINITIONS_H

#include "repo/repo.h"
#include "workflow/workflow.h"

/** \file
 * Workflows and agents in force for a project: shipped ones, the company's, the
 * project's at its trusted ref, and files named on the command line. Never from
 * the head of a change.
 */
struct definitions {
	struct agent_list agents;
	struct workflow_list workflows;
	bool has_own; /* the project or the company has workflows */
};

#define WORKFLOWS_FOLDER ".referee/workflows"
#define AGENTS_FOLDER    ".referee/agents"

/** Shipped agents only, no workflow. */
void definitions_init(struct definitions *out);
void definitions_release(struct definitions *definitions);

/**
 * Adds the agents and workflows of the tree of `commit`. Mistakes are noted
 * with the place "<path>" in that tree. Agents are to be read from everywhere
 * before workflows are, since those name them: company first, then project.
 */
MUST_CHECK int definitions_add_tree(struct definitions *definitions,
				    struct repo *repo, const struct oid *commit,
				    const struct settings *settings,
				    struct mistakes *mistakes, struct err *err);

/** The same from the folders below `dir` in the file system, a work tree: for
 * `check` alone. */
MUST_CHECK int definitions_add_work_tree(struct definitions *definitions,
					 const char *dir,
					 const struct settings *settings,
					 struct mistakes *mistakes,
					 struct err *err);

/** Adds an agent file of the file system. */
MUST_CHECK int definitions_add_agent_file(struct definitions *definitions,
					  const char *path,
					  struct mistakes *mistakes,
					  struct err *err);

/** Adds a workflow file of the file system. */
MUST_CHECK int definitions_add_file(struct definitions *definitions,
				    const char *path,
				    const struct settings *settings,
				    struct mistakes *mistakes, struct err *err);

/** Adds the shipped workflow `id`; false if there is none. */
bool definitions_add_shipped(struct definitions *definitions, const char *id,
			     const struct settings *settings);

#endif /* APP_DEFINITIONS_H */
