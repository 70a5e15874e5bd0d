#include "repo/push_pack.h"

#include <string.h>

#include "core/limits.h"
#include "repo/git.h"

/*
 * libgit2 would pack the whole tree of each commit, or mark the whole trees of
 * all hidden commits first; with a million notes both are far too much. So
 * trees are compared with the first parent's, and only where they differ.
 */
struct selection {
	git_repository *git;
	git_packbuilder *pack;
};

static int add_object(const struct selection *s, const git_oid *id)
{
	return git_packbuilder_insert(s->pack, id, NULL);
}

/* The entry of the same name and kind in the old tree, if any. */
static const git_oid *find_old(const git_tree *old, const git_tree_entry *entry)
{
	const git_tree_entry *same =
		old ? git_tree_entry_byname(old, git_tree_entry_name(entry))
		    : NULL;

	if (!same || git_tree_entry_type(same) != git_tree_entry_type(entry))
		return NULL;
	return git_tree_entry_id(same);
}

/* Two trees on the way down, and how far we got in the new one. */
struct level {
	git_tree *tree, *old;
	size_t next;
};

static void level_release(struct level *level)
{
	git_tree_free(level->tree);
	git_tree_free(level->old);
	*level = (struct level){ NULL, NULL, 0 };
}

static int enter(struct level *level, const struct selection *s,
		 const git_oid *id, const git_oid *old)
{
	int code = add_object(s, id);

	*level = (struct level){ NULL, NULL, 0 };
	if (!code)
		code = git_tree_lookup(&level->tree, s->git, id);
	if (!code && old)
		code = git_tree_lookup(&level->old, s->git, old);
	return code;
}

/* Adds a blob; for a folder, *down is set and *old_down is its former self. */
static int visit(const struct selection *s, const struct level *level,
		 const git_tree_entry *entry, const git_oid **down,
		 const git_oid **old_down)
{
	const git_oid *id = git_tree_entry_id(entry);
	const git_oid *old = find_old(level->old, entry);

	*down = NULL;
	if (old && git_oid_equal(id, old))
		return 0;
	if (git_tree_entry_type(entry) == GIT_OBJECT_BLOB)
		return add_object(s, id);
	if (git_tree_entry_type(entry) == GIT_OBJECT_TREE) {
		*down = id;
		*old_down = old;
	}
	return 0; /* a submodule's commit is elsewhere */
}

static int add_tree(const struct selection *s, const git_oid *tree,
		    const git_oid *old)
{
	struct level levels[LIMIT_TREE_DEPTH];
	const git_oid *down, *old_down = NULL;
	int depth = 0;
	int code = enter(&levels[0], s, tree, old);

	while (!code && depth >= 0) {
		struct level *level = &levels[depth];

		if (level->next == git_tree_entrycount(level->tree)) {
			level_release(level);
			depth--;
			continue;
		}
		code = visit(s, level,
			     git_tree_entry_byindex(level->tree, level->next++),
			     &down, &old_down);
		if (!code && down) {
			if (depth + 1 == LIMIT_TREE_DEPTH)
				code = GIT_EINVALID;
			else
				code = enter(&levels[++depth], s, down,
					     old_down);
		}
	}
	for (; depth >= 0; depth--)
		level_release(&levels[depth]);
	return code;
}

static int add_commit(const struct selection *s, const git_oid *id)
{
	git_commit *commit = NULL, *parent = NULL;
	const git_oid *tree, *old = NULL;
	int code = git_commit_lookup(&commit, s->git, id);

	if (!code && git_commit_parentcount(commit) > 0)
		code = git_commit_parent(&parent, commit, 0);
	if (!code)
		code = add_object(s, id);
	if (!code) {
		tree = git_commit_tree_id(commit);
		old = parent ? git_commit_tree_id(parent) : NULL;
		if (!old || !git_oid_equal(tree, old))
			code = add_tree(s, tree, old);
	}
	git_commit_free(commit);
	git_commit_free(parent);
	return code;
}

/* An annotated tag is an object to be sent, too. */
static int push_target(git_revwalk *walk, const struct selection *s,
		       const struct oid *target)
{
	git_oid id = oid_to_git(target);
	git_object_t type;
	git_odb *odb = NULL;
	size_t size;
	int code = git_repository_odb(&odb, s->git);

	if (!code)
		code = git_odb_read_header(&size, &type, odb, &id);
	git_odb_free(odb);
	if (!code && type == GIT_OBJECT_TAG)
		code = add_object(s, &id);
	return code < 0 ? code : git_revwalk_push(walk, &id);
}

/* What is not here hides nothing. */
static void hide(git_revwalk *walk, const struct oid *known)
{
	git_oid id;

	if (!known)
		return;
	id = oid_to_git(known);
	(void)git_revwalk_hide(walk, &id);
	git_error_clear();
}

static int set_up_walk(git_revwalk *walk, const struct selection *s,
		       const struct push_request *request)
{
	int code = 0;

	for (size_t i = 0; !code && i < request->ref_count; i++)
		if (request->refs[i].target)
			code = push_target(walk, s, request->refs[i].target);
	for (size_t i = 0; i < request->ref_count; i++)
		hide(walk, request->refs[i].expected);
	for (size_t i = 0; i < request->known_count; i++)
		hide(walk, &request->known[i]);
	return code;
}

static bool sends_objects(const struct push_request *request)
{
	for (size_t i = 0; i < request->ref_count; i++)
		if (request->refs[i].target)
			return true;
	return false;
}

int push_pack_make(git_packbuilder **out, struct repo *repo,
		   const struct push_request *request, struct err *err)
{
	struct selection s = { .git = repo_git(repo) };
	git_revwalk *walk = NULL;
	git_oid id;
	int code;

	*out = NULL;
	if (!sends_objects(request))
		return 0;
	code = git_packbuilder_new(&s.pack, s.git);
	if (!code)
		code = git_revwalk_new(&walk, s.git);
	if (!code)
		code = set_up_walk(walk, &s, request);
	while (!code && !(code = git_revwalk_next(&id, walk)))
		code = add_commit(&s, &id);
	git_revwalk_free(walk);
	if (code != GIT_ITEROVER) {
		git_packbuilder_free(s.pack);
		return err_set_git(err, code, "objects to push");
	}
	git_error_clear();
	*out = s.pack;
	return 0;
}
