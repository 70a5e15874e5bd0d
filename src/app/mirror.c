#include <stdlib.h>
#include <string.h>

#include "app/generated.h"
#include "app/mirror_internal.h"
#include "app/own_refs.h"
#include "core/alloc.h"
#include "core/limits.h"
#include "store/janitor.h"
#include "store/path_name.h"
#include "store/state_ref.h"

/* What stands before the first character of a pattern that is not itself. */
static size_t literal_len(const char *pattern)
{
	return strcspn(pattern, "*?[]{}+\\!");
}

static int want(struct mirror *mirror, const char *pattern, struct err *err)
{
	size_t len = literal_len(pattern);

	if (pattern_list_add(&mirror->wanted, pattern, err) < 0)
		return -1;
	/* What a pattern takes out again was brought in by another. */
	if (*pattern != '!')
		strvec_take(&mirror->refspecs,
			    xstrf("+" HEADS "%.*s*:" HEADS "%.*s*", (int)len,
				  pattern, (int)len, pattern));
	return 0;
}

static int want_all(struct mirror *mirror, struct err *err)
{
	const struct project_settings *project = mirror->project;

	for (size_t i = 0; i < project->branches.len; i++)
		if (want(mirror, project->branches.v[i], err) < 0)
			return -1;
	for (size_t i = 0; i < project->pulls.len; i++)
		if (want(mirror, project->pulls.v[i], err) < 0)
			return -1;
	if (project->target && want(mirror, project->target, err) < 0)
		return -1;
	strvec_add(&mirror->refspecs, "+" REQUESTS_REF "*:" REQUESTS_REF "*");
	if (project->tests == TESTS_CI)
		strvec_add(&mirror->refspecs,
			   "+" HEADS GENERATED_BRANCHES
			   "*:" PUBLISHED GENERATED_BRANCHES "*");
	return 0;
}

int mirror_path(struct buf *out, const struct settings *settings,
		const char *project, struct err *err)
{
	buf_addf(out, "%s/mirrors/", settings->state_dir);
	path_name_add(out, project);
	buf_addstr(out, ".git");
	return buf_check(out, "path of the mirror", err);
}

static int open_repo(struct mirror *mirror, const struct settings *settings,
		     struct err *err)
{
	struct janitor_report cleaned;
	struct buf path;
	int ret = -1;

	buf_init(&path, LIMIT_PATH_BYTES);
	if (mirror_path(&path, settings, mirror->project->name, err) < 0)
		goto out;
	if (repo_init_bare(&mirror->repo, path.ptr, err) < 0 ||
	    janitor_clean(&cleaned, path.ptr, 0, err) < 0)
		goto out;
	janitor_tell(&cleaned, mirror->project->name);
	ret = served_load(&mirror->served, mirror->repo, err);
out:
	buf_release(&path);
	return ret;
}

int mirror_open(struct mirror **out, const struct settings *settings,
		const struct project_settings *project,
		const struct secret *token, struct cancel *cancel,
		struct err *err)
{
	struct mirror *mirror = xcalloc(1, sizeof(*mirror));

	mirror->project = project;
	mirror->options = (struct remote_options){
		.password = token,
		.ca_file = settings->ca_file,
		.proxy = settings->proxy,
		.cancel = cancel,
	};
	if (open_repo(mirror, settings, err) < 0 || want_all(mirror, err) < 0)
		goto fail;
	if (!token && project->token.source != SECRET_NONE) {
		if (secret_ref_get(&mirror->token, &project->token, err) < 0) {
			err_prefix(err, "token");
			goto fail;
		}
		mirror->options.password = mirror->token;
	}
	*out = mirror;
	return 0;
fail:
	mirror_free(mirror);
	return -1;
}

void mirror_free(struct mirror *mirror)
{
	if (!mirror)
		return;
	served_list_release(&mirror->served);
	free(mirror->default_branch);
	ref_list_release(&mirror->branches);
	pattern_list_release(&mirror->wanted);
	strvec_release(&mirror->refspecs);
	secret_free(mirror->token);
	repo_free(mirror->repo);
	free(mirror);
}

struct repo *mirror_repo(struct mirror *mirror)
{
	return mirror->repo;
}

const char *mirror_default_branch(const struct mirror *mirror)
{
	return mirror->default_branch;
}

const struct ref_list *mirror_branches(const struct mirror *mirror)
{
	return &mirror->branches;
}

const char *mirror_own_url(const struct mirror *mirror)
{
	switch (mirror->project->notes) {
	case NOTES_PUSH:
		return mirror->project->url;
	case NOTES_SIDECAR:
		return mirror->project->sidecar;
	case NOTES_LOCAL:
		return NULL;
	}
	return NULL;
}

