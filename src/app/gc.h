#ifndef APP_GC_H
#define APP_GC_H

#include <stdbool.h>
#include <stddef.h>

#include "config/settings.h"
#include "repo/repo.h"

/** \file
 * `referee gc`: what is old goes, what killed processes left goes, git repacks
 * the rest. Blocking.
 */

/** What was done in one repository. */
struct gc_done {
	char *name;                   /* the project's, or where the clone is */
	char *left_out;               /* why nothing was done; NULL           */
	bool failed;                  /* left_out is an error                 */
	size_t records, states;       /* older than the retention  */
	size_t heads;                 /* of pulls that are over    */
	size_t locks, packs, objects; /* that were left behind     */
	size_t replies;               /* too old to be used again  */
	bool is_repacked;
	char *not_repacked; /* why; NULL */
};

void gc_done_release(struct gc_done *done);

/** In somebody's clone: expires what referee keeps there. Whether git repacks
 * is git's own decision (`git gc --auto`), and locks are not ours to judge. */
void gc_clone(struct gc_done *out, struct repo *repo,
	      const struct settings *settings);

/** A project's mirror, under its lock: left out while somebody works on it, and
 * if there is none yet. */
void gc_project(struct gc_done *out, const struct settings *settings,
		const struct project_settings *project);

/** The rest of an installation's state directory: replies, the control
 * repository. */
void gc_installation(struct gc_done *out, const struct settings *settings);

#endif /* APP_GC_H */
