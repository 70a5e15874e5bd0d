#include "app/local.h"

#include <stdlib.h>
#include <string.h>

#include "agents/findings.h"
#include "agents/sources.h"
#include "app/change_facts.h"
#include "app/coverage.h"
#include "app/definitions.h"
#include "app/guidance.h"
#include "app/local_change.h"
#include "app/wire.h"
#include "code/redact.h"
#include "code/secrets.h"
#include "core/alloc.h"
#include "core/limits.h"
#include "core/log.h"
#include "io/file.h"
#include "io/loop.h"
#include "store/notes.h"
#include "store/runs.h"
#include "workflow/preview.h"
#include "workflow/trigger.h"

/* Everything one `referee run` works with. */
struct local {
	const struct local_options *options;
	struct local_result *result;
	struct local_change change;
	struct change_coverage coverage;
	struct definitions definitions;
	struct redactor *redactor;
	struct sources *sources;
	char *guidance;
	struct chosen {
		const struct workflow *workflow;
		const char *unknown; /* the condition nobody can tell of */
	} * chosen;
	size_t chosen_count;
	struct loop *loop;
	struct spend *spend;
	struct wiring *wiring;
};

void local_result_release(struct local_result *result)
{
	for (size_t i = 0; i < result->run_count; i++)
		run_record_release(&result->runs[i].record);
	free(result->runs);
	free(result->base_name);
	strvec_release(&result->prompts);
	strvec_release(&result->planned);
	*result = (struct local_result){ 0 };
}

static int choose_named(struct local *local, const char *word, struct err *err)
{
	const struct workflow *workflow = definitions_named(
		&local->definitions, word, local->options->settings, err);

	if (!workflow)
		return -1;
	local->chosen[local->chosen_count++].workflow = workflow;
	return 0;
}

/* Acts as a pull just opened against the base. A workflow that waits for
 * something unknown is chosen too, to say so. */
static void choose_matching(struct local *local)
{
	const struct workflow_list *list = &local->definitions.workflows;
	struct change_facts facts;

	change_facts_make(&facts, &local->change, &local->coverage);
	for (size_t i = 0; i < list->len; i++) {
		const char *unknown = NULL;
		enum holds holds = workflow_test(list->items[i], &facts.facts,
						 &unknown, NULL);

		if (holds == HOLDS_NO)
			continue;
		local->chosen[local->chosen_count].workflow = list->items[i];
		local->chosen[local->chosen_count++].unknown =
			holds == HOLDS_UNKNOWN ? unknown : NULL;
	}
	change_facts_release(&facts);
}

static int choose(struct local *local, struct err *err)
{
	const struct strvec *names = local->options->workflows;
	size_t named = names ? names->len : 0;

	local->chosen = xcalloc(local->definitions.workflows.len + named,
				sizeof(*local->chosen));
	for (size_t i = 0; i < named; i++)
		if (choose_named(local, names->v[i], err) < 0)
			return -1;
	if (!named)
		choose_matching(local);
	local->result->matched = local->chosen_count;
	local->result->considered = local->definitions.workflows.len;
	return 0;
}

/* Is there a result for this content that needs no second look? Failed ones are
 * tried again, skipped ones too: what skipped them may have ended. */
static bool find_stored(struct run_record *out, struct local *local,
			const struct workflow *workflow)
{
	struct err err = ERR_INIT;

	if (runs_find(out, local->change.repo,
		      local->change.changeset.change_key, workflow->id,
		      &err) < 0) {
		if (err.code != ERR_NOT_FOUND)
			log_warn("stored result of %s: %s", workflow->id,
				 err.msg);
		return false;
	}
	if (out->verdict == VERDICT_PASS || out->verdict == VERDICT_ATTENTION)
		return true;
	run_record_release(out);
	return false;
}

/* One run under way, or its stored result. */
struct slot {
	struct local *local;
	struct plan plan;
	struct local_run *into;
	const char *unknown;
	struct run *run;
};

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

static void on_done(struct run_record *record, void *payload)
{
	struct slot *slot = payload;

	record->redacted = counts_of(slot->local->redactor);
	slot->into->record = *record;
	slot->run = NULL;
}

