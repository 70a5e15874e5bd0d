#include "store/runs.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "core/log.h"
#include "core/random.h"
#include "repo/object.h"
#include "repo/tree.h"
#include "store/run_files.h"
#include "store/state_ref.h"

#define RUN_FILE "/run.json"

static bool is_hex(const char *text, size_t digits)
{
	return strlen(text) == digits &&
	       strspn(text, "0123456789abcdef") == digits;
}

static int check_key(const char *change_key, struct err *err)
{
	if (is_hex(change_key, SHA256_HEX_SIZE - 1))
		return 0;
	return err_set(err, ERR_INVALID, "'%.80s' is no change key",
		       change_key);
}

static int check_record(const struct run_record *record, struct err *err)
{
	if (check_key(record->change_key, err) < 0)
		return -1;
	if (!is_hex(record->definition, sizeof(record->definition) - 1) ||
	    ulid_time_ms(record->id) < 0 || !record->workflow ||
	    !*record->workflow)
		return err_set(err, ERR_INVALID,
			       "record %s has no workflow or definition",
			       record->id);
	return 0;
}

struct put {
	const struct run_record *const *records;
	size_t count;
	struct run_files files;
};

/* A newer referee's record must not be lost. */
static int check_replaced(struct repo *repo, const struct oid *base,
			  const struct run_record *record, struct err *err)
{
	struct run_record there;
	char *folder = run_folder(record);
	struct err failure = ERR_INIT;
	int ret = 0;

	if (!run_files_read(&there, repo, base, folder, &failure))
		run_record_release(&there);
	else if (failure.code == ERR_INVALID)
		ret = err_set(err, ERR_INVALID, "%s: %s", folder, failure.msg);
	free(folder);
	return ret;
}

static int collect_files(struct put *put, struct repo *repo, struct err *err)
{
	run_files_release(&put->files); /* of an earlier try */
	for (size_t i = 0; i < put->count; i++)
		if (check_record(put->records[i], err) < 0 ||
		    run_files_add(&put->files, repo, put->records[i], err) < 0)
			return -1;
	run_files_finish(&put->files);
	return 0;
}

static int edit_put(struct oid *tree, struct repo *repo, const struct oid *base,
		    void *payload, struct err *err)
{
	struct put *put = payload;

	for (size_t i = 0; base && i < put->count; i++)
		if (check_replaced(repo, base, put->records[i], err) < 0)
			return -1;
	if (collect_files(put, repo, err) < 0)
		return -1;
	return tree_update(tree, repo, base, put->files.changes, put->files.len,
			   err);
}

int runs_put(struct repo *repo, const struct run_record *const *records,
	     size_t count, struct err *err)
{
	struct put put = { .records = records, .count = count };
	char *message;
	struct state_edit edit = { .ref = RUNS_REF,
				   .edit = edit_put,
				   .payload = &put };
	int ret;

	if (!count)
		return 0;
	message = xstrf("%zu run%s by referee\n", count, count > 1 ? "s" : "");
	edit.message = message;
	ret = state_ref_edit(repo, &edit, err);
	run_files_release(&put.files);
	free(message);
	return ret < 0 ? err_prefix(err, "runs") : 0;
}

/* Finding. */

void run_list_release(struct run_list *list)
{
	for (size_t i = 0; i < list->len; i++)
		run_record_release(&list->items[i]);
	free(list->items);
	memset(list, 0, sizeof(*list));
}

/* A folder that holds a record, and when that was made. */
struct found {
	char *folder;
	char id[ULID_SIZE];
};

struct found_list {
	struct found *items;
	size_t len, cap;
	bool has_newer; /* of a newer referee */
};

static void found_list_release(struct found_list *list)
{
	for (size_t i = 0; i < list->len; i++)
		free(list->items[i].folder);
	free(list->items);
}

/* The id is the second member of what we write: no need to read it all. */
static bool quick_id(char id[ULID_SIZE], const char *text)
{
	static const char name[] = "\"id\":";
	const char *at = strstr(text, name);

	if (!at || at - text > 64)
		return false;
	at += strlen(name);
	at += strspn(at, " \t");
	if (*at++ != '"' || strcspn(at, "\"") != ULID_SIZE - 1)
		return false;
	memcpy(id, at, ULID_SIZE - 1);
	id[ULID_SIZE - 1] = '\0';
	return ulid_time_ms(id) >= 0;
}

