#include "store/notes.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "repo/fanout.h"
#include "repo/object.h"
#include "repo/refs.h"
#include "repo/tree.h"
#include "store/note_text.h"
#include "store/state_ref.h"

static int name_note(struct err *err, const struct oid *commit)
{
	char hex[OID_HEX_SIZE];

	oid_format(hex, commit);
	return err_prefix(err, "note on %s", hex);
}

/* Adds what a blob holds to the note. */
static int add_blob(struct note_text *note, struct repo *repo,
		    const struct oid *blob, struct err *err)
{
	struct note_text read;
	struct buf text;
	int ret = -1;

	buf_init(&text, LIMIT_JOINED_NOTE_BYTES);
	if (blob_read(&text, repo, blob, err) < 0)
		goto out;
	if (memchr(text.ptr, '\0', text.len)) {
		err_set(err, ERR_INVALID,
			"it is binary; git notes --ref=referee remove takes "
			"it away");
		goto out;
	}
	note_text_parse(&read, text.ptr, text.len);
	note_text_unite(note, &read);
	note_text_release(&read);
	ret = 0;
out:
	buf_release(&text);
	return ret;
}

static int write_note(struct oid *out, struct repo *repo,
		      const struct note_text *note, struct err *err)
{
	struct buf text;
	int ret = -1;

	buf_init(&text, LIMIT_JOINED_NOTE_BYTES);
	note_text_format(&text, note);
	if (!buf_check(&text, "note", err))
		ret = blob_write(out, repo, text.ptr, text.len, err);
	buf_release(&text);
	return ret;
}

/* All copies of the commit's note as one. */
static int read_note(struct note_text *out, struct repo *repo,
		     const struct oid *tree, const struct oid *commit,
		     struct err *err)
{
	struct fanout_copies copies;

	memset(out, 0, sizeof(*out));
	if (fanout_find_all(&copies, repo, tree, commit, err) < 0)
		return -1;
	for (size_t i = 0; i < copies.count; i++)
		if (add_blob(out, repo, &copies.blobs[i], err) < 0)
			return name_note(err, commit);
	return 0;
}

/* Putting. */

struct put {
	const struct note_change **changes; /* by commit */
	size_t count;
};

static int compare_changes(const void *a, const void *b)
{
	const struct note_change *const *x = a, *const *y = b;
	int order = oid_compare(&(*x)->commit, &(*y)->commit);

	if (order)
		return order;
	return *x < *y ? -1 : *x > *y;
}

/* The first `count` changes are of one commit. */
static int change_note(struct oid *blob, struct repo *repo,
		       const struct oid *tree,
		       const struct note_change *const *changes, size_t count,
		       struct err *err)
{
	struct note_text note;
	int ret = -1;

	if (read_note(&note, repo, tree, &changes[0]->commit, err) < 0)
		goto out;
	for (size_t i = 0; i < count; i++)
		if (note_text_put(&note, changes[i]->workflow,
				  changes[i]->section, changes[i]->trailer,
				  err) < 0)
			goto out;
	ret = write_note(blob, repo, &note, err);
out:
	note_text_release(&note);
	return ret;
}

static int put_notes(struct oid *tree, struct repo *repo,
		     const struct oid *base, void *payload, struct err *err)
{
	const struct put *put = payload;
	struct fanout_change *changes = xcalloc(put->count, sizeof(*changes));
	struct oid *blobs = xcalloc(put->count, sizeof(*blobs));
	size_t notes = 0, same;
	int ret = -1;

	for (size_t i = 0; i < put->count; i += same, notes++) {
		same = 1;
		while (i + same < put->count &&
		       oid_equal(&put->changes[i]->commit,
				 &put->changes[i + same]->commit))
			same++;
		if (change_note(&blobs[notes], repo, base, &put->changes[i],
				same, err) < 0)
			goto out;
		changes[notes].commit = put->changes[i]->commit;
		changes[notes].blob = &blobs[notes];
	}
	ret = fanout_update(tree, repo, base, changes, notes, err);
out:
	free(changes);
	free(blobs);
	return ret;
}

int notes_put(struct repo *repo, const struct note_change *changes,
	      size_t count, struct err *err)
{
	struct put put = { .count = count };
	struct state_edit edit = { .ref = NOTES_REF,
				   .message = "notes by referee\n",
				   .edit = put_notes,
				   .payload = &put };
	int ret;

	if (!count)
		return 0;
	put.changes = xcalloc(count, sizeof(void *));
	for (size_t i = 0; i < count; i++)
		put.changes[i] = &changes[i];
	qsort(put.changes, count, sizeof(void *), compare_changes);
	ret = state_ref_edit(repo, &edit, err);
	free(put.changes);
	return ret < 0 ? err_prefix(err, "notes") : 0;
}

