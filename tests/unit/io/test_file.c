#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/alloc.h"
#include "io/child.h"
#include "io/file.h"
#include "server.h"

static char *folder;

static void setup(void)
{
	folder = folder_new();
}

static void teardown(void)
{
	folder_remove(folder);
}

TestSuite(file, .init = setup, .fini = teardown);

static char *in_folder(const char *name)
{
	return xstrf("%s/%s", folder, name);
}

Test(file, replaces_a_file_and_leaves_nothing_else)
{
	struct err err = ERR_INIT;
	char *path = in_folder("state.json");
	struct buf content;
	struct stat st;

	buf_init(&content, 100);
	must(file_write_atomic(path, "old content", 11, 0600, &err));
	must(file_write_atomic(path, "new\0one", 7, 0640, &err));
	must(file_read(&content, path, &err));
	cr_assert(eq(sz, content.len, 7));
	cr_assert(zero(memcmp(content.ptr, "new\0one", 7)));
	cr_assert(zero(stat(path, &st)));
	cr_assert(eq(int, st.st_mode & 0777, 0640));
	/* Only "." and ".." besides: a folder has two links and no more. */
	must(file_remove(path, &err));
	must(file_remove(path, &err));
	cr_assert(zero(rmdir(folder)));
	cr_assert(zero(mkdir(folder, 0700)));
	buf_release(&content);
	free(path);
}

Test(file, reads_no_more_than_the_buffer_takes)
{
	struct err err = ERR_INIT;
	char *path = in_folder("f");
	struct buf content;

	buf_init(&content, 4);
	must(file_write_atomic(path, "1234", 4, 0600, &err));
	must(file_read(&content, path, &err));
	buf_reset(&content);
	must(file_write_atomic(path, "12345", 5, 0600, &err));
	must_fail(ERR_TOO_LARGE, file_read(&content, path, &err));
	must_fail(ERR_NOT_FOUND, file_read(&content, "/no/such/file", &err));
	must_fail(ERR_INVALID, file_read(&content, folder, &err));
	must_fail(ERR_SYSTEM,
		  file_write_atomic("/no/such/file", "", 0, 0600, &err));
	buf_release(&content);
	free(path);
}

Test(file, makes_folders_and_their_parents)
{
	struct err err = ERR_INIT;
	char *deep = in_folder("a/b/c/");
	char *below_file = in_folder("a/b/file/d");
	char *file = in_folder("a/b/file");

	must(file_make_dirs(deep, 0700, &err));
	must(file_make_dirs(deep, 0700, &err));
	cr_assert(file_exists(deep));
	must(file_write_atomic(file, "", 0, 0600, &err));
	must_fail(ERR_SYSTEM, file_make_dirs(below_file, 0700, &err));
	must_fail(ERR_INVALID, file_make_dirs(file, 0700, &err));
	free(deep);
	free(file);
	free(below_file);
}

Test(file, locks_out_others_until_it_is_freed)
{
	struct err err = ERR_INIT;
	char *path = in_folder("lock");
	struct file_lock *lock, *other;

	must(file_lock_take(&lock, path, 0, &err));
	must_fail(ERR_CONFLICT, file_lock_take(&other, path, 50, &err));
	file_lock_free(lock);
	must(file_lock_take(&other, path, 0, &err));
	file_lock_free(other);
	file_lock_free(NULL);
	free(path);
}
