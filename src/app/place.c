#include "app/place.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "io/walk.h"
#include "repo/work_files.h"

void place_release(struct place_files *place)
{
	strvec_release(&place->files);
	strvec_release(&place->paths);
	strvec_release(&place->problems);
}

/* The folder to start at; the caller frees it. */
static char *folder_of(const char *target)
{
	const char *slash = strrchr(target, '/');
	struct stat st;

	if (stat(target, &st) == 0 && S_ISDIR(st.st_mode))
		return xstrdup(target);
	if (!slash)
		return xstrdup(".");
	return slash == target ? xstrdup("/")
			       : xmemdup(target, (size_t)(slash - target));
}

int place_repo(struct repo **repo, const char *repo_dir, const char *target,
	       struct err *err)
{
	struct err failed = ERR_INIT;
	char *folder;
	int ret;

	*repo = NULL;
	if (repo_dir)
		return repo_open(repo, repo_dir, err);
	folder = target ? folder_of(target) : NULL;
	ret = repo_open(repo, folder, &failed);
	free(folder);
	if (ret == 0 || failed.code == ERR_NOT_FOUND)
		return 0;
	*err = failed;
	return -1;
}

static int list_folder(struct place_files *out, const char *folder,
		       struct err *err)
{
	struct strvec files = STRVEC_INIT;
	const char *prefix = strcmp(folder, ".") ? folder : "";
	size_t len = strlen(prefix);
	const char *slash = len && prefix[len - 1] != '/' ? "/" : "";
	bool is_cut = false;
	int ret = walk_files(&files, folder, LIMIT_SCAN_FILES, &out->problems,
			     &is_cut, err);

	for (size_t i = 0; ret == 0 && i < files.len; i++) {
		strvec_addf(&out->files, "%s/%s", folder, files.v[i]);
		strvec_addf(&out->paths, "%s%s%s", prefix, slash, files.v[i]);
	}
	if (is_cut)
		strvec_addf(&out->problems,
			    "%s has more than %d files; the rest was not "
			    "looked at",
			    folder, LIMIT_SCAN_FILES);
	strvec_release(&files);
	return ret;
}

static int list_work_tree(struct place_files *out, struct repo *repo,
			  const char *folder, struct err *err)
{
	if (repo_work_files(&out->paths, repo, folder, err) < 0)
		return -1;
	for (size_t i = 0; i < out->paths.len; i++)
		strvec_addf(&out->files, "%s%s", repo_work_dir(repo),
			    out->paths.v[i]);
	return 0;
}

/* `target` from the work tree's root ("" is the root itself); NULL if it is not
 * in it, or in its git directory. The caller frees it. */
static char *path_in(struct repo *repo, const char *target)
{
	const char *root = repo ? repo_work_dir(repo) : NULL;
	char *real_root = root ? realpath(root, NULL) : NULL;
	char *real = realpath(target, NULL);
	const char *path = NULL;
	char *copy = NULL;
	size_t len;

	if (!real_root || !real)
		goto out;
	len = strlen(real_root);
	if (strcmp(real, real_root) == 0)
		path = "";
	else if (strncmp(real, real_root, len) == 0 && real[len] == '/')
		path = real + len + 1;
	if (path && strcmp(path, ".git") != 0 && strncmp(path, ".git/", 5) != 0)
		copy = xstrdup(path);
out:
	free(real_root);
	free(real);
	return copy;
}

int place_list(struct place_files *out, struct repo *repo, const char *target,
	       struct err *err)
{
	char *path = NULL;
	struct stat st;
	int ret = 0;

	if (!target && repo)
		return list_work_tree(out, repo, "", err);
	if (!target)
		target = ".";
	if (stat(target, &st) < 0)
		return err_set(err, ERR_NOT_FOUND, "%s: no such file or folder",
			       target);
	path = path_in(repo, target);
	if (!S_ISDIR(st.st_mode)) {
		strvec_add(&out->files, target);
		strvec_add(&out->paths, path ? path : target);
		goto out;
	}
	if (path)
		ret = list_work_tree(out, repo, path, err);
	/* Also a folder that git ignores, if it is named. */
	if (ret == 0 && !out->files.len)
		ret = list_folder(out, target, err);
out:
	free(path);
	return ret;
}
