#include "cli/progress.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/clock.h"

struct progress {
	int fd;
	bool is_live;
	size_t running, ended;
	int64_t started_ms;
	int64_t cost_nusd;
};

struct progress *progress_new(int fd)
{
	struct progress *progress = xcalloc(1, sizeof(*progress));

	progress->fd = fd;
	progress->is_live = isatty(fd);
	progress->started_ms = clock_mono_ms();
	return progress;
}

void progress_free(struct progress *progress)
{
	if (progress->is_live && progress->running + progress->ended)
		dprintf(progress->fd, "\r\033[K");
	free(progress);
}

void progress_update(const struct run *run UNUSED, enum run_progress what,
		     const struct task_record *task, void *payload)
{
	struct progress *progress = payload;
	char cost[MONEY_TEXT_SIZE];

	if (what == RUN_TASK_STARTED) {
		progress->running++;
	} else {
		progress->running--;
		progress->ended++;
		progress->cost_nusd += task->cost_nusd;
	}
	if (!progress->is_live)
		return;
	money_format(cost, progress->cost_nusd);
	dprintf(progress->fd,
		"\r\033[K%s %s%s%s  %zu running, %zu done  %lld s  $%s",
		task->agent, what == RUN_TASK_STARTED ? "started" : "ended",
		task->service ? " with " : "",
		task->service ? task->service : "", progress->running,
		progress->ended,
		(long long)(clock_mono_ms() - progress->started_ms) / 1000,
		cost);
}
