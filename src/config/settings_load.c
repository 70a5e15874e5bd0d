#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config/settings_internal.h"
#include "core/alloc.h"
#include "core/limits.h"
#include "io/file.h"

/* Finding, reading and forgetting the configuration. */

static const char path_variable[] = "REFEREE_CONFIG";
static const char system_path[] = "/etc/referee/referee.conf";

char *settings_user_path(void)
{
	const char *home = getenv("HOME"), *folder = getenv("XDG_CONFIG_HOME");

	if (folder && *folder == '/')
		return xstrf("%s/referee/referee.conf", folder);
	if (home && *home == '/')
		return xstrf("%s/.config/referee/referee.conf", home);
	return NULL;
}

/* The file to read, for the caller to free; NULL: there is none. */
static char *find_file(void)
{
	char *path = settings_user_path();

	if (path && file_exists(path))
		return path;
	free(path);
	return file_exists(system_path) ? xstrdup(system_path) : NULL;
}

/* May the file hold secrets? */
static bool is_private_file(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 && status.st_uid == geteuid() &&
	       (status.st_mode & 077) == 0;
}

static int read_file(struct settings *out, const char *path,
		     struct mistakes *mistakes, struct err *err)
{
	struct buf text;
	int ret = -1;

	buf_init(&text, LIMIT_CONFIG_BYTES);
	if (file_read(&text, path, err) < 0)
		goto out;
	settings_parse(out, path, text.ptr, text.len, is_private_file(path),
		       mistakes);
	ret = 0;
out:
	buf_release(&text);
	return ret;
}

int settings_load(struct settings *out, const char *path,
		  struct mistakes *mistakes, struct err *err)
{
	const char *named = path ? path : getenv(path_variable);
	char *found;
	int ret;

	if (named && *named)
		return read_file(out, named, mistakes, err);
	found = find_file();
	if (!found) {
		settings_init(out);
		return 0;
	}
	ret = read_file(out, found, mistakes, err);
	free(found);
	return ret;
}
