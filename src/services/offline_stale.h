#ifndef SERVICES_OFFLINE_STALE_H
#define SERVICES_OFFLINE_STALE_H

#include "services/offline_job.h"

/** Comments of `file` that no longer fit the declaration below them, where the
 * change touched either. Borrows all. */
MUST_CHECK int offline_stale(struct offline_job *job,
			     const struct offline_file *file,
			     const struct outline *now, struct err *err);

#endif /* SERVICES_OFFLINE_STALE_H */