int notes_read(struct buf *out, struct repo *repo, const struct oid *commit,
	       struct err *err)
{
	struct oid tree, blob;

	if (state_ref_read(NULL, &tree, repo, NOTES_REF, err) < 0 ||
	    fanout_find(&blob, repo, &tree, commit, err) < 0)
		return -1;
	return blob_read(out, repo, &blob, err);
}

/* Uniting. */

/* All notes of one tree by commit. Looking each up in a flat tree of many would
 * read that tree as often as it has notes. */
struct note_index {
	struct indexed {
		struct oid commit, blob;
	} * items;
	size_t len, cap;
	struct repo *repo;
	const struct oid *tree; /* NULL: none */
};

struct unite {
	struct repo *repo;
	struct note_index ours, theirs, base;
	struct fanout_change *changes;
	struct oid *blobs;
	size_t len, cap;
	struct err *err;
	bool failed;
};

static bool visit_indexed(const struct oid *commit, const struct oid *blob,
			  void *payload)
{
	struct note_index *index = payload;

	ARRAY_GROW(index->items, index->len, index->cap);
	index->items[index->len++] = (struct indexed){ *commit, *blob };
	return true;
}

static int compare_indexed(const void *a, const void *b)
{
	const struct indexed *x = a, *y = b;

	return oid_compare(&x->commit, &y->commit);
}

static int index_load(struct note_index *out, struct repo *repo,
		      const struct oid *tree, struct err *err)
{
	*out = (struct note_index){ .repo = repo, .tree = tree };
	if (fanout_each(repo, tree, visit_indexed, out, err) < 0)
		return -1;
	if (out->len)
		qsort(out->items, out->len, sizeof(*out->items),
		      compare_indexed);
	return 0;
}

static bool is_at(const struct note_index *index, size_t i,
		  const struct oid *commit)
{
	return i < index->len && oid_equal(&index->items[i].commit, commit);
}

/* A missing note has the zero oid. Of several copies the one that a look-up
 * finds counts. */
