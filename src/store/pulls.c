#include "store/pulls.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "core/log.h"
#include "repo/object.h"
#include "repo/refs.h"
#include "repo/tree.h"
#include "store/path_name.h"
#include "store/state_ref.h"

#define PULLS_PER_FOLDER 100

/* The caller frees it. */
char *pull_state_path(int64_t number, const char *branch)
{
	struct buf path;

	if (number > 0)
		return xstrf("pulls/%" PRId64 "/%" PRId64 ".json",
			     number / PULLS_PER_FOLDER, number);
	buf_init(&path, LIMIT_PATH_BYTES);
	buf_addstr(&path, "branches/");
	path_name_add(&path, branch);
	buf_addstr(&path, ".json");
	return buf_detach(&path);
}

static int read_state(struct pull_state *out, struct repo *repo,
		      const struct oid *blob, struct err *err)
{
	struct buf text;
	int ret;

	buf_init(&text, LIMIT_STATE_BYTES);
	ret = blob_read(&text, repo, blob, err);
	if (!ret)
		ret = pull_state_parse(out, text.ptr, text.len, err);
	buf_release(&text);
	if (!ret)
		out->read_from = *blob;
	return ret;
}

int pull_state_load(struct pull_state *out, struct repo *repo, int64_t number,
		    const char *branch, struct err *err)
{
	struct tree_entry entry;
	struct oid tree;
	char *path;
	int ret;

	memset(out, 0, sizeof(*out));
	if (state_ref_read(NULL, &tree, repo, PULLS_REF, err) < 0)
		return -1;
	path = pull_state_path(number, branch);
	ret = tree_find(&entry, repo, &tree, path, err);
	if (!ret)
		ret = read_state(out, repo, &entry.id, err);
	if (ret < 0)
		err_prefix(err, "state %s", path);
	free(path);
	return ret;
}

/* Saving. */

struct save {
	struct pull_state *const *states;
	size_t count;
	char **paths;
	struct oid *blobs;
	bool is_stale; /* somebody wrote one of them meanwhile */
};

static int write_blobs(struct save *save, struct repo *repo, struct err *err)
{
	for (size_t i = 0; i < save->count; i++) {
		struct buf text;
		int ret;

		buf_init(&text, LIMIT_STATE_BYTES);
		pull_state_format(&text, save->states[i]);
		ret = buf_check(&text, save->paths[i], err);
		if (!ret)
			ret = blob_write(&save->blobs[i], repo, text.ptr,
					 text.len, err);
		buf_release(&text);
		if (ret < 0)
			return -1;
	}
	return 0;
}

/* What stands there now must be what the state was read from. */
static int check_unchanged(struct save *save, struct repo *repo,
			   const struct oid *base, struct err *err)
{
	for (size_t i = 0; i < save->count; i++) {
		const struct oid *from = &save->states[i]->read_from;
		struct tree_entry entry = { 0 };

		if (base &&
		    tree_find(&entry, repo, base, save->paths[i], err) < 0) {
			if (err->code != ERR_NOT_FOUND)
				return -1;
			*err = (struct err)ERR_INIT;
			memset(&entry, 0, sizeof(entry));
		}
		if (oid_equal(&entry.id, from))
			continue;
		save->is_stale = true;
		return err_set(err, ERR_INVALID,
			       "state %s was written by somebody else",
			       save->paths[i]);
	}
	return 0;
}

static int edit_save(struct oid *tree, struct repo *repo,
		     const struct oid *base, void *payload, struct err *err)
{
	struct save *save = payload;
	struct tree_change *changes;
	int ret;

	if (check_unchanged(save, repo, base, err) < 0 ||
	    write_blobs(save, repo, err) < 0)
		return -1;
	changes = xcalloc(save->count, sizeof(*changes));
	for (size_t i = 0; i < save->count; i++)
		changes[i] = (struct tree_change){ .path = save->paths[i],
						   .mode = MODE_FILE,
						   .id = &save->blobs[i] };
	ret = tree_update(tree, repo, base, changes, save->count, err);
	free(changes);
	return ret;
}

int pull_states_save(struct repo *repo, struct pull_state *const *states,
		     size_t count, struct err *err)
{
	struct save save = { .states = states, .count = count };
	struct state_edit edit = { .ref = PULLS_REF,
				   .message = "state of pulls\n",
				   .edit = edit_save,
				   .payload = &save };
	int ret;

	if (!count)
		return 0;
	save.paths = xcalloc(count, sizeof(*save.paths));
	save.blobs = xcalloc(count, sizeof(*save.blobs));
	for (size_t i = 0; i < count; i++)
		save.paths[i] = pull_state_path(states[i]->number,
						states[i]->branch);
	ret = state_ref_edit(repo, &edit, err);
	/* Not worth the ref's own tries: only the caller can begin again. */
	if (ret < 0 && save.is_stale)
		err->code = ERR_CONFLICT;
	for (size_t i = 0; i < count; i++) {
		if (!ret)
			states[i]->read_from = save.blobs[i];
		free(save.paths[i]);
	}
	free(save.paths);
	free(save.blobs);
	return ret;
}

/* The ref's own tries do the loading, too. */
struct single {
	int64_t number;
	const char *branch;
	pull_edit_fn *edit;
	void *payload;
};

static int load_at(struct pull_state *out, struct repo *repo,
		   const struct oid *base, const struct single *single,
		   const char *path, struct err *err)
{
	struct tree_entry entry;

	if (base && !tree_find(&entry, repo, base, path, err))
		return read_state(out, repo, &entry.id, err);
	if (base && err->code != ERR_NOT_FOUND)
		return -1;
	*err = (struct err)ERR_INIT;
	pull_state_init(out, single->number, single->branch);
	return 0;
}