static void on_progress(const struct run *run, enum run_progress what,
			const struct task_record *task, void *payload)
{
	const struct local_options *options =
		((struct slot *)payload)->local->options;

	if (options->progress)
		options->progress(run, what, task, options->progress_payload);
}

static struct run_input input_of(const struct slot *slot)
{
	const struct local *local = slot->local;

	return (struct run_input){
		.plan = &slot->plan,
		.sources = local->sources,
		.repo = local->change.repo,
		.settings = local->options->settings,
		.event = "manual",
		.title = local->change.title,
		.description = local->change.description,
		.guidance = local->guidance,
		.trusted = local->result->base,
		.concurrency = local->options->settings->concurrency,
		.coverage = local->coverage.added,
		.progress = on_progress,
		.unknown = slot->unknown,
		.unknown_why = local->coverage.from,
	};
}

static void start_slot(struct slot *slot)
{
	struct local *local = slot->local;
	struct run_input input = input_of(slot);

	run_start(&slot->run, local->loop, wiring_gateway(local->wiring),
		  &input, on_done, slot);
}

/* Compiled patterns are kept in the clone; where it is read-only, nowhere. */
static int load_secrets(struct secrets **out, const struct repo *repo,
			struct err *err)
{
	char *dir = xstrf("%sreferee", repo_git_dir(repo));
	struct err ignored = ERR_INIT;
	int ret;

	if (file_make_dirs(dir, 0755, &ignored) < 0)
		log_debug("%s", ignored.msg);
	ret = secrets_shared(out, dir, err);
	free(dir);
	return ret;
}

/* What agents get to see, read and redacted once. */
static int load_sources(struct local *local, struct err *err)
{
	struct secrets *secrets;

	if (load_secrets(&secrets, local->change.repo, err) < 0)
		return -1;
	local->redactor = redactor_new(secrets);
	if (sources_load(&local->sources, local->change.repo,
			 &local->change.changeset, local->redactor, err) < 0)
		return -1;
	return guidance_read(&local->guidance, local->change.repo,
			     &local->change.base, local->redactor, err);
}

/* Lines are of the head it was judged on: find the quoted code on this one. */
static void anchor_again(struct run_record *record,
			 const struct sources *sources)
{
	struct findings_answer answer = { .findings = record->findings };

	findings_anchor(&answer, sources, SEVERITY_INFO);
	record->findings = answer.findings;
}

static void run_slots(struct local *local, struct slot *slots)
{
	struct local_result *result = local->result;

	for (size_t i = 0; i < local->chosen_count; i++) {
		struct slot *slot = &slots[i];

		slot->local = local;
		slot->into = &result->runs[i];
		slot->unknown = local->chosen[i].unknown;
		if (find_stored(&slot->into->record, local,
				local->chosen[i].workflow)) {
			slot->into->reused = true;
			anchor_again(&slot->into->record, local->sources);
			continue;
		}
		plan_make(&slot->plan, local->chosen[i].workflow,
			  &local->definitions.agents, local->options->settings,
			  local->options->service);
		start_slot(slot);
	}
	loop_run(local->loop);
}

static int judge(struct local *local, struct err *err)
{
	struct slot *slots;

	if (spend_open_clone(&local->spend, local->change.repo,
			     local->options->settings, err) < 0 ||
	    loop_new(&local->loop, err) < 0 ||
	    wiring_new(&local->wiring, local->loop, local->options->settings,
		       local->spend, err) < 0)
		return -1;
	slots = xcalloc(local->chosen_count, sizeof(*slots));
	local->result->runs = xcalloc(local->chosen_count,
				      sizeof(*local->result->runs));
	local->result->run_count = local->chosen_count;
	run_slots(local, slots);
	for (size_t i = 0; i < local->chosen_count; i++)
		plan_release(&slots[i].plan);
	free(slots);
	return 0;
}

