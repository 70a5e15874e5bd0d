#include "sandbox.h"
#include "unit.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/alloc.h"
#include "repo/object.h"
#include "repo/refs.h"
#include "repo/tree.h"

#define NAME "refs/notes/referee"

static struct sandbox box;
static struct repo *repo;
static struct err err;
static struct oid commits[3];

static void make_commits(void)
{
	struct oid tree;

	must(tree_update(&tree, repo, NULL, NULL, 0, &err));
	for (size_t i = 0; i < ARRAY_LEN(commits); i++) {
		char *message = xstrf("commit %zu\n", i);

		must(commit_write(
			&commits[i], repo,
			&(struct commit_draft){ &tree, NULL, 0, message },
			&err));
		free(message);
	}
}

static void set_up(void)
{
	char *path;

	sandbox_init(&box);
	repo_setup();
	path = sandbox_path(&box, "r.git");
	must(repo_init_bare(&repo, path, &err));
	free(path);
	make_commits();
}

static void tear_down(void)
{
	repo_free(repo);
	repo_teardown();
	sandbox_release(&box);
}

TestSuite(refs, .init = set_up, .fini = tear_down);

static void assert_at(const char *name, const struct oid *id)
{
	char hex[OID_HEX_SIZE], *now;
	struct oid read;

	now = sandbox_output(&box, "git -C r.git rev-parse %s", name);
	oid_format(hex, id);
	cr_assert(eq(str, now, hex));
	must(ref_read(&read, repo, name, &err));
	cr_assert(oid_equal(&read, id));
	free(now);
}

Test(refs, move_only_from_where_they_are_expected)
{
	must_fail(ERR_CONFLICT,
		  ref_move(repo, NAME, &commits[0], &commits[1], "test", &err));
	must(ref_move(repo, NAME, NULL, &commits[0], "test", &err));
	must_fail(ERR_CONFLICT,
		  ref_move(repo, NAME, NULL, &commits[1], "test", &err));
	must_fail(ERR_CONFLICT,
		  ref_move(repo, NAME, &commits[1], &commits[2], "test", &err));
	assert_at(NAME, &commits[0]);
	must(ref_move(repo, NAME, &commits[0], &commits[1], "test", &err));
	sandbox_run(&box, "git -C r.git pack-refs --all");
	must(ref_move(repo, NAME, &commits[1], &commits[2], "test", &err));
	assert_at(NAME, &commits[2]);
}

Test(refs, go_away_only_from_where_they_are_expected)
{
	struct oid now;

	must_fail(ERR_CONFLICT, ref_delete(repo, NAME, &commits[0], &err));
	must(ref_move(repo, NAME, NULL, &commits[0], "test", &err));
	must_fail(ERR_CONFLICT, ref_delete(repo, NAME, &commits[1], &err));
	assert_at(NAME, &commits[0]);
	must(ref_delete(repo, NAME, &commits[0], &err));
	must_fail(ERR_NOT_FOUND, ref_read(&now, repo, NAME, &err));
	sandbox_run(&box, "! git -C r.git rev-parse -q --verify " NAME);
}

Test(refs, wait_for_a_lock_a_little_then_say_so)
{
	must(ref_move(repo, NAME, NULL, &commits[0], "test", &err));
	sandbox_run(&box, "touch r.git/" NAME ".lock");
	must_fail(ERR_CONFLICT,
		  ref_move(repo, NAME, &commits[0], &commits[1], "test", &err));
	sandbox_run(&box, "(sleep 0.05; rm r.git/" NAME ".lock) >/dev/null "
			  "2>&1 &");
	must(ref_move(repo, NAME, &commits[0], &commits[1], "test", &err));
}

Test(refs, do_not_stand_in_each_others_way)
{
	must(ref_move(repo, NAME "/x", NULL, &commits[0], "test", &err));
	must_fail(ERR_INVALID,
		  ref_move(repo, NAME, NULL, &commits[1], "test", &err));
}

/* One commit on top of what is there. No assertions: in a child they would wait
 * for ever. */
static int move_once(struct repo *own, int nth)
{
	struct oid old, new, tree;
	char *message = xstrf("%d %d\n", (int)getpid(), nth);
	struct commit_draft draft = { &tree, &old, 1, message };
	int ret = -1;

	if (!ref_read(&old, own, NAME, &err) &&
	    !tree_of_commit(&tree, own, &old, &err) &&
	    !commit_write(&new, own, &draft, &err))
		ret = ref_move(own, NAME, &old, &new, "race", &err);
	free(message);
	return ret;
}

/* How many of its moves succeeded. */
static int move_many_times(const char *path, int wanted)
{
	struct repo *own;
	int done = 0;

	if (repo_open_bare(&own, path, &err) < 0)
		return -1;
	for (int tries = 0; done < wanted && tries < 5000; tries++) {
		if (!move_once(own, tries))
			done++;
		else if (err.code != ERR_CONFLICT)
			break;
	}
	repo_free(own);
	return done;
}

Test(refs, lose_no_move_among_processes)
{
	enum { PROCESSES = 4, MOVES = 10 };
	char *path = sandbox_path(&box, "r.git");
	pid_t pids[PROCESSES];
	char *count;

	must(ref_move(repo, NAME, NULL, &commits[0], "test", &err));
	for (int i = 0; i < PROCESSES; i++) {
		pids[i] = fork();
		if (!pids[i])
			_exit(move_many_times(path, MOVES) == MOVES ? 0 : 1);
	}
	for (int i = 0; i < PROCESSES; i++) {
		int status;

		waitpid(pids[i], &status, 0);
		cr_assert(eq(int, status, 0));
	}
	count = sandbox_output(&box, "git -C r.git rev-list --count " NAME);
	cr_assert(eq(str, count, "41"));
	free(count);
	free(path);
}

Test(refs, are_listed_by_name)
{
	struct ref_list list;

	must(ref_move(repo, "refs/referee/b", NULL, &commits[0], "t", &err));
	must(ref_move(repo, "refs/referee/a/x", NULL, &commits[1], "t", &err));
	must(ref_move(repo, "refs/refereed", NULL, &commits[1], "t", &err));
	sandbox_run(&box, "git -C r.git pack-refs --all && git -C r.git "
			  "symbolic-ref refs/referee/void refs/heads/none");
	must(ref_list(&list, repo, "refs/referee/", &err));
	cr_assert(eq(sz, list.len, 2));
	cr_assert(eq(str, list.items[0].name, "refs/referee/a/x"));
	cr_assert(eq(str, list.items[1].name, "refs/referee/b"));
	cr_assert(oid_equal(&list.items[1].id, &commits[0]));
	ref_list_release(&list);
	must(ref_list(&list, repo, "refs/none/", &err));
	cr_assert(eq(sz, list.len, 0));
	ref_list_release(&list);
}

Test(refs, show_symbolic_targets)
{
	char *target = ref_symbolic_target(repo, "HEAD");

	cr_assert(eq(str, target, "refs/heads/main"));
	free(target);
	cr_assert(ref_symbolic_target(repo, "refs/none") == NULL);
}
