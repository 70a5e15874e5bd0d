#include "app/judge.h"

#include <stdlib.h>
#include <string.h>

#include "agents/findings.h"
#include "app/ci_tests.h"
#include "app/known.h"
#include "app/material.h"
#include "app/stored.h"
#include "app/waiting.h"
#include "code/redact.h"
#include "core/alloc.h"
#include "core/fault.h"
#include "core/log.h"
#include "gateway/desk.h"
#include "io/loop.h"
#include "io/work.h"
#include "store/runs.h"

/* One run under way, or its stored result. */
struct slot {
	struct judge *judge;
	const struct judge_workflow *use;
	struct judged_run *into;
	struct plan plan;
	struct run *run;           /* NULL: not under way */
	struct run_record earlier; /* that it goes on from; zeroed: none */
};

struct judge {
	struct loop *loop;
	struct judge_input input;
	struct material material;
	struct slot *slots; /* one a workflow */
	struct desk *desk;  /* of relaxed ones; NULL: nobody waits */
	struct judged judged;
	size_t running;
	char *cancelled; /* why; NULL: it was not */
	struct err err;  /* of the worker's part  */
	judge_done_fn *done;
	void *payload;
};

static void judged_run_release(struct judged_run *run)
{
	run_record_release(&run->record);
	generated_branch_release(&run->branch);
}

void judged_release(struct judged *judged)
{
	for (size_t i = 0; i < judged->count; i++)
		judged_run_release(&judged->runs[i]);
	free(judged->runs);
	*judged = (struct judged){ 0 };
}

/* Lines are of the head it was judged on: find the quoted code on this one. */
static void anchor_again(struct run_record *record,
			 const struct sources *sources)
{
	struct findings_answer answer = { .findings = record->findings };

	findings_anchor(&answer, sources, SEVERITY_INFO);
	record->findings = answer.findings;
}

static void find_stored(struct judge *judge, struct slot *slot,
			struct repo *repo)
{
	const char *key = judge->input.changeset->change_key;
	const char *workflow = slot->use->workflow->id;
	struct judged_run *into = slot->into;

	if (slot->use->is_only_told
		    ? judge_find_any(&into->record, repo, key, workflow)
		    : judge_find_stored(&into->record, repo, key, workflow)) {
		into->reused = true;
		anchor_again(&into->record, judge->material.sources);
	} else if (judge_find_waiting(&slot->earlier, repo, key, workflow)) {
		anchor_again(&slot->earlier, judge->material.sources);
	}
}

static void find_all_stored(struct judge *judge, struct repo *repo)
{
	for (size_t i = 0; i < judge->judged.count; i++)
		if (!judge->slots[i].use->is_forced)
			find_stored(judge, &judge->slots[i], repo);
}

/* On a worker. */
static void load(void *payload, struct cancel *cancel UNUSED)
{
	struct judge *judge = payload;
	struct repo *repo = NULL;

	if (repo_reopen(&repo, judge->input.repo, &judge->err) == 0 &&
	    material_load(&judge->material, &judge->input, repo, &judge->err) ==
		    0) {
		find_all_stored(judge, repo);
		if (waiting_open(&judge->desk, &judge->input, repo,
				 &judge->err) < 0)
			err_prefix(&judge->err, "batches under way");
	}
	repo_free(repo);
}

static void finish(struct judge *judge)
{
	judge->done(&judge->judged, judge->err.code ? &judge->err : NULL,
		    judge->payload);
	for (size_t i = 0; i < judge->input.workflow_count; i++) {
		plan_release(&judge->slots[i].plan);
		run_record_release(&judge->slots[i].earlier);
	}
	material_release(&judge->material);
	desk_free(judge->desk);
	free(judge->cancelled);
	free(judge->slots);
	free(judge);
}

/* Storing. */

static int store_records(const struct judged *judged, struct repo *repo,
			 struct err *err)
{
	const struct run_record **records = xcalloc(judged->count,
						    sizeof(*records));
	size_t count = 0;
	int ret = 0;

	for (size_t i = 0; i < judged->count; i++)
		if (!judged->runs[i].reused)
			records[count++] = &judged->runs[i].record;
	if (count) {
		fault_point("judge.records");
		ret = runs_put(repo, records, count, err);
	}
	free(records);
	return ret;
}

