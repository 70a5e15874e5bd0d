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
#include "core/log.h"

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
struct visit {
	struct janitor_report *out;
	int64_t locks_ms;
};

typedef int visit_fn(const struct visit *visit, const char *path,
		     const char *name, int depth, struct err *err);

static bool is_folder(const char *path)
{
	struct stat st;

	return !lstat(path, &st) && S_ISDIR(st.st_mode);
}

static int each_entry(const struct visit *visit, const char *folder,
		      visit_fn *visit_one, int depth, struct err *err)
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
		ret = visit_one(visit, path, entry->d_name, depth, err);
		free(path);
	}
	closedir(dir);
	return ret;
}

static bool is_old(const char *path, int64_t after_ms)
{
	struct stat st;

	return !after_ms ||
	       (!lstat(path, &st) &&
		clock_wall_ms() - (int64_t)st.st_mtime * 1000 > after_ms);
}

static int remove_lock(const struct visit *visit, const char *path,
		       struct err *err)
{
	return is_old(path, visit->locks_ms)
		       ? remove_file(&visit->out->locks, path, err)
		       : 0;
}

static int visit_ref(const struct visit *visit, const char *path,
		     const char *name, int depth, struct err *err)
{
	if (is_folder(path))
		return depth > 0 ? each_entry(visit, path, visit_ref, depth - 1,
					      err)
				 : 0;
	return ends_with(name, ".lock") ? remove_lock(visit, path, err) : 0;
}

/* objects/pack/pack_git2_*, tmp_pack_*; objects/ab/tmp_obj*. */
static int visit_object(const struct visit *visit, const char *path,
			const char *name, int depth, struct err *err)
{
	bool is_pack = starts_with(name, "pack_git2_") ||
		       starts_with(name, "tmp_pack_") ||
		       starts_with(name, "tmp_idx_");

	if (is_folder(path))
		return depth > 0 ? each_entry(visit, path, visit_object,
					      depth - 1, err)
				 : 0;
	if ((!is_pack && !starts_with(name, "tmp_obj")) ||
	    !is_old(path, LEFT_AFTER_MS))
		return 0;
	return remove_file(is_pack ? &visit->out->packs : &visit->out->objects,
			   path, err);
}

int janitor_clean(struct janitor_report *out, const char *git_dir,
		  int64_t locks_ms, struct err *err)
{
	const struct visit visit = { .out = out, .locks_ms = locks_ms };
	char *refs = xstrf("%s/refs", git_dir);
	char *objects = xstrf("%s/objects", git_dir);
	int ret = 0;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; !ret && i < ARRAY_LEN(top_locks); i++) {
		char *path = xstrf("%s/%s", git_dir, top_locks[i]);

		ret = remove_lock(&visit, path, err);
		free(path);
	}
	if (!ret)
		ret = each_entry(&visit, refs, visit_ref, REFS_MAX_DEPTH, err);
	if (!ret)
		ret = each_entry(&visit, objects, visit_object, 1, err);
	free(refs);
	free(objects);
	return ret;
}

void janitor_tell(const struct janitor_report *report, const char *name)
{
	if (report->locks + report->packs + report->objects)
		log_info("%s: cleaned %zu locks, %zu packs and %zu objects "
			 "that were left behind",
			 name, report->locks, report->packs, report->objects);
}
