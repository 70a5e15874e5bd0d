#include "sandbox.h"
#include "unit.h"

#include <stdlib.h>

#include "repo/object.h"
#include "repo/refs.h"
#include "repo/tree.h"
#include "store/janitor.h"

static struct sandbox box;
static struct err err;

static void set_up(void)
{
	sandbox_init(&box);
	repo_setup();
}

static void tear_down(void)
{
	repo_teardown();
	sandbox_release(&box);
}

TestSuite(janitor, .init = set_up, .fini = tear_down);

Test(janitor, frees_a_repository_of_what_a_killed_process_left)
{
	char *path = sandbox_path(&box, "r.git"), *left;
	struct janitor_report report;
	struct oid tree, commit;
	struct commit_draft draft = { .tree = &tree, .message = "m\n" };
	struct repo *repo;

	must(repo_init_bare(&repo, path, &err));
	must(tree_update(&tree, repo, NULL, NULL, 0, &err));
	must(commit_write(&commit, repo, &draft, &err));
	sandbox_run(&box,
		    "cd r.git && mkdir -p refs/notes refs/referee/a/b "
		    "objects/aa && touch refs/notes/referee.lock "
		    "refs/referee/a/b/c.lock packed-refs.lock HEAD.lock "
		    "objects/pack/fresh.lock && "
		    "touch objects/aa/tmp_object_git2_new && "
		    "touch -d '2 hours ago' objects/aa/tmp_object_git2_old "
		    "objects/pack/pack_git2_old objects/pack/tmp_pack_old");
	must_fail(ERR_CONFLICT, ref_move(repo, "refs/notes/referee", NULL,
					 &commit, "t", &err));
	must(janitor_clean(&report, path, 0, &err));
	cr_assert(eq(sz, report.locks, 4));
	cr_assert(eq(sz, report.packs, 2));
	cr_assert(eq(sz, report.objects, 1));
	must(ref_move(repo, "refs/notes/referee", NULL, &commit, "t", &err));
	left = sandbox_output(&box, "cd r.git && find . -name '*.lock' -o "
				    "-name 'tmp_*' -o -name 'pack_git2*' | "
				    "sort && git fsck --full 2>/dev/null");
	cr_assert(eq(str, left,
		     "./objects/aa/tmp_object_git2_new\n"
		     "./objects/pack/fresh.lock"));
	must(janitor_clean(&report, path, 0, &err));
	cr_assert(eq(sz, report.locks, 0));
	free(left);
	repo_free(repo);
	free(path);
}

Test(janitor, leaves_locks_that_somebody_may_hold)
{
	struct janitor_report report;

	sandbox_run(&box, "mkdir -p refs/a && touch refs/a/new.lock && "
			  "touch -d '2 minutes ago' refs/a/old.lock "
			  "packed-refs.lock");
	must(janitor_clean(&report, box.dir, JANITOR_LOCKS_MS, &err));
	cr_assert(eq(sz, report.locks, 2));
	must(janitor_clean(&report, box.dir, 0, &err));
	cr_assert(eq(sz, report.locks, 1));
}

Test(janitor, leaves_a_folder_that_is_no_repository_alone)
{
	struct janitor_report report;

	must(janitor_clean(&report, box.dir, 0, &err));
	cr_assert(eq(sz, report.locks, 0));
}