/* What people see from here on: without what they dismissed. */
static int store_notes(struct run_record *const *records, size_t count,
		       struct repo *repo, const struct oid *head,
		       struct err *err)
{
	if (known_hide(repo, records, count, err) < 0)
		return -1;
	fault_point("judge.notes");
	return stored_put_notes(repo, head,
				(const struct run_record *const *)records,
				count, err);
}

/* A branch that cannot be made is told; the result stands, unless it waits for
 * what is said of that branch. */
static void make_branch(struct judge *judge, size_t i, struct repo *repo)
{
	const struct oid *head = &judge->input.changeset->head;
	struct judged_run *run = &judge->judged.runs[i];
	char *ref = generated_ref(run->record.workflow, judge->input.pull,
				  head);
	struct err err = ERR_INIT;

	if (generated_commit(&run->branch, repo, ref, head, &run->record,
			     &err) < 0) {
		log_warn("generated files of %s: %s", run->record.workflow,
			 err.msg);
		generated_branch_release(&run->branch);
	}
	if (ci_tests_settle(&run->record, &run->branch, &err))
		run->reused = false;
	free(ref);
}

static void make_branches(struct judge *judge, struct repo *repo)
{
	for (size_t i = 0; i < judge->judged.count; i++)
		if (generated_is_wanted(&judge->judged.runs[i].record,
					judge->slots[i].use->workflow))
			make_branch(judge, i, repo);
}

/* Findings get the names they are known by before the records are stored. */
static int store_all(struct judge *judge, struct repo *repo, struct err *err)
{
	const struct judge_input *input = &judge->input;
	const struct known_place *place = &judge->material.place;
	struct judged *judged = &judge->judged;
	struct run_record **records = xcalloc(judged->count, sizeof(*records));
	int ret;

	for (size_t i = 0; i < judged->count; i++)
		records[i] = &judged->runs[i].record;
	fault_point("judge.findings");
	ret = known_unite(repo, place, judge->material.sources, records,
			  judged->count, err);
	/* Before the records, which say what became of it. */
	if (!ret && input->makes_branches)
		make_branches(judge, repo);
	if (!ret)
		ret = store_records(judged, repo, err);
	if (!ret)
		ret = store_notes(records, judged->count, repo,
				  &input->changeset->head, err);
	free(records);
	return ret;
}

/* On a worker. */
static void store(void *payload, struct cancel *cancel UNUSED)
{
	struct judge *judge = payload;
	struct repo *repo = NULL;

	if (repo_reopen(&repo, judge->input.repo, &judge->err) == 0 &&
	    waiting_submit(judge->desk, &judge->input, repo, &judge->err) ==
		    0) {
		waiting_reuse(&judge->judged, repo);
		if (store_all(judge, repo, &judge->err) == 0 &&
		    waiting_end(judge->desk, &judge->input, &judge->judged,
				repo, &judge->err) < 0)
			err_prefix(&judge->err, "batches under way");
	}
	repo_free(repo);
}

static void on_stored(const struct err *err, void *payload)
{
	struct judge *judge = payload;

	if (err)
		judge->err = *err;
	finish(judge);
}

static void store_soon(struct judge *judge)
{
	if (work_start(NULL, judge->loop, store, on_stored, judge,
		       &judge->err) < 0)
		finish(judge);
}

/* On a worker. */
static void keep_news(void *payload, struct cancel *cancel UNUSED)
{
	struct judge *judge = payload;
	struct repo *repo = NULL;

	if (repo_reopen(&repo, judge->input.repo, &judge->err) == 0 &&
	    waiting_keep_news(judge->desk, &judge->input, repo, &judge->err) <
		    0)
		err_prefix(&judge->err, "batches under way");
	repo_free(repo);
}

static void on_news_kept(const struct err *err, void *payload)
{
	struct judge *judge = payload;

	if (err)
		judge->err = *err;
	if (judge->err.code) {
		finish(judge);
		return;
	}
	desk_commit(judge->desk);
	store_soon(judge);
}

/* Kept before it is sent, so that it can be found again. */
static void send_news(struct judge *judge)
{
	if (work_start(NULL, judge->loop, keep_news, on_news_kept, judge,
		       &judge->err) < 0)
		finish(judge);
}

