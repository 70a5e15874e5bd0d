#include "app/own_refs.h"

#include <stdlib.h>

#include "core/alloc.h"
#include "core/fault.h"
#include "core/limits.h"
#include "repo/refs.h"
#include "repo/tree.h"
#include "store/notes.h"
#include "store/state_ref.h"

#define SEEN "refs/remotes/referee/"

const struct own_ref own_refs[OWN_REF_COUNT] = {
	{ NOTES_REF, SEEN "notes/referee",
	  "+" NOTES_REF "*:" SEEN "notes/referee*", true },
	{ RUNS_REF, SEEN "runs", "+" RUNS_REF "*:" SEEN "runs*", false },
	{ PULLS_REF, SEEN "pulls", "+" PULLS_REF "*:" SEEN "pulls*", false },
};

int own_ref_read(bool *found, struct oid *out, struct repo *repo,
		 const char *name, struct err *err)
{
	*found = ref_read(out, repo, name, err) == 0;
	if (*found)
		return 0;
	if (err->code != ERR_NOT_FOUND)
		return -1;
	*err = (struct err)ERR_INIT;
	return 0;
}

/* What we have and they have not, put on top of theirs: records are written
 * once and never changed, and of a pull's state ours is the newer, since only
 * who holds the project's lock writes it. */
struct uniting {
	const struct oid *theirs;
};

static int add_ours(struct oid *tree, struct repo *repo,
		    const struct tree_list *ours, const struct oid *theirs,
		    struct err *err)
{
	struct tree_change *changes = xcalloc(ours->len, sizeof(*changes));
	int ret;

	for (size_t i = 0; i < ours->len; i++)
		changes[i] = (struct tree_change){ .path = ours->items[i].path,
						   .mode = ours->items[i].mode,
						   .id = &ours->items[i].id };
	ret = tree_update(tree, repo, theirs, changes, ours->len, err);
	free(changes);
	return ret;
}

static int edit_unite(struct oid *tree, struct repo *repo,
		      const struct oid *base, void *payload, struct err *err)
{
	const struct uniting *uniting = payload;
	struct tree_list ours = { 0 };
	struct oid theirs;
	int ret;

	if (tree_of_commit(&theirs, repo, uniting->theirs, err) < 0)
		return -1;
	if (!base) {
		*tree = theirs;
		return 0;
	}
	ret = tree_list(&ours, repo, base, "", true, LIMIT_STATE_FILES, err);
	if (ret == 0)
		ret = add_ours(tree, repo, &ours, &theirs, err);
	tree_list_release(&ours);
	return ret;
}

static int unite(struct repo *repo, const struct own_ref *own,
		 const struct oid *theirs, struct err *err)
{
	struct uniting uniting = { theirs };
	struct state_edit edit = { .ref = own->ref,
				   .message = "united with the remote's\n",
				   .edit = edit_unite,
				   .payload = &uniting,
				   .second_parent = theirs };

	if (own->is_notes)
		return notes_unite(repo, theirs, err);
	return state_ref_edit(repo, &edit, err);
}

/* Ours holds all of theirs afterwards. */
static int adopt(struct repo *repo, const struct own_ref *own, struct err *err)
{
	bool have_theirs, have_ours, is_ahead = false, is_behind = false;
	struct oid theirs, ours;

	if (own_ref_read(&have_theirs, &theirs, repo, own->seen, err) < 0 ||
	    own_ref_read(&have_ours, &ours, repo, own->ref, err) < 0)
		return -1;
	if (!have_theirs || (have_ours && oid_equal(&ours, &theirs)))
		return 0;
	if (have_ours &&
	    (repo_is_ancestor(&is_ahead, repo, &theirs, &ours, err) < 0 ||
	     repo_is_ancestor(&is_behind, repo, &ours, &theirs, err) < 0))
		return -1;
	if (is_ahead)
		return 0;
	if (have_ours && !is_behind)
		return unite(repo, own, &theirs, err);
	fault_point("mirror.adopt");
	return ref_move(repo, own->ref, have_ours ? &ours : NULL, &theirs,
			"referee: the remote's", err);
}

int own_refs_adopt(struct repo *repo, struct err *err)
{
	for (size_t i = 0; i < OWN_REF_COUNT; i++)
		if (adopt(repo, &own_refs[i], err) < 0)
			return err_prefix(err, "%s", own_refs[i].ref);
	return 0;
}
