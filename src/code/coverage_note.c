#include "code/coverage.h"

#include <stdlib.h>

#include "core/limits.h"
#include "repo/fanout.h"
#include "repo/object.h"
#include "repo/refs.h"
#include "repo/tree.h"

struct search {
	struct repo *repo;
	struct oid notes; /* the notes' tree */
	struct oid found;
	struct coverage_note note;
	bool is_found;
	bool failed;
	struct err *err;
};

static bool visit(const struct oid *commit, void *payload)
{
	struct search *search = payload;
	struct err why = ERR_INIT;

	if (fanout_find(&search->found, search->repo, &search->notes, commit,
			&why) == 0) {
		search->is_found = true;
		search->note.commit = *commit;
		return false;
	}
	if (why.code != ERR_NOT_FOUND) {
		*search->err = why;
		search->failed = true;
		return false;
	}
	return ++search->note.behind <= LIMIT_COVERAGE_BEHIND;
}

int coverage_load_note(struct coverage *out, struct coverage_note *note,
		       struct repo *repo, const char *ref,
		       const struct oid *head, struct err *err)
{
	struct search search = { .repo = repo, .err = err };
	struct oid commit;
	struct buf text;
	int ret = -1;

	buf_init(&text, LIMIT_COVERAGE_BYTES);
	if (ref_read(&commit, repo, ref, err) < 0 ||
	    tree_of_commit(&search.notes, repo, &commit, err) < 0 ||
	    commit_walk(repo, head, true, visit, &search, err) < 0 ||
	    search.failed)
		goto out;
	if (!search.is_found) {
		err_set(err, ERR_NOT_FOUND,
			"%s has nothing for this commit or the %d before it",
			ref, LIMIT_COVERAGE_BEHIND);
		goto out;
	}
	if (blob_read(&text, repo, &search.found, err) < 0 ||
	    coverage_parse(out, text.ptr, text.len, err) < 0) {
		err_prefix(err, "%s", ref);
		goto out;
	}
	*note = search.note;
	ret = 0;
out:
	buf_release(&text);
	return ret;
}

static void forget_lines(struct coverage *coverage,
			 const struct coverage_file *file)
{
	struct coverage_file *own = &coverage->files[file - coverage->files];

	free(own->lines);
	own->lines = NULL;
	own->len = own->cap = 0;
}

int coverage_forget_moved(struct coverage *coverage, struct repo *repo,
			  const struct changeset *changeset,
			  const struct oid *measured, struct err *err)
{
	struct oid then, now;

	if (tree_of_commit(&then, repo, measured, err) < 0 ||
	    tree_of_commit(&now, repo, &changeset->head, err) < 0)
		return -1;
	for (size_t i = 0; i < changeset->file_count; i++) {
		const char *path = changeset->files[i].path;
		const struct coverage_file *file = coverage_find(coverage,
								 path);
		struct tree_entry old = { 0 }, new = { 0 };
		struct err missing = ERR_INIT;

		if (file && (tree_find(&old, repo, &then, path, &missing) < 0 ||
			     tree_find(&new, repo, &now, path, &missing) < 0 ||
			     !oid_equal(&old.id, &new.id)))
			forget_lines(coverage, file);
	}
	return 0;
}
