#include "store/janitor.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/fault.h"

#define REFS_MAX_DEPTH 64
#define LEFT_AFTER_MS  (3600 * 1000L)

/* Files at the top whose lock stops everybody. */
static const char *const top_locks[] = { "packed-refs.lock", "HEAD.lock",
					 "config.lock", "shallow.lock" };

static bool ends_with(const char *name, const char *end)
{
	size_t len = strlen(name), end_len = strlen(end);

	return len > end_len && !strcmp(name + len - end_len, end);
}

static bool starts_with(const char *name, const char *start)
{
	return !strncmp(name, start, strlen(start));
}

static int remove_file(size_t *count, const char *path, struct err *err)
{
	fault_point("janitor.remove");
	if (unlink(path) < 0) {
		if (errno == ENOENT)
			return 0;
		return err_set_errno(err, "%s", path);
	}
	(*count)++;
	return 0;
}

/* Visits what is in a folder; a missing folder is empty. `depth` counts down.
 */
typedef int visit_fn(struct janitor_report *out, const char *path,
		     const char *name, bool is_folder, int depth,
		     struct err *err);

static bool is_folder(const char *path)
{
	struct stat st;

	return !lstat(path, &st) && S_ISDIR(st.st_mode);
}

static int each_entry(struct janitor_report *out, const char *folder,
		      visit_fn *visit, int depth, struct err *err)
{
	const struct dirent *entry;
	DIR *dir = opendir(folder);
	int ret = 0;

	if (!dir && errno == ENOENT)
		return 0;
	if (!dir)
		return err_set_errno(err, "%s", folder);
	while (!ret &&
	       (entry = readdir(dir))) { /* NOLINT(concurrency-mt-unsafe) */
		char *path;

		if (!strcmp(entry->d_name, ".") || !strcmp(entry->d_name, ".."))
			continue;
		path = xstrf("%s/%s", folder, entry->d_name);
		ret = visit(out, path, entry->d_name, is_folder(path), depth,
			    err);
		free(path);
	}
	closedir(dir);
	return ret;
}

static int visit_ref(struct janitor_report *out, const char *path,
		     const char *name, bool is_dir, int depth, struct err *err)
{
	if (is_dir && depth > 0)
		return each_entry(out, path, visit_ref, depth - 1, err);
	if (!is_dir && ends_with(name, ".lock"))
		return remove_file(&out->locks, path, err);
	return 0;
}

static bool is_old(const char *path)
{
	struct stat st;

	return !lstat(path, &st) &&
	       clock_wall_ms() - (int64_t)st.st_mtime * 1000 > LEFT_AFTER_MS;
}

/* objects/pack/pack_git2_*, tmp_pack_*; objects/ab/tmp_obj*. */
static int visit_object(struct janitor_report *out, const char *path,
			const char *name, bool is_dir, int depth,
			struct err *err)
{
	if (is_dir)
		return depth > 0 ? each_entry(out, path, visit_object,
					      depth - 1, err)
				 : 0;
	if (starts_with(name, "pack_git2_") || starts_with(name, "tmp_pack_") ||
	    starts_with(name, "tmp_idx_"))
		return is_old(path) ? remove_file(&out->packs, path, err) : 0;
	if (starts_with(name, "tmp_obj"))
		return is_old(path) ? remove_file(&out->objects, path, err) : 0;
	return 0;
}

int janitor_clean(struct janitor_report *out, const char *git_dir,
		  struct err *err)
{
	char *refs = xstrf("%s/refs", git_dir);
	char *objects = xstrf("%s/objects", git_dir);
	int ret = 0;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; !ret && i < ARRAY_LEN(top_locks); i++) {
		char *path = xstrf("%s/%s", git_dir, top_locks[i]);

		ret = remove_file(&out->locks, path, err);
		free(path);
	}
	if (!ret)
		ret = each_entry(out, refs, visit_ref, REFS_MAX_DEPTH, err);
	if (!ret)
		ret = each_entry(out, objects, visit_object, 1, err);
	free(refs);
	free(objects);
	return ret;
}
