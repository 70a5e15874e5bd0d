/*
 * Delivers what is stored of a pull's content, once, as a poll does: for tests
 * that look at the forge afterwards.
 *
 * Usage: deliver_pull CONFIG GIT_DIR NUMBER HEAD [quiet] [dismiss FINGERPRINT]
 * CONFIG names one project and the state folder. HEAD: the pull as it was seen.
 * "quiet": a workflow without comment. What the last delivery knew and this
 * record does not hold is fixed. Prints how it went; exits 1 if it failed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/deliver.h"
#include "core/alloc.h"
#include "core/clock.h"
#include "repo/repo.h"
#include "store/runs.h"

struct scene {
	struct settings settings;
	struct loop *loop;
	struct http *http;
	struct forge *forge;
	struct repo *repo;
	struct pull_state state;
	struct changeset changeset;
	struct run_list runs;
	struct forge_pull pull;
	bool is_quiet;
	const char *dismissed;
	struct deliver_run *shown;
	struct workflow_output output;
	deliver_saved_fn *saved;
	void *saving;
	int status;
};

static void die(const struct err *err)
{
	fprintf(stderr, "deliver_pull: %s\n", err->msg);
	exit(99);
}

static void tell_saved(const struct err *err, void *payload)
{
	struct scene *scene = payload;

	scene->saved(err, scene->saving);
}

static int save(struct pull_state *state, deliver_saved_fn *saved, void *saving,
		void *payload, struct err *err)
{
	struct scene *scene = payload;

	if (pull_states_save(scene->repo, &state, 1, err) < 0)
		return -1;
	scene->saved = saved;
	scene->saving = saving;
	return loop_timer_start(NULL, scene->loop, 0, tell_saved, scene, err);
}

static bool has_no_code(const char *path, const char *code, void *payload)
{
	(void)path;
	(void)code;
	(void)payload;
	return false;
}

static void unite(struct scene *scene, struct run_record *record)
{
	const struct life_context context = {
		.workflow = record->workflow,
		.head = scene->pull.head,
		.now_ms = clock_wall_ms(),
		.has_code = has_no_code,
	};
	struct err err = ERR_INIT;
	size_t at;

	findings_unite(&scene->state.findings, &record->findings, &context);
	if (scene->dismissed &&
	    known_list_resolve(&at, &scene->state.findings, scene->dismissed,
			       &err) == 0 &&
	    known_finding_dismiss(&scene->state.findings.items[at], "ada",
				  "wanted", 1, &err) < 0)
		die(&err);
}

static void on_delivered(const struct deliver_result *result,
			 const struct err *err, void *payload)
{
	struct scene *scene = payload;

	printf("posts=%zu%s%s%s\n", result->posts,
	       result->is_moved ? " moved" : "", err ? " " : "",
	       err ? err->msg : "");
	scene->status = err != NULL;
}

static void deliver(struct scene *scene)
{
	struct err err = ERR_INIT;

	scene->output = (struct workflow_output){
		.comment = !scene->is_quiet,
		.inline_comments = true,
		.inline_max = 20,
		.inline_floor = SEVERITY_INFO,
		.commit_status = true,
	};
	scene->shown = xcalloc(scene->runs.len + 1, sizeof(*scene->shown));
	for (size_t i = 0; i < scene->runs.len; i++) {
		unite(scene, &scene->runs.items[i]);
		scene->shown[i] = (struct deliver_run){ &scene->runs.items[i],
							&scene->output };
	}
	const struct deliver_input input = {
		.forge = scene->forge,
		.project = scene->settings.projects[0].name,
		.pull = &scene->pull,
		.state = &scene->state,
		.changeset = &scene->changeset,
		.runs = scene->shown,
		.run_count = scene->runs.len,
		.save = save,
		.save_payload = scene,
	};

	if (deliver_start(scene->loop, &input, on_delivered, scene, &err) < 0)
		die(&err);
	loop_run(scene->loop);
}

static void open_forge(struct scene *scene, const char *config)
{
	struct mistakes mistakes = { 0 };
	struct err err = ERR_INIT;

	if (settings_load(&scene->settings, config, &mistakes, &err) < 0 ||
	    mistakes_check(&mistakes, &err) < 0 ||
	    loop_new(&scene->loop, &err) < 0 ||
	    http_new(&scene->http, scene->loop, NULL, &err) < 0)
		die(&err);
	mistakes_release(&mistakes);
	const struct forge_options options = {
		.loop = scene->loop,
		.http = scene->http,
		.project = &scene->settings.projects[0],
		.settings = &scene->settings,
		.state_dir = scene->settings.state_dir,
	};

	if (forge_new(&scene->forge, &options, &err) < 0)
		die(&err);
}

static void open_change(struct scene *scene, const char *git_dir)
{
	struct err err = ERR_INIT;
	struct oid base, head;

	repo_setup();
	if (repo_open(&scene->repo, git_dir, &err) < 0 ||
	    repo_resolve(&base, scene->repo, "main", &err) < 0 ||
	    repo_resolve(&head, scene->repo, scene->pull.head, &err) < 0 ||
	    changeset_make(&scene->changeset, scene->repo, &base, &head, NULL,
			   &err) < 0 ||
	    runs_of_change(&scene->runs, scene->repo,
			   scene->changeset.change_key, &err) < 0)
		die(&err);
	if (pull_state_load(&scene->state, scene->repo, scene->pull.number,
			    NULL, &err) == 0)
		return;
	if (err.code != ERR_NOT_FOUND)
		die(&err);
	pull_state_init(&scene->state, scene->pull.number, NULL);
}

static void end(struct scene *scene)
{
	http_free(scene->http);
	loop_free(scene->loop);
	forge_free(scene->forge);
	free(scene->shown);
	run_list_release(&scene->runs);
	changeset_release(&scene->changeset);
	pull_state_release(&scene->state);
	repo_free(scene->repo);
	settings_release(&scene->settings);
	repo_teardown();
}

int main(int argc, char **argv)
{
	struct scene scene = { 0 };

	if (argc < 5)
		return 99;
	io_setup();
	scene.pull.number = strtoll(argv[3], NULL, 10);
	snprintf(scene.pull.head, sizeof(scene.pull.head), "%s", argv[4]);
	for (int i = 5; i < argc; i++) {
		if (strcmp(argv[i], "quiet") == 0)
			scene.is_quiet = true;
		else if (strcmp(argv[i], "dismiss") == 0 && i + 1 < argc)
			scene.dismissed = argv[++i];
	}
	open_forge(&scene, argv[1]);
	open_change(&scene, argv[2]);
	deliver(&scene);
	end(&scene);
	return scene.status;
}
