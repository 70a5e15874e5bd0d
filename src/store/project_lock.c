#include "store/project_lock.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/clock.h"
#include "core/fault.h"
#include "io/file.h"
#include "store/path_name.h"

#define FOLDER          "projects"
#define EPOCH_MAX_BYTES 32
#define PATH_MAX_BYTES  4096

struct project_lock {
	struct file_lock *lock;
	int64_t epoch;
	int64_t until_ms; /* on the boot clock */
};

static char *path_of(const char *state_dir, const char *project,
		     const char *suffix)
{
	struct buf path;

	buf_init(&path, PATH_MAX_BYTES);
	buf_addf(&path, "%s/" FOLDER "/", state_dir);
	path_name_add(&path, project);
	buf_addstr(&path, suffix);
	return buf_detach(&path);
}

/* One more than the last; on disk before it is used. */
static int next_epoch(int64_t *out, const char *path, struct err *err)
{
	struct buf text;
	int64_t epoch;
	int ret = -1;

	buf_init(&text, EPOCH_MAX_BYTES);
	if (file_read(&text, path, err) < 0) {
		if (err->code != ERR_NOT_FOUND)
			goto out;
		*err = (struct err)ERR_INIT;
	}
	epoch = strtoll(text.ptr, NULL, 10) + 1;
	/* Damaged, or made of nonsense: time only goes forward. */
	if (epoch < 1 || (text.len && epoch == 1))
		epoch = clock_wall_ms();
	buf_reset(&text);
	buf_addf(&text, "%" PRId64 "\n", epoch);
	fault_point("store.epoch");
	ret = file_write_atomic(path, text.ptr, text.len, 0600, err);
	*out = epoch;
out:
	buf_release(&text);
	return ret;
}

int project_lock_take(struct project_lock **out, const char *state_dir,
		      const char *project, int64_t ttl_ms, struct err *err)
{
	struct project_lock *lock = xcalloc(1, sizeof(*lock));
	char *folder = xstrf("%s/" FOLDER, state_dir);
	char *lock_path = path_of(state_dir, project, ".lock");
	char *epoch_path = path_of(state_dir, project, ".epoch");
	int ret = -1;

	if (file_make_dirs(folder, 0700, err) < 0 ||
	    file_lock_take(&lock->lock, lock_path, 0, err) < 0 ||
	    next_epoch(&lock->epoch, epoch_path, err) < 0) {
		err_prefix(err, "project '%s'", project);
		goto out;
	}
	lock->until_ms = clock_boot_ms() + ttl_ms;
	*out = lock;
	lock = NULL;
	ret = 0;
out:
	project_lock_free(lock);
	free(folder);
	free(lock_path);
	free(epoch_path);
	return ret;
}

int64_t project_lock_left_ms(const struct project_lock *lock)
{
	int64_t left_ms = lock->until_ms - clock_boot_ms();

	return left_ms > 0 ? left_ms : 0;
}

int64_t project_lock_epoch(const struct project_lock *lock)
{
	return lock->epoch;
}

void project_lock_free(struct project_lock *lock)
{
	if (!lock)
		return;
	file_lock_free(lock->lock);
	free(lock);
}
