/*
 * Walks over history. libgit2 1.5 does not know that a shallow clone ends
 * somewhere: its walks fail at the border, even when what they look for is on
 * this side. So in shallow clones the walking is done here, where commits named
 * by the file "shallow" have no parents.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uthash.h>

#include "core/alloc.h"
#include "repo/git.h"
#include "repo/object.h"

enum mark {
	MARK_A = 1 << 0,      /* reachable from the first         */
	MARK_B = 1 << 1,      /* reachable from the second        */
	MARK_STALE = 1 << 2,  /* reachable from a common one      */
	MARK_RESULT = 1 << 3, /* was common when it was its turn  */
};

struct step {
	struct oid id;
	int64_t at_s;
	size_t order; /* of being met; decides between equal times */
	unsigned marks;
	bool is_queued;
	struct oid *parents;
	size_t parent_count;
	UT_hash_handle hh;
};

struct border {
	struct oid id;
	UT_hash_handle hh;
};

struct queued {
	struct step *step;
};

/* Everything met so far, and a binary heap of what is still to be visited,
 * newest first. */
struct walk {
	struct repo *repo;
	struct border *borders;
	struct step *met;
	struct queued *heap;
	size_t len, cap;
	size_t order;
};

static void add_border(struct walk *walk, const struct oid *id)
{
	struct border *border = NULL;

	HASH_FIND(hh, walk->borders, id, sizeof(*id), border);
	if (border)
		return;
	border = xcalloc(1, sizeof(*border));
	border->id = *id;
	HASH_ADD(hh, walk->borders, id, sizeof(border->id), border);
}

static int read_borders(struct walk *walk, struct err *err)
{
	char *path = xstrf("%sshallow", repo_git_dir(walk->repo));
	char line[OID_HEX_SIZE + 2];
	FILE *in = NULL;
	int ret = 0;

	if (!repo_is_shallow(walk->repo))
		goto out;
	in = fopen(path, "re");
	if (!in) {
		ret = err_set_errno(err, "%s", path);
		goto out;
	}
	while (fgets(line, sizeof(line), in)) {
		struct oid id;

		line[strcspn(line, "\r\n")] = '\0';
		if (oid_parse(&id, line))
			add_border(walk, &id);
	}
out:
	if (in)
		fclose(in);
	free(path);
	return ret;
}

static bool is_newer(const struct step *a, const struct step *b)
{
	if (a->at_s != b->at_s)
		return a->at_s > b->at_s;
	return a->order < b->order;
}

static void push(struct walk *walk, struct step *step)
{
	size_t i = walk->len;

	ARRAY_GROW(walk->heap, walk->len, walk->cap);
	walk->len++;
	while (i && is_newer(step, walk->heap[(i - 1) / 2].step)) {
		walk->heap[i] = walk->heap[(i - 1) / 2];
		i = (i - 1) / 2;
	}
	walk->heap[i].step = step;
	step->is_queued = true;
}

static struct step *pop(struct walk *walk)
{
	struct step *top = walk->heap[0].step;
	struct step *last = walk->heap[--walk->len].step;
	size_t i = 0;

	for (size_t child = 1; child < walk->len; child = 2 * i + 1) {
		if (child + 1 < walk->len &&
		    is_newer(walk->heap[child + 1].step,
			     walk->heap[child].step))
			child++;
		if (!is_newer(walk->heap[child].step, last))
			break;
		walk->heap[i] = walk->heap[child];
		i = child;
	}
	if (walk->len)
		walk->heap[i].step = last;
	top->is_queued = false;
	return top;
}

static int load(struct step *step, struct walk *walk, struct err *err)
{
	struct border *border = NULL;
	git_oid id = oid_to_git(&step->id);
	git_commit *commit = NULL;
	char hex[OID_HEX_SIZE];
	int code = git_commit_lookup(&commit, repo_git(walk->repo), &id);

	oid_format(hex, &step->id);
	if (code == GIT_ENOTFOUND) {
		git_error_clear();
		return err_set(err, ERR_NOT_FOUND, "commit %s is not here",
			       hex);
	}
	if (code < 0)
		return err_set_git(err, code, "commit %s", hex);
	step->at_s = git_commit_time(commit);
	HASH_FIND(hh, walk->borders, &step->id, sizeof(step->id), border);
	if (!border)
		step->parent_count = git_commit_parentcount(commit);
	step->parents = xcalloc(step->parent_count + 1, sizeof(*step->parents));
	for (size_t i = 0; i < step->parent_count; i++)
		step->parents[i] =
			oid_from_git(git_commit_parent_id(commit, (unsigned)i));
	git_commit_free(commit);
	return 0;
}

/* Adds `marks` to a commit; one that gains some is (again) to be visited. */
static int meet(struct walk *walk, const struct oid *id, unsigned marks,
		struct err *err)
{
	struct step *step = NULL;

	HASH_FIND(hh, walk->met, id, sizeof(*id), step);
	if (!step) {
		step = xcalloc(1, sizeof(*step));
		step->id = *id;
		step->order = walk->order++;
		HASH_ADD(hh, walk->met, id, sizeof(step->id), step);
		if (load(step, walk, err) < 0)
			return -1;
	} else if ((step->marks & marks) == marks) {
		return 0;
	}
	step->marks |= marks;
	if (!step->is_queued)
		push(walk, step);
	return 0;
}