static int fetch(struct fetch_result *out, struct mirror *mirror,
		 const char *url, const struct strvec *refspecs,
		 struct err *err)
{
	struct fetch_request request = {
		.url = url,
		.refspecs = (const char *const *)refspecs->v,
		.refspec_count = refspecs->len,
		.prune = true,
		.options = &mirror->options,
	};

	return repo_fetch(out, mirror->repo, &request, err);
}

static int fetch_refs(struct mirror *mirror, const char *url,
		      const struct strvec *refspecs, struct err *err)
{
	struct fetch_result result = { 0 };
	int ret = fetch(&result, mirror, url, refspecs, err);

	fetch_result_release(&result);
	return ret;
}

/* The branch of HEAD, if no pattern brought it in. */
static int fetch_default(struct mirror *mirror, struct err *err)
{
	struct strvec refspecs = STRVEC_INIT;
	int ret;

	if (!mirror->default_branch ||
	    pattern_list_match_name(&mirror->wanted, mirror->default_branch))
		return 0;
	strvec_take(&refspecs,
		    xstrf("+" HEADS "%s:" HEADS "%s", mirror->default_branch,
			  mirror->default_branch));
	ret = fetch_refs(mirror, mirror->project->url, &refspecs, err);
	strvec_release(&refspecs);
	return ret;
}

static void add_own_refs(struct strvec *refspecs)
{
	for (size_t i = 0; i < OWN_REF_COUNT; i++)
		strvec_add(refspecs, own_refs[i].refspec);
}

static int fetch_project(struct mirror *mirror, struct err *err)
{
	const char *url = mirror->project->url, *own = mirror_own_url(mirror);
	struct fetch_result result = { 0 };
	struct strvec refspecs = STRVEC_INIT;
	int ret;

	for (size_t i = 0; i < mirror->refspecs.len; i++)
		strvec_add(&refspecs, mirror->refspecs.v[i]);
	if (own == url)
		add_own_refs(&refspecs);
	ret = fetch(&result, mirror, url, &refspecs, err);
	if (ret == 0) {
		free(mirror->default_branch);
		mirror->default_branch = NULL;
		if (result.head)
			mirror->default_branch = xstrdup(
				strncmp(result.head, HEADS, strlen(HEADS))
					? result.head
					: result.head + strlen(HEADS));
		ret = fetch_default(mirror, err);
	}
	fetch_result_release(&result);
	strvec_release(&refspecs);
	return ret;
}

static int fetch_own(struct mirror *mirror, struct err *err)
{
	struct strvec refspecs = STRVEC_INIT;
	int ret;

	add_own_refs(&refspecs);
	ret = fetch_refs(mirror, mirror_own_url(mirror), &refspecs, err);
	strvec_release(&refspecs);
	return ret;
}

/* The branches that are wanted: patterns brought in their neighbours too. */
static int list_branches(struct mirror *mirror, struct err *err)
{
	struct ref_list all = { 0 };

	ref_list_release(&mirror->branches);
	if (ref_list(&all, mirror->repo, HEADS, err) < 0)
		return -1;
	for (size_t i = 0; i < all.len; i++) {
		const char *name = all.items[i].name + strlen(HEADS);
		struct ref_list *list = &mirror->branches;

		if (!pattern_list_match_name(&mirror->wanted, name) &&
		    (!mirror->default_branch ||
		     strcmp(name, mirror->default_branch) != 0))
			continue;
		ARRAY_GROW(list->items, list->len, list->cap);
		list->items[list->len++] = all.items[i];
		all.items[i].name = NULL;
	}
	ref_list_release(&all);
	return 0;
}

int mirror_update(struct mirror *mirror, struct err *err)
{
	const char *own = mirror_own_url(mirror);

	if (fetch_project(mirror, err) < 0)
		return -1;
	if (own && own != mirror->project->url && fetch_own(mirror, err) < 0)
		return err_prefix(err, "%s", own);
	if (own_refs_adopt(mirror->repo, err) < 0 ||
	    served_load(&mirror->served, mirror->repo, err) < 0)
		return -1;
	return list_branches(mirror, err);
}

int mirror_fetch(struct mirror *mirror, const char *const *refspecs,
		 size_t count, struct err *err)
{
	struct strvec list = STRVEC_INIT;
	int ret;

	for (size_t i = 0; i < count; i++)
		strvec_add(&list, refspecs[i]);
	ret = fetch_refs(mirror, mirror->project->url, &list, err);
	strvec_release(&list);
	return ret;
}
