#include "app/symbols.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "app/place.h"
#include "app/symbols_text.h"
#include "core/alloc.h"
#include "core/limits.h"
#include "io/file.h"
#include "repo/object.h"
#include "repo/tree.h"

/* One listing under way. */
struct listing {
	const struct symbols_options *options;
	symbols_text_fn *print;
	void *payload;
	struct strvec *problems;
	size_t files; /* printed so far */
};

static void print_file(struct listing *listing, const char *path,
		       const struct buf *text)
{
	struct outline outline;
	struct buf out;

	buf_init(&out, SIZE_MAX / 4);
	outline_make(&outline, text->ptr, text->len, lang_of_path(path));
	if (listing->options->as_json) {
		buf_addstr(&out, listing->files ? ",\n" : "\n");
		symbols_add_json(&out, path, &outline);
	} else {
		symbols_add_text(&out, path, &outline);
	}
	outline_release(&outline);
	listing->files++;
	listing->print(out.ptr, out.len, listing->payload);
	buf_release(&out);
}

static int print_tree_file(struct listing *listing, struct repo *repo,
			   const char *path, const struct oid *id,
			   struct err *err)
{
	struct err failed = ERR_INIT;
	struct buf text;
	int ret = 0;

	buf_init(&text, LIMIT_OUTLINE_BYTES);
	if (blob_read(&text, repo, id, &failed) == 0)
		print_file(listing, path, &text);
	else if (failed.code == ERR_TOO_LARGE)
		strvec_addf(listing->problems, "%s: larger than 64 MiB", path);
	else
		ret = err_set(err, failed.code, "%s: %s", path, failed.msg);
	buf_release(&text);
	return ret;
}

static bool is_file(uint32_t mode)
{
	return mode == MODE_FILE || mode == MODE_EXECUTABLE;
}

static int list_revision(struct listing *listing, struct repo *repo,
			 const struct oid *commit, const char *path,
			 struct err *err)
{
	struct tree_list files = { 0 };
	struct tree_entry entry = { 0 };
	struct oid tree;
	int ret = -1;

	if (tree_of_commit(&tree, repo, commit, err) < 0)
		return -1;
	if (path && tree_find(&entry, repo, &tree, path, err) < 0)
		return -1;
	if (path && is_file(entry.mode))
		return print_tree_file(listing, repo, path, &entry.id, err);
	if (tree_list(&files, repo, &tree, path ? path : "", true,
		      LIMIT_TREE_FILES, err) < 0)
		goto out;
	ret = 0;
	for (size_t i = 0; ret == 0 && i < files.len; i++)
		if (is_file(files.items[i].mode) &&
		    lang_has_outline(lang_of_path(files.items[i].path)))
			ret = print_tree_file(listing, repo,
					      files.items[i].path,
					      &files.items[i].id, err);
out:
	tree_list_release(&files);
	return ret;
}

static int list_work_tree(struct listing *listing, struct repo *repo,
			  const char *target, struct err *err)
{
	struct place_files place = { 0 };
	int ret = place_list(&place, repo, target, err);

	for (size_t i = 0; ret == 0 && i < place.files.len; i++) {
		struct err failed = ERR_INIT;
		struct buf text;

		if (!lang_has_outline(lang_of_path(place.paths.v[i])))
			continue;
		buf_init(&text, LIMIT_OUTLINE_BYTES);
		if (file_read(&text, place.files.v[i], &failed) == 0)
			print_file(listing, place.paths.v[i], &text);
		else
			strvec_add(listing->problems, failed.msg);
		buf_release(&text);
	}
	for (size_t i = 0; i < place.problems.len; i++)
		strvec_add(listing->problems, place.problems.v[i]);
	place_release(&place);
	return ret;
}

/* One word is a path of the work tree if there is one, else a revision. */
static int list_all(struct listing *listing, struct err *err)
{
	const struct symbols_options *options = listing->options;
	const char *first = options->first, *second = options->second;
	bool is_path = !second && (!first || file_exists(first));
	struct repo *repo = NULL;
	struct oid commit;
	int ret = -1;

	if (is_path) {
		if (place_repo(&repo, options->repo_dir, first, err) == 0)
			ret = list_work_tree(listing, repo, first, err);
		goto out;
	}
	if (repo_open(&repo, options->repo_dir, err) < 0)
		goto out;
	if (repo_resolve(&commit, repo, first, err) < 0) {
		if (err->code == ERR_NOT_FOUND && !second)
			err_set(err, ERR_NOT_FOUND,
				"'%s' is neither a file or folder nor a "
				"revision here",
				first);
		goto out;
	}
	ret = list_revision(listing, repo, &commit, second, err);
out:
	repo_free(repo);
	return ret;
}

int symbols_print(const struct symbols_options *options, symbols_text_fn *print,
		  void *payload, struct strvec *problems, struct err *err)
{
	static const char begin[] = "{\"version\": 1, \"files\": [";
	static const char end[] = "\n]}\n";
	struct listing listing = { options, print, payload, problems, 0 };
	int ret;

	if (options->as_json)
		print(begin, strlen(begin), payload);
	ret = list_all(&listing, err);
	if (options->as_json && ret == 0)
		print(end, strlen(end), payload);
	return ret;
}
