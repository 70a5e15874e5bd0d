#include "io/walk.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/alloc.h"
#include "core/limits.h"

/* Folders that are still to be read, from the root; "" is the root. */
struct walk {
	struct strvec *out;
	const char *root;
	size_t max;
	struct strvec folders;
	size_t next; /* of the folders */
	bool is_cut;
};

static char *join(const char *folder, const char *name)
{
	return *folder ? xstrf("%s/%s", folder, name) : xstrdup(name);
}

static int is_entry(const struct dirent *entry)
{
	return strcmp(entry->d_name, ".") != 0 &&
	       strcmp(entry->d_name, "..") != 0 &&
	       strcmp(entry->d_name, ".git") != 0;
}

/* Where it belongs; NULL: it is none of ours. */
static struct strvec *list_for(struct walk *walk, const char *path)
{
	char *whole = xstrf("%s/%s", walk->root, path);
	struct strvec *list = NULL;
	struct stat st;

	if (strlen(path) < LIMIT_PATH_BYTES && lstat(whole, &st) == 0)
		list = S_ISDIR(st.st_mode)   ? &walk->folders
		       : S_ISREG(st.st_mode) ? walk->out
					     : NULL;
	free(whole);
	return list;
}

/* Takes `path` over. */
static void take(struct walk *walk, char *path)
{
	struct strvec *list = list_for(walk, path);
	size_t waiting = walk->folders.len - walk->next;

	if (list && walk->out->len + waiting >= walk->max) {
		walk->is_cut = true;
		list = NULL;
	}
	if (list)
		strvec_take(list, path);
	else
		free(path);
}

static int read_folder(struct walk *walk, const char *folder, struct err *err)
{
	char *whole = *folder ? join(walk->root, folder) : xstrdup(walk->root);
	struct dirent **entries = NULL;
	int count = scandir(whole, &entries, is_entry, alphasort);
	int ret = 0;

	if (count < 0) {
		ret = err_set_errno(err, "%s", whole);
		if (errno == ENOENT)
			err->code = ERR_NOT_FOUND;
	}
	for (int i = 0; i < count; i++) {
		take(walk, join(folder, entries[i]->d_name));
		free(entries[i]);
	}
	free(entries);
	free(whole);
	return ret;
}

int walk_files(struct strvec *out, const char *root, size_t max,
	       struct strvec *problems, bool *is_cut, struct err *err)
{
	struct walk walk = { .out = out, .root = root, .max = max };
	int ret = read_folder(&walk, "", err);

	while (ret == 0 && walk.next < walk.folders.len) {
		struct err failed = ERR_INIT;
		char *folder = xstrdup(walk.folders.v[walk.next++]);

		if (read_folder(&walk, folder, &failed) < 0)
			strvec_add(problems, failed.msg);
		free(folder);
	}
	*is_cut = walk.is_cut;
	strvec_sort(out);
	strvec_release(&walk.folders);
	return ret;
}
