#include "workflow/generated.h"

#include <stdlib.h>
#include <string.h>

#include "agents/answers.h"
#include "core/alloc.h"
#include "core/text.h"
#include "repo/object.h"
#include "repo/paths.h"

/* Is a folder on the way to `path` something else in the tree? */
static int check_folders(struct repo *repo, const struct oid *tree,
			 const char *path, struct err *err)
{
	for (const char *slash = strchr(path, '/'); slash;
	     slash = strchr(slash + 1, '/')) {
		char *folder = xmemdup(path, (size_t)(slash - path));
		struct tree_entry entry;
		struct err none = ERR_INIT;
		int found = tree_find(&entry, repo, tree, folder, &none);

		free(folder);
		if (found < 0)
			return 0; /* all below is new */
		if (entry.mode != MODE_TREE)
			return err_set(err, ERR_INVALID, "%.*s is not a folder",
				       (int)(slash - path), path);
	}
	return 0;
}

static int check_file(struct repo *repo, const struct oid *tree,
		      const char *path, struct err *err)
{
	enum file_class class = class_of_path(path);
	struct tree_entry entry;
	struct err none = ERR_INIT;

	if (generated_path_check(path, err) < 0 ||
	    check_folders(repo, tree, path, err) < 0)
		return -1;
	if (tree_find(&entry, repo, tree, path, &none) < 0)
		return 0;
	if (entry.mode != MODE_FILE)
		return err_set(err, ERR_INVALID, "it is not a plain file");
	if (class != CLASS_TEST && class != CLASS_DOCUMENT)
		return err_set(err, ERR_INVALID,
			       "it exists, and only tests and documents are "
			       "replaced");
	return 0;
}

void generated_files_release(struct generated_files *files)
{
	strvec_release(&files->refused);
}

static void refuse(struct generated_files *out, const char *path,
		   const char *why)
{
	char *clean = text_clean(path, false);

	strvec_addf(&out->refused, "%s: %s", clean, why);
	free(clean);
}

int generated_tree(struct generated_files *out, struct repo *repo,
		   const struct oid *commit, const struct json *files,
		   struct err *err)
{
	size_t count = json_len(files);
	struct tree_change *changes = xcalloc(count, sizeof(*changes));
	struct oid *ids = xcalloc(count, sizeof(*ids));
	const struct json *at;
	struct oid tree;
	int ret = -1;

	*out = (struct generated_files){ 0 };
	if (tree_of_commit(&tree, repo, commit, err) < 0)
		goto out;
	for (at = json_first(files); at; at = json_next(at)) {
		const char *path = json_string_or(at, "path", "");
		const char *content = json_string_or(at, "content", "");
		struct err why = ERR_INIT;

		if (check_file(repo, &tree, path, &why) < 0) {
			refuse(out, path, why.msg);
			continue;
		}
		if (blob_write(&ids[out->added], repo, content, strlen(content),
			       err) < 0)
			goto out;
		changes[out->added] = (struct tree_change){
			.path = path, .mode = MODE_FILE, .id = &ids[out->added]
		};
		out->added++;
	}
	ret = tree_update(&out->tree, repo, &tree, changes, out->added, err);
out:
	free(changes);
	free(ids);
	return ret;
}
