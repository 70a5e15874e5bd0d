#include "repo/merges.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "repo/changeset.h"
#include "repo/object.h"

/* How forges start the subject of a merge commit; the pull's title follows in
 * the message's next paragraph. */
static const char *const forge_subjects[] = {
	"Merge pull request ", /* GitHub, Gitea */
	"Merge branch '",      /* GitLab, git */
	"Merge remote-tracking branch '",
};

struct collecting {
	struct merge_list *list;
	struct repo *repo;
	int64_t since_s;
	size_t max;
	int ret;
	struct err *err;
};

static void merge_release(struct merge *merge)
{
	free(merge->author);
	free(merge->author_email);
	free(merge->title);
}

void merge_list_release(struct merge_list *list)
{
	for (size_t i = 0; i < list->len; i++)
		merge_release(&list->items[i]);
	free(list->items);
	*list = (struct merge_list){ 0 };
}

/* First line that is not empty behind the subject, or NULL. */
static char *second_paragraph(const char *message)
{
	const char *line = strchr(message, '\n');

	if (!line)
		return NULL;
	line += strspn(line, " \t\r\n");
	return *line ? xmemdup(line, strcspn(line, "\r\n")) : NULL;
}

static char *title_of(const struct commit_info *info)
{
	for (size_t i = 0; i < ARRAY_LEN(forge_subjects); i++) {
		size_t len = strlen(forge_subjects[i]);
		char *title = NULL;

		if (!strncmp(info->subject, forge_subjects[i], len))
			title = second_paragraph(info->message);
		if (title)
			return title;
	}
	return xstrdup(info->subject);
}

static int fill_author(struct merge *merge, struct repo *repo, struct err *err)
{
	struct commit_info head = { 0 };

	if (commit_read(&head, repo, &merge->head, err) < 0)
		return -1;
	merge->author = xstrdup(head.author_name);
	merge->author_email = xstrdup(head.author_email);
	commit_info_release(&head);
	return 0;
}

static int add_merge(struct collecting *collecting,
		     const struct commit_info *info)
{
	struct merge_list *list = collecting->list;
	struct merge merge = {
		.commit = info->id,
		.base = info->parents[0],
		.head = info->parent_count > 1 ? info->parents[1] : info->id,
		.at_s = info->committed_at_s,
	};

	if (!object_exists(collecting->repo, &merge.base) ||
	    !object_exists(collecting->repo, &merge.head))
		return 0; /* past the border of a shallow clone */
	if (fill_author(&merge, collecting->repo, collecting->err) < 0)
		return -1;
	merge.title = title_of(info);
	ARRAY_GROW(list->items, list->len, list->cap);
	list->items[list->len++] = merge;
	return 0;
}

static bool on_commit(const struct oid *commit, void *payload)
{
	struct collecting *collecting = payload;
	struct commit_info info = { 0 };
	bool more;

	if (collecting->list->len >= collecting->max)
		return false;
	collecting->ret = commit_read(&info, collecting->repo, commit,
				      collecting->err);
	if (collecting->ret < 0)
		return false;
	more = info.committed_at_s >= collecting->since_s;
	if (more && info.parent_count)
		collecting->ret = add_merge(collecting, &info);
	commit_info_release(&info);
	return more && !collecting->ret;
}

int merges_since(struct merge_list *out, struct repo *repo,
		 const struct oid *tip, int64_t since_s, size_t max,
		 struct err *err)
{
	struct merge_list list = { 0 };
	struct collecting collecting = { .list = &list,
					 .repo = repo,
					 .since_s = since_s,
					 .max = max,
					 .err = err };

	if (commit_walk(repo, tip, true, on_commit, &collecting, err) < 0 ||
	    collecting.ret < 0) {
		merge_list_release(&list);
		return -1;
	}
	*out = list;
	return 0;
}

static int is_change(bool *out, struct repo *repo, const struct oid *base,
		     const struct oid *head, const char *change_key,
		     struct err *err)
{
	struct changeset changes = { 0 };

	if (changeset_make(&changes, repo, base, head, NULL, err) < 0) {
		/* Unrelated histories, too large: not the one looked for. */
		*out = false;
		return err->code == ERR_NOT_FOUND || err->code == ERR_TOO_LARGE
			       ? 0
			       : -1;
	}
	*out = !strcmp(changes.change_key, change_key);
	changeset_release(&changes);
	return 0;
}

/* Did the change come as this step, or, rebased, as this and those before? */
static int landed_at(bool *out, struct repo *repo,
		     const struct merge_list *list, size_t i,
		     const struct landing *landing, struct err *err)
{
	const struct merge *merge = &list->items[i];
	size_t first = i + landing->commits - 1;

	if (is_change(out, repo, &merge->base, &merge->head,
		      landing->change_key, err) < 0)
		return -1;
	if (*out || landing->commits < 2 || first >= list->len)
		return 0;
	return is_change(out, repo, &list->items[first].base, &merge->commit,
			 landing->change_key, err);
}

int merges_find(struct oid *out, struct repo *repo, const struct oid *tip,
		const struct landing *landing, struct err *err)
{
	struct merge_list list = { 0 };
	bool found = false;
	int ret = merges_since(&list, repo, tip, landing->since_s, landing->max,
			       err);

	for (size_t i = 0; !ret && !found && i < list.len; i++) {
		ret = landed_at(&found, repo, &list, i, landing, err);
		if (found)
			*out = list.items[i].commit;
	}
	if (!ret && !found)
		ret = err_set(err, ERR_NOT_FOUND,
			      "no commit since then is the change %.16s",
			      landing->change_key);
	merge_list_release(&list);
	return ret;
}
