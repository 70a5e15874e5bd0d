#include "workflow/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "agents/platform.h"
#include "core/alloc.h"
#include "core/clock.h"
#include "io/loop.h"
#include "store/findings_life.h"
#include "workflow/fold.h"
#include "workflow/results.h"
#include "workflow/run_ask.h"
#include "workflow/tests_job.h"

struct run {
	struct loop *loop;
	struct run_asks asks;
	struct run_input input;
	struct run_record record;
	struct run_task *tasks; /* one a task of the plan, in its order */
	size_t running;
	struct loop_timer *timer; /* of the whole run */
	struct loop_timer *turn;  /* schedule() is due */
	int64_t started_mono_ms;
	char *stop_reason; /* set: nothing more is started */
	run_done_fn *done;
	void *payload;
};

static void schedule(struct run *run);

static void on_turn(const struct err *err, void *payload)
{
	struct run *run = payload;

	run->turn = NULL;
	if (err && !run->stop_reason)
		run->stop_reason = xstrdup(err->msg);
	schedule(run);
}

/* schedule() is never called from inside a start or another's callback. */
static void schedule_soon(struct run *run)
{
	struct err err = ERR_INIT;

	if (run->turn)
		return;
	if (loop_timer_start(&run->turn, run->loop, 0, on_turn, run, &err) <
		    0 &&
	    !run->stop_reason)
		run->stop_reason = xstrdup(err.msg);
}

static void report(struct run *run, enum run_progress what,
		   const struct run_task *task)
{
	if (run->input.progress)
		run->input.progress(run, what, task->record, run->payload);
}

static void stop(struct run *run, const char *reason)
{
	if (run->stop_reason)
		return;
	run->stop_reason = xstrdup(reason);
	run->asks.is_stopped = true;
	for (size_t i = 0; i < run->input.plan->task_count; i++) {
		struct run_task *task = &run->tasks[i];

		tests_job_cancel(task->tests);
		for (size_t j = 0; j < task->look_count; j++)
			if (task->looks[j].asking)
				gateway_cancel(task->looks[j].asking);
	}
	schedule_soon(run);
}

static void on_timeout(const struct err *err, void *payload)
{
	struct run *run = payload;
	char reason[80];

	run->timer = NULL;
	snprintf(reason, sizeof(reason), "not done within %lld s",
		 (long long)run->input.plan->timeout_ms / 1000);
	stop(run, err ? err->msg : reason);
}

/* A task has ended: what follows from it. */
static void task_ended(struct run *run, struct run_task *task)
{
	run->running--;
	report(run, RUN_TASK_ENDED, task);
	if (task->record->state == TASK_FAILED && task->plan->stops_run &&
	    !task->plan->use->optional)
		stop(run, task->record->reason);
	schedule_soon(run);
}

static void on_asked(struct run_look *look, const struct outcome *outcome,
		     void *payload)
{
	struct run *run = payload;
	struct run_task *task = look->task;

	run_task_settle(look, &run->input, outcome);
	if (outcome->cost_unknown)
		run->record.cost_unknown = true;
	if (task->state == TASK_ENDED)
		task_ended(run, task);
}

/* Takes it over. */
static void take_tests(struct run_task *task, struct json *answer)
{
	task->record->answer = answer;
	task->record->summary = xstrdup(json_string_or(answer, "summary", ""));
	run_task_end(task, TASK_ANSWERED, NULL);
}

static void on_tests(struct json *answer, const struct err *err, void *payload)
{
	struct run_task *task = payload;

	task->tests = NULL;
	if (answer) {
		take_tests(task, answer);
	} else {
		run_task_end(task,
			     err->code == ERR_UNAVAILABLE ? TASK_SKIPPED
							  : TASK_FAILED,
			     err->msg);
	}
	task_ended(task->run, task);
}

/* Every task before it that must end has ended; *failed: one of them failed,
 * so that there is nothing to go on with. It waits as those before it do. */
static bool is_ready(const struct run *run, struct run_task *task,
		     const struct run_task **failed)
{
	for (size_t i = 0; i < task->plan->after_count; i++) {
		const struct run_task *before =
			&run->tasks[task->plan->after[i]];

		if (before->state != TASK_ENDED)
			return false;
		if (run_task_is_missing(before))
			*failed = before;
		if (before->record->state == TASK_SKIPPED && !task->waits_for)
			task->waits_for = before->waits_for;
	}
	return true;
}

