#include "store/state_ref.h"

#include <time.h>

#include "core/fault.h"
#include "core/random.h"
#include "repo/batch.h"
#include "repo/object.h"
#include "repo/refs.h"
#include "repo/tree.h"

#define EDIT_TRIES        25
#define EDIT_WAIT_MS      4
#define EDIT_WAIT_DOUBLES 6 /* up to 256 ms */

/* The ref before an edit. */
struct state_now {
	struct oid tip, tree;
	bool exists;
};

int state_ref_read(struct oid *tip, struct oid *tree, struct repo *repo,
		   const char *ref, struct err *err)
{
	struct oid at;

	if (ref_read(&at, repo, ref, err) < 0)
		return -1;
	if (tip)
		*tip = at;
	if (tree && tree_of_commit(tree, repo, &at, err) < 0) {
		/* Not "there is no such ref": its objects are gone. */
		if (err->code == ERR_NOT_FOUND)
			err->code = ERR_PROTOCOL;
		return err_prefix(err, "ref '%s'", ref);
	}
	return 0;
}

static void wait_a_little(int tries)
{
	int doubles = tries < EDIT_WAIT_DOUBLES ? tries : EDIT_WAIT_DOUBLES;
	long wait_ms = (long)EDIT_WAIT_MS << doubles;
	struct timespec pause = { 0 };
	unsigned chance;

	random_bytes(&chance, sizeof(chance));
	wait_ms = wait_ms / 2 + (long)(chance % (unsigned)wait_ms);
	pause.tv_nsec = wait_ms * 1000000L;
	nanosleep(&pause, NULL);
}

/* The tree after the edit and a commit with it, both on disk. False in
 * *is_new: the tree stays as it is, there is nothing to do. */
static int write_next(struct oid *commit, bool *is_new, struct repo *repo,
		      const struct state_edit *edit,
		      const struct state_now *now, struct err *err)
{
	struct oid parents[2] = { now->tip }, tree;
	struct commit_draft draft = { .tree = &tree,
				      .parents = parents,
				      .parent_count = now->exists,
				      .message = edit->message };

	*is_new = false;
	if (batch_begin(repo, err) < 0)
		return -1;
	if (edit->edit(&tree, repo, now->exists ? &now->tree : NULL,
		       edit->payload, err) < 0)
		goto fail;
	if (now->exists && oid_equal(&tree, &now->tree) &&
	    !edit->second_parent) {
		batch_drop(repo);
		return 0;
	}
	if (edit->second_parent)
		parents[draft.parent_count++] = *edit->second_parent;
	if (commit_write(commit, repo, &draft, err) < 0)
		goto fail;
	*is_new = true;
	return batch_end(repo, err);
fail:
	batch_drop(repo);
	return -1;
}

static int edit_once(struct repo *repo, const struct state_edit *edit,
		     struct err *err)
{
	struct state_now now = { .exists = true };
	struct oid commit;
	bool is_new;

	if (state_ref_read(&now.tip, &now.tree, repo, edit->ref, err) < 0) {
		if (err->code != ERR_NOT_FOUND)
			return -1;
		*err = (struct err)ERR_INIT;
		now.exists = false;
	}
	if (write_next(&commit, &is_new, repo, edit, &now, err) < 0)
		return -1;
	if (!is_new)
		return 0;
	fault_point("store.ref");
	return ref_move(repo, edit->ref, now.exists ? &now.tip : NULL, &commit,
			"referee", err);
}

int state_ref_edit(struct repo *repo, const struct state_edit *edit,
		   struct err *err)
{
	for (int tries = 0;; tries++) {
		if (!edit_once(repo, edit, err))
			return 0;
		if (err->code != ERR_CONFLICT || tries == EDIT_TRIES)
			return -1;
		*err = (struct err)ERR_INIT;
		wait_a_little(tries);
	}
}
