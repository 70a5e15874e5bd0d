#ifndef CODE_PREFILTER_HS_H
#define CODE_PREFILTER_HS_H

#include "code/prefilter.h"

/** \file
 * The Hyperscan side of the prefilter.
 */
struct prefilter_hs;

/** NULL in *out, and success, where Hyperscan is not built in or does not run
 * on this processor. */
MUST_CHECK int prefilter_hs_new(struct prefilter_hs **out,
				const char *cache_dir, struct err *err);
void prefilter_hs_free(struct prefilter_hs *hs);

/** False if nothing was searched, for want of memory. */
bool prefilter_hs_scan(struct prefilter_hs *hs, const char *text, size_t len,
		       prefilter_found_fn *found, void *payload);

const char *prefilter_hs_version(void);

#endif /* CODE_PREFILTER_HS_H */
