#include "sandbox.h"
#include "unit.h"

#include <stdlib.h>
#include <unistd.h>

#include "core/alloc.h"
#include "repo/object.h"
#include "repo/repo.h"

static struct sandbox box;
static struct repo *repo;
static struct err err;

static void set_up(void)
{
	sandbox_init(&box);
	repo_setup();
	repo = NULL;
	sandbox_run(&box, "git init -q work && cd work && mkdir -p a/b && "
			  "echo one >a/b/f && git add . && "
			  "git commit -qm first");
}

static void tear_down(void)
{
	repo_free(repo);
	repo_teardown();
	sandbox_release(&box);
}

TestSuite(repo_open, .init = set_up, .fini = tear_down);

static int open_at(const char *name)
{
	char *path = sandbox_path(&box, name);
	int ret = repo_open(&repo, path, &err);

	free(path);
	return ret;
}

static void assert_head_is(const char *name)
{
	char *expected = sandbox_output(&box, "git -C %s rev-parse HEAD", name);
	char hex[OID_HEX_SIZE];
	struct oid head;

	must(repo_head(&head, repo, &err));
	oid_format(hex, &head);
	cr_assert(eq(str, hex, expected));
	free(expected);
}

Test(repo_open, finds_the_repository_above_a_folder)
{
	char *work = sandbox_path(&box, "work/");

	must(open_at("work/a/b"));
	cr_assert(eq(str, (char *)repo_work_dir(repo), work));
	assert_head_is("work");
	free(work);
}

Test(repo_open, says_that_there_is_none)
{
	sandbox_run(&box, "mkdir empty");
	must_fail(ERR_NOT_FOUND, open_at("empty"));
	must_fail(ERR_NOT_FOUND, open_at("missing"));
}

Test(repo_open, obeys_git_dir_and_work_tree)
{
	char *git_dir = sandbox_path(&box, "work/.git");
	char *work_tree = sandbox_path(&box, "elsewhere");

	sandbox_run(&box, "mkdir elsewhere");
	setenv("GIT_DIR", git_dir, 1);
	must(repo_open(&repo, NULL, &err));
	assert_head_is("work");
	repo_free(repo);
	setenv("GIT_WORK_TREE", work_tree, 1);
	must(repo_open(&repo, NULL, &err));
	unsetenv("GIT_DIR");
	unsetenv("GIT_WORK_TREE");
	assert_head_is("work");
	cr_assert(strstr(repo_work_dir(repo), "/elsewhere/") != NULL);
	free(git_dir);
	free(work_tree);
}

Test(repo_open, shares_the_git_directory_of_linked_worktrees)
{
	char *git_dir = sandbox_path(&box, "work/.git/");
	struct repo *again;

	sandbox_run(&box, "git -C work worktree add -q -b side ../linked && "
			  "git -C linked commit -q --allow-empty -m second");
	must(open_at("linked"));
	cr_assert(eq(str, (char *)repo_git_dir(repo), git_dir));
	assert_head_is("linked");
	must(repo_reopen(&again, repo, &err));
	cr_assert(eq(str, (char *)repo_work_dir(again),
		     (char *)repo_work_dir(repo)));
	repo_free(again);
	free(git_dir);
}

Test(repo_open, reads_what_sparse_and_partial_clones_set)
{
	sandbox_run(&box, "cd work && git sparse-checkout set a && "
			  "git config core.repositoryFormatVersion 1 && "
			  "git config extensions.worktreeConfig true && "
			  "git config extensions.partialClone origin && "
			  "git config extensions.preciousObjects true");
	/* libgit2 1.5.1 leaks when it looks for extensions. */
	with_leaks_of_others(must(open_at("work")));
	assert_head_is("work");
}

Test(repo_open, refuses_sha256_and_unknown_extensions_by_name)
{
	sandbox_run(&box, "git init -q --object-format=sha256 new");
	with_leaks_of_others(must_fail(ERR_INVALID, open_at("new")));
	cr_assert(strstr(err.msg, "SHA-256") != NULL, "%s", err.msg);
	sandbox_run(&box, "cd work && "
			  "git config core.repositoryFormatVersion 1 && "
			  "git config extensions.later yes");
	with_leaks_of_others(must_fail(ERR_INVALID, open_at("work")));
	cr_assert(strstr(err.msg, "extensions.later") != NULL, "%s", err.msg);
}

Test(repo_open, trusts_other_owners_only_when_told)
{
	char *folder = sandbox_path(&box, "work");

	if (getuid() != 0)
		cr_skip("only root may give files away");
	sandbox_run(&box, "chown -R 12345 work");
	must_fail(ERR_INVALID, open_at("work"));
	cr_assert(strstr(err.msg, "safe.directory") != NULL, "%s", err.msg);
	sandbox_run(&box, "git config --global --add safe.directory %s",
		    folder);
	must(open_at("work"));
	free(folder);
}

Test(repo_open, knows_branch_detached_and_unborn_heads)
{
	struct oid head;
	char *branch;

	must(open_at("work"));
	branch = repo_head_branch(repo);
	cr_assert(eq(str, branch, "main"));
	free(branch);
	sandbox_run(&box, "git -C work checkout -q --detach");
	cr_assert(repo_head_branch(repo) == NULL);
	assert_head_is("work");
	sandbox_run(&box, "git -C work checkout -q --orphan next");
	branch = repo_head_branch(repo);
	cr_assert(eq(str, branch, "next"));
	free(branch);
	must_fail(ERR_NOT_FOUND, repo_head(&head, repo, &err));
}