/* The prompts, with the results of every task that it comes after. */
static void prepare(struct run *run, struct run_task *task)
{
	const struct plan *plan = run->input.plan;
	struct prompt_text *results = xcalloc(plan->task_count,
					      sizeof(*results));
	struct strvec texts = STRVEC_INIT;
	size_t count = 0;

	for (size_t i = 0; i < plan->task_count; i++) {
		char *text;

		if (!plan_follows(plan, (size_t)(task - run->tasks), i) ||
		    !(text = run_task_result(&run->tasks[i])))
			continue;
		strvec_take(&texts, text);
		results[count++] =
			(struct prompt_text){ plan->tasks[i].use->name, text };
	}
	run_task_prepare(task, &run->input, results, count);
	strvec_release(&texts);
	free(results);
}

static void started(struct run *run, struct run_task *task)
{
	task->state = TASK_RUNS;
	run->running++;
	report(run, RUN_TASK_STARTED, task);
}

/* Did agents write files for it of which none was kept? */
static bool nothing_kept(const struct run *run, size_t task)
{
	const struct plan *plan = run->input.plan;

	for (size_t i = 0; i < plan->task_count; i++)
		if (plan->tasks[i].agent->answer == ANSWER_FILES &&
		    plan_follows(plan, task, i))
			return !run->tasks[task].files;
	return false;
}

/* Why the tests of this change are not run; NULL: they are. */
static const char *why_no_tests(const struct run *run, size_t task)
{
	const struct run_input *input = &run->input;

	if (input->tests_refused)
		return input->tests_refused;
	if (input->ci && !input->plan->workflow->output.create_files)
		return "tests = ci needs `create_files` in the workflow's "
		       "output: CI runs what is on the branch";
	if (!input->ci && (!input->test_command || !input->test_command->len))
		return "no test_command is configured for this project";
	if (nothing_kept(run, task) || (input->ci && !run->tasks[task].files))
		return "there are no generated tests to run";
	return NULL;
}

static void await_ci(struct run_task *task, const struct ci_tests *ci)
{
	if (ci->answer) {
		take_tests(task, json_copy(ci->answer));
		return;
	}
	task->waits_for = RUN_WAITS_FOR_CI;
	if (ci->failure)
		run_task_end(task, TASK_FAILED, ci->failure);
	else
		run_task_end(task, TASK_SKIPPED, "waits for the project's CI");
}

/* The one kind of task that no service is asked for. */
static void begin_tests(struct run *run, struct run_task *task)
{
	size_t index = (size_t)(task - run->tasks);
	struct tests_input input = {
		.repo = run->input.repo,
		.head = &sources_changeset(run->input.sources)->head,
		.command = run->input.test_command,
		.timeout_ms = task->plan->timeout_ms,
	};
	struct err err = ERR_INIT;
	const char *why;

	task->files = task_results_files(run->input.plan, run->record.tasks,
					 index);
	input.files = task->files;
	why = why_no_tests(run, index);
	if (why) {
		run_task_end(task, TASK_SKIPPED, why);
		return;
	}
	if (run->input.ci) {
		await_ci(task, run->input.ci);
		return;
	}
	task->started_mono_ms = clock_mono_ms();
	if (tests_job_start(&task->tests, run->loop, &input, on_tests, task,
			    &err) < 0)
		run_task_end(task, TASK_FAILED, err.msg);
	else
		started(run, task);
}

static void begin(struct run *run, struct run_task *task)
{
	if (task->plan->agent->answer == ANSWER_TESTS) {
		begin_tests(run, task);
	} else {
		prepare(run, task);
		started(run, task);
	}
}

static bool may_start(const struct run *run)
{
	return !run->input.concurrency ||
	       run->running < (size_t)run->input.concurrency;
}

/* An agent for one platform has nothing to say about the other. */
static bool skip_unconcerned(struct run *run, struct run_task *task)
{
	char *why = agent_unconcerned(task->plan->agent,
				      sources_changeset(run->input.sources));

	if (why)
		run_task_end(task, TASK_SKIPPED, why);
	free(why);
	return why != NULL;
}

/* One look at a waiting task; true if it moved. */
static bool advance(struct run *run, struct run_task *task)
{
	const struct run_task *failed = NULL;
	char reason[200];

	if (task->state != TASK_WAITS)
		return false;
	if (run->stop_reason) {
		run_task_end(task, TASK_SKIPPED, "the run was stopped before");
		return true;
	}
	if (run->input.unknown) {
		snprintf(reason, sizeof(reason), "%s is unknown%s%s",
			 run->input.unknown, run->input.unknown_why ? ": " : "",
			 run->input.unknown_why ? run->input.unknown_why : "");
		run_task_end(task, TASK_SKIPPED, reason);
		return true;
	}
	if (!is_ready(run, task, &failed))
		return false;
	if (failed) {
		snprintf(reason, sizeof(reason), "%s failed before",
			 failed->plan->use->name);
		run_task_end(task, TASK_SKIPPED, reason);
		return true;
	}
	if (task->waits_for) {
		run_task_end(task, TASK_SKIPPED, "waits for what is before it");
		return true;
	}
	if (!may_start(run))
		return false;
	if (!skip_unconcerned(run, task))
		begin(run, task);
	return true;
}

