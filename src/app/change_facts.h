#ifndef APP_CHANGE_FACTS_H
#define APP_CHANGE_FACTS_H

#include "app/coverage.h"
#include "app/local_change.h"
#include "workflow/facts.h"
#include "workflow/trigger.h"

/** What triggers look at, of the change of a clone: as a pull that was just
 * opened against its base. */
struct change_facts {
	struct facts facts;
	struct changed_paths paths;
	const char **names;
	char *base_branch;
};

/** Borrows both. `coverage`: NULL, or zeroed: not known. */
void change_facts_make(struct change_facts *out,
		       const struct local_change *change,
		       const struct change_coverage *coverage);
void change_facts_release(struct change_facts *facts);

/** The branch that a base is: "main" of "origin/main" and of its full names.
 * The caller frees it. */
char *change_branch(const char *base_name);

#endif /* APP_CHANGE_FACTS_H */
