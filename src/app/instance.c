#include "app/instance.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "io/file.h"

/* Of another process that makes it at the same time. */
#define LOCK_WAIT_MS 5000

static int read_id(char out[ULID_SIZE], const char *path, struct err *err)
{
	struct buf text;
	int ret;

	buf_init(&text, 1000);
	ret = file_read(&text, path, err);
	if (!ret) {
		text.ptr[strcspn(text.ptr, "\r\n")] = '\0';
		snprintf(out, ULID_SIZE, "%s", text.ptr);
		if (strlen(text.ptr) != ULID_SIZE - 1 || ulid_time_ms(out) < 0)
			ret = err_set(err, ERR_INVALID,
				      "%s does not hold an instance's id; "
				      "remove it to get a new one",
				      path);
	}
	buf_release(&text);
	return ret;
}

static int make_id(char out[ULID_SIZE], const char *path, struct err *err)
{
	char text[ULID_SIZE + 1];
	char *lock_path = xstrf("%s.lock", path);
	struct file_lock *lock = NULL;
	int ret = file_lock_take(&lock, lock_path, LOCK_WAIT_MS, err);

	if (!ret && !file_exists(path)) {
		ulid_new(out);
		snprintf(text, sizeof(text), "%s\n", out);
		ret = file_write_atomic(path, text, strlen(text), 0644, err);
	}
	if (!ret)
		ret = read_id(out, path, err);
	file_lock_free(lock);
	free(lock_path);
	return ret;
}

int instance_id(char out[ULID_SIZE], const char *state_dir, struct err *err)
{
	char *path = xstrf("%s/instance", state_dir);
	int ret = read_id(out, path, err);

	if (ret < 0 && err->code == ERR_NOT_FOUND) {
		*err = (struct err)ERR_INIT;
		ret = file_make_dirs(state_dir, 0755, err);
		if (!ret)
			ret = make_id(out, path, err);
	}
	free(path);
	return ret;
}