/* Says what would be done, asks nobody, stores nothing. */
static void preview(struct local *local)
{
	for (size_t i = 0; i < local->chosen_count; i++) {
		struct slot slot = { .local = local };
		struct run_input input;
		struct buf text;

		plan_make(&slot.plan, local->chosen[i].workflow,
			  &local->definitions.agents, local->options->settings,
			  local->options->service);
		input = input_of(&slot);
		buf_init(&text, LIMIT_PREVIEW_BYTES);
		preview_tasks(&text, &slot.plan);
		strvec_take(&local->result->planned, buf_detach(&text));
		preview_prompts(&text, &input);
		strvec_take(&local->result->prompts, buf_detach(&text));
		plan_release(&slot.plan);
	}
}

static int store_records(struct local *local, struct err *err)
{
	struct local_result *result = local->result;
	const struct run_record **records = xcalloc(result->run_count,
						    sizeof(*records));
	size_t count = 0;
	int ret = 0;

	for (size_t i = 0; i < result->run_count; i++)
		if (!result->runs[i].reused)
			records[count++] = &result->runs[i].record;
	if (count)
		ret = runs_put(local->change.repo, records, count, err);
	free(records);
	return ret;
}

static int store_notes(struct local *local, struct err *err)
{
	struct local_result *result = local->result;
	size_t count = result->run_count;
	struct note_change *changes = xcalloc(count, sizeof(*changes));
	struct strvec texts = STRVEC_INIT;
	int ret;

	for (size_t i = 0; i < count; i++) {
		const struct run_record *record = &result->runs[i].record;
		struct buf section, trailer;

		buf_init(&section, LIMIT_NOTE_BYTES);
		buf_init(&trailer, 1000);
		report_note_section(&section, record);
		report_note_trailer(&trailer, record);
		strvec_take(&texts, buf_detach(&section));
		strvec_take(&texts, buf_detach(&trailer));
		changes[i] = (struct note_change){
			.commit = local->change.head,
			.workflow = record->workflow,
			.section = texts.v[2 * i],
			.trailer = texts.v[2 * i + 1],
		};
	}
	ret = notes_put(local->change.repo, changes, count, err);
	strvec_release(&texts);
	free(changes);
	return ret;
}

static void local_release(struct local *local)
{
	wiring_close(local->wiring);
	loop_free(local->loop);
	wiring_free(local->wiring);
	spend_close(local->spend);
	sources_free(local->sources);
	redactor_free(local->redactor);
	definitions_release(&local->definitions);
	local_change_release(&local->change);
	free(local->guidance);
	change_coverage_release(&local->coverage);
	free(local->chosen);
}

static void load_coverage(struct local *local)
{
	struct repo *repo = local->change.repo;

	change_coverage_load(
		&local->coverage, repo, &local->change.changeset,
		settings_project_of_clone(local->options->settings, repo),
		NULL);
}

static int describe_change(struct local_result *out,
			   const struct local_change *change, struct err *err)
{
	oid_format(out->base, &change->base);
	oid_format(out->head, &change->head);
	out->base_name = xstrdup(change->base_name);
	out->is_same = oid_equal(&change->base, &change->head);
	out->is_empty = !change->changeset.file_count;
	return repo_is_dirty(&out->is_dirty, change->repo, err);
}

static int look(struct local *local, struct err *err)
{
	if (load_sources(local, err) < 0)
		return -1;
	if (local->options->dry_run) {
		preview(local);
		return 0;
	}
	if (judge(local, err) < 0 || store_records(local, err) < 0)
		return -1;
	return store_notes(local, err);
}

int local_run(struct local_result *out, const struct local_options *options,
	      struct mistakes *mistakes, struct err *err)
{
	struct local local = { .options = options, .result = out };
	int ret = -1;

	*out = (struct local_result){ 0 };
	if (local_change_find(&local.change, options, err) < 0 ||
	    describe_change(out, &local.change, err) < 0)
		goto out;
	load_coverage(&local);
	if (definitions_load(&local.definitions, local.change.repo,
			     &local.change.base, options->workflows,
			     options->settings, mistakes, err) < 0 ||
	    choose(&local, err) < 0)
		goto out;
	ret = 0;
	if (out->is_same || out->is_empty || !local.chosen_count)
		goto out;
	ret = look(&local, err);
out:
	local_release(&local);
	return ret;
}
