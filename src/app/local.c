#include "app/local.h"

#include <stdlib.h>
#include <string.h>

#include "app/change_facts.h"
#include "app/clone.h"
#include "app/coverage.h"
#include "app/definitions.h"
#include "app/local_change.h"
#include "app/wire.h"
#include "core/alloc.h"
#include "io/loop.h"
#include "workflow/trigger.h"

/* Everything one `referee run` works with. */
struct local {
	const struct local_options *options;
	struct local_result *result;
	struct local_change change;
	struct change_coverage coverage;
	const struct project_settings *project; /* as configured; or NULL */
	char *project_name;
	struct definitions definitions;
	struct judge_workflow *chosen;
	size_t chosen_count;
	struct loop *loop;
	struct spend *spend;
	struct wiring *wiring;
	struct err err; /* of judging */
};

void local_result_release(struct local_result *result)
{
	judged_release(&result->judged);
	free(result->base_name);
	strvec_release(&result->prompts);
	strvec_release(&result->planned);
	*result = (struct local_result){ 0 };
}

static void choose_one(struct local *local, const struct workflow *workflow,
		       const char *unknown)
{
	local->chosen[local->chosen_count++] = (struct judge_workflow){
		.workflow = workflow,
		.event = "manual",
		.unknown = unknown,
	};
}

static int choose_named(struct local *local, const char *word, struct err *err)
{
	const struct workflow *workflow = definitions_named(
		&local->definitions, word, local->options->settings, err);

	if (!workflow)
		return -1;
	choose_one(local, workflow, NULL);
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
		choose_one(local, list->items[i],
			   holds == HOLDS_UNKNOWN ? unknown : NULL);
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

static struct judge_input input_of(const struct local *local)
{
	return (struct judge_input){
		.repo = local->change.repo,
		.project = local->project_name,
		.settings = local->options->settings,
		.changeset = &local->change.changeset,
		.trusted = &local->change.base,
		.agents = &local->definitions.agents,
		.workflows = local->chosen,
		.workflow_count = local->chosen_count,
		.coverage = &local->coverage,
		.test_command = local->project ? &local->project->test_command
					       : NULL,
		.tests_refused = settings_tests_refused(local->project),
		.makes_branches = true,
		.service = local->options->service,
		.title = local->change.title,
		.description = local->change.description,
		.branch = local->change.branch,
		.progress = local->options->progress,
		.progress_payload = local->options->progress_payload,
	};
}

static void on_judged(struct judged *judged, const struct err *err,
		      void *payload)
{
	struct local *local = payload;

	local->result->judged = *judged;
	if (err)
		local->err = *err;
}

/* Without spending: nothing is recorded of what was not asked. */
static int preview(struct local *local, struct err *err)
{
	struct judge_input input = input_of(local);

	if (loop_new(&local->loop, err) < 0 ||
	    wiring_new_preview(&local->wiring, local->loop,
			       local->options->settings, local->change.repo,
			       err) < 0)
		return -1;
	input.gateway = wiring_gateway(local->wiring);
	return judge_preview(&local->result->planned, &local->result->prompts,
			     &input, err);
}

static int judge(struct local *local, struct err *err)
{
	struct judge_input input = input_of(local);
	struct judge *judge;

	if (spend_open_clone(&local->spend, local->change.repo,
			     local->options->settings, err) < 0 ||
	    loop_new(&local->loop, err) < 0 ||
	    wiring_new(&local->wiring, local->loop, local->options->settings,
		       local->spend, err) < 0)
		return -1;
	input.gateway = wiring_gateway(local->wiring);
	if (judge_start(&judge, local->loop, &input, on_judged, local, err) < 0)
		return -1;
	loop_run(local->loop);
	gateway_look_again(input.gateway);
	*err = local->err;
	return err->code ? -1 : 0;
}

static void local_release(struct local *local)
{
	wiring_close(local->wiring);
	loop_free(local->loop);
	wiring_free(local->wiring);
	spend_close(local->spend);
	definitions_release(&local->definitions);
	local_change_release(&local->change);
	change_coverage_release(&local->coverage);
	free(local->chosen);
	free(local->project_name);
}

static void load_coverage(struct local *local)
{
	struct repo *repo = local->change.repo;

	local->project = clone_project(local->options->settings, repo);
	local->project_name = clone_project_name(local->options->settings,
						 repo);
	change_coverage_load(&local->coverage, repo, &local->change.changeset,
			     local->project, NULL);
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
	if (local_definitions(&local.definitions, &local.change, options,
			      mistakes, err) < 0 ||
	    choose(&local, err) < 0)
		goto out;
	ret = 0;
	if (out->is_same || out->is_empty || !local.chosen_count)
		goto out;
	ret = options->dry_run ? preview(&local, err) : judge(&local, err);
out:
	local_release(&local);
	return ret;
}
