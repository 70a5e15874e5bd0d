#include "repo/renames.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"
#include "repo/spans.h"

#define FILE_TYPE_MASK    0170000
#define FILE_TYPE_REGULAR 0100000
#define CANDIDATES        4 /* remembered of each added file */

/* A file that may be one end of a rename. */
struct end {
	struct changed_file *file;
	const char *name; /* of the file, without folders */
	struct spans spans;
	size_t order; /* among its likes, by path */
	bool is_taken;
};

struct ends {
	struct end *items;
	size_t len;
};

/* To be sorted while the ends themselves stay where they are. */
struct end_ref {
	struct end *end;
};

/* An added file and what it may have been. */
struct candidate {
	struct end *old, *new;
	unsigned score;
	bool same_name;
	size_t position; /* decides between equals */
};

struct search {
	struct repo *repo;
	struct ends old, new;
	struct err *err;
};

static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static void collect(struct ends *ends, const struct file_list *files,
		    bool (*wanted)(const struct changed_file *file))
{
	ends->items = xcalloc(files->len + 1, sizeof(*ends->items));
	for (size_t i = 0; i < files->len; i++)
		if (wanted(&files->items[i])) {
			ends->items[ends->len] = (struct end){
				.file = &files->items[i],
				.name = file_name(files->items[i].path),
				.order = ends->len,
			};
			ends->len++;
		}
}

static void ends_release(struct ends *ends)
{
	for (size_t i = 0; i < ends->len; i++)
		spans_release(&ends->items[i].spans);
	free(ends->items);
}

static bool is_deleted(const struct changed_file *file)
{
	return file->status == FILE_DELETED;
}

static bool is_added(const struct changed_file *file)
{
	return file->status == FILE_ADDED;
}

static bool is_regular(uint32_t mode)
{
	return (mode & FILE_TYPE_MASK) == FILE_TYPE_REGULAR;
}

static void take(struct end *old, struct end *new)
{
	struct changed_file *from = old->file, *to = new->file;

	old->is_taken = new->is_taken = true;
	free(to->old_path);
	to->old_path = xstrdup(from->old_path);
	to->old_id = from->old_id;
	to->old_mode = from->old_mode;
	to->status = FILE_RENAMED;
}

static int by_old_id(const void *a, const void *b)
{
	const struct end *left = ((const struct end_ref *)a)->end;
	const struct end *right = ((const struct end_ref *)b)->end;
	int order = oid_compare(&left->file->old_id, &right->file->old_id);

	if (order)
		return order;
	return (left->order > right->order) - (left->order < right->order);
}

/* First of `sorted` whose blob is not below `id`. */
static size_t lower_bound(const struct end_ref *sorted, size_t len,
			  const struct oid *id)
{
	size_t low = 0;

	while (low < len) {
		size_t middle = low + (len - low) / 2;

		if (oid_compare(&sorted[middle].end->file->old_id, id) < 0)
			low = middle + 1;
		else
			len = middle;
	}
	return low;
}

/* A deleted file of the same content: of the same name if there is one. */
static struct end *find_same(const struct end *new,
			     const struct end_ref *sorted, size_t len)
{
	const struct oid *id = &new->file->id;
	struct end *found = NULL;

	for (size_t i = lower_bound(sorted, len, id);
	     i < len && oid_equal(&sorted[i].end->file->old_id, id); i++) {
		uint32_t old_mode = sorted[i].end->file->old_mode;

		if (sorted[i].end->is_taken ||
		    (old_mode != new->file->mode &&
		     !(is_regular(old_mode) && is_regular(new->file->mode))))
			continue;
		if (!strcmp(sorted[i].end->name, new->name))
			return sorted[i].end;
		if (!found)
			found = sorted[i].end;
	}
	return found;
}

