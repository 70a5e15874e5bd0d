#ifndef IO_FILE_H
#define IO_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/attr.h"
#include "core/buf.h"
#include "core/err.h"

/** \file
 * Files of the local machine. Blocking, any thread. Errors name the path;
 * ERR_SYSTEM has errno as its detail.
 */

/** Appends the whole file. ERR_NOT_FOUND, ERR_TOO_LARGE if it does not fit into
 * the buffer's bound, ERR_INVALID for what is not a regular file. */
MUST_CHECK int file_read(struct buf *out, const char *path, struct err *err);

/** Replaces `path` in one step: readers see the old or the new content, never
 * half of it, and after a crash one of the two is there (fsync of file and
 * folder). The folder must exist. A new file gets `mode`. */
MUST_CHECK int file_write_atomic(const char *path, const void *bytes,
				 size_t len, mode_t mode, struct err *err);

/** Makes a new file, on disk when this returns; its name is only after
 * file_sync_folder(). ERR_SYSTEM if there is one. */
MUST_CHECK int file_create(const char *path, const void *bytes, size_t len,
			   mode_t mode, struct err *err);

/** So that the names in the folder of `path` survive a power cut too. */
MUST_CHECK int file_sync_folder(const char *path, struct err *err);

/** Makes the folder and its parents; fine if they exist. */
MUST_CHECK int file_make_dirs(const char *path, mode_t mode, struct err *err);

/** Fine if there is nothing. */
MUST_CHECK int file_remove(const char *path, struct err *err);

/** Is there anything of that name? */
bool file_exists(const char *path);

struct file_lock;

/** Takes the lock that goes with `path` (made if missing, left behind), waiting
 * up to `wait_ms`. ERR_CONFLICT while another process or handle has it. Ends
 * with the process, however that ends. */
MUST_CHECK int file_lock_take(struct file_lock **out, const char *path,
			      int wait_ms, struct err *err);
void file_lock_free(struct file_lock *lock);

#endif /* IO_FILE_H */
