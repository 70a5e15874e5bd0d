#ifndef APP_LOCAL_CHANGE_H
#define APP_LOCAL_CHANGE_H

#include "app/definitions.h"
#include "app/local.h"
#include "repo/changeset.h"

/* The change that `referee run` and `referee plan` look at. */
struct local_change {
	struct repo *repo;
	struct oid base, head; /* base: the tip, which is the trusted ref */
	char *base_branch;     /* "main"; NULL: as base_name has it */
	const struct ci_change *ci; /* that it was found by; or NULL */
	char *base_name;           /* as named, or as found: "main"           */
	char *branch;              /* the head is the tip of; NULL: of none   */
	char *title, *description; /* of the head's commit                */
	char *author;
	struct changeset changeset;
};

/** Opens the repository and makes the changeset. ERR_NOT_FOUND says what is
 * missing and what to do. *out is to be released also after a failure. */
MUST_CHECK int local_change_find(struct local_change *out,
				 const struct local_options *options,
				 struct err *err);
void local_change_release(struct local_change *change);

/** What is in force for it: the company's, those at the trusted ref, and those
 * named. As definitions_load(). */
MUST_CHECK int local_definitions(struct definitions *out,
				 const struct local_change *change,
				 const struct local_options *options,
				 struct mistakes *mistakes, struct err *err);

#endif /* APP_LOCAL_CHANGE_H */