static int write_at(struct oid *tree, struct repo *repo, const struct oid *base,
		    struct save *save, struct err *err)
{
	struct tree_change change = { .mode = MODE_FILE };
	int ret = write_blobs(save, repo, err);

	change.path = save->paths[0];
	change.id = &save->blobs[0];
	if (!ret)
		ret = tree_update(tree, repo, base, &change, 1, err);
	return ret;
}

static int edit_single(struct oid *tree, struct repo *repo,
		       const struct oid *base, void *payload, struct err *err)
{
	const struct single *single = payload;
	char *path = pull_state_path(single->number, single->branch);
	struct pull_state state, *states[] = { &state };
	struct oid blob;
	struct save save = {
		.states = states, .count = 1, .paths = &path, .blobs = &blob
	};
	int ret = load_at(&state, repo, base, single, path, err);

	if (!ret) {
		ret = single->edit(&state, single->payload, err);
		if (!ret)
			ret = write_at(tree, repo, base, &save, err);
		pull_state_release(&state);
	} else {
		err_prefix(err, "state %s", path);
	}
	free(path);
	return ret;
}

int pull_state_edit(struct repo *repo, int64_t number, const char *branch,
		    pull_edit_fn *edit, void *payload, struct err *err)
{
	struct single single = { number, branch, edit, payload };
	struct state_edit ref_edit = { .ref = PULLS_REF,
				       .message = "state of a pull\n",
				       .edit = edit_single,
				       .payload = &single };

	return state_ref_edit(repo, &ref_edit, err);
}

/* All of them. */

static int compare_states(const void *a, const void *b)
{
	const struct pull_state *x = a, *y = b;

	if (!x->branch != !y->branch)
		return x->branch ? 1 : -1;
	if (x->branch && y->branch)
		return strcmp(x->branch, y->branch);
	return x->number < y->number ? -1 : x->number > y->number;
}

static void add_state(struct pull_list *list, struct repo *repo,
		      const struct tree_entry *entry)
{
	struct err err = ERR_INIT;
	struct pull_state state;

	if (read_state(&state, repo, &entry->id, &err) < 0) {
		log_warn("pulls: %s: %s", entry->path, err.msg);
		strvec_add(&list->unreadable, entry->path);
		return;
	}
	ARRAY_GROW(list->items, list->len, list->cap);
	list->items[list->len++] = state;
}

static int list_tree(struct pull_list *out, struct repo *repo,
		     const struct oid *tree, struct err *err)
{
	struct tree_list files;

	if (tree_list(&files, repo, tree, "", true, LIMIT_STATE_FILES, err) < 0)
		return -1;
	for (size_t i = 0; i < files.len; i++)
		add_state(out, repo, &files.items[i]);
	tree_list_release(&files);
	if (out->len)
		qsort(out->items, out->len, sizeof(*out->items),
		      compare_states);
	return 0;
}

int pull_states_list(struct pull_list *out, struct repo *repo, struct err *err)
{
	struct oid tree;

	memset(out, 0, sizeof(*out));
	if (state_ref_read(NULL, &tree, repo, PULLS_REF, err) < 0) {
		if (err->code != ERR_NOT_FOUND)
			return -1;
		*err = (struct err)ERR_INIT;
		return 0;
	}
	return list_tree(out, repo, &tree, err);
}

void pull_list_release(struct pull_list *list)
{
	for (size_t i = 0; i < list->len; i++)
		pull_state_release(&list->items[i]);
	free(list->items);
	strvec_release(&list->unreadable);
	memset(list, 0, sizeof(*list));
}

bool pull_states_exist(struct repo *repo)
{
	struct err unused = ERR_INIT;
	struct oid tip;

	return !ref_read(&tip, repo, PULLS_REF, &unused);
}

struct expiry {
	int64_t before_ms;
	size_t removed;
};

static bool is_expired(const struct pull_state *state, int64_t before_ms)
{
	return state->seen_at_ms < before_ms &&
	       (state->is_closed || state->branch);
}

static int edit_expire(struct oid *tree, struct repo *repo,
		       const struct oid *base, void *payload, struct err *err)
{
	struct expiry *expiry = payload;
	struct pull_list list = { 0 };
	struct strvec paths = STRVEC_INIT;
	struct tree_change *changes;
	int ret;

	expiry->removed = 0;
	if (base && list_tree(&list, repo, base, err) < 0)
		return -1;
	for (size_t i = 0; i < list.len; i++)
		if (is_expired(&list.items[i], expiry->before_ms))
			strvec_take(&paths,
				    pull_state_path(list.items[i].number,
						    list.items[i].branch));
	changes = xcalloc(paths.len + 1, sizeof(*changes));
	for (size_t i = 0; i < paths.len; i++)
		changes[i].path = paths.v[i];
	expiry->removed = paths.len;
	ret = tree_update(tree, repo, base, changes, paths.len, err);
	strvec_release(&paths);
	free(changes);
	pull_list_release(&list);
	return ret;
}

int pull_states_expire(size_t *removed, struct repo *repo, int64_t before_ms,
		       struct err *err)
{
	struct expiry expiry = { .before_ms = before_ms };
	struct state_edit edit = { .ref = PULLS_REF,
				   .message = "old state expired\n",
				   .edit = edit_expire,
				   .payload = &expiry };

	*removed = 0;
	if (!pull_states_exist(repo))
		return 0;
	if (state_ref_edit(repo, &edit, err) < 0)
		return -1;
	*removed = expiry.removed;
	return 0;
}
