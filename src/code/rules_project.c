#include "code/rules_project.h"

#include <string.h>

#include "core/limits.h"
#include "repo/object.h"
#include "repo/tree.h"

#define BASELINE_FILE ".referee/baseline"

/* Notes what is too large as a mistake; *text is the caller's in any case. */
static int read_file(bool *usable, struct buf *text, struct repo *repo,
		     const struct tree_entry *entry, struct mistakes *mistakes,
		     struct err *err)
{
	struct place place = { entry->path, 0, 0 };

	struct err failed = ERR_INIT;

	*usable = false;
	if (entry->mode != MODE_FILE && entry->mode != MODE_EXECUTABLE) {
		mistakes_add(mistakes, place, "not a file");
		return 0;
	}
	if (blob_read(text, repo, &entry->id, &failed) == 0) {
		*usable = true;
		return 0;
	}
	if (failed.code != ERR_TOO_LARGE)
		return err_set(err, failed.code, "%s: %s", entry->path,
			       failed.msg);
	mistakes_add(mistakes, place, "over %zu bytes", text->max);
	return 0;
}

static bool is_yaml(const char *path)
{
	const char *dot = strrchr(path, '.');

	return dot && (strcmp(dot, ".yml") == 0 || strcmp(dot, ".yaml") == 0);
}

static int add_rules(struct rule_set *set, struct repo *repo,
		     const struct tree_entry *entry, struct mistakes *mistakes,
		     struct err *err)
{
	struct buf text;
	bool usable;
	int ret;

	buf_init(&text, LIMIT_WORKFLOW_BYTES);
	ret = read_file(&usable, &text, repo, entry, mistakes, err);
	if (ret == 0 && usable)
		rule_set_add_file(set, entry->path, text.ptr, text.len,
				  mistakes);
	buf_release(&text);
	return ret;
}

static int add_baseline(struct rule_set *set, struct repo *repo,
			const struct oid *tree, struct mistakes *mistakes,
			struct err *err)
{
	struct tree_entry entry = { 0 };
	struct err missing = ERR_INIT;
	struct buf text;
	bool usable;
	int ret;

	if (tree_find(&entry, repo, tree, BASELINE_FILE, &missing) < 0) {
		if (missing.code == ERR_NOT_FOUND)
			return 0;
		*err = missing;
		return -1;
	}
	entry.path = (char[]){ BASELINE_FILE };
	buf_init(&text, LIMIT_BLOB_BYTES);
	ret = read_file(&usable, &text, repo, &entry, mistakes, err);
	if (ret == 0 && usable)
		rule_set_add_baseline(set, BASELINE_FILE, text.ptr, text.len,
				      mistakes);
	buf_release(&text);
	return ret;
}

int rule_set_add_project(struct rule_set *set, struct repo *repo,
			 const struct oid *commit, struct mistakes *mistakes,
			 struct err *err)
{
	struct tree_list files = { 0 };
	struct err failed = ERR_INIT;
	struct oid tree;
	int ret = -1;

	if (tree_of_commit(&tree, repo, commit, err) < 0)
		return -1;
	if (tree_list(&files, repo, &tree, RULES_FOLDER, false,
		      LIMIT_RULE_FILES, &failed) < 0) {
		if (failed.code != ERR_TOO_LARGE) {
			*err = failed;
			goto out;
		}
		mistakes_add(mistakes, (struct place){ RULES_FOLDER, 0, 0 },
			     "more than %d files", LIMIT_RULE_FILES);
	}
	for (size_t i = 0; i < files.len; i++)
		if (is_yaml(files.items[i].path) &&
		    add_rules(set, repo, &files.items[i], mistakes, err) < 0)
			goto out;
	ret = add_baseline(set, repo, &tree, mistakes, err);
out:
	tree_list_release(&files);
	return ret;
}
