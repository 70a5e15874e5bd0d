#include "io/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/fault.h"

enum { LOCK_PAUSE_MS = 2 };

struct file_lock {
	int fd;
};

static int set_path_error(struct err *err, const char *path)
{
	if (errno == ENOENT)
		return err_set(err, ERR_NOT_FOUND, "%s: no such file", path);
	return err_set_errno(err, "%s", path);
}

static int read_all(struct buf *out, int fd, const char *path, struct err *err)
{
	char chunk[16384];
	ssize_t got;

	for (;;) {
		got = read(fd, chunk, sizeof(chunk));
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return err_set_errno(err, "%s", path);
		if (got == 0)
			return 0;
		buf_add(out, chunk, (size_t)got);
		if (buf_check(out, path, err) < 0)
			return -1;
	}
}

int file_read(struct buf *out, const char *path, struct err *err)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	int ret = -1;

	if (fd < 0)
		return set_path_error(err, path);
	if (fstat(fd, &st) < 0) {
		err_set_errno(err, "%s", path);
		goto out;
	}
	if (!S_ISREG(st.st_mode)) {
		err_set(err, ERR_INVALID, "%s: not a regular file", path);
		goto out;
	}
	ret = read_all(out, fd, path, err);
out:
	close(fd);
	return ret;
}

static int write_all(int fd, const char *bytes, size_t len, const char *path,
		     struct err *err)
{
	while (len > 0) {
		ssize_t put = write(fd, bytes, len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return err_set_errno(err, "%s", path);
		bytes += put;
		len -= (size_t)put;
	}
	if (fsync(fd) < 0)
		return err_set_errno(err, "%s", path);
	return 0;
}

int file_create(const char *path, const void *bytes, size_t len, mode_t mode,
		struct err *err)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	int ret;

	if (fd < 0)
		return err_set_errno(err, "%s", path);
	ret = write_all(fd, bytes, len, path, err);
	close(fd);
	if (ret < 0)
		unlink(path);
	return ret;
}

int file_sync_folder(const char *path, struct err *err)
{
	const char *slash = strrchr(path, '/');
	char *folder = slash ? xmemdup(path, (size_t)(slash - path) + 1)
			     : xstrdup(".");
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int ret = 0;

	if (fd < 0 || (fsync(fd) < 0 && errno != EINVAL))
		ret = err_set_errno(err, "%s", folder);
	if (fd >= 0)
		close(fd);
	free(folder);
	return ret;
}

int file_write_atomic(const char *path, const void *bytes, size_t len,
		      mode_t mode, struct err *err)
{
	char *temporary = xstrf("%s.XXXXXX", path);
	int fd = mkostemp(temporary, O_CLOEXEC);
	int ret = -1;

	if (fd < 0) {
		err_set_errno(err, "%s", path);
		free(temporary);
		return -1;
	}
	if (write_all(fd, bytes, len, path, err) < 0)
		goto out;
	if (fchmod(fd, mode) < 0) {
		err_set_errno(err, "%s", path);
		goto out;
	}
	fault_point("file.write");
	if (rename(temporary, path) < 0) {
		err_set_errno(err, "%s", path);
		goto out;
	}
	ret = file_sync_folder(path, err);
out:
	close(fd);
	if (ret < 0)
		unlink(temporary);
	free(temporary);
	return ret;
}

int file_make_dirs(const char *path, mode_t mode, struct err *err)
{
	char *at = xstrdup(path);
	struct stat st;
	int ret = -1;

	for (char *slash = at; slash; *slash = '/') {
		slash = strchr(slash + 1, '/');
		if (slash)
			*slash = '\0';
		if (mkdir(at, mode) < 0 && errno != EEXIST) {
			err_set_errno(err, "%s", at);
			goto out;
		}
		if (!slash)
			break;
	}
	if (stat(path, &st) < 0 || !S_ISDIR(st.st_mode)) {
		err_set(err, ERR_INVALID, "%s: not a folder", path);
		goto out;
	}
	ret = 0;
out:
	free(at);
	return ret;
}

int file_remove(const char *path, struct err *err)
{
	if (unlink(path) < 0 && errno != ENOENT)
		return err_set_errno(err, "%s", path);
	return 0;
}

bool file_exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static int wait_for_lock(int fd, const char *path, int wait_ms, struct err *err)
{
	const struct timespec pause = { .tv_nsec = LOCK_PAUSE_MS * 1000000L };
	int64_t until = clock_mono_ms() + wait_ms;

	while (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		if (errno == EINTR)
			continue;
		if (errno != EWOULDBLOCK)
			return err_set_errno(err, "%s", path);
		if (clock_mono_ms() >= until)
			return err_set(err, ERR_CONFLICT,
				       "%s: locked by another process", path);
		nanosleep(&pause, NULL);
	}
	return 0;
}

int file_lock_take(struct file_lock **out, const char *path, int wait_ms,
		   struct err *err)
{
	struct file_lock *lock;
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);

	if (fd < 0)
		return err_set_errno(err, "%s", path);
	if (wait_for_lock(fd, path, wait_ms, err) < 0) {
		close(fd);
		return -1;
	}
	lock = xcalloc(1, sizeof(*lock));
	lock->fd = fd;
	*out = lock;
	return 0;
}

void file_lock_free(struct file_lock *lock)
{
	if (!lock)
		return;
	close(lock->fd);
	free(lock);
}
