#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "app/local.h"

/** A live line while runs are under way, on a terminal only. */
struct progress;

struct progress *progress_new(int fd);

/** Wipes the line. */
void progress_free(struct progress *progress);

/** A run_progress_fn; the payload is the struct progress. */
void progress_update(const struct run *run, enum run_progress what,
		     const struct task_record *task, void *payload);

#endif /* CLI_PROGRESS_H */