static int find_or_zero(struct oid *out, const struct note_index *index,
			const struct oid *commit, struct err *err)
{
	size_t low = 0, high = index->len;

	memset(out, 0, sizeof(*out));
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (oid_compare(&index->items[middle].commit, commit) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	if (!is_at(index, low, commit))
		return 0;
	if (is_at(index, low + 1, commit))
		return fanout_find(out, index->repo, index->tree, commit, err);
	*out = index->items[low].blob;
	return 0;
}

static int join_notes(struct oid *out, struct repo *repo,
		      const struct oid *ours, const struct oid *theirs,
		      struct err *err)
{
	struct note_text note = { 0 };
	int ret = -1;

	if (!add_blob(&note, repo, ours, err) &&
	    !add_blob(&note, repo, theirs, err))
		ret = write_note(out, repo, &note, err);
	note_text_release(&note);
	return ret;
}

/* Zero `blob`: the note goes. */
static void add_change(struct unite *unite, const struct oid *commit,
		       const struct oid *blob)
{
	ARRAY_GROW(unite->changes, unite->len, unite->cap);
	unite->blobs = xreallocarray(unite->blobs, unite->cap,
				     sizeof(*unite->blobs));
	unite->changes[unite->len].commit = *commit;
	unite->changes[unite->len].blob = NULL;
	unite->blobs[unite->len++] = *blob;
}

static int unite_note(struct unite *unite, const struct oid *commit,
		      const struct oid *theirs)
{
	struct oid ours, base, joined;
	struct err *err = unite->err;

	if (find_or_zero(&ours, &unite->ours, commit, err) < 0)
		return -1;
	if (oid_equal(&ours, theirs))
		return 0;
	if (find_or_zero(&base, &unite->base, commit, err) < 0)
		return -1;
	if (oid_equal(&base, theirs))
		return 0; /* only we changed it */
	if (oid_equal(&base, &ours) || oid_is_zero(&ours)) {
		add_change(unite, commit, theirs); /* only they did, or we
						      took away what they
						      changed */
		return 0;
	}
	if (join_notes(&joined, unite->repo, &ours, theirs, err) < 0)
		return name_note(err, commit);
	add_change(unite, commit, &joined);
	return 0;
}

static bool visit_theirs(const struct oid *commit, const struct oid *blob,
			 void *payload)
{
	struct unite *unite = payload;

	unite->failed = unite_note(unite, commit, blob) < 0;
	return !unite->failed;
}

/* What they removed and we did not touch goes. */
static bool visit_base(const struct oid *commit, const struct oid *blob,
		       void *payload)
{
	static const struct oid none;
	struct unite *unite = payload;
	struct oid ours, theirs;

	unite->failed =
		find_or_zero(&theirs, &unite->theirs, commit, unite->err) < 0 ||
		find_or_zero(&ours, &unite->ours, commit, unite->err) < 0;
	if (unite->failed)
		return false;
	if (oid_is_zero(&theirs) && oid_equal(&ours, blob))
		add_change(unite, commit, &none);
	return true;
}

static int unite_trees(struct oid *out, struct unite *unite)
{
	if (fanout_each(unite->repo, unite->theirs.tree, visit_theirs, unite,
			unite->err) < 0 ||
	    unite->failed)
		return -1;
	if (fanout_each(unite->repo, unite->base.tree, visit_base, unite,
			unite->err) < 0 ||
	    unite->failed)
		return -1;
	for (size_t i = 0; i < unite->len; i++)
		if (!oid_is_zero(&unite->blobs[i]))
			unite->changes[i].blob = &unite->blobs[i];
	return fanout_update(out, unite->repo, unite->ours.tree, unite->changes,
			     unite->len, unite->err);
}

/* The tree both sides started from; *found is false if there is none. */
static int tree_of_base(struct oid *out, bool *found, struct repo *repo,
			const struct oid *ours, const struct oid *theirs,
			struct err *err)
{
	struct oid base;

	*found = false;
	if (repo_merge_base(&base, repo, ours, theirs, err) < 0) {
		if (err->code != ERR_NOT_FOUND)
			return -1;
		*err = (struct err)ERR_INIT;
		return 0;
	}
	*found = true;
	return tree_of_commit(out, repo, &base, err);
}

struct theirs {
	struct oid tip;
};

static int edit_unite(struct oid *tree, struct repo *repo,
		      const struct oid *base, void *payload, struct err *err)
{
	const struct theirs *theirs = payload;
	struct unite unite = { .repo = repo, .err = err };
	struct oid ours, base_tree, their_tree;
	bool found = false;
	int ret = -1;

	if (tree_of_commit(&their_tree, repo, &theirs->tip, err) < 0)
		return -1;
	if (base && (state_ref_read(&ours, NULL, repo, NOTES_REF, err) < 0 ||
		     tree_of_base(&base_tree, &found, repo, &ours, &theirs->tip,
				  err) < 0))
		return -1;
	if (index_load(&unite.ours, repo, base, err) == 0 &&
	    index_load(&unite.theirs, repo, &their_tree, err) == 0 &&
	    index_load(&unite.base, repo, found ? &base_tree : NULL, err) == 0)
		ret = unite_trees(tree, &unite);
	free(unite.ours.items);
	free(unite.theirs.items);
	free(unite.base.items);
	free(unite.changes);
	free(unite.blobs);
	return ret;
}

/* 1: done; 0: the two must be united. */
static int fast_forward(struct repo *repo, const struct oid *theirs,
			struct err *err)
{
	struct oid ours;
	bool is_behind, is_ahead;

	if (ref_read(&ours, repo, NOTES_REF, err) < 0) {
		if (err->code != ERR_NOT_FOUND)
			return -1;
		*err = (struct err)ERR_INIT;
		return ref_move(repo, NOTES_REF, NULL, theirs, "referee", err) <
				       0
			       ? -1
			       : 1;
	}
	if (repo_is_ancestor(&is_ahead, repo, theirs, &ours, err) < 0 ||
	    repo_is_ancestor(&is_behind, repo, &ours, theirs, err) < 0)
		return -1;
	if (is_ahead)
		return 1;
	if (!is_behind)
		return 0;
	return ref_move(repo, NOTES_REF, &ours, theirs, "referee", err) < 0 ? -1
									    : 1;
}

int notes_unite(struct repo *repo, const struct oid *theirs, struct err *err)
{
	struct theirs payload = { *theirs };
	struct state_edit edit = { .ref = NOTES_REF,
				   .message = "notes of others united\n",
				   .edit = edit_unite,
				   .payload = &payload,
				   .second_parent = theirs };
	int done = fast_forward(repo, theirs, err);

	if (done > 0)
		return 0;
	if (done < 0 && err->code != ERR_CONFLICT)
		return -1;
	*err = (struct err)ERR_INIT;
	return state_ref_edit(repo, &edit, err);
}
