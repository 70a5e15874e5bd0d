#include "app/coverage_reports.h"

#include <string.h>
#include <sys/stat.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "io/file.h"
#include "io/walk.h"
#include "repo/object.h"
#include "repo/pattern.h"
#include "repo/repo.h"
#include "repo/tree.h"

/* Reports that are read together. */
struct reports {
	struct coverage *out;
	struct repo *repo;
	const char *pattern;
	struct pattern_list list; /* of it alone */
	struct buf text;
	char *from; /* the path of the first */
	size_t count;
};

/* Takes the report in `text`. */
static int take(struct reports *reports, const char *path, struct err *err)
{
	struct coverage one;

	if (reports->out->line_count >= LIMIT_COVERAGE_LINES)
		return err_set(err, ERR_TOO_LARGE,
			       "the reports have over %d lines",
			       LIMIT_COVERAGE_LINES);
	if (coverage_parse(&one, reports->text.ptr, reports->text.len, err) < 0)
		return err_prefix(err, "%s", path);
	coverage_merge(reports->out, &one);
	if (!reports->count++)
		reports->from = xstrdup(path);
	return 0;
}

static int take_blob(struct reports *reports, const char *path,
		     const struct tree_entry *entry, struct err *err)
{
	buf_reset(&reports->text);
	if (blob_read(&reports->text, reports->repo, &entry->id, err) < 0)
		return -1;
	return take(reports, path, err);
}

static int read_committed(struct reports *reports, const struct oid *head,
			  struct err *err)
{
	struct tree_list files = { 0 };
	struct err missing = ERR_INIT;
	struct tree_entry entry;
	struct oid tree;
	int ret = -1;

	if (tree_of_commit(&tree, reports->repo, head, err) < 0)
		return -1;
	if (tree_find(&entry, reports->repo, &tree, reports->pattern,
		      &missing) == 0)
		return take_blob(reports, reports->pattern, &entry, err);
	if (tree_list(&files, reports->repo, &tree, "", true, LIMIT_TREE_FILES,
		      err) < 0)
		goto out;
	for (size_t i = 0; i < files.len; i++)
		if (pattern_list_match(&reports->list, files.items[i].path) &&
		    take_blob(reports, files.items[i].path, &files.items[i],
			      err) < 0)
			goto out;
	ret = 0;
out:
	tree_list_release(&files);
	return ret;
}

/* What was written before the commit was made measured something else. */
static int take_file(struct reports *reports, const char *path, int64_t since_s,
		     struct err *err)
{
	char *full = xstrf("%s/%s", repo_work_dir(reports->repo), path);
	struct stat about;
	int ret = -1;

	buf_reset(&reports->text);
	if (lstat(full, &about) < 0)
		err_set_errno(err, "%s", path);
	else if (about.st_mtime < since_s)
		err_set(err, ERR_NOT_FOUND, "%s is older than the commit",
			path);
	else if (file_read(&reports->text, full, err) == 0)
		ret = take(reports, path, err);
	free(full);
	return ret;
}

static int read_work_tree(struct reports *reports, int64_t since_s,
			  struct err *err)
{
	struct strvec files = STRVEC_INIT, problems = STRVEC_INIT;
	bool is_cut;
	int ret = -1;

	if (walk_files(&files, repo_work_dir(reports->repo), LIMIT_TREE_FILES,
		       &problems, &is_cut, err) < 0)
		goto out;
	for (size_t i = 0; i < files.len; i++)
		if (pattern_list_match(&reports->list, files.v[i]) &&
		    take_file(reports, files.v[i], since_s, err) < 0)
			goto out;
	ret = 0;
out:
	strvec_release(&files);
	strvec_release(&problems);
	return ret;
}

/* Does what lies in the work tree speak of `head` at all? */
static int is_checked_out(bool *out, struct repo *repo, const struct oid *head,
			  struct err *err)
{
	struct oid own;

	*out = false;
	if (!repo_work_dir(repo))
		return 0;
	if (repo_head(&own, repo, err) < 0)
		return -1;
	*out = oid_equal(&own, head);
	return 0;
}

static int read_all(struct reports *reports, const struct oid *head,
		    struct err *err)
{
	struct commit_info info;
	bool is_here;
	int ret;

	if (pattern_list_add(&reports->list, reports->pattern, err) < 0 ||
	    read_committed(reports, head, err) < 0)
		return -1;
	if (reports->count)
		return 0;
	if (is_checked_out(&is_here, reports->repo, head, err) < 0)
		return -1;
	if (is_here) {
		if (commit_read(&info, reports->repo, head, err) < 0)
			return -1;
		ret = read_work_tree(reports, info.committed_at_s, err);
		commit_info_release(&info);
		if (ret < 0)
			return -1;
	}
	if (!reports->count)
		return err_set(err, ERR_NOT_FOUND, "there is no %s here",
			       reports->pattern);
	return 0;
}

int coverage_read_files(struct coverage *out, char **from, struct repo *repo,
			const char *pattern, const struct oid *head,
			struct err *err)
{
	struct reports reports = { .out = out,
				   .repo = repo,
				   .pattern = pattern };
	int ret;

	*out = (struct coverage){ .files = NULL };
	buf_init(&reports.text, LIMIT_COVERAGE_BYTES);
	ret = read_all(&reports, head, err);
	if (ret < 0)
		coverage_release(out);
	else if (reports.count > 1)
		*from = xstrf("%s and %zu more", reports.from,
			      reports.count - 1);
	else
		*from = xstrdup(reports.from);
	free(reports.from);
	buf_release(&reports.text);
	pattern_list_release(&reports.list);
	return ret;
}