static void match_same(struct search *search)
{
	struct end_ref *sorted = xcalloc(search->old.len + 1, sizeof(*sorted));

	for (size_t i = 0; i < search->old.len; i++)
		sorted[i].end = &search->old.items[i];
	if (search->old.len)
		qsort(sorted, search->old.len, sizeof(*sorted), by_old_id);
	for (size_t i = 0; i < search->new.len; i++) {
		struct end *old = find_same(&search->new.items[i], sorted,
					    search->old.len);

		if (old)
			take(old, &search->new.items[i]);
	}
	free(sorted);
}

static int by_name(const void *a, const void *b)
{
	const struct end *left = ((const struct end_ref *)a)->end;
	const struct end *right = ((const struct end_ref *)b)->end;

	return strcmp(left->name, right->name);
}

/* Those not yet taken whose name no other has; *len is set. */
static struct end_ref *unique_names(size_t *len, struct ends *ends)
{
	struct end_ref *sorted = xcalloc(ends->len + 1, sizeof(*sorted));
	size_t count = 0, from = 0;

	for (size_t i = 0; i < ends->len; i++)
		if (!ends->items[i].is_taken)
			sorted[count++].end = &ends->items[i];
	if (count)
		qsort(sorted, count, sizeof(*sorted), by_name);
	*len = 0;
	for (size_t i = 1; i <= count; i++) {
		if (i < count &&
		    !strcmp(sorted[i].end->name, sorted[from].end->name))
			continue;
		if (i - from == 1)
			sorted[(*len)++] = sorted[from];
		from = i;
	}
	return sorted;
}

static int score_of(unsigned *out, struct search *search, struct end *old,
		    struct end *new, unsigned least)
{
	*out = 0;
	if (!is_regular(old->file->old_mode) || !is_regular(new->file->mode))
		return 0;
	return spans_compare(
		out, search->repo,
		(struct spans_of){ &old->file->old_id, &old->spans },
		(struct spans_of){ &new->file->id, &new->spans }, least,
		search->err);
}

/* Files that only moved to another folder: the only ones of their name on
 * either side. Cheap, as each is compared with one other. */
static int match_names(struct search *search)
{
	size_t old_len, new_len, i = 0, j = 0;
	struct end_ref *old = unique_names(&old_len, &search->old);
	struct end_ref *new = unique_names(&new_len, &search->new);
	int ret = 0;

	while (!ret && i < old_len && j < new_len) {
		int order = strcmp(old[i].end->name, new[j].end->name);
		unsigned score = 0;

		if (!order)
			ret = score_of(&score, search, old[i].end, new[j].end,
				       SIMILARITY_SAME_NAME);
		if (!ret && score >= SIMILARITY_SAME_NAME)
			take(old[i].end, new[j].end);
		i += order <= 0;
		j += order >= 0;
	}
	free(old);
	free(new);
	return ret;
}

static size_t count_free(const struct ends *ends)
{
	size_t count = 0;

	for (size_t i = 0; i < ends->len; i++)
		count += !ends->items[i].is_taken;
	return count;
}

/* Above 0 if `a` is the worse one. No candidate at all is the worst. */
static int worse(const struct candidate *a, const struct candidate *b)
{
	if (!a->new || !b->new)
		return !a->new - !b->new;
	if (a->score != b->score)
		return a->score < b->score ? 1 : -1;
	return b->same_name - a->same_name;
}

static void remember(struct candidate *row, const struct candidate *found)
{
	struct candidate *worst = row;

	for (size_t i = 1; i < CANDIDATES; i++)
		if (worse(&row[i], worst) > 0)
			worst = &row[i];
	if (worse(worst, found) > 0)
		*worst = *found;
}

static int fill_row(struct candidate *row, struct search *search,
		    struct end *new, unsigned least)
{
	for (size_t i = 0; i < search->old.len; i++) {
		struct end *old = &search->old.items[i];
		struct candidate found = {
			.old = old,
			.new = new,
			.same_name = !strcmp(old->name, new->name),
		};

		if (old->is_taken)
			continue;
		if (score_of(&found.score, search, old, new, least) < 0)
			return -1;
		if (found.score >= least)
			remember(row, &found);
	}
	return 0;
}