static void walk_release(struct walk *walk)
{
	struct step *step = walk->met, *next_step;
	struct border *border = walk->borders, *next_border;

	HASH_CLEAR(hh, walk->met); /* the items stay chained */
	for (; step; step = next_step) {
		next_step = step->hh.next;
		free(step->parents);
		free(step);
	}
	HASH_CLEAR(hh, walk->borders);
	for (; border; border = next_border) {
		next_border = border->hh.next;
		free(border);
	}
	free(walk->heap);
}

int commit_walk(struct repo *repo, const struct oid *start, bool first_parent,
		commit_visit_fn *visit, void *payload, struct err *err)
{
	struct walk walk = { .repo = repo };
	int ret = -1;

	if (read_borders(&walk, err) < 0 || meet(&walk, start, MARK_A, err) < 0)
		goto out;
	while (walk.len) {
		struct step *step = pop(&walk);

		if (!visit(&step->id, payload))
			break;
		for (size_t i = 0; i < step->parent_count; i++)
			if ((!i || !first_parent) &&
			    meet(&walk, &step->parents[i], MARK_A, err) < 0)
				goto out;
	}
	ret = 0;
out:
	walk_release(&walk);
	return ret;
}

static bool has_fresh(const struct walk *walk)
{
	for (size_t i = 0; i < walk->len; i++)
		if (!(walk->heap[i].step->marks & MARK_STALE))
			return true;
	return false;
}

/* As git's paint_down_to_common(): what both colours reach is a candidate, and
 * whatever a candidate reaches is none any more. */
static int paint(struct walk *walk, struct err *err)
{
	while (has_fresh(walk)) {
		struct step *step = pop(walk);
		unsigned marks = step->marks & (MARK_A | MARK_B | MARK_STALE);

		if (marks == (MARK_A | MARK_B)) {
			step->marks |= MARK_RESULT;
			marks |= MARK_STALE;
		}
		for (size_t i = 0; i < step->parent_count; i++)
			if (meet(walk, &step->parents[i], marks, err) < 0)
				return -1;
	}
	return 0;
}

static int no_common_history(struct repo *repo, const struct oid *a,
			     const struct oid *b, struct err *err)
{
	char first[OID_HEX_SIZE], second[OID_HEX_SIZE];

	git_error_clear();
	oid_format(first, a);
	oid_format(second, b);
	return err_set(
		err, ERR_NOT_FOUND, "%.12s and %.12s have no common history%s",
		first, second,
		repo_is_shallow(repo)
			? " in this shallow clone; git fetch --unshallow "
			  "brings the rest"
			: "");
}

static int merge_base_in_shallow(struct oid *out, struct repo *repo,
				 const struct oid *a, const struct oid *b,
				 struct err *err)
{
	struct walk walk = { .repo = repo };
	const struct step *best = NULL;
	int ret = -1;

	if (read_borders(&walk, err) < 0 || meet(&walk, a, MARK_A, err) < 0 ||
	    meet(&walk, b, MARK_B, err) < 0 || paint(&walk, err) < 0)
		goto out;
	for (struct step *step = walk.met; step; step = step->hh.next)
		if ((step->marks & MARK_RESULT) &&
		    !(step->marks & MARK_STALE) &&
		    (!best || is_newer(step, best)))
			best = step;
	if (!best) {
		no_common_history(repo, a, b, err);
		goto out;
	}
	*out = best->id;
	ret = 0;
out:
	walk_release(&walk);
	return ret;
}

int repo_merge_base(struct oid *out, struct repo *repo, const struct oid *a,
		    const struct oid *b, struct err *err)
{
	git_oid one = oid_to_git(a), two = oid_to_git(b), base;
	int code;

	if (repo_is_shallow(repo))
		return merge_base_in_shallow(out, repo, a, b, err);
	code = git_merge_base(&base, repo_git(repo), &one, &two);
	/* Also "not found" when a commit is missing: that must be said. */
	if (code == GIT_ENOTFOUND &&
	    strstr(git_error_last()->message, "merge base") &&
	    object_exists(repo, a) && object_exists(repo, b))
		return no_common_history(repo, a, b, err);
	if (code < 0)
		return err_set_git(err, code, "merge base");
	*out = oid_from_git(&base);
	return 0;
}

struct search {
	struct oid wanted;
	bool found;
};

static bool is_other(const struct oid *commit, void *payload)
{
	struct search *search = payload;

	search->found = oid_equal(commit, &search->wanted);
	return !search->found;
}

int repo_is_ancestor(bool *out, struct repo *repo, const struct oid *ancestor,
		     const struct oid *descendant, struct err *err)
{
	git_oid old = oid_to_git(ancestor), young = oid_to_git(descendant);
	struct search search = { .wanted = *ancestor };
	int code;

	if (repo_is_shallow(repo)) {
		if (commit_walk(repo, descendant, false, is_other, &search,
				err) < 0)
			return -1;
		*out = search.found;
		return 0;
	}
	if (oid_equal(ancestor, descendant)) {
		*out = true;
		return 0;
	}
	code = git_graph_descendant_of(repo_git(repo), &young, &old);
	if (code < 0)
		return err_set_git(err, code, "history");
	*out = code == 1;
	return 0;
}