static int read_id(char id[ULID_SIZE], struct repo *repo,
		   const struct oid *blob, struct err *err)
{
	struct run_record record;
	struct buf text;
	int ret = -1;

	buf_init(&text, LIMIT_RECORD_BYTES);
	if (blob_read(&text, repo, blob, err) < 0)
		goto out;
	if (quick_id(id, text.ptr)) {
		ret = 0;
	} else if (!run_record_parse(&record, text.ptr, text.len, err)) {
		memcpy(id, record.id, ULID_SIZE);
		run_record_release(&record);
		ret = 0;
	}
out:
	buf_release(&text);
	return ret;
}

static int compare_found(const void *a, const void *b)
{
	const struct found *x = a, *y = b;

	return strcmp(y->id, x->id);
}

/* How many folders there are between `folder` and the path's run.json. */
static size_t depth_below(const char *folder, const char *path)
{
	size_t slashes = 0;

	for (path += strlen(folder) + (*folder != '\0'); *path; path++)
		slashes += *path == '/';
	return slashes;
}

static void add_found(struct found_list *out, struct repo *repo,
		      const struct tree_entry *entry)
{
	struct err err = ERR_INIT;
	struct found found;

	if (read_id(found.id, repo, &entry->id, &err) < 0) {
		log_warn("runs: %s: %s", entry->path, err.msg);
		return;
	}
	found.folder = xmemdup(entry->path,
			       strlen(entry->path) - strlen(RUN_FILE));
	ARRAY_GROW(out->items, out->len, out->cap);
	out->items[out->len++] = found;
}

/* Records `depth` folders below `folder`, newest first; none is fine. */
static int find_below(struct found_list *out, struct repo *repo,
		      const struct oid *tree, const char *folder, size_t depth,
		      struct err *err)
{
	struct tree_list list;

	if (tree_list(&list, repo, tree, folder, true, LIMIT_RUN_FILES, err) <
	    0)
		return -1;
	for (size_t i = 0; i < list.len; i++) {
		const char *path = list.items[i].path;
		size_t len = strlen(path);

		if (len > strlen(RUN_FILE) &&
		    !strcmp(path + len - strlen(RUN_FILE), RUN_FILE) &&
		    depth_below(folder, path) == depth)
			add_found(out, repo, &list.items[i]);
	}
	tree_list_release(&list);
	if (out->len)
		qsort(out->items, out->len, sizeof(*out->items), compare_found);
	return 0;
}

/* Reads one, or tells why not. */
static bool read_found(struct run_record *out, struct found_list *list,
		       struct repo *repo, const struct oid *tree,
		       const char *folder)
{
	struct err err = ERR_INIT;

	if (!run_files_read(out, repo, tree, folder, &err))
		return true;
	if (err.code == ERR_INVALID)
		list->has_newer = true;
	log_warn("runs: %s: %s", folder, err.msg);
	return false;
}

int runs_find(struct run_record *out, struct repo *repo, const char *change_key,
	      const char *workflow, struct err *err)
{
	struct found_list found = { 0 };
	bool is_read = false;
	struct oid tree;
	char *folder;
	int ret = -1;

	if (check_key(change_key, err) < 0 ||
	    state_ref_read(NULL, &tree, repo, RUNS_REF, err) < 0)
		return -1;
	folder = run_folder_of(change_key, workflow);
	if (find_below(&found, repo, &tree, folder, 1, err) < 0)
		goto out;
	for (size_t i = 0; i < found.len && !is_read; i++)
		is_read = read_found(out, &found, repo, &tree,
				     found.items[i].folder);
	if (is_read)
		ret = 0;
	else if (found.has_newer)
		err_set(err, ERR_INVALID,
			"the result of '%s' was stored by a newer referee",
			workflow);
	else
		err_set(err, ERR_NOT_FOUND, "no stored result of '%s'",
			workflow);
out:
	found_list_release(&found);
	free(folder);
	return ret;
}

