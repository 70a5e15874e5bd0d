/*
 * Making a bare repository of ours. It comes to be in one step: made beside its
 * place and renamed, so that a process that is killed leaves no half of one,
 * nor a lock that would stop every later one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/fault.h"
#include "io/file.h"
#include "repo/git.h"

#define WAIT_MS 60000

/* A repository of ours is packed by us alone, at a time of our choosing. */
static int configure(git_repository *git)
{
	git_config *config = NULL;
	int code = git_repository_config(&config, git);

	if (!code)
		code = git_config_set_int32(config, "gc.auto", 0);
	git_config_free(config);
	return code;
}

/* Of one that was killed here; we hold the lock on the place. */
static void remove_locks(const char *dir)
{
	static const char *const names[] = { "config.lock", "HEAD.lock" };

	for (size_t i = 0; i < ARRAY_LEN(names); i++) {
		char *path = xstrf("%s/%s", dir, names[i]);

		(void)unlink(path);
		free(path);
	}
}

static int init_at(const char *dir, struct err *err)
{
	git_repository_init_options options;
	git_repository *git = NULL;
	int code;

	git_repository_init_options_init(&options,
					 GIT_REPOSITORY_INIT_OPTIONS_VERSION);
	options.flags = GIT_REPOSITORY_INIT_BARE | GIT_REPOSITORY_INIT_MKPATH |
			GIT_REPOSITORY_INIT_NO_DOTGIT_DIR;
	options.initial_head = "main";
	code = git_repository_init_ext(&git, dir, &options);
	if (!code)
		code = configure(git);
	git_repository_free(git);
	return code < 0 ? err_set_git(err, code, "%s", dir) : 0;
}

/* Beside its place, then there. */
static int init_new(const char *git_dir, struct err *err)
{
	char *making = xstrf("%s.making", git_dir);
	int ret = -1;

	remove_locks(making);
	if (init_at(making, err) < 0)
		goto out;
	fault_point("repo.init");
	ret = rename(making, git_dir);
	if (ret < 0)
		err_set_errno(err, "%s", git_dir);
out:
	free(making);
	return ret;
}

/* With the place locked. A folder that is there is a repository in part. */
static int make(const char *git_dir, struct err *err)
{
	if (!file_exists(git_dir))
		return init_new(git_dir, err);
	remove_locks(git_dir);
	return init_at(git_dir, err);
}

/* Somebody else may have been faster. */
static int make_and_open(struct repo **out, const char *git_dir,
			 struct err *err)
{
	if (!repo_open_bare(out, git_dir, err))
		return 0;
	if (err->code != ERR_NOT_FOUND)
		return -1;
	*err = (struct err)ERR_INIT;
	if (make(git_dir, err) < 0)
		return -1;
	return repo_open_bare(out, git_dir, err);
}

static int make_parent(const char *git_dir, struct err *err)
{
	char *parent = xstrdup(git_dir), *slash = strrchr(parent, '/');
	int ret = 0;

	if (slash && slash != parent) {
		*slash = '\0';
		ret = file_make_dirs(parent, 0755, err);
	}
	free(parent);
	return ret;
}

int repo_init_bare(struct repo **out, const char *git_dir, struct err *err)
{
	struct file_lock *lock = NULL;
	char *place, *lock_path;
	size_t len = strlen(git_dir);
	int ret = -1;

	if (!repo_open_bare(out, git_dir, err))
		return 0;
	if (err->code != ERR_NOT_FOUND)
		return -1;
	*err = (struct err)ERR_INIT;
	while (len > 1 && git_dir[len - 1] == '/')
		len--;
	place = xstrf("%.*s", (int)len, git_dir);
	lock_path = xstrf("%s.lock", place);
	if (make_parent(place, err) < 0 ||
	    file_lock_take(&lock, lock_path, WAIT_MS, err) < 0)
		goto out;
	ret = make_and_open(out, place, err);
	/* It is there now: whoever still waits, or comes, sees that. */
	if (!ret)
		(void)unlink(lock_path);
out:
	file_lock_free(lock);
	free(lock_path);
	free(place);
	return ret;
}
