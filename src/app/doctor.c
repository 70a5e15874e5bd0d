#include "app/doctor.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "code/secrets.h"
#include "core/alloc.h"
#include "core/text.h"
#include "io/child.h"
#include "io/file.h"
#include "repo/remote.h"
#include "repo/repo.h"

enum {
	PROGRAM_WAIT_MS = 10 * 1000,
	REMOTE_WAIT_MS = 20 * 1000,
};

void doctor_report_release(struct doctor_report *report)
{
	for (size_t i = 0; i < report->len; i++) {
		free(report->items[i].subject);
		free(report->items[i].text);
	}
	free(report->items);
	*report = (struct doctor_report){ 0 };
}

/* Takes both texts over. */
static void add(struct doctor_report *out, enum doctor_state state,
		char *subject, char *text)
{
	ARRAY_GROW(out->items, out->len, out->cap);
	out->items[out->len++] = (struct doctor_check){ state, subject, text };
}

/* Programs that are called, and what does not work without them. */
static const struct program {
	const char *name;
	const char *option; /* makes it tell its version */
	enum doctor_state without;
	const char *without_text;
} programs[] = {
	{ "git", "--version", DOCTOR_NOTE,
	  "not found: 'referee gc' cannot repack; install git" },
	{ "ssh", "-V", DOCTOR_NOTE,
	  "not found: remotes over ssh cannot be reached; install openssh" },
	{ "bwrap", "--version", DOCTOR_NOTE,
	  "not found: tests cannot be run in the sandbox; install "
	  "bubblewrap" },
};

static void examine_program(struct doctor_report *out,
			    const struct program *program)
{
	const char *argv[] = { program->name, program->option, NULL };
	struct child_command command = { .argv = argv,
					 .timeout_ms = PROGRAM_WAIT_MS };
	struct child_result result = { 0 };
	struct err err = ERR_INIT;
	const char *said;
	struct buf line;

	if (child_run(&result, &command, NULL, &err) < 0) {
		add(out, program->without, xstrdup(program->name),
		    xstrdup(program->without_text));
	} else {
		said = result.output.len ? result.output.ptr : result.error.ptr;
		buf_init(&line, 200);
		text_add_clean(&line, said, strcspn(said, "\n"), false);
		add(out, DOCTOR_FINE, xstrdup(program->name),
		    buf_detach(&line));
	}
	child_result_release(&result);
}

static void examine_engine(struct doctor_report *out)
{
	struct secrets *secrets;
	struct err err = ERR_INIT;
	const char *engine;

	if (secrets_shared(&secrets, NULL, &err) < 0) {
		add(out, DOCTOR_BAD, xstrdup("secrets"), xstrdup(err.msg));
		return;
	}
	engine = secrets_engine(secrets);
	if (!strcmp(engine, "keywords"))
		add(out, DOCTOR_NOTE, xstrdup("secrets"),
		    xstrdup("searched without Hyperscan, which is slower"));
	else
		add(out, DOCTOR_FINE, xstrdup("secrets"),
		    xstrf("searched with Hyperscan %s", engine));
}

static void examine_clone(struct doctor_report *out, const char *dir)
{
	struct repo *repo = NULL;
	struct err err = ERR_INIT;
	char *shown, *base = NULL;
	struct oid tip;

	if (repo_open(&repo, dir, &err) < 0) {
		add(out, dir ? DOCTOR_BAD : DOCTOR_NOTE, xstrdup("clone"),
		    xstrdup(err.msg));
		return;
	}
	if (repo_default_base(&tip, &base, repo, &err) < 0)
		add(out, DOCTOR_NOTE, xstrdup("clone"), xstrdup(err.msg));
	else
		add(out, DOCTOR_FINE, xstrdup("clone"),
		    xstrf("changes are compared with %s", base));
	shown = repo_config(repo, "notes.displayRef");
	if (!shown)
		add(out, DOCTOR_NOTE, xstrdup("notes"),
		    xstrdup("git log does not show them; 'referee init' "
			    "sets that up"));
	else
		add(out, DOCTOR_FINE, xstrdup("notes"),
		    xstrf("git log shows %s", shown));
	free(shown);
	free(base);
	repo_free(repo);
}

static void examine_state(struct doctor_report *out,
			  const struct settings *settings)
{
	struct err err = ERR_INIT;

	if (file_make_dirs(settings->state_dir, 0700, &err) < 0)
		add(out, DOCTOR_BAD, xstrdup("state"), xstrdup(err.msg));
	else if (access(settings->state_dir, R_OK | W_OK | X_OK) < 0)
		add(out, DOCTOR_BAD, xstrdup("state"),
		    xstrf("%s: cannot be written to", settings->state_dir));
	else
		add(out, DOCTOR_FINE, xstrdup("state"),
		    xstrf("%s", settings->state_dir));
}

static void examine_service(struct doctor_report *out,
			    const struct service_settings *service)
{
	char *subject = xstrf("service %s", service->name);
	char *name = secret_ref_name(&service->key);
	struct secret *key = NULL;
	struct err err = ERR_INIT;

	if (service->is_built_in && !secret_ref_is_there(&service->key))
		add(out, DOCTOR_NOTE, subject, xstrf("no key in %s", name));
	else if (secret_ref_get(&key, &service->key, &err) < 0)
		add(out, DOCTOR_BAD, subject, xstrdup(err.msg));
	else
		add(out, DOCTOR_FINE, subject, xstrf("key from %s", name));
	secret_free(key);
	free(name);
}

static void examine_project(struct doctor_report *out,
			    const struct settings *settings,
			    const struct project_settings *project)
{
	static const char *const head[] = { "HEAD" };
	char *subject = xstrf("project %s", project->name);
	struct remote_refs refs = { 0 };
	struct secret *token = NULL;
	struct err err = ERR_INIT;
	struct remote_options options = { .ca_file = settings->ca_file,
					  .proxy = settings->proxy,
					  .timeout_ms = REMOTE_WAIT_MS,
					  .idle_ms = REMOTE_WAIT_MS };

	if (project->token.source != SECRET_NONE &&
	    secret_ref_get(&token, &project->token, &err) < 0) {
		add(out, DOCTOR_BAD, subject, xstrf("token: %s", err.msg));
		return;
	}
	options.password = token;
	if (remote_list_refs(&refs, project->url, head, 1, &options, &err) < 0)
		add(out, DOCTOR_BAD, subject, xstrdup(err.msg));
	else
		add(out, DOCTOR_FINE, subject,
		    xstrf("%s answers, HEAD is %s", project->url,
			  refs.head ? refs.head : "detached"));
	remote_refs_release(&refs);
	secret_free(token);
}

void doctor_examine(struct doctor_report *out, const char *dir,
		    const struct settings *settings)
{
	*out = (struct doctor_report){ 0 };
	for (size_t i = 0; i < ARRAY_LEN(programs); i++)
		examine_program(out, &programs[i]);
	examine_engine(out);
	examine_clone(out, dir);
	for (size_t i = 0; i < settings->service_count; i++)
		if (settings->services[i].key.source != SECRET_NONE)
			examine_service(out, &settings->services[i]);
	if (settings->project_count)
		examine_state(out, settings);
	for (size_t i = 0; i < settings->project_count; i++)
		examine_project(out, settings, &settings->projects[i]);
}
