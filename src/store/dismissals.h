#ifndef STORE_DISMISSALS_H
#define STORE_DISMISSALS_H

#include <stddef.h>
#include <stdint.h>

#include "store/findings_life.h"
#include "store/record.h"

/** \file
 * What people dismissed, of several states together: a dismissal counts in the
 * whole repository, wherever the same remark is made on the same code. Pure;
 * any thread.
 */
struct dismissals;

struct dismissals *dismissals_new(void);
void dismissals_free(struct dismissals *dismissals);

/** Notes the last word on each finding; of several states' words the latest
 * counts. */
void dismissals_add(struct dismissals *dismissals,
		    const struct known_list *known);

/** Who dismissed it, why and when. Borrowed. */
struct dismissal {
	const char *by, *reason; /* NULL: not told */
	int64_t at_ms;
};

/** False if it is not dismissed, or was reopened since. */
bool dismissals_find(struct dismissal *out, const struct dismissals *dismissals,
		     const char *fingerprint);

/** Dismisses what is open in `known` and dismissed elsewhere. */
void dismissals_apply(const struct dismissals *dismissals,
		      struct known_list *known);

/** The record as people are to see it: without what is dismissed, which is
 * counted, and with the verdict that follows. What is stored stays as it is. */
void dismissals_hide(const struct dismissals *dismissals,
		     struct run_record *record);

#endif /* STORE_DISMISSALS_H */
