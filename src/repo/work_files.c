#include "repo/work_files.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "repo/git.h"
#include "repo/tree.h"

/* Is it a file in the work tree, whatever it is in the index? */
static const char *path_of(const git_status_entry *entry)
{
	const git_diff_delta *delta = entry->index_to_workdir
					      ? entry->index_to_workdir
					      : entry->head_to_index;
	size_t len;

	if (!delta || entry->status & GIT_STATUS_WT_DELETED ||
	    (delta->new_file.mode != MODE_FILE &&
	     delta->new_file.mode != MODE_EXECUTABLE))
		return NULL;
	len = strlen(delta->new_file.path);
	/* A repository within this one is named as a folder. */
	if (!len || delta->new_file.path[len - 1] == '/')
		return NULL;
	return delta->new_file.path;
}

int repo_work_files(struct strvec *out, struct repo *repo, const char *folder,
		    struct err *err)
{
	char *path = xstrdup(folder);
	git_status_options options;
	git_status_list *list = NULL;
	int code;

	if (!repo_work_dir(repo)) {
		free(path);
		return err_set(err, ERR_INVALID,
			       "a bare repository has no files to look at; "
			       "name revisions");
	}
	git_status_options_init(&options, GIT_STATUS_OPTIONS_VERSION);
	options.show = GIT_STATUS_SHOW_INDEX_AND_WORKDIR;
	options.flags = GIT_STATUS_OPT_INCLUDE_UNTRACKED |
			GIT_STATUS_OPT_RECURSE_UNTRACKED_DIRS |
			GIT_STATUS_OPT_INCLUDE_UNMODIFIED |
			GIT_STATUS_OPT_EXCLUDE_SUBMODULES |
			GIT_STATUS_OPT_DISABLE_PATHSPEC_MATCH;
	if (*folder)
		options.pathspec = (git_strarray){ &path, 1 };
	code = git_status_list_new(&list, repo_git(repo), &options);
	free(path);
	if (code < 0)
		return err_set_git(err, code, "work tree");
	for (size_t i = 0; i < git_status_list_entrycount(list); i++) {
		const char *found = path_of(git_status_byindex(list, i));

		if (found)
			strvec_add(out, found);
	}
	git_status_list_free(list);
	strvec_sort(out);
	return 0;
}