/* An empty list where there is no ref. */
static int runs_tree(struct oid *tree, bool *exists, struct repo *repo,
		     struct err *err)
{
	*exists = !state_ref_read(NULL, tree, repo, RUNS_REF, err);
	if (*exists)
		return 0;
	if (err->code != ERR_NOT_FOUND)
		return -1;
	*err = (struct err)ERR_INIT;
	return 0;
}

static bool has_workflow(const struct run_list *list, const char *workflow)
{
	for (size_t i = 0; i < list->len; i++)
		if (!strcmp(list->items[i].workflow, workflow))
			return true;
	return false;
}

static int compare_workflows(const void *a, const void *b)
{
	const struct run_record *x = a, *y = b;

	return strcmp(x->workflow, y->workflow);
}

int runs_of_change(struct run_list *out, struct repo *repo,
		   const char *change_key, struct err *err)
{
	struct found_list found = { 0 };
	struct oid tree;
	bool exists;
	char *folder;
	int ret;

	memset(out, 0, sizeof(*out));
	if (check_key(change_key, err) < 0 ||
	    runs_tree(&tree, &exists, repo, err) < 0)
		return -1;
	if (!exists)
		return 0;
	folder = run_folder_of(change_key, NULL);
	ret = find_below(&found, repo, &tree, folder, 2, err);
	for (size_t i = 0; !ret && i < found.len; i++) {
		struct run_record record;

		if (!read_found(&record, &found, repo, &tree,
				found.items[i].folder))
			continue;
		if (has_workflow(out, record.workflow)) {
			run_record_release(&record); /* an older one */
			continue;
		}
		ARRAY_GROW(out->items, out->len, out->cap);
		out->items[out->len++] = record;
	}
	if (out->len)
		qsort(out->items, out->len, sizeof(*out->items),
		      compare_workflows);
	found_list_release(&found);
	free(folder);
	return ret;
}

int runs_list(struct run_list *out, struct repo *repo, int64_t since_ms,
	      size_t max, struct err *err)
{
	struct found_list found = { 0 };
	struct oid tree;
	bool exists;
	int ret;

	memset(out, 0, sizeof(*out));
	if (runs_tree(&tree, &exists, repo, err) < 0)
		return -1;
	if (!exists)
		return 0;
	ret = find_below(&found, repo, &tree, "", 5, err);
	for (size_t i = 0; !ret && i < found.len && out->len < max; i++) {
		struct run_record record;

		if (ulid_time_ms(found.items[i].id) < since_ms)
			break;
		if (!read_found(&record, &found, repo, &tree,
				found.items[i].folder))
			continue;
		ARRAY_GROW(out->items, out->len, out->cap);
		out->items[out->len++] = record;
	}
	found_list_release(&found);
	return ret;
}

/* Expiring. */

struct expiry {
	int64_t before_ms;
	size_t removed;
};

static int edit_expire(struct oid *tree, struct repo *repo,
		       const struct oid *base, void *payload, struct err *err)
{
	struct expiry *expiry = payload;
	struct found_list found = { 0 };
	struct tree_change *changes = NULL;
	int ret = -1;

	expiry->removed = 0;
	if (!base)
		return tree_update(tree, repo, NULL, NULL, 0, err);
	if (find_below(&found, repo, base, "", 5, err) < 0)
		goto out;
	changes = xcalloc(found.len + 1, sizeof(*changes));
	for (size_t i = 0; i < found.len; i++)
		if (ulid_time_ms(found.items[i].id) < expiry->before_ms)
			changes[expiry->removed++].path = found.items[i].folder;
	ret = tree_update(tree, repo, base, changes, expiry->removed, err);
out:
	found_list_release(&found);
	free(changes);
	return ret;
}

int runs_expire(size_t *removed, struct repo *repo, int64_t before_ms,
		struct err *err)
{
	struct expiry expiry = { .before_ms = before_ms };
	struct state_edit edit = { .ref = RUNS_REF,
				   .message = "old runs expired\n",
				   .edit = edit_expire,
				   .payload = &expiry };
	struct oid tree;
	bool exists;

	*removed = 0;
	if (runs_tree(&tree, &exists, repo, err) < 0)
		return -1;
	if (!exists)
		return 0;
	if (state_ref_edit(repo, &edit, err) < 0)
		return err_prefix(err, "runs");
	*removed = expiry.removed;
	return 0;
}
