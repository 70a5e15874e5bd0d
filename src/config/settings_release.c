#include <stdlib.h>

#include "config/settings.h"

static void release_service(struct service_settings *service)
{
	free(service->name);
	secret_ref_release(&service->key);
	free(service->url);
	free(service->fallback);
	for (size_t i = 0; i < COMPLEXITY_COUNT; i++)
		free(service->model[i]);
	strvec_release(&service->command);
	strvec_release(&service->environment);
	free(service->directory);
	free(service->request);
	free(service->answer);
	free(service->input_tokens);
	free(service->output_tokens);
}

static void release_notify(struct notify_settings *notify)
{
	free(notify->name);
	secret_ref_release(&notify->url);
	secret_ref_release(&notify->secret);
}

static void release_project(struct project_settings *project)
{
	free(project->name);
	free(project->url);
	free(project->api);
	free(project->repository);
	secret_ref_release(&project->token);
	free(project->app_id);
	free(project->installation_id);
	secret_ref_release(&project->private_key);
	strvec_release(&project->branches);
	strvec_release(&project->pulls);
	free(project->target);
	free(project->workflows);
	free(project->sidecar);
	for (size_t i = 0; i < project->allow_count; i++) {
		free(project->allow[i].workflow);
		strvec_release(&project->allow[i].users);
	}
	free(project->allow);
	free(project->coverage_from);
	strvec_release(&project->test_command);
	strvec_release(&project->tests_checks);
}

static void release_lists(struct settings *settings)
{
	for (size_t i = 0; i < settings->service_count; i++)
		release_service(&settings->services[i]);
	for (size_t i = 0; i < settings->notify_count; i++)
		release_notify(&settings->notifies[i]);
	for (size_t i = 0; i < settings->project_count; i++)
		release_project(&settings->projects[i]);
	for (size_t i = 0; i < settings->model_count; i++) {
		free(settings->models[i].from);
		free(settings->models[i].to);
	}
	free(settings->services);
	free(settings->notifies);
	free(settings->projects);
	free(settings->models);
}

void settings_release(struct settings *settings)
{
	release_lists(settings);
	free(settings->path);
	free(settings->state_dir);
	free(settings->service);
	free(settings->ca_file);
	free(settings->proxy);
	free(settings->control_remote);
	free(settings->budget.notify);
	free(settings->budget.timezone);
	free(settings->budget.price_file);
	*settings = (struct settings){ 0 };
}
