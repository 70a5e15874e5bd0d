#include "app/material.h"

#include <stdlib.h>
#include <string.h>

#include "agents/sources.h"
#include "agents/surroundings.h"
#include "app/clone.h"
#include "app/guidance.h"
#include "code/redact.h"
#include "code/secrets.h"
#include "core/alloc.h"
#include "repo/remote.h"

static int load_secrets(struct secrets **out, const struct judge_input *input,
			struct err *err)
{
	char *otherwise = input->cache_dir ? xstrdup(input->cache_dir)
					   : clone_state_dir(input->repo);
	int ret = secrets_shared(out, otherwise, err);

	free(otherwise);
	return ret;
}

/* Is a service asked that does not look at the code itself? */
static bool asks_outside(const struct judge_input *input)
{
	bool found = false;

	for (size_t i = 0; i < input->workflow_count && !found; i++) {
		struct plan plan;

		plan_make(&plan, input->workflows[i].workflow, input->agents,
			  input->settings, input->service);
		for (size_t j = 0; j < plan.task_count; j++)
			found |= strcmp(plan.tasks[j].services.v[0],
					"offline") != 0;
		plan_release(&plan);
	}
	return found;
}

/* For services that look at the project themselves. */
static char *url_of(const struct judge_input *input, const struct repo *repo)
{
	char *origin = input->remote ? NULL : repo_origin_url(repo);
	const char *remote = input->remote ? input->remote : origin;
	char *url = remote ? remote_url_web(remote) : NULL;

	free(origin);
	return url;
}

int material_load(struct material *out, const struct judge_input *input,
		  struct repo *repo, struct err *err)
{
	struct secrets *secrets;

	oid_format(out->trusted, input->trusted);
	out->place = (struct known_place){
		.number = input->pull,
		.branch = input->pull ? NULL : input->branch,
	};
	if (load_secrets(&secrets, input, err) < 0)
		return -1;
	out->redactor = redactor_new(secrets);
	if (sources_load(&out->sources, repo, input->changeset, out->redactor,
			 err) < 0)
		return -1;
	if (asks_outside(input) &&
	    surroundings_load(&out->surroundings, repo, out->sources,
			      input->trusted, err) < 0)
		return -1;
	out->url = url_of(input, repo);
	out->previous = known_previous(repo, &out->place, out->redactor);
	return guidance_read(&out->guidance, repo, input->trusted,
			     out->redactor, err);
}

void material_release(struct material *material)
{
	surroundings_free(material->surroundings);
	sources_free(material->sources);
	redactor_free(material->redactor);
	free(material->guidance);
	free(material->previous);
	free(material->url);
}

struct run_input material_run_input(const struct material *material,
				    const struct judge_input *input,
				    const struct judge_workflow *use,
				    const struct plan *plan)
{
	const struct change_coverage *coverage = input->coverage;

	return (struct run_input){
		.plan = plan,
		.sources = material->sources,
		.repo = input->repo,
		.settings = input->settings,
		.project = input->project,
		.project_url = material->url,
		.event = use->event,
		.pull = input->pull,
		.trusted = material->trusted,
		.title = input->title,
		.description = input->description,
		.guidance = material->guidance,
		.surroundings = material->surroundings,
		.test_command = input->test_command,
		.tests_refused = input->tests_refused,
		.previous = material->previous,
		.instance = input->instance,
		.epoch = input->epoch,
		.concurrency = input->settings->concurrency,
		.coverage = coverage ? coverage->added : -1,
		.report = coverage && coverage->is_known ? &coverage->report
							 : NULL,
		.report_from = coverage ? coverage->from : NULL,
		.unknown = use->unknown,
		.unknown_why = coverage ? coverage->from : NULL,
	};
}
