/* What a judging would do and send, without it. */
#include "app/judge.h"
#include "app/material.h"
#include "core/json.h"
#include "core/limits.h"
#include "workflow/preview.h"

static void preview(struct strvec *planned, struct strvec *prompts,
		    const struct judge_input *input,
		    const struct material *material)
{
	for (size_t i = 0; i < input->workflow_count; i++) {
		const struct judge_workflow *use = &input->workflows[i];
		struct run_input run;
		struct plan plan;
		struct buf text;

		plan_make(&plan, use->workflow, input->agents, input->settings,
			  input->service);
		run = material_run_input(material, input, use, &plan);
		buf_init(&text, LIMIT_PREVIEW_BYTES);
		preview_tasks(&text, &run);
		strvec_take(planned, buf_detach(&text));
		preview_prompts(&text, input->gateway, &run);
		strvec_take(prompts, buf_detach(&text));
		plan_release(&plan);
	}
}

int judge_preview(struct strvec *planned, struct strvec *prompts,
		  const struct judge_input *input, struct err *err)
{
	struct material material = { 0 };
	struct repo *repo = NULL;
	int ret = repo_reopen(&repo, input->repo, err);

	if (!ret)
		ret = material_load(&material, input, repo, err);
	if (!ret)
		preview(planned, prompts, input, &material);
	material_release(&material);
	repo_free(repo);
	return ret;
}

int judge_explain(struct json **out, struct gateway *gateway,
		  const struct judge_input *input, struct err *err)
{
	struct material material = { 0 };
	struct repo *repo = NULL;
	int ret = -1;

	if (repo_reopen(&repo, input->repo, err) < 0 ||
	    material_load(&material, input, repo, err) < 0)
		goto out;
	*out = json_new_array();
	for (size_t i = 0; i < input->workflow_count; i++) {
		const struct judge_workflow *use = &input->workflows[i];
		struct run_input run;
		struct plan plan;

		plan_make(&plan, use->workflow, input->agents, input->settings,
			  input->service);
		run = material_run_input(&material, input, use, &plan);
		json_add(*out, preview_explain(gateway, &run));
		plan_release(&plan);
	}
	ret = 0;
out:
	material_release(&material);
	repo_free(repo);
	return ret;
}
