#include "app/outlook.h"

#include <stdlib.h>

#include "app/change_facts.h"
#include "app/clone.h"
#include "app/definitions.h"
#include "app/judge.h"
#include "app/local_change.h"
#include "app/wire.h"
#include "core/alloc.h"
#include "core/clock.h"
#include "io/loop.h"
#include "workflow/trigger.h"

/* Everything one `referee plan` works with. */
struct outlook {
	const struct local_options *options;
	struct local_change change;
	struct change_coverage coverage;
	struct definitions definitions;
	struct change_facts facts;
	struct judge_workflow *due; /* those that would be asked about ... */
	struct json **due_at;       /* ... and where they are described     */
	size_t due_count;
	struct json *doc, *workflows;
};

static void outlook_release(struct outlook *outlook)
{
	change_facts_release(&outlook->facts);
	change_coverage_release(&outlook->coverage);
	definitions_release(&outlook->definitions);
	local_change_release(&outlook->change);
	free(outlook->due);
	free(outlook->due_at);
}

static void set_holds(struct json *out, const char *name, enum holds holds)
{
	if (holds == HOLDS_UNKNOWN)
		json_set_null(out, name);
	else
		json_set_bool(out, name, holds == HOLDS_YES);
}

static void add_reasons(struct json *out, const struct reasons *reasons)
{
	struct json *list = json_set_array(out, "reasons");

	for (size_t i = 0; i < reasons->len; i++) {
		const struct reason *reason = &reasons->items[i];
		struct json *at = json_add_object(list);

		json_set_int(at, "trigger", (int64_t)reason->trigger);
		json_set_string(at, "subject", reason->subject);
		set_holds(at, "holds", reason->holds);
		json_set_string(at, "text", reason->text);
	}
}

/* The result that `run` would show instead; false: there is none. */
static bool add_stored(struct json *out, struct outlook *outlook,
		       const struct workflow *workflow)
{
	struct run_record record;
	char at[CLOCK_TEXT_SIZE];
	struct json *stored;

	if (!judge_find_stored(&record, outlook->change.repo,
			       outlook->change.changeset.change_key,
			       workflow->id))
		return false;
	clock_format(at, record.started_at_ms);
	stored = json_set_object(out, "stored");
	json_set_string(stored, "run", record.id);
	json_set_string(stored, "verdict", verdict_name(record.verdict));
	json_set_string(stored, "started_at", at);
	json_set_int(stored, "findings", (int64_t)record.findings.len);
	run_record_release(&record);
	return true;
}

/* A workflow that is named runs whatever its triggers say. */
static void look_at(struct outlook *outlook, const struct workflow *workflow,
		    bool is_named)
{
	struct json *at = json_add_object(outlook->workflows);
	struct reasons reasons = { 0 };
	const char *unknown = NULL;
	enum holds holds = workflow_test(workflow, &outlook->facts.facts,
					 &unknown, &reasons);

	json_set_string(at, "workflow", workflow->id);
	json_set_string(at, "title", workflow->title);
	json_set_bool(at, "is_named", is_named);
	json_set_bool(at, "relaxed", workflow->relaxed);
	set_holds(at, "matches", holds);
	add_reasons(at, &reasons);
	reasons_release(&reasons);
	if (holds == HOLDS_UNKNOWN && !is_named)
		json_set_string(at, "unknown", unknown);
	if ((holds != HOLDS_YES && !is_named) ||
	    !outlook->change.changeset.file_count ||
	    add_stored(at, outlook, workflow))
		return;
	outlook->due[outlook->due_count] = (struct judge_workflow){
		.workflow = workflow,
		.event = "manual",
	};
	outlook->due_at[outlook->due_count++] = at;
}

static int look_at_all(struct outlook *outlook, struct err *err)
{
	struct definitions *definitions = &outlook->definitions;
	const struct strvec *names = outlook->options->workflows;
	size_t named = names ? names->len : 0;
	size_t most = definitions->workflows.len + named;

	outlook->workflows = json_set_array(outlook->doc, "workflows");
	outlook->due = xcalloc(most, sizeof(*outlook->due));
	outlook->due_at = xcalloc(most, sizeof(*outlook->due_at));
	for (size_t i = 0; i < named; i++) {
		const struct workflow *workflow =
			definitions_named(definitions, names->v[i],
					  outlook->options->settings, err);

		if (!workflow)
			return -1;
		look_at(outlook, workflow, true);
	}
	for (size_t i = 0; !named && i < definitions->workflows.len; i++)
		look_at(outlook, definitions->workflows.items[i], false);
	return 0;
}

