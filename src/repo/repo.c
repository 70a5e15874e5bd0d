#include "repo/repo.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/log.h"
#include "repo/git.h"
#include "repo/object.h"
#include "repo/refs.h"

/* Trees larger than libgit2's default of 4 KiB are not cached by it: a full
 * fan-out folder has 7 KiB, and each look-up would unpack it again. */
#define CACHED_TREE_BYTES  (64 * 1024)
#define CACHE_BYTES        (64L * 1024 * 1024)
#define REVISION_MAX_BYTES 1024

struct repo {
	git_repository *git;
	git_odb *odb;
	struct batch *batch; /* the object database's own; or NULL */
	bool from_env;       /* opened by GIT_DIR and its companions */
};

void repo_setup(void)
{
	/* What git also takes and what changes nothing for a reader of
	 * objects and refs; SHA-256 and reftable stay refused. */
	static const char *extensions[] = { "worktreeconfig", "partialclone",
					    "preciousobjects" };

	git_libgit2_init();
	/* Where HOME is now, also if the library was in use before. */
	git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_GLOBAL,
			 NULL);
	git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH, GIT_CONFIG_LEVEL_XDG, NULL);
	if (getenv("GIT_CONFIG_NOSYSTEM"))
		git_libgit2_opts(GIT_OPT_SET_SEARCH_PATH,
				 GIT_CONFIG_LEVEL_SYSTEM, "");
	git_libgit2_opts(GIT_OPT_SET_CACHE_OBJECT_LIMIT, GIT_OBJECT_TREE,
			 (size_t)CACHED_TREE_BYTES);
	git_libgit2_opts(GIT_OPT_SET_CACHE_MAX_SIZE, (ssize_t)CACHE_BYTES);
	git_libgit2_opts(GIT_OPT_ENABLE_FSYNC_GITDIR, 1);
	/* As git: names are checked when objects come in and by fsck, zlib's
	 * checksum on each reading. Hashing again takes a third of a diff. */
	git_libgit2_opts(GIT_OPT_ENABLE_STRICT_HASH_VERIFICATION, 0);
	git_libgit2_opts(GIT_OPT_SET_OWNER_VALIDATION, 0); /* owner.c does */
	git_libgit2_opts(GIT_OPT_SET_EXTENSIONS, extensions,
			 ARRAY_LEN(extensions));
}

void repo_teardown(void)
{
	git_libgit2_shutdown();
}

git_repository *repo_git(const struct repo *repo)
{
	return repo->git;
}

git_odb *repo_odb(const struct repo *repo)
{
	return repo->odb;
}

struct batch **repo_batch(struct repo *repo)
{
	return &repo->batch;
}

static int fail_open(int code, const char *where, struct err *err)
{
	const git_error *last = git_error_last();
	const char *text = last && last->message ? last->message : "";

	if (code == GIT_ENOTFOUND)
		return err_set(err, ERR_NOT_FOUND, "%s: not a git repository",
			       where);
	if (strstr(text, "objectformat"))
		return err_set(err, ERR_INVALID,
			       "%s: a repository with SHA-256 object names "
			       "cannot be read, only SHA-1",
			       where);
	if (strstr(text, "unsupported"))
		return err_set(err, ERR_INVALID, "%s: %s", where, text);
	return err_set_git(err, code, "%s", where);
}

/* Takes `git` over. */
static int wrap(struct repo **out, git_repository *git, bool from_env,
		struct err *err)
{
	struct repo *repo = xcalloc(1, sizeof(*repo));
	int code;

	repo->git = git;
	repo->from_env = from_env;
	/* As for git, naming it by GIT_DIR is trust enough. */
	if (!(from_env && getenv("GIT_DIR")) && owner_check(git, err) < 0) {
		repo_free(repo);
		return -1;
	}
	code = git_repository_odb(&repo->odb, git);
	if (code < 0) {
		err_set_git(err, code, "%s", git_repository_path(git));
		repo_free(repo);
		return -1;
	}
	*out = repo;
	return 0;
}

