#include "sandbox.h"
#include "unit.h"

#include <stdlib.h>

#include "store/requests.h"

static struct sandbox box;
static struct repo *repo;
static struct err err;

static void set_up(void)
{
	char *path;

	sandbox_init(&box);
	repo_setup();
	sandbox_run(&box, "git init -q w && cd w && git commit -q "
			  "--allow-empty -m 1 && git tag -a -m t v1 && "
			  "git commit -q --allow-empty -m 2");
	path = sandbox_path(&box, "w");
	must(repo_open(&repo, path, &err));
	free(path);
}

static void tear_down(void)
{
	repo_free(repo);
	repo_teardown();
	sandbox_release(&box);
}

TestSuite(requests, .init = set_up, .fini = tear_down);

Test(requests, are_refs_that_name_a_workflow_and_a_commit)
{
	struct request_list list;

	must(requests_list(&list, repo, &err));
	cr_assert(eq(sz, list.len, 0));
	sandbox_run(&box, "cd w && r=refs/referee/requests && "
			  "git update-ref $r/migration/ada/1 HEAD && "
			  "git update-ref $r/tests/1 v1 && "
			  "git update-ref $r/nothing HEAD && "
			  "git update-ref $r/tree/1 'HEAD^{tree}'");
	must(requests_list(&list, repo, &err));
	cr_assert(eq(sz, list.len, 2));
	cr_assert(eq(str, list.items[0].workflow, "migration"));
	cr_assert(eq(str, list.items[0].name, "ada/1"));
	cr_assert(eq(str, list.items[1].workflow, "tests"));
	request_list_release(&list);
}