static int64_t sum_of(const struct json *tasks, const char *name)
{
	int64_t sum = 0;

	for (const struct json *at = json_first(tasks); at; at = json_next(at))
		sum += json_int_or(at, name, 0);
	return sum;
}

static void take_tasks(struct outlook *outlook, const struct json *explained)
{
	static const char *const amounts[] = { "expected_nusd",
					       "at_most_nusd" };
	int64_t totals[ARRAY_LEN(amounts)] = { 0 };
	const struct json *tasks = json_first(explained);

	for (size_t i = 0; i < outlook->due_count; i++) {
		for (size_t j = 0; j < ARRAY_LEN(amounts); j++) {
			int64_t sum = sum_of(tasks, amounts[j]);

			totals[j] += sum;
			json_set_int(outlook->due_at[i], amounts[j], sum);
		}
		json_set(outlook->due_at[i], "tasks", json_copy(tasks));
		tasks = json_next(tasks);
	}
	for (size_t j = 0; j < ARRAY_LEN(amounts); j++)
		json_set_int(outlook->doc, amounts[j], totals[j]);
}

static int explain(struct outlook *outlook, struct err *err)
{
	const struct local_options *options = outlook->options;
	struct judge_input input = {
		.repo = outlook->change.repo,
		.settings = options->settings,
		.changeset = &outlook->change.changeset,
		.trusted = &outlook->change.base,
		.agents = &outlook->definitions.agents,
		.workflows = outlook->due,
		.workflow_count = outlook->due_count,
		.coverage = &outlook->coverage,
		.service = options->service,
		.title = outlook->change.title,
		.description = outlook->change.description,
	};
	struct wiring *wiring = NULL;
	struct json *explained = NULL;
	struct loop *loop = NULL;
	int ret = -1;

	if (loop_new(&loop, err) == 0 &&
	    wiring_new_preview(&wiring, loop, options->settings,
			       outlook->change.repo, err) == 0)
		ret = judge_explain(&explained, wiring_gateway(wiring), &input,
				    err);
	if (ret == 0)
		take_tasks(outlook, explained);
	json_free(explained);
	wiring_close(wiring);
	loop_free(loop);
	wiring_free(wiring);
	return ret;
}

static void describe_change(struct outlook *outlook)
{
	const struct local_change *change = &outlook->change;
	const struct changeset *changeset = &change->changeset;
	char base[OID_HEX_SIZE], head[OID_HEX_SIZE];
	struct json *doc = outlook->doc, *coverage;

	oid_format(base, &change->base);
	oid_format(head, &change->head);
	json_set_int(doc, "version", 1);
	json_set_string(doc, "base", base);
	json_set_string(doc, "base_name", change->base_name);
	json_set_string(doc, "head", head);
	json_set_string(doc, "change_key", changeset->change_key);
	json_set_int(doc, "files", (int64_t)changeset->file_count);
	json_set_int(doc, "lines_changed",
		     (int64_t)(changeset->additions + changeset->deletions));
	coverage = json_set_object(doc, "coverage");
	if (outlook->coverage.is_known)
		json_set_double(coverage, "percent", outlook->coverage.percent);
	else
		json_set_null(coverage, "percent");
	json_set_string(coverage, "from", outlook->coverage.from);
	json_set_int(doc, "expected_nusd", 0);
	json_set_int(doc, "at_most_nusd", 0);
}

int outlook_make(struct json **out, const struct local_options *options,
		 struct mistakes *mistakes, struct err *err)
{
	struct outlook outlook = { .options = options };
	int ret = -1;

	if (local_change_find(&outlook.change, options, err) < 0)
		goto out;
	change_coverage_load(
		&outlook.coverage, outlook.change.repo,
		&outlook.change.changeset,
		clone_project(options->settings, outlook.change.repo), NULL);
	change_facts_make(&outlook.facts, &outlook.change, &outlook.coverage);
	if (local_definitions(&outlook.definitions, &outlook.change, options,
			      mistakes, err) < 0)
		goto out;
	outlook.doc = json_new_object();
	describe_change(&outlook);
	ret = look_at_all(&outlook, err);
	if (ret == 0 && outlook.due_count)
		ret = explain(&outlook, err);
	if (ret == 0)
		*out = outlook.doc;
	else
		json_free(outlook.doc);
out:
	outlook_release(&outlook);
	return ret;
}