Test(repo_open, makes_bare_repositories_and_finishes_half_made_ones)
{
	char *path = sandbox_path(&box, "state/deep/mirror.git");
	struct repo *second;

	must(repo_init_bare(&repo, path, &err));
	cr_assert(repo_work_dir(repo) == NULL);
	must(repo_init_bare(&second, path, &err));
	repo_free(second);
	sandbox_run(&box,
		    "git -C %s fsck --full && "
		    "test $(git -C %s config gc.auto) = 0",
		    path, path);
	sandbox_run(&box, "rm %s/HEAD %s/config", path, path);
	must(repo_init_bare(&second, path, &err));
	repo_free(second);
	sandbox_run(&box, "git -C %s fsck --full", path);
	free(path);
}

Test(repo_open, making_a_bare_repository_survives_what_was_killed_at_it)
{
	char *path = sandbox_path(&box, "state/mirror.git");

	sandbox_run(&box, "mkdir -p state/mirror.git.making && "
			  "touch state/mirror.git.making/config.lock "
			  "state/mirror.git.making/HEAD.lock "
			  "state/mirror.git.lock");
	must(repo_init_bare(&repo, path, &err));
	sandbox_run(&box, "git -C state/mirror.git fsck --full && "
			  "test $(git -C state/mirror.git config gc.auto) = 0 "
			  "&& test \"$(ls state)\" = mirror.git");
	free(path);
}

Test(repo_open, takes_a_bare_repository_only_where_it_is_named)
{
	char *inside = sandbox_path(&box, "work/a");
	char *outside = sandbox_path(&box, "work/.git");

	must_fail(ERR_NOT_FOUND, repo_open_bare(&repo, inside, &err));
	must(repo_open_bare(&repo, outside, &err));
	free(inside);
	free(outside);
}

static const struct revision {
	const char *text;
	enum err_code code; /* ERR_OK: git agrees on the commit */
} revisions[] = {
	{ "HEAD", ERR_OK },
	{ "main", ERR_OK },
	{ "v1", ERR_OK },
	{ "main~0", ERR_OK },
	{ "nothing", ERR_NOT_FOUND },
	{ "0123456789012345678901234567890123456789", ERR_NOT_FOUND },
	{ "main~7", ERR_NOT_FOUND },
	{ "HEAD:a", ERR_INVALID },
	{ "..", ERR_INVALID },
};

Test(repo_open, resolves_revisions_as_git_does)
{
	sandbox_run(&box, "git -C work tag -am tag v1");
	must(open_at("work"));
	for (size_t i = 0; i < ARRAY_LEN(revisions); i++) {
		const struct revision *r = &revisions[i];
		char hex[OID_HEX_SIZE], *expected;
		struct oid id;

		if (r->code) {
			must_fail(r->code,
				  repo_resolve(&id, repo, r->text, &err));
			continue;
		}
		must(repo_resolve(&id, repo, r->text, &err));
		oid_format(hex, &id);
		expected = sandbox_output(
			&box, "git -C work rev-parse '%s^{commit}'", r->text);
		cr_assert(eq(str, hex, expected));
		free(expected);
	}
}

Test(repo_open, finds_the_default_base)
{
	struct oid base;
	char *name;

	must(open_at("work"));
	must(repo_default_base(&base, &name, repo, &err));
	cr_assert(eq(str, name, "refs/heads/main"));
	free(name);
	sandbox_run(&box, "git clone -q work clone && git -C clone checkout -q "
			  "-b topic && git -C clone branch -D main");
	repo_free(repo);
	must(open_at("clone"));
	must(repo_default_base(&base, &name, repo, &err));
	cr_assert(eq(str, name, "refs/remotes/origin/main"));
	free(name);
	sandbox_run(&box, "git -C work branch -m main trunk");
	repo_free(repo);
	must(open_at("work"));
	must_fail(ERR_NOT_FOUND, repo_default_base(&base, &name, repo, &err));
}

Test(repo_open, sees_a_dirty_work_tree)
{
	bool dirty = true;

	sandbox_run(&box, "cd work && echo ignored >.git/info/exclude && "
			  "echo x >ignored");
	must(open_at("work"));
	must(repo_is_dirty(&dirty, repo, &err));
	cr_assert(not(dirty));
	sandbox_run(&box, "echo x >work/new");
	must(repo_is_dirty(&dirty, repo, &err));
	cr_assert(dirty);
	sandbox_run(&box, "rm work/new && echo x >>work/a/b/f");
	must(repo_is_dirty(&dirty, repo, &err));
	cr_assert(dirty);
}

Test(repo_open, reads_configuration)
{
	char *value;

	sandbox_run(&box, "git -C work config referee.name Referee");
	must(open_at("work"));
	value = repo_config(repo, "referee.name");
	cr_assert(eq(str, value, "Referee"));
	free(value);
	cr_assert(repo_config(repo, "referee.none") == NULL);
}
