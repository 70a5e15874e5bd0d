#ifndef WORKFLOW_FACTS_H
#define WORKFLOW_FACTS_H

#include <stdbool.h>
#include <stddef.h>

#include "workflow/changed_paths.h"
#include "workflow/workflow.h"

/** \file
 * What triggers and conditions look at: a change in plain values, whatever it
 * was made from.
 */
struct facts {
	enum trigger_event event;
	enum pull_action action; /* of a pull_request; never PULL_ANY       */
	const char *base_branch; /* "main", without refs/heads/; NULL: none */
	const char *const *labels;
	size_t label_count;
	const char *author; /* NULL: not known                      */
	const char *title;  /* NULL: there is none                  */
	bool draft;
	const struct changed_paths *paths;
	size_t lines_changed;      /* added and deleted                    */
	double coverage;           /* per cent; negative: not known        */
	const char *coverage_from; /* where it was found, or why it is not
				      known; NULL: nobody looked */
};

#endif /* WORKFLOW_FACTS_H */