static void gather_findings(struct run *run)
{
	struct run_record *record = &run->record;

	for (size_t i = 0; i < record->task_count; i++) {
		struct finding_list *list = &run->tasks[i].findings.findings;

		for (size_t j = 0; j < list->len; j++)
			*finding_list_add(&record->findings) = list->items[j];
		list->len = 0;
	}
	findings_fold(&record->findings);
	findings_fingerprint(&record->findings);
}

static void finish(struct run *run)
{
	struct run_record record;

	loop_timer_cancel(run->timer);
	loop_timer_cancel(run->turn);
	run_files_settle(&run->record, run->tasks, &run->input);
	gather_findings(run);
	run->record.generated = task_results_files(
		run->input.plan, run->record.tasks, run->record.task_count);
	run_decide(&run->record, run->tasks, &run->input, run->stop_reason);
	for (size_t i = 0; i < run->record.task_count; i++) {
		run->record.cost_nusd += run->record.tasks[i].cost_nusd;
		run_task_release(&run->tasks[i]);
	}
	run->record.duration_ms += clock_mono_ms() - run->started_mono_ms;
	record = run->record;
	run->done(&record, run->payload);
	free(run->stop_reason);
	free(run->tasks);
	free(run);
}

static void schedule(struct run *run)
{
	bool moved;
	size_t ended = 0;

	do {
		moved = false;
		for (size_t i = 0; i < run->record.task_count; i++)
			moved |= advance(run, &run->tasks[i]);
	} while (moved);
	run_ask_due(&run->asks, run->tasks, run->record.task_count);
	for (size_t i = 0; i < run->record.task_count; i++)
		ended += run->tasks[i].state == TASK_ENDED;
	if (ended == run->record.task_count)
		finish(run);
}

static void fill_record(struct run *run)
{
	struct run_record *record = &run->record;
	const struct run_input *input = &run->input;
	const struct workflow *workflow = input->plan->workflow;
	const struct changeset *changeset = sources_changeset(input->sources);

	ulid_new(record->id);
	record->workflow = xstrdup(workflow->id);
	record->title = xstrdup(workflow->title);
	memcpy(record->definition, input->plan->definition,
	       sizeof(record->definition));
	memcpy(record->change_key, changeset->change_key,
	       sizeof(record->change_key));
	oid_format(record->base, &changeset->base_tip);
	oid_format(record->head, &changeset->head);
	record->event = xstrdup(input->event);
	record->pull = input->pull;
	record->bar = workflow->attention;
	record->started_at_ms = clock_wall_ms();
	record->instance = input->instance ? xstrdup(input->instance) : NULL;
	record->epoch = input->epoch;
	record->task_count = input->plan->task_count;
	record->tasks = xcalloc(record->task_count, sizeof(*record->tasks));
}

void run_start(struct run **out, struct loop *loop, struct gateway *gateway,
	       const struct run_input *input, run_done_fn *done, void *payload)
{
	struct run *run = xcalloc(1, sizeof(*run));
	struct err err = ERR_INIT;

	run->loop = loop;
	run->input = *input;
	run->asks = (struct run_asks){
		.gateway = gateway,
		.input = &run->input,
		.record = &run->record,
		.asked = on_asked,
		.payload = run,
	};
	run->done = done;
	run->payload = payload;
	run->started_mono_ms = clock_mono_ms();
	run->asks.ends_mono_ms = run->started_mono_ms + input->plan->timeout_ms;
	fill_record(run);
	run->tasks = xcalloc(run->record.task_count, sizeof(*run->tasks));
	for (size_t i = 0; i < run->record.task_count; i++) {
		struct run_task *task = &run->tasks[i];

		task->run = run;
		task->plan = &input->plan->tasks[i];
		task->record = &run->record.tasks[i];
		task->record->agent = xstrdup(task->plan->use->name);
	}
	if (input->earlier) {
		run->record.cost_unknown = input->earlier->cost_unknown;
		run->record.duration_ms = input->earlier->duration_ms;
		run_earlier_take(run->tasks, input->earlier);
	}
	if (loop_timer_start(&run->timer, loop, input->plan->timeout_ms,
			     on_timeout, run, &err) < 0)
		run->stop_reason = xstrdup(err.msg);
	*out = run;
	schedule_soon(run);
}

void run_cancel(struct run *run, const char *reason)
{
	stop(run, reason);
}
