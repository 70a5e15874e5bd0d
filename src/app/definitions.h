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

/** Where definitions come from. */
struct definition_sources {
	struct repo *repo;
	const struct oid *trusted;
	const char *folder; /* of its workflows; NULL: WORKFLOWS_FOLDER */
	/* The company's: agents/ and workflows/ at this commit; NULL: none. */
	struct repo *company;
	const struct oid *company_commit;
	const struct strvec *names; /* ids or files; NULL: none */
	const struct settings *settings;
};

/**
 * All that is in force: the company's, what the tree of the trusted commit has
 * (in place of the company's of the same id or name), the files among `names`,
 * and where none of them has a workflow the built-in pr-review. Mistakes are
 * noted with the path in their tree; with any, ERR_INVALID says so. *out is to
 * be released also after a failure.
 */
MUST_CHECK int definitions_load(struct definitions *out,
				const struct definition_sources *sources,
				struct mistakes *mistakes, struct err *err);

/**
 * The same of a work tree, for `check`: the project's are the files below
 * `work_dir`, as they are now, and `names` is not looked at. Which of the
 * company's they replace is a warning. Mistakes are noted, and none of them is
 * a failure. *out is to be released also after one.
 */
MUST_CHECK int definitions_check(struct definitions *out,
				 const struct definition_sources *sources,
				 const char *work_dir,
				 struct mistakes *mistakes, struct err *err);

/** The workflow that the id or file name `word` means, a shipped one if there
 * is no other. ERR_INVALID, and NULL: there is none. */
const struct workflow *definitions_named(struct definitions *definitions,
					 const char *word,
					 const struct settings *settings,
					 struct err *err);

#endif /* APP_DEFINITIONS_H */
