#include "services/offline.h"

#include <stdlib.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "io/work.h"
#include "repo/repo.h"

/* A question on its way through a worker. */
struct service_call {
	struct offline_question question;
	const struct repo *shared; /* the asker's handle */
	struct work *work;
	struct service_result result;
	service_done_fn *done;
	void *payload;
};

static enum fault fault_of(const struct err *err)
{
	switch (err->code) {
	case ERR_CANCELLED:
		return FAULT_CANCELLED;
	case ERR_TIMEOUT:
		return FAULT_TIMEOUT;
	case ERR_TOO_LARGE:
		return FAULT_TOO_LARGE;
	default:
		return FAULT_REQUEST;
	}
}

static void answer_in_worker(void *payload, struct cancel *cancel)
{
	struct service_call *call = payload;
	struct offline_question *question = &call->question;
	struct buf *text = &call->result.reply.text;
	struct repo *repo = NULL;
	struct err err = ERR_INIT;

	question->cancel = cancel;
	if (!offline_can(question->agent, question->agent_type,
			 question->answer)) {
		service_result_fail(&call->result, FAULT_UNSUPPORTED,
				    "offline cannot do what %s is asked",
				    question->agent);
		return;
	}
	if (repo_reopen(&repo, call->shared, &err) < 0)
		goto out;
	question->repo = repo;
	if (offline_answer(text, question, &err) == 0 &&
	    buf_check(text, "the answer", &err) == 0)
		call->result.reply.model = xstrdup("offline");
out:
	if (err.code)
		service_result_fail(&call->result, fault_of(&err), "%s",
				    err.msg);
	repo_free(repo);
}

static void end_call(const struct err *err, void *payload)
{
	struct service_call *call = payload;

	if (err)
		service_result_fail(&call->result, FAULT_CANCELLED, "%s",
				    err->msg);
	call->done(&call->result, call->payload);
	service_result_release(&call->result);
	free(call);
}

/* NOLINTNEXTLINE(readability-function-size): as the vtable has it */
static int start(struct service_call **out, const struct service *service,
		 const struct chat *chat, const struct service_host *host,
		 service_done_fn *done, void *payload, struct err *err)
{
	struct service_call *call;

	(void)service;
	if (!chat->changeset || !chat->repo)
		return err_set(err, ERR_INVALID,
			       "offline needs the change itself");
	call = xcalloc(1, sizeof(*call));
	call->question = (struct offline_question){
		.agent = chat->agent,
		.agent_type = chat->agent_type,
		.answer = chat->answer,
		.changeset = chat->changeset,
		.trusted = chat->head_rules_ref,
		.coverage = chat->coverage,
		.coverage_from = chat->coverage_from,
		.until_ms = host->timeout_ms
				    ? clock_mono_ms() + host->timeout_ms
				    : 0,
	};
	call->shared = chat->repo;
	call->done = done;
	call->payload = payload;
	service_result_init(&call->result);
	call->result.reply.cost_nusd = 0;
	call->result.reply.usage = (struct usage){ 0 };
	if (work_start(&call->work, host->loop, answer_in_worker, end_call,
		       call, err) < 0) {
		service_result_release(&call->result);
		free(call);
		return -1;
	}
	*out = call;
	return 0;
}

static void cancel(struct service_call *call)
{
	work_cancel(call->work);
}

const struct service_ops offline_service = {
	.kind = "offline",
	.is_local = true,
	.start = start,
	.cancel = cancel,
};