/* libgit2 refuses to open "from the environment" with GIT_WORK_TREE set, which
 * git itself sets for hooks and aliases. */
static int open_git_dir(git_repository **out, const char *git_dir,
			const char *work_tree)
{
	int code = git_repository_open_ext(out, git_dir,
					   GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);

	if (code < 0)
		return code;
	code = git_repository_set_workdir(*out, work_tree, 0);
	if (code < 0) {
		git_repository_free(*out);
		*out = NULL;
	}
	return code;
}

static int open_from_env(struct repo **out, struct err *err)
{
	const char *git_dir = getenv("GIT_DIR");
	const char *work_tree = getenv("GIT_WORK_TREE");
	git_repository *git = NULL;
	int code;

	if (git_dir && work_tree && !getenv("GIT_OBJECT_DIRECTORY"))
		code = open_git_dir(&git, git_dir, work_tree);
	else
		code = git_repository_open_ext(
			&git, NULL, GIT_REPOSITORY_OPEN_FROM_ENV, NULL);
	if (code < 0)
		return fail_open(code, git_dir ? git_dir : "this folder", err);
	return wrap(out, git, true, err);
}

int repo_open(struct repo **out, const char *dir, struct err *err)
{
	git_repository *git = NULL;
	int code;

	*out = NULL;
	if (!dir)
		return open_from_env(out, err);
	code = git_repository_open_ext(&git, dir, 0, NULL);
	if (code < 0)
		return fail_open(code, dir, err);
	return wrap(out, git, false, err);
}

int repo_open_bare(struct repo **out, const char *git_dir, struct err *err)
{
	git_repository *git = NULL;
	int code;

	*out = NULL;
	code = git_repository_open_ext(&git, git_dir,
				       GIT_REPOSITORY_OPEN_NO_SEARCH |
					       GIT_REPOSITORY_OPEN_NO_DOTGIT,
				       NULL);
	if (code < 0)
		return fail_open(code, git_dir, err);
	return wrap(out, git, false, err);
}

int repo_reopen(struct repo **out, const struct repo *repo, struct err *err)
{
	const char *path = git_repository_path(repo->git);
	const char *work_dir = git_repository_workdir(repo->git);
	git_repository *git = NULL;
	int code;

	*out = NULL;
	if (repo->from_env)
		return open_from_env(out, err);
	code = git_repository_open_ext(&git, path,
				       GIT_REPOSITORY_OPEN_NO_SEARCH, NULL);
	if (code < 0)
		return fail_open(code, path, err);
	if (work_dir && !git_repository_workdir(git))
		code = git_repository_set_workdir(git, work_dir, 0);
	if (code < 0) {
		git_repository_free(git);
		return err_set_git(err, code, "%s", path);
	}
	return wrap(out, git, false, err);
}

void repo_free(struct repo *repo)
{
	if (!repo)
		return;
	git_odb_free(repo->odb);
	git_repository_free(repo->git);
	free(repo);
}

const char *repo_git_dir(const struct repo *repo)
{
	return git_repository_commondir(repo->git);
}

char *repo_objects_dir(const struct repo *repo)
{
	const char *named = getenv("GIT_OBJECT_DIRECTORY");

	if (repo->from_env && named && *named)
		return xstrdup(named);
	return xstrf("%sobjects", repo_git_dir(repo));
}

char *repo_origin_url(const struct repo *repo)
{
	git_config *config = NULL;
	const char *found;
	char *url = NULL;

	/* git_remote_lookup() of libgit2 1.5 leaks. */
	if (git_repository_config_snapshot(&config, repo->git) == 0 &&
	    git_config_get_string(&found, config, "remote.origin.url") == 0)
		url = xstrdup(found);
	git_config_free(config);
	return url;
}

const char *repo_work_dir(const struct repo *repo)
{
	return git_repository_workdir(repo->git);
}

bool repo_is_shallow(const struct repo *repo)
{
	return git_repository_is_shallow(repo->git) == 1;
}

