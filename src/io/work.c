#include "io/work.h"

#include <stdlib.h>

#include "core/alloc.h"
#include "io/loop_internal.h"

struct work {
	struct loop_job job;
	uv_work_t uv;
	struct loop *loop;
	struct cancel cancel;
	work_run_fn *run;
	work_done_fn *done;
	void *payload;
};

static void on_run(uv_work_t *uv)
{
	struct work *work = uv->data;

	work->run(work->payload, &work->cancel);
}

static void on_done(uv_work_t *uv, int status)
{
	struct work *work = uv->data;
	struct err cancelled = ERR_INIT;

	loop_remove_job(work->loop, &work->job);
	if (status < 0)
		err_set(&cancelled, ERR_CANCELLED, "stopped before it began");
	work->done(status < 0 ? &cancelled : NULL, work->payload);
	free(work);
}

void work_cancel(struct work *work)
{
	if (!work)
		return;
	cancel_request(&work->cancel);
	/* Fails if a thread has it already; then the flag must do. */
	uv_cancel((uv_req_t *)&work->uv);
}

static void cancel_job(struct loop_job *job)
{
	work_cancel((struct work *)job);
}

int work_start(struct work **out, struct loop *loop, work_run_fn *run,
	       work_done_fn *done, void *payload, struct err *err)
{
	struct work *work = xcalloc(1, sizeof(*work));

	work->job.cancel = cancel_job;
	work->loop = loop;
	work->run = run;
	work->done = done;
	work->payload = payload;
	work->uv.data = work;
	if (loop_add_job(loop, &work->job, err) < 0) {
		free(work);
		return -1;
	}
	/* Cannot fail with a function given. */
	(void)uv_queue_work(&loop->uv, &work->uv, on_run, on_done);
	if (out)
		*out = work;
	return 0;
}
