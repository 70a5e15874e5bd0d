#include "app/mirror.h"

#include <stdlib.h>
#include <string.h>

#include "app/generated.h"
#include "app/own_refs.h"
#include "app/served.h"
#include "core/alloc.h"
#include "core/fault.h"
#include "core/limits.h"
#include "core/log.h"
#include "core/strvec.h"
#include "repo/pattern.h"
#include "repo/push.h"
#include "repo/refs.h"
#include "store/janitor.h"
#include "store/path_name.h"
#include "store/state_ref.h"

#define HEADS     "refs/heads/"
#define PUBLISHED "refs/published/" /* branches of ours, as they are there */

enum { PUSH_TRIES = 5 };

struct mirror {
	const struct project_settings *project;
	struct repo *repo;
	struct secret *token; /* ours, if we read it */
	struct remote_options options;
	struct strvec refspecs; /* of branches and requests */
	struct pattern_list wanted;
	struct ref_list branches;
	char *default_branch;
	struct served_list served;
	size_t fetches;
};

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

size_t mirror_fetches(const struct mirror *mirror)
{
	return mirror->fetches;
}

/* Where referee's own refs go; NULL: nowhere. */
static const char *own_url(const struct mirror *mirror)
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

	mirror->fetches++;
	return repo_fetch(out, mirror->repo, &request, err);
}

/* The branch of HEAD, if no pattern brought it in. */
static int fetch_default(struct mirror *mirror, struct err *err)
{
	struct fetch_result result = { 0 };
	struct strvec refspecs = STRVEC_INIT;
	int ret;

	if (!mirror->default_branch ||
	    pattern_list_match_name(&mirror->wanted, mirror->default_branch))
		return 0;
	strvec_take(&refspecs,
		    xstrf("+" HEADS "%s:" HEADS "%s", mirror->default_branch,
			  mirror->default_branch));
	ret = fetch(&result, mirror, mirror->project->url, &refspecs, err);
	fetch_result_release(&result);
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
	const char *url = mirror->project->url, *own = own_url(mirror);
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
	struct fetch_result result = { 0 };
	struct strvec refspecs = STRVEC_INIT;
	int ret;

	add_own_refs(&refspecs);
	ret = fetch(&result, mirror, own_url(mirror), &refspecs, err);
	fetch_result_release(&result);
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
	const char *own = own_url(mirror);

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
	struct fetch_result result = { 0 };
	struct strvec list = STRVEC_INIT;
	int ret;

	for (size_t i = 0; i < count; i++)
		strvec_add(&list, refspecs[i]);
	ret = fetch(&result, mirror, mirror->project->url, &list, err);
	fetch_result_release(&result);
	strvec_release(&list);
	return ret;
}

int mirror_serve(struct mirror *mirror, const char *request_ref,
		 struct err *err)
{
	return served_add(&mirror->served, mirror->repo, request_ref, err);
}

bool mirror_has_served(const struct mirror *mirror, const char *request_ref)
{
	return served_has(&mirror->served, request_ref);
}

/* One push in the making. */
struct pushing {
	struct oid ours[OWN_REF_COUNT], theirs[OWN_REF_COUNT];
	const struct own_ref *own[OWN_REF_COUNT];
	struct push_ref *refs;
	size_t own_count, count;
};

static int collect_own(struct pushing *out, const struct mirror *mirror,
		       struct err *err)
{
	for (size_t i = 0; i < OWN_REF_COUNT; i++) {
		size_t at = out->own_count;
		bool have_ours, have_theirs;

		if (own_ref_read(&have_ours, &out->ours[at], mirror->repo,
				 own_refs[i].ref, err) < 0 ||
		    own_ref_read(&have_theirs, &out->theirs[at], mirror->repo,
				 own_refs[i].seen, err) < 0)
			return -1;
		if (!have_ours || (have_theirs &&
				   oid_equal(&out->ours[at], &out->theirs[at])))
			continue;
		out->own[at] = &own_refs[i];
		out->refs[at] = (struct push_ref){
			.name = own_refs[i].ref,
			.expected = have_theirs ? &out->theirs[at] : NULL,
			.target = &out->ours[at],
		};
		out->own_count++;
	}
	out->count = out->own_count;
	return 0;
}

static void collect_served(struct pushing *out, const struct mirror *mirror)
{
	for (size_t i = 0; i < mirror->served.len; i++)
		out->refs[out->count++] = (struct push_ref){
			.name = mirror->served.items[i].ref,
			.expected = &mirror->served.items[i].id,
		};
}

bool mirror_has_news(const struct mirror *mirror)
{
	struct pushing pushing = { 0 };
	struct err ignored = ERR_INIT;
	bool has_news;

	if (!own_url(mirror))
		return mirror->served.len > 0;
	pushing.refs = xcalloc(OWN_REF_COUNT, sizeof(*pushing.refs));
	has_news = collect_own(&pushing, mirror, &ignored) < 0 ||
		   pushing.own_count || mirror->served.len;
	free(pushing.refs);
	return has_news;
}

/* They are there now as they are here. */
static int note_pushed(const struct mirror *mirror,
		       const struct pushing *pushing, struct err *err)
{
	for (size_t i = 0; i < pushing->own_count; i++)
		if (ref_move(mirror->repo, pushing->own[i]->seen,
			     pushing->refs[i].expected, &pushing->ours[i],
			     "referee: pushed", err) < 0)
			return -1;
	return 0;
}

