#include "repo/push_locks.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "core/log.h"
#include "core/strvec.h"
#include "io/file.h"

#define FILE_NAME "referee-push"
#define WAIT_MS   60000
/* git holds a ref's lock for milliseconds. One that was named by a killed push
 * and stands for so long is that push's. */
#define STALE_MS 1000

struct push_locks {
	struct file_lock *mine;
	char *path; /* of the list */
};

static int read_list(struct strvec *out, const char *path, struct err *err)
{
	struct buf text;
	int ret;

	buf_init(&text, MIB);
	ret = file_read(&text, path, err);
	for (size_t at = 0; !ret && at < text.len;
	     at += strlen(text.ptr + at) + 1)
		strvec_add(out, text.ptr + at);
	buf_release(&text);
	if (ret < 0 && err->code == ERR_NOT_FOUND) {
		*err = (struct err)ERR_INIT;
		return 0;
	}
	return ret;
}

static bool look_at(struct stat *out, const char *path)
{
	memset(out, 0, sizeof(*out));
	return lstat(path, out) == 0 && S_ISREG(out->st_mode);
}

static bool is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	       a->st_mtime == b->st_mtime && a->st_size == b->st_size;
}

static void remove_stale(const struct strvec *list)
{
	struct stat *before = xcalloc(list->len + 1, sizeof(*before)), now;
	const struct timespec pause = { STALE_MS / 1000,
					(STALE_MS % 1000) * 1000000L };
	size_t standing = 0;

	for (size_t i = 0; i < list->len; i++)
		standing += look_at(&before[i], list->v[i]);
	if (standing)
		nanosleep(&pause, NULL);
	for (size_t i = 0; i < list->len; i++)
		if (before[i].st_ino && look_at(&now, list->v[i]) &&
		    is_same(&before[i], &now) && unlink(list->v[i]) == 0)
			log_info("removed %s, which a killed push left",
				 list->v[i]);
	free(before);
}

static int write_list(const char *path, const struct repo *remote,
		      const struct push_request *request, struct err *err)
{
	const char *dir = repo_git_dir(remote);
	struct buf text;
	int ret;

	buf_init(&text, MIB);
	for (size_t i = 0; i < request->ref_count; i++) {
		buf_addf(&text, "%s%s.lock", dir, request->refs[i].name);
		buf_addch(&text, '\0');
	}
	buf_addf(&text, "%spacked-refs.lock", dir);
	buf_addch(&text, '\0');
	ret = buf_check(&text, path, err);
	if (!ret)
		ret = file_write_atomic(path, text.ptr, text.len, 0600, err);
	buf_release(&text);
	return ret;
}

int push_locks_begin(struct push_locks **out, struct repo *repo,
		     struct repo *remote, const struct push_request *request,
		     struct err *err)
{
	struct push_locks *locks = xcalloc(1, sizeof(*locks));
	char *lock_path = xstrf("%s" FILE_NAME ".lock", repo_git_dir(repo));
	struct strvec list = STRVEC_INIT;
	int ret = -1;

	locks->path = xstrf("%s" FILE_NAME, repo_git_dir(repo));
	if (file_lock_take(&locks->mine, lock_path, WAIT_MS, err) < 0 ||
	    read_list(&list, locks->path, err) < 0)
		goto out;
	remove_stale(&list);
	if (write_list(locks->path, remote, request, err) < 0)
		goto out;
	*out = locks;
	locks = NULL;
	ret = 0;
out:
	if (locks) {
		file_lock_free(locks->mine);
		free(locks->path);
		free(locks);
	}
	strvec_release(&list);
	free(lock_path);
	return ret;
}

void push_locks_end(struct push_locks *locks)
{
	struct err err = ERR_INIT;

	if (!locks)
		return;
	if (file_remove(locks->path, &err) < 0)
		log_debug("%s", err.msg);
	file_lock_free(locks->mine);
	free(locks->path);
	free(locks);
}
