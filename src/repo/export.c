#include "repo/export.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "core/limits.h"
#include "io/file.h"
#include "repo/object.h"
#include "repo/tree.h"

struct export
{
	struct repo *repo;
	const char *directory;
	int64_t left; /* bytes that may still be written */
};

/* libgit2 wrote or read such a tree all the same, so it is checked here. */
static bool is_plain(const char *path)
{
	for (const char *at = path;; at++) {
		size_t len = strcspn(at, "/");

		if (!len || (len == 1 && *at == '.') ||
		    (len == 2 && !strncmp(at, "..", 2)) ||
		    (len == 4 && !strncasecmp(at, ".git", 4)))
			return false;
		at += len;
		if (!*at)
			return true;
	}
}

static char *place_of(const struct export *export, const char *path)
{
	return xstrf("%s/%s", export->directory, path);
}

static int make_parent(const char *place, struct err *err)
{
	char *parent = xmemdup(place, (size_t)(strrchr(place, '/') - place));
	int ret = file_make_dirs(parent, 0700, err);

	free(parent);
	return ret;
}

static int write_all(int fd, const char *place, const struct buf *content,
		     struct err *err)
{
	size_t done = 0;

	while (done < content->len) {
		ssize_t n = write(fd, content->ptr + done, content->len - done);

		if (n < 0)
			return err_set_errno(err, "%s", place);
		done += (size_t)n;
	}
	return 0;
}

static int write_file(const char *place, const struct buf *content,
		      uint32_t mode, struct err *err)
{
	int fd = open(place,
		      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		      mode == MODE_EXECUTABLE ? 0700 : 0600);
	int ret;

	if (fd < 0)
		return err_set_errno(err, "%s", place);
	ret = write_all(fd, place, content, err);
	if (close(fd) < 0 && !ret)
		ret = err_set_errno(err, "%s", place);
	return ret;
}

/* All folders are made before the first link, so that none is made, or reached,
 * through one: not even in a tree that has a link and a folder of one name. */
static int make_folders(const struct export *export,
			const struct tree_entry *entry, struct err *err)
{
	char *place;
	int ret;

	if (!is_plain(entry->path))
		return err_set(err, ERR_INVALID, "%s: no such file is written",
			       entry->path);
	place = place_of(export, entry->path);
	ret = entry->mode == MODE_SUBMODULE ? file_make_dirs(place, 0700, err)
					    : make_parent(place, err);
	free(place);
	return ret;
}

static int export_entry(struct export *export, const struct tree_entry *entry,
			struct err *err)
{
	char *place = place_of(export, entry->path);
	struct buf content;
	int ret = -1;

	buf_init(&content, (size_t) export->left);
	if (blob_read(&content, export->repo, &entry->id, err) < 0)
		goto out;
	export->left -= (int64_t)content.len;
	if (entry->mode != MODE_SYMLINK)
		ret = write_file(place, &content, entry->mode, err);
	else if (symlink(content.ptr, place) < 0)
		err_set_errno(err, "%s", place);
	else
		ret = 0;
out:
	buf_release(&content);
	free(place);
	return ret;
}

static int check(struct cancel *cancel, struct err *err)
{
	return cancel_is_wanted(cancel)
		       ? err_set(err, ERR_CANCELLED, "it was called off")
		       : 0;
}

int tree_export(struct repo *repo, const struct oid *tree,
		const char *directory, int64_t max_bytes, struct cancel *cancel,
		struct err *err)
{
	struct export export = { repo, directory, max_bytes };
	struct tree_list list = { 0 };
	int ret = tree_list(&list, repo, tree, "", true, LIMIT_TREE_FILES, err);

	for (size_t i = 0; i < list.len && !ret; i++) {
		ret = check(cancel, err);
		if (!ret)
			ret = make_folders(&export, &list.items[i], err);
	}
	for (int links = 0; links < 2 && !ret; links++)
		for (size_t i = 0; i < list.len && !ret; i++) {
			uint32_t mode = list.items[i].mode;

			if (mode == MODE_SUBMODULE ||
			    (mode == MODE_SYMLINK) != links)
				continue;
			ret = check(cancel, err);
			if (!ret)
				ret = export_entry(&export, &list.items[i],
						   err);
		}
	tree_list_release(&list);
	return ret;
}
