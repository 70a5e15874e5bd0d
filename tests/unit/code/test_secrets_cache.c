#include "unit.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "code/secrets.h"
#include "core/alloc.h"
#include "core/buf.h"
#include "secret_sample.h"

#ifdef HAVE_HS

static char folder[] = "/tmp/referee-secrets-XXXXXX";

static void make_folder(void)
{
	cr_assert(mkdtemp(folder) != NULL);
}

/* The path of the only file in the folder; NULL if there is another number. */
static char *only_file(void)
{
	DIR *dir = opendir(folder);
	const struct dirent *entry;
	char *path = NULL;
	size_t count = 0;

	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		free(path);
		path = xstrf("%s/%s", folder, entry->d_name);
		count++;
	}
	closedir(dir);
	if (count != 1) {
		free(path);
		return NULL;
	}
	return path;
}

static void remove_folder(void)
{
	char *path = only_file();

	if (path)
		unlink(path);
	free(path);
	rmdir(folder);
}

/* An engine from the folder finds what it should. */
static void check_engine(void)
{
	struct secrets_options options = { folder, false };
	struct secrets *secrets;
	struct secret_hits hits;
	struct err err = ERR_INIT;
	uint64_t seed = 1;
	struct buf text;

	must(secrets_new(&secrets, &options, &err));
	buf_init(&text, 4096);
	secret_sample(&text, "t = ghp_{w36}", &seed);
	secrets_find(&hits, secrets, text.ptr, text.len, NULL);
	cr_assert(eq(sz, hits.len, 1));
	secret_hits_release(&hits);
	buf_release(&text);
	secrets_free(secrets);
}

static void damage(const char *path, long at, const char *bytes)
{
	FILE *file = fopen(path, "r+b");

	cr_assert(file != NULL);
	cr_assert(eq(int, fseek(file, at, SEEK_SET), 0));
	cr_assert(eq(sz, fwrite(bytes, 1, strlen(bytes), file), strlen(bytes)));
	fclose(file);
}

Test(secrets_cache, is_made_once_and_read_again, .init = make_folder,
     .fini = remove_folder)
{
	struct stat before;
	struct stat after;
	char *path;

	check_engine();
	path = only_file();
	cr_assert(path != NULL);
	cr_assert(eq(int, stat(path, &before), 0));
	cr_assert(eq(uint, before.st_mode & 077, 0));
	check_engine();
	cr_assert(eq(int, stat(path, &after), 0));
	cr_assert(before.st_ino == after.st_ino);
	free(path);
}

Test(secrets_cache, is_made_anew_when_damaged, .init = make_folder,
     .fini = remove_folder)
{
	struct stat before;
	struct stat after;
	char *path;

	check_engine();
	path = only_file();
	cr_assert(path != NULL);
	cr_assert(eq(int, stat(path, &before), 0));
	damage(path, before.st_size / 2, "damage");
	check_engine();
	cr_assert(eq(int, stat(path, &after), 0));
	cr_assert(eq(int, after.st_size, before.st_size));
	cr_assert(eq(int, truncate(path, 100), 0));
	check_engine();
	cr_assert(eq(int, stat(path, &after), 0));
	cr_assert(eq(int, after.st_size, before.st_size));
	free(path);
}

Test(secrets_cache, is_not_read_if_others_may_write_it, .init = make_folder,
     .fini = remove_folder)
{
	struct stat after;
	char *path;

	check_engine();
	path = only_file();
	cr_assert(path != NULL);
	cr_assert(eq(int, chmod(path, 0666), 0));
	check_engine();
	cr_assert(eq(int, stat(path, &after), 0));
	cr_assert(eq(uint, after.st_mode & 077, 0));
	free(path);
}

Test(secrets_cache, is_no_condition)
{
	struct secrets_options options = { "/nonexistent/folder", false };
	struct secrets *secrets;
	struct err err = ERR_INIT;

	must(secrets_new(&secrets, &options, &err));
	secrets_free(secrets);
}

#endif