static int best_first(const void *a, const void *b)
{
	const struct candidate *left = a, *right = b;
	int order = worse(left, right);

	return order ? order
		     : (left->position > right->position) -
			       (left->position < right->position);
}

/* Every free added file's best candidates, the best of all first. The caller
 * frees *out. */
static int rank(struct candidate **out, size_t *len, struct search *search)
{
	size_t rows = count_free(&search->new), row = 0;
	int ret = 0;

	*len = rows * CANDIDATES;
	*out = xcalloc(*len + 1, sizeof(**out));
	for (size_t i = 0; !ret && i < search->new.len; i++)
		if (!search->new.items[i].is_taken)
			ret = fill_row(*out + CANDIDATES * row++, search,
				       &search->new.items[i],
				       SIMILARITY_RENAME);
	for (size_t i = 0; i < *len; i++)
		(*out)[i].position = i;
	if (*len)
		qsort(*out, *len, sizeof(**out), best_first);
	return ret;
}

static int match_similar(struct search *search)
{
	struct candidate *ranked;
	size_t len;
	int ret = rank(&ranked, &len, search);

	for (size_t i = 0; !ret && i < len && ranked[i].new; i++)
		if (!ranked[i].new->is_taken && !ranked[i].old->is_taken)
			take(ranked[i].old, ranked[i].new);
	free(ranked);
	return ret;
}

static bool too_many(const struct search *search, size_t most)
{
	size_t olds = count_free(&search->old);

	return olds && count_free(&search->new) > most / olds;
}

/* What an added file may be a copy of. */
static bool is_copied_from(const struct changed_file *file)
{
	return (file->status == FILE_MODIFIED ||
		file->status == FILE_RENAMED) &&
	       is_regular(file->old_mode);
}

/* A copy keeps what it was taken from; shown and counted it is as added. */
static int mark_copies(struct file_list *files, struct search *search)
{
	struct search copies = { .repo = search->repo, .err = search->err };
	struct candidate *ranked = NULL;
	size_t len = 0;
	int ret = 0;

	collect(&copies.old, files, is_copied_from);
	collect(&copies.new, files, is_added);
	if (!too_many(&copies, LIMIT_COPY_PAIRS))
		ret = rank(&ranked, &len, &copies);
	for (size_t i = 0; !ret && i < len && ranked[i].new; i++) {
		struct changed_file *to = ranked[i].new->file;

		if (ranked[i].new->is_taken)
			continue;
		ranked[i].new->is_taken = true;
		free(to->old_path);
		to->old_path = xstrdup(ranked[i].old->file->old_path);
		to->status = FILE_COPIED;
	}
	free(ranked);
	ends_release(&copies.old);
	ends_release(&copies.new);
	return ret;
}

/* Takes the deleted halves of renames out. */
static void drop_taken(struct file_list *files, const struct ends *old)
{
	size_t kept = 0;

	for (size_t i = 0; i < old->len; i++)
		if (old->items[i].is_taken) {
			free(old->items[i].file->path);
			old->items[i].file->path = NULL;
		}
	for (size_t i = 0; i < files->len; i++)
		if (files->items[i].path)
			files->items[kept++] = files->items[i];
		else
			free(files->items[i].old_path);
	files->len = kept;
}

int renames_find(struct file_list *files, bool *by_name_only, struct repo *repo,
		 struct err *err)
{
	struct search search = { .repo = repo, .err = err };
	int ret;

	collect(&search.old, files, is_deleted);
	collect(&search.new, files, is_added);
	match_same(&search);
	ret = match_names(&search);
	*by_name_only = too_many(&search, LIMIT_RENAME_PAIRS);
	if (!ret && !*by_name_only)
		ret = match_similar(&search);
	drop_taken(files, &search.old);
	ends_release(&search.old);
	ends_release(&search.new);
	if (!ret)
		ret = mark_copies(files, &search);
	file_list_sort(files);
	return ret;
}
