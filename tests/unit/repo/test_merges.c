#include "made.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "repo/merges.h"

static struct made made;
static struct err err;

/* main with a pull of two commits, "topic", beside it. */
static void set_up(void)
{
	made_init(&made);
	made_run(
		&made,
		"export GIT_COMMITTER_DATE='2026-01-01T00:00:00Z'\n"
		"seq 30 >a; git add . && git commit -qm first && git tag base\n"
		"git checkout -qb topic\n"
		"sed -i 's/^9$/x/' a && git commit -qm one -a --author "
		"'Grace <grace@example.org>'\n"
		"echo new >b && git add . && git commit -qm two --author "
		"'Grace <grace@example.org>'\n"
		"git checkout -q main && echo other >c && git add . && "
		"GIT_COMMITTER_DATE='2026-02-01T00:00:00Z' "
		"git commit -qm 'straight onto main'\n");
}

static void tear_down(void)
{
	made_release(&made);
}

TestSuite(merges, .init = set_up, .fini = tear_down);

static struct oid resolve(const char *name)
{
	struct oid id;

	must(repo_resolve(&id, made.repo, name, &err));
	return id;
}

static void assert_is(const struct oid *id, const char *name)
{
	struct oid expected = resolve(name);

	cr_expect(oid_equal(id, &expected), "not %s", name);
}

/* How a pull may come onto its branch; `where` is the commit it became. */
static const struct {
	const char *what, *commands, *where;
} ways[] = {
	{ "merged",
	  "git merge -q --no-ff -m 'Merge pull request #7 from "
	  "grace/topic\n\nPay by card' topic",
	  "main" },
	{ "squashed",
	  "git merge -q --squash topic && git commit -qm 'Pay (#7)'", "main" },
	{ "rebased", "git cherry-pick base..topic >/dev/null", "main" },
	{ "merged, then others came",
	  "git merge -q --no-ff -m m topic && echo 1 >>c && "
	  "git commit -qam later && echo 2 >>c && git commit -qam last",
	  "main~2" },
	{ "squashed onto a branch that had moved in the same file",
	  "sed -i '1i zero' a && git commit -qam zero && "
	  "git merge -q --squash topic && git commit -qm s",
	  "main" },
};

Test(merges, find_the_commit_a_pull_became)
{
	for (size_t i = 0; i < ARRAY_LEN(ways); i++) {
		struct landing landing = { .commits = 2, .max = 50 };
		struct oid tip, found;
		char *key;

		tear_down();
		set_up();
		key = made_key(&made, "main", "topic");
		made_run(&made, ways[i].commands);
		landing.change_key = key;
		made_change(&made, "main", "main", NULL);
		tip = resolve("main");
		must(merges_find(&found, made.repo, &tip, &landing, &err));
		assert_is(&found, ways[i].where);
		free(key);
	}
}

Test(merges, do_not_find_what_was_changed_on_the_way)
{
	struct landing landing = { .commits = 2, .max = 50 };
	char *key = made_key(&made, "main", "topic");
	struct oid tip, found;

	made_run(&made, "git merge -q --squash topic && echo more >>b && "
			"git add . && git commit -qm s");
	landing.change_key = key;
	made_change(&made, "main", "main", NULL);
	tip = resolve("main");
	must_fail(ERR_NOT_FOUND,
		  merges_find(&found, made.repo, &tip, &landing, &err));
	free(key);
}

Test(merges, are_changes_with_author_and_title)
{
	struct merge_list list = { 0 };
	struct oid tip;

	made_run(&made, ways[0].commands);
	made_change(&made, "main", "main", NULL);
	tip = resolve("main");
	must(merges_since(&list, made.repo, &tip, 0, 50, &err));
	cr_assert(eq(sz, list.len, 2));
	assert_is(&list.items[0].commit, "main");
	assert_is(&list.items[0].base, "main^1");
	assert_is(&list.items[0].head, "topic");
	cr_expect(eq(str, list.items[0].title, "Pay by card"));
	cr_expect(eq(str, list.items[0].author, "Grace"));
	cr_expect(eq(str, list.items[0].author_email, "grace@example.org"));
	assert_is(&list.items[1].head, "main^1");
	assert_is(&list.items[1].base, "base");
	cr_expect(eq(str, list.items[1].title, "straight onto main"));
	cr_expect(eq(str, list.items[1].author, "Ada"));
	merge_list_release(&list);
}

Test(merges, end_where_they_are_too_old_or_too_many)
{
	struct merge_list list = { 0 };
	struct oid tip;

	made_run(&made, ways[2].commands);
	made_change(&made, "main", "main", NULL);
	tip = resolve("main");
	must(merges_since(&list, made.repo, &tip, 0, 2, &err));
	cr_expect(eq(sz, list.len, 2));
	merge_list_release(&list);
	tip = resolve("main~2");
	must(merges_since(&list, made.repo, &tip, 1769904000, 50, &err));
	cr_expect(eq(sz, list.len, 1));
	merge_list_release(&list);
	must(merges_since(&list, made.repo, &tip, 1769904001, 50, &err));
	cr_expect(eq(sz, list.len, 0));
	merge_list_release(&list);
}

Test(merges, of_a_shallow_clone_end_at_its_border)
{
	struct merge_list list = { 0 };
	struct oid tip;

	made_run(&made, "git merge -q --no-ff -m m topic && cd .. && "
			"mv work whole && git clone -q --depth 2 "
			"\"file://$PWD/whole\" work");
	made_change(&made, "main", "main", NULL);
	tip = resolve("main");
	must(merges_since(&list, made.repo, &tip, 0, 50, &err));
	cr_expect(eq(sz, list.len, 1));
	merge_list_release(&list);
}
