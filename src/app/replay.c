#include "app/replay.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "core/alloc.h"
#include "core/log.h"
#include "io/loop.h"
#include "io/work.h"
#include "repo/changeset.h"
#include "workflow/run_task.h"
#include "workflow/trigger.h"

enum {
	JOBS = 8,
	LINE_BYTES = 8,               /* a number and a sign before each line */
	FILE_BYTES = 60,              /* a header                             */
	MOST_DIFF_BYTES = 400 * 1000, /* what a run shows at once             */
};

static const struct {
	enum trigger_event event;
	enum pull_action action;
} events[REPLAY_EVENT_COUNT] = {
	[REPLAY_OPENED] = { EVENT_PULL_REQUEST, PULL_OPENED },
	[REPLAY_CLOSED] = { EVENT_PULL_REQUEST, PULL_CLOSED },
	[REPLAY_PUSH] = { EVENT_PUSH, PULL_ANY },
};

const char *const replay_event_names[REPLAY_EVENT_COUNT] = {
	"pull_request.opened",
	"pull_request.closed",
	"push",
};

struct replay {
	const struct replay_input *input;
	struct replayed *items;
	atomic_size_t next; /* to be looked at */
};

/* One worker's part. */
struct job {
	struct replay *replay;
	struct err err;
};

static int64_t diff_bytes(const struct changeset *changeset)
{
	int64_t bytes = 0;

	for (size_t i = 0; i < changeset->file_count; i++) {
		const struct changed_file *file = &changeset->files[i];

		bytes += FILE_BYTES;
		for (size_t j = 0; class_is_reviewed(file->file_class) &&
				   j < file->hunk_count;
		     j++)
			for (size_t k = 0; k < file->hunks[j].line_count; k++)
				bytes += (int64_t)file->hunks[j].lines[k].len +
					 LINE_BYTES;
	}
	return bytes < MOST_DIFF_BYTES ? bytes : MOST_DIFF_BYTES;
}

static void test_workflows(struct replayed *out, const struct replay *replay,
			   struct facts *facts)
{
	const struct replay_input *input = replay->input;

	for (int i = 0; i < REPLAY_EVENT_COUNT; i++) {
		facts->event = events[i].event;
		facts->action = events[i].action;
		for (size_t j = 0; j < input->workflow_count; j++) {
			enum holds holds = workflow_test(input->workflows[j],
							 facts, NULL, NULL);
			unsigned char bit = (unsigned char)(1U << i);

			if (holds == HOLDS_YES)
				out->outcomes[j].fires |= bit;
			else if (holds == HOLDS_UNKNOWN)
				out->outcomes[j].unknown |= bit;
		}
	}
}

static void measure(struct replayed *out, const struct replay *replay,
		    const struct changeset *changeset,
		    const struct merge *merge)
{
	static const struct agent_definition any = { .complexity =
							     COMPLEXITY_AUTO };
	const char **names = xcalloc(changeset->file_count, sizeof(*names));
	struct changed_paths paths;
	struct facts facts = {
		.base_branch = replay->input->base_branch,
		.author = merge->author,
		.title = merge->title,
		.lines_changed = changeset->additions + changeset->deletions,
		.coverage = -1,
	};

	for (size_t i = 0; i < changeset->file_count; i++)
		names[i] = changeset->files[i].path;
	changed_paths_init(&paths, names, changeset->file_count);
	facts.paths = &paths;
	out->is_read = true;
	out->files = changeset->file_count;
	out->lines = facts.lines_changed;
	out->diff_bytes = diff_bytes(changeset);
	out->complexity = run_complexity(changeset, &any,
					 replay->input->complexity, NULL);
	test_workflows(out, replay, &facts);
	changed_paths_release(&paths);
	free(names);
}

static void look_at(struct replay *replay, size_t index, struct repo *repo)
{
	const struct merge *merge = &replay->input->merges->items[index];
	struct replayed *out = &replay->items[index];
	struct changeset changeset = { 0 };
	struct err err = ERR_INIT;

	out->outcomes = xcalloc(replay->input->workflow_count,
				sizeof(*out->outcomes));
	if (changeset_make(&changeset, repo, &merge->base, &merge->head,
			   replay->input->trusted, &err) == 0)
		measure(out, replay, &changeset, merge);
	else
		log_debug("%s", err.msg);
	changeset_release(&changeset);
}

/* On a worker. */
static void run_job(void *payload, struct cancel *cancel)
{
	struct job *job = payload;
	struct replay *replay = job->replay;
	size_t count = replay->input->merges->len, index;
	struct repo *repo = NULL;

	if (repo_reopen(&repo, replay->input->repo, &job->err) < 0)
		return;
	while ((index = atomic_fetch_add(&replay->next, 1)) < count &&
	       !cancel_is_wanted(cancel))
		look_at(replay, index, repo);
	repo_free(repo);
}

static void on_job_done(const struct err *err, void *payload)
{
	struct job *job = payload;

	if (err)
		job->err = *err;
}

static int run_jobs(struct replay *replay, struct err *err)
{
	struct job jobs[JOBS] = { 0 };
	struct loop *loop = NULL;
	int ret = loop_new(&loop, err);

	for (int i = 0; ret == 0 && i < JOBS; i++) {
		jobs[i].replay = replay;
		ret = work_start(NULL, loop, run_job, on_job_done, &jobs[i],
				 err);
	}
	if (ret == 0)
		loop_run(loop);
	loop_free(loop);
	for (int i = 0; ret == 0 && i < JOBS; i++)
		if (jobs[i].err.code) {
			*err = jobs[i].err;
			ret = -1;
		}
	return ret;
}

int replay_run(struct replayed **out, const struct replay_input *input,
	       struct err *err)
{
	struct replay replay = { .input = input };

	replay.items = xcalloc(input->merges->len, sizeof(*replay.items));
	if (run_jobs(&replay, err) < 0) {
		replayed_free(replay.items, input->merges->len);
		return -1;
	}
	*out = replay.items;
	return 0;
}

void replayed_free(struct replayed *items, size_t count)
{
	for (size_t i = 0; items && i < count; i++)
		free(items[i].outcomes);
	free(items);
}