/* What was cut short is no result. */
static void end_runs(struct judge *judge)
{
	if (judge->cancelled) {
		err_set(&judge->err, ERR_CANCELLED, "%s", judge->cancelled);
		finish(judge);
		return;
	}
	if (judge->desk && desk_has_news(judge->desk))
		send_news(judge);
	else
		store_soon(judge);
}

/* Running. */

/* {"aws-access-key": 2}: how many different ones of each kind; NULL: none. */
static struct json *counts_of(struct redactor *redactor)
{
	size_t count = 0;
	struct redacted_count *counts = redactor_counts(redactor, &count);
	struct json *doc = count ? json_new_object() : NULL;

	for (size_t i = 0; i < count; i++)
		json_set_int(doc, counts[i].id, (int64_t)counts[i].values);
	free(counts);
	return doc;
}

static void on_run_done(struct run_record *record, void *payload)
{
	struct slot *slot = payload;
	struct judge *judge = slot->judge;

	record->redacted = counts_of(judge->material.redactor);
	slot->into->record = *record;
	slot->run = NULL;
	if (!--judge->running)
		end_runs(judge);
}

static void on_progress(const struct run *run, enum run_progress what,
			const struct task_record *task, void *payload)
{
	const struct judge_input *input =
		&((struct slot *)payload)->judge->input;

	if (input->progress)
		input->progress(run, what, task, input->progress_payload);
}

/* It goes on where it had to wait, unless it is another one by now. */
static void go_on_from_earlier(struct run_input *input, struct slot *slot)
{
	static const struct ci_tests nothing;
	bool is_same = slot->earlier.workflow &&
		       !strcmp(slot->earlier.definition, slot->plan.definition);

	if (is_same)
		input->earlier = &slot->earlier;
	if (slot->judge->input.are_tests_ci)
		input->ci = is_same ? &slot->use->ci : &nothing;
}

static void start_runs(struct judge *judge)
{
	for (size_t i = 0; i < judge->judged.count; i++) {
		struct slot *slot = &judge->slots[i];
		struct run_input input;

		if (slot->into->reused)
			continue;
		plan_make(&slot->plan, slot->use->workflow, judge->input.agents,
			  judge->input.settings, judge->input.service);
		input = material_run_input(&judge->material, &judge->input,
					   slot->use, &slot->plan);
		go_on_from_earlier(&input, slot);
		input.progress = on_progress;
		input.desk = slot->use->workflow->relaxed ? judge->desk : NULL;
		judge->running++;
		run_start(&slot->run, judge->loop, judge->input.gateway, &input,
			  on_run_done, slot);
	}
}

static void on_loaded(const struct err *err, void *payload)
{
	struct judge *judge = payload;

	if (err)
		judge->err = *err;
	if (judge->err.code) {
		finish(judge);
		return;
	}
	if (judge->desk)
		desk_settle(judge->desk);
	if (!judge->cancelled)
		start_runs(judge);
	if (!judge->running)
		end_runs(judge);
}

static void make_slots(struct judge *judge)
{
	size_t count = judge->input.workflow_count;

	judge->slots = xcalloc(count, sizeof(*judge->slots));
	judge->judged.count = count;
	judge->judged.runs = xcalloc(count, sizeof(*judge->judged.runs));
	for (size_t i = 0; i < count; i++) {
		judge->slots[i].judge = judge;
		judge->slots[i].use = &judge->input.workflows[i];
		judge->slots[i].into = &judge->judged.runs[i];
	}
}

int judge_start(struct judge **out, struct loop *loop,
		const struct judge_input *input, judge_done_fn *done,
		void *payload, struct err *err)
{
	struct judge *judge = xcalloc(1, sizeof(*judge));

	judge->loop = loop;
	judge->input = *input;
	judge->done = done;
	judge->payload = payload;
	make_slots(judge);
	if (work_start(NULL, loop, load, on_loaded, judge, err) < 0) {
		judged_release(&judge->judged);
		free(judge->slots);
		free(judge);
		return -1;
	}
	*out = judge;
	return 0;
}

void judge_cancel(struct judge *judge, const char *reason)
{
	if (judge->cancelled)
		return;
	judge->cancelled = xstrdup(reason);
	for (size_t i = 0; i < judge->input.workflow_count; i++)
		if (judge->slots[i].run)
			run_cancel(judge->slots[i].run, reason);
}