static int push_own(struct mirror *mirror, struct err *err)
{
	struct pushing pushing = { 0 };
	struct push_request request = { .url = own_url(mirror),
					.options = &mirror->options };
	int ret = -1;

	pushing.refs = xcalloc(OWN_REF_COUNT + mirror->served.len,
			       sizeof(*pushing.refs));
	if (collect_own(&pushing, mirror, err) < 0)
		goto out;
	/* Requests go only after what was made of them is there. */
	if (mirror->project->notes == NOTES_PUSH)
		collect_served(&pushing, mirror);
	request.refs = pushing.refs;
	request.ref_count = pushing.count;
	fault_point("mirror.push");
	if (pushing.count && repo_push(mirror->repo, &request, err) < 0)
		goto out;
	ret = note_pushed(mirror, &pushing, err);
out:
	free(pushing.refs);
	return ret;
}

/* Where the results go elsewhere, or nowhere. */
static int push_served(struct mirror *mirror, struct err *err)
{
	struct pushing pushing = { 0 };
	struct push_request request = { .url = mirror->project->url,
					.options = &mirror->options };
	int ret;

	if (!mirror->served.len || mirror->project->notes == NOTES_PUSH)
		return 0;
	pushing.refs = xcalloc(mirror->served.len, sizeof(*pushing.refs));
	collect_served(&pushing, mirror);
	request.refs = pushing.refs;
	request.ref_count = pushing.count;
	ret = repo_push(mirror->repo, &request, err);
	free(pushing.refs);
	return ret;
}

int mirror_push(struct mirror *mirror, struct err *err)
{
	const char *own = own_url(mirror);

	for (int tries = 1; own; tries++) {
		if (push_own(mirror, err) == 0)
			break;
		if (err->code != ERR_CONFLICT || tries == PUSH_TRIES)
			return err_prefix(err, "pushing results");
		*err = (struct err)ERR_INIT;
		if (mirror_update(mirror, err) < 0)
			return err_prefix(err, "pushing results");
	}
	if (push_served(mirror, err) < 0)
		return err_prefix(err, "removing requests");
	served_forget(&mirror->served, mirror->repo);
	return 0;
}

static char *published_ref(const char *ref)
{
	return xstrf(PUBLISHED "%s", ref + strlen(HEADS));
}

bool mirror_published(struct oid *out, const struct mirror *mirror,
		      const char *ref)
{
	char *seen = published_ref(ref);
	struct err none = ERR_INIT;
	bool found = ref_read(out, mirror->repo, seen, &none) == 0;

	free(seen);
	return found;
}

/* The branch of ours as it is on the remote; info->parent_count is 0 where it
 * is not there. ERR_CONFLICT: it may not be moved on. */
static int find_published(struct commit_info *info, struct mirror *mirror,
			  const char *ref, struct err *err)
{
	char *seen = published_ref(ref);
	char *refspec = xstrf("+%s:%s", ref, seen);
	const char *const refspecs[] = { refspec };
	struct oid theirs;
	int ret = mirror_fetch(mirror, refspecs, 1, err);

	*info = (struct commit_info){ 0 };
	if (ret < 0 && err->code == ERR_NOT_FOUND) {
		*err = (struct err)ERR_INIT;
		ret = 0;
	} else if (ret == 0) {
		ret = ref_read(&theirs, mirror->repo, seen, err);
		if (!ret)
			ret = commit_read(info, mirror->repo, &theirs, err);
		if (!ret && !generated_is_ours(info))
			ret = err_set(err, ERR_CONFLICT,
				      "%s has commits that are not referee's; "
				      "it is left as it is",
				      ref);
	}
	free(refspec);
	free(seen);
	return ret;
}

static int push_branch(struct mirror *mirror, struct push_ref *push,
		       const struct commit_info *known, struct err *err)
{
	const struct push_request request = {
		.url = mirror->project->url,
		.refs = push,
		.ref_count = 1,
		.known = known ? known->parents : NULL,
		.known_count = known ? known->parent_count : 0,
		.options = &mirror->options,
	};

	fault_point("mirror.publish");
	return repo_push(mirror->repo, &request, err);
}

/* The same files on the same head? */
static bool is_same(const struct commit_info *ours,
		    const struct commit_info *theirs)
{
	return theirs->parent_count && oid_equal(&ours->tree, &theirs->tree) &&
	       oid_equal(&ours->parents[0], &theirs->parents[0]);
}

int mirror_publish(struct mirror *mirror, const char *ref, struct oid *commit,
		   struct err *err)
{
	struct commit_info ours = { 0 }, theirs = { 0 };
	struct push_ref push = { .name = ref, .target = commit };
	int ret = -1;

	if (find_published(&theirs, mirror, ref, err) < 0 ||
	    commit_read(&ours, mirror->repo, commit, err) < 0)
		goto out;
	push.expected = theirs.parent_count ? &theirs.id : NULL;
	if (!is_same(&ours, &theirs)) {
		ret = push_branch(mirror, &push, &ours, err);
		goto out;
	}
	ret = oid_equal(commit, &theirs.id)
		      ? 0
		      : ref_move(mirror->repo, ref, commit, &theirs.id,
				 "as it was published", err);
	*commit = theirs.id;
out:
	commit_info_release(&ours);
	commit_info_release(&theirs);
	return ret;
}

int mirror_withdraw(struct mirror *mirror, const char *ref,
		    const struct oid *expected, struct err *err)
{
	struct push_ref push = { .name = ref, .expected = expected };

	return push_branch(mirror, &push, NULL, err);
}
