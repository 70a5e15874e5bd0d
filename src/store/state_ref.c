#include "store/state_ref.h"

#include <time.h>

#include "core/fault.h"
#include "core/random.h"
#include "repo/object.h"
#include "repo/refs.h"
#include "repo/tree.h"

#define EDIT_TRIES        25
#define EDIT_WAIT_MS      4
#define EDIT_WAIT_DOUBLES 6 /* up to 256 ms */

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

static int edit_once(struct repo *repo, const struct state_edit *edit,
		     struct err *err)
{
	struct oid parents[2], base, tree, commit;
	struct commit_draft draft = { .tree = &tree,
				      .parents = parents,
				      .message = edit->message };
	bool exists = true;

	if (state_ref_read(&parents[0], &base, repo, edit->ref, err) < 0) {
		if (err->code != ERR_NOT_FOUND)
			return -1;
		*err = (struct err)ERR_INIT;
		exists = false;
	}
	if (edit->edit(&tree, repo, exists ? &base : NULL, edit->payload, err) <
	    0)
		return -1;
	if (exists && oid_equal(&tree, &base) && !edit->second_parent)
		return 0;
	draft.parent_count = exists;
	if (edit->second_parent)
		parents[draft.parent_count++] = *edit->second_parent;
	if (commit_write(&commit, repo, &draft, err) < 0)
		return -1;
	fault_point("store.ref");
	return ref_move(repo, edit->ref, exists ? &parents[0] : NULL, &commit,
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
