#include "app/company.h"

#include <stdlib.h>

#include "core/alloc.h"
#include "core/log.h"
#include "io/file.h"
#include "repo/fetch.h"
#include "repo/refs.h"

#define BRANCH "refs/heads/main"

/* A control repository that takes longer is as good as down. */
#define FETCH_TIMEOUT_MS 30000

static char *git_dir(const struct settings *settings)
{
	return xstrf("%s/%s.git", settings->state_dir,
		     settings->control_remote ? "company" : "control");
}

static int fetch(struct repo *repo, const struct settings *settings,
		 struct err *err)
{
	static const char *const refspecs[] = { "+" BRANCH "*:" BRANCH "*" };
	struct remote_options options = { .ca_file = settings->ca_file,
					  .proxy = settings->proxy,
					  .timeout_ms = FETCH_TIMEOUT_MS };
	struct fetch_request request = { .url = settings->control_remote,
					 .refspecs = refspecs,
					 .refspec_count = 1,
					 .prune = true,
					 .options = &options };
	struct fetch_result result = { 0 };
	int ret = repo_fetch(&result, repo, &request, err);

	fetch_result_release(&result);
	return ret;
}

static void fetch_into(const char *path, const struct settings *settings)
{
	struct repo *repo = NULL;
	struct err err = ERR_INIT;

	if (repo_init_bare(&repo, path, &err) < 0 ||
	    fetch(repo, settings, &err) < 0)
		log_warn("control repository: %s; the company's workflows are "
			 "those of the last time",
			 err.msg);
	repo_free(repo);
}

void company_fetch(const struct settings *settings)
{
	char *path;

	if (!settings->control_remote)
		return;
	path = git_dir(settings);
	fetch_into(path, settings);
	free(path);
}

static int open_at(struct company *out, const char *path, struct err *err)
{
	int ret;

	if (!file_exists(path))
		return 0;
	ret = repo_open_bare(&out->repo, path, err);
	if (ret < 0 || ref_read(&out->commit, out->repo, BRANCH, err) == 0)
		return ret;
	company_release(out);
	if (err->code != ERR_NOT_FOUND)
		return -1;
	*err = (struct err)ERR_INIT;
	return 0;
}

int company_open(struct company *out, const struct settings *settings,
		 struct err *err)
{
	char *path = git_dir(settings);
	int ret;

	*out = (struct company){ 0 };
	ret = open_at(out, path, err);
	free(path);
	return ret;
}

int company_open_clone(struct company *out, const struct repo *clone,
		       const struct settings *settings, struct err *err)
{
	char *path;
	int ret;

	*out = (struct company){ 0 };
	if (!settings->control_remote)
		return 0;
	path = xstrf("%sreferee/company.git", repo_git_dir(clone));
	fetch_into(path, settings);
	ret = open_at(out, path, err);
	free(path);
	return ret;
}

void company_release(struct company *company)
{
	repo_free(company->repo);
	company->repo = NULL;
}
