#include "app/local_change.h"

#include <stdlib.h>
#include <string.h>

#include "app/clone.h"
#include "app/company.h"
#include "core/alloc.h"
#include "repo/object.h"
#include "repo/refs.h"

void local_change_release(struct local_change *change)
{
	changeset_release(&change->changeset);
	free(change->base_name);
	free(change->base_branch);
	free(change->branch);
	free(change->title);
	free(change->description);
	free(change->author);
	repo_free(change->repo);
	*change = (struct local_change){ 0 };
}

/* "refs/remotes/origin/main" is "origin/main" to people. */
static char *short_name(const char *ref)
{
	static const char *const prefixes[] = { HEADS, "refs/remotes/",
						"refs/tags/" };

	for (size_t i = 0; i < ARRAY_LEN(prefixes); i++)
		if (!strncmp(ref, prefixes[i], strlen(prefixes[i])))
			return xstrdup(ref + strlen(prefixes[i]));
	return xstrdup(ref);
}

/* The branch a revision is the tip of: by its name, or because we stand on it.
 * NULL: none that one could tell. */
static char *branch_of(struct local_change *change, const char *revision)
{
	struct err unused = ERR_INIT;
	struct oid tip;
	char *ref;
	bool is_branch;

	if (!revision)
		return repo_head_branch(change->repo);
	ref = xstrf(HEADS "%s", revision);
	is_branch = !ref_read(&tip, change->repo, ref, &unused);
	free(ref);
	if (is_branch)
		return xstrdup(revision);
	if (repo_head(&tip, change->repo, &unused) < 0 ||
	    !oid_equal(&tip, &change->head))
		return NULL;
	return repo_head_branch(change->repo);
}

/* The first of the revisions that is in this clone; its name is *found. */
static int find_any(struct oid *out, const char **found, struct repo *repo,
		    const struct strvec *revisions, const char *what,
		    struct err *err)
{
	for (size_t i = 0; i < revisions->len; i++) {
		struct err ignored = ERR_INIT;

		*found = revisions->v[i];
		if (repo_resolve(out, repo, *found, &ignored) == 0)
			return 0;
	}
	*found = "";
	return err_set(err, ERR_NOT_FOUND,
		       "--ci: the %s of this job%s%s is not in the clone; let "
		       "the job fetch all of the history (GitHub: "
		       "fetch-depth: 0, GitLab: GIT_DEPTH: 0)",
		       what, revisions->len ? ", " : "",
		       revisions->len ? revisions->v[0] : "");
}

static int find_head(struct local_change *out, const char *revision,
		     struct err *err)
{
	int ret = revision ? repo_resolve(&out->head, out->repo, revision, err)
			   : repo_head(&out->head, out->repo, err);

	if (!ret)
		out->branch = branch_of(out, revision);
	return ret;
}

/* The branch that a job's commit is of has a name there, not here. */
static int find_head_of_job(struct local_change *out, struct err *err)
{
	const char *found = "";

	return find_any(&out->head, &found, out->repo, &out->ci->heads, "head",
			err);
}

static int find_base_of_job(struct local_change *out, struct err *err)
{
	const char *found = "", *branch = out->ci->base_branch;

	if (find_any(&out->base, &found, out->repo, &out->ci->bases, "base",
		     err) < 0)
		return -1;
	out->base_name = short_name(found);
	out->base_branch = branch ? xstrdup(branch) : NULL;
	return 0;
}

static int find_base(struct local_change *out, const char *revision,
		     struct err *err)
{
	char *name = NULL;

	if (revision) {
		out->base_name = xstrdup(revision);
		return repo_resolve(&out->base, out->repo, revision, err);
	}
	if (repo_default_base(&out->base, &name, out->repo, err) < 0) {
		if (err->code == ERR_NOT_FOUND)
			err_set(err, ERR_NOT_FOUND,
				"nothing to compare with: there is no "
				"origin/HEAD, no branch main and no branch "
				"master; name a base with --base REV");
		return -1;
	}
	out->base_name = short_name(name);
	free(name);
	return 0;
}

/* What a pull of this head would be called. */
static int describe(struct local_change *out, struct err *err)
{
	struct commit_info info = { 0 };
	const char *body;

	if (commit_read(&info, out->repo, &out->head, err) < 0)
		return -1;
	body = strchr(info.message, '\n');
	out->title = xstrdup(info.subject);
	out->author = xstrdup(info.author_name);
	if (body && body[strspn(body, "\n \t")])
		out->description = xstrdup(body + strspn(body, "\n"));
	commit_info_release(&info);
	return 0;
}

static void replace(char **text, const char *other)
{
	if (!other)
		return;
	free(*text);
	*text = xstrdup(other);
}

/* A job knows what its pull is called. */
static void describe_pull(struct local_change *out)
{
	if (out->ci->title) {
		free(out->description);
		out->description = NULL;
	}
	replace(&out->title, out->ci->title);
	replace(&out->description, out->ci->description);
	replace(&out->author, out->ci->author);
}

int local_change_find(struct local_change *out,
		      const struct local_options *options, struct err *err)
{
	if (repo_open(&out->repo, options->repo_dir, err) < 0)
		return -1;
	out->ci = options->ci;
	if ((out->ci && !options->head
		     ? find_head_of_job(out, err)
		     : find_head(out, options->head, err)) < 0 ||
	    (out->ci && !options->base
		     ? find_base_of_job(out, err)
		     : find_base(out, options->base, err)) < 0 ||
	    describe(out, err) < 0)
		return -1;
	if (out->ci)
		describe_pull(out);
	return changeset_make(&out->changeset, out->repo, &out->base,
			      &out->head, &out->base, err);
}

int local_definitions(struct definitions *out,
		      const struct local_change *change,
		      const struct local_options *options,
		      struct mistakes *mistakes, struct err *err)
{
	struct company company;
	struct definition_sources sources = {
		.repo = change->repo,
		.trusted = &change->base,
		.folder = clone_workflows(options->settings, change->repo),
		.names = options->workflows,
		.settings = options->settings,
	};
	int ret;

	if (company_open_clone(&company, change->repo, options->settings, err) <
	    0)
		return -1;
	sources.company = company.repo;
	sources.company_commit = &company.commit;
	ret = definitions_load(out, &sources, mistakes, err);
	company_release(&company);
	return ret;
}