int repo_resolve(struct oid *out, struct repo *repo, const char *revision,
		 struct err *err)
{
	git_object *object = NULL, *commit = NULL;
	int code;

	if (strlen(revision) > REVISION_MAX_BYTES)
		return err_set(err, ERR_INVALID, "a revision of over %d bytes",
			       REVISION_MAX_BYTES);
	code = git_revparse_single(&object, repo->git, revision);
	if (code == GIT_ENOTFOUND) {
		git_error_clear();
		return err_set(err, ERR_NOT_FOUND,
			       "revision '%s': there is no such commit here",
			       revision);
	}
	if (code < 0)
		return err_set_git(err, code, "revision '%s'", revision);
	code = git_object_peel(&commit, object, GIT_OBJECT_COMMIT);
	if (code < 0 && git_object_type(object) != GIT_OBJECT_TAG)
		err_set(err, ERR_INVALID, "revision '%s' is a %s, not a commit",
			revision,
			git_object_type2string(git_object_type(object)));
	else if (code < 0)
		err_set_git(err, code, "revision '%s'", revision);
	else
		*out = oid_from_git(git_object_id(commit));
	git_object_free(commit);
	git_object_free(object);
	return code < 0 ? -1 : 0;
}

int repo_head(struct oid *out, struct repo *repo, struct err *err)
{
	git_oid id;
	int code = git_reference_name_to_id(&id, repo->git, "HEAD");

	if (code == GIT_ENOTFOUND || code == GIT_EUNBORNBRANCH) {
		git_error_clear();
		return err_set(err, ERR_NOT_FOUND,
			       "the current branch has no commit yet");
	}
	if (code < 0)
		return err_set_git(err, code, "HEAD");
	*out = oid_from_git(&id);
	return 0;
}

char *repo_head_branch(struct repo *repo)
{
	char *target = ref_symbolic_target(repo, "HEAD");
	char *branch = NULL;

	if (target && !strncmp(target, HEADS, strlen(HEADS)))
		branch = xstrdup(target + strlen(HEADS));
	free(target);
	return branch;
}

int repo_default_base(struct oid *out, char **name, struct repo *repo,
		      struct err *err)
{
	char *names[] = { ref_symbolic_target(repo, "refs/remotes/origin/HEAD"),
			  xstrdup("refs/heads/main"),
			  xstrdup("refs/heads/master") };
	int ret = err_set(err, ERR_NOT_FOUND,
			  "no base to compare with: neither origin/HEAD nor a "
			  "branch main or master; name one with --base");

	*name = NULL;
	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		struct err unused = ERR_INIT;

		if (!*name && names[i] &&
		    !ref_read(out, repo, names[i], &unused)) {
			*name = names[i];
			*err = (struct err)ERR_INIT;
			ret = 0;
		} else {
			free(names[i]);
		}
	}
	return ret;
}

int repo_is_dirty(bool *out, struct repo *repo, struct err *err)
{
	git_status_options options;
	git_status_list *list = NULL;
	int code;

	*out = false;
	if (git_repository_is_bare(repo->git))
		return 0;
	git_status_options_init(&options, GIT_STATUS_OPTIONS_VERSION);
	options.show = GIT_STATUS_SHOW_INDEX_AND_WORKDIR;
	options.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED;
	code = git_status_list_new(&list, repo->git, &options);
	if (code < 0)
		return err_set_git(err, code, "work tree");
	*out = git_status_list_entrycount(list) > 0;
	git_status_list_free(list);
	return 0;
}

char *repo_config(struct repo *repo, const char *key)
{
	git_config *snapshot = NULL;
	const char *value = NULL;
	char *copy = NULL;

	if (!git_repository_config_snapshot(&snapshot, repo->git) &&
	    !git_config_get_string(&value, snapshot, key) && value)
		copy = xstrdup(value);
	git_config_free(snapshot);
	git_error_clear();
	return copy;
}
