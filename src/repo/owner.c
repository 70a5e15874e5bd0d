/*
 * Is a repository one whose configuration and hooks this user may trust? By
 * git's rules (safe.directory in git-config(1)). libgit2 has a check of its
 * own, but that of 1.5.1 does not find what git's users have configured.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/alloc.h"
#include "repo/git.h"

/* Root also trusts what belongs to the user who called sudo. */
static bool is_ours(const char *path)
{
	const char *sudo = getenv("SUDO_UID");
	struct stat st;
	char *end;
	unsigned long uid;

	if (lstat(path, &st) < 0)
		return false;
	if (st.st_uid == geteuid())
		return true;
	if (geteuid() != 0 || !sudo || !*sudo)
		return false;
	uid = strtoul(sudo, &end, 10);
	return !*end && uid == st.st_uid;
}

/* "*", the folder itself, or "folder/" followed by "*" for all below it. */
static bool matches(const char *value, const char *folder)
{
	size_t len = strlen(value);
	char *real;
	bool same;

	if (!strcmp(value, "*"))
		return true;
	if (len > 2 && !strcmp(value + len - 2, "/*"))
		return !strncmp(value, folder, len - 1);
	real = realpath(value, NULL);
	same = !strcmp(real ? real : value, folder);
	free(real);
	return same;
}

/* Only the user's and the system's configuration count, not the repository's
 * own. An empty value forgets what came before. */
static bool is_listed(const char *folder)
{
	git_config_iterator *iterator = NULL;
	git_config *config = NULL;
	git_config_entry *entry;
	bool listed = false;

	if (git_config_open_default(&config) < 0 ||
	    git_config_iterator_new(&iterator, config) < 0)
		goto out;
	while (!git_config_next(&entry, iterator)) {
		if (strcmp(entry->name, "safe.directory") != 0)
			continue;
		if (!entry->value || !*entry->value)
			listed = false;
		else if (matches(entry->value, folder))
			listed = true;
	}
out:
	git_config_iterator_free(iterator);
	git_config_free(config);
	git_error_clear();
	return listed;
}

int owner_check(git_repository *git, struct err *err)
{
	const char *git_dir = git_repository_path(git);
	const char *work_dir = git_repository_workdir(git);
	char *folder;
	int ret = 0;

	if (is_ours(git_dir) && (!work_dir || is_ours(work_dir)))
		return 0;
	folder = realpath(work_dir ? work_dir : git_dir, NULL);
	if (!folder || !is_listed(folder))
		ret = err_set(err, ERR_INVALID,
			      "%s: owned by another user; if you trust it: "
			      "git config --global --add safe.directory %s",
			      folder ? folder : git_dir,
			      folder ? folder : git_dir);
	free(folder);
	return ret;
}
