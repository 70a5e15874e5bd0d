#include "sandbox.h"
#include "unit.h"

#include <stdlib.h>

#include "core/alloc.h"
#include "core/strvec.h"
#include "repo/object.h"
#include "repo/tree.h"

static struct sandbox box;
static struct repo *repo;
static struct err err;
static struct oid blob;

static void set_up(void)
{
	char *path;

	sandbox_init(&box);
	repo_setup();
	path = sandbox_path(&box, "r.git");
	must(repo_init_bare(&repo, path, &err));
	must(blob_write(&blob, repo, "x", 1, &err));
	free(path);
}

static void tear_down(void)
{
	repo_free(repo);
	repo_teardown();
	sandbox_release(&box);
}

TestSuite(tree, .init = set_up, .fini = tear_down);

/* "a b/c -d" sets a and b/c, removes d. */
static int update(struct oid *out, const struct oid *base, const char *what)
{
	struct tree_change changes[32];
	struct strvec words = STRVEC_INIT;
	int ret;

	strvec_split(&words, what, ' ');
	for (size_t i = 0; i < words.len; i++) {
		bool is_removal = words.v[i][0] == '-';

		changes[i] = (struct tree_change){
			.path = words.v[i] + is_removal,
			.mode = MODE_FILE,
			.id = is_removal ? NULL : &blob,
		};
	}
	ret = tree_update(out, repo, base, changes, words.len, &err);
	strvec_release(&words);
	return ret;
}

/* By real git, which also checks the trees. */
static char *paths_of(const struct oid *tree)
{
	char hex[OID_HEX_SIZE], *out;

	oid_format(hex, tree);
	sandbox_run(&box, "git -C r.git fsck --full --strict");
	out = sandbox_output(&box,
			     "git -C r.git ls-tree -r --name-only %s | "
			     "tr '\\n' ' ' | sed 's/ $//'",
			     hex);
	return out;
}

static const struct {
	const char *base, *changes, *result;
} updates[] = {
	{ "", "a b/c b/d e/f/g", "a b/c b/d e/f/g" },
	{ "a b/c", "b/c", "a b/c" },
	{ "a b/c b/d", "-b/c", "a b/d" },
	{ "a b/c", "-b/c", "a" },
	{ "a b/c/d/e", "-b/c/d/e x", "a x" },
	{ "a", "-b -c/d -a/b", "a" },
	{ "a b/c b/d", "-b", "a" },
	{ "a", "-a", "" },
	{ "a", "a/b", "a/b" },
	{ "a/b a/c", "a", "a" },
	{ "a", "-a a/b", "a/b" },
	{ "a/b a/c", "-a a/d", "a/d" },
	{ "a/b", "a -a/b", "a" },
	{ "", "a-b a/b a.b a", NULL },
	{ "", "a-b a/b a.b a0", "a-b a.b a/b a0" },
	{ "", "x -x", "" },
	{ "", "-x x", "x" },
	{ "", "a/", NULL },
	{ "", "/a", NULL },
	{ "", "a//b", NULL },
	{ "", "a/../b", NULL },
	{ "", "./a", NULL },
	{ "", "a/.GIT/hooks", NULL },
	{ "", "a/.git./hooks", NULL },
	{ "", "a/.git:x", NULL },
	{ "", "Git~1/hooks", NULL },
	{ "", ".github/x git~2 .gitignore", ".github/x .gitignore git~2" },
};

Test(tree, results_from_changes)
{
	for (size_t i = 0; i < ARRAY_LEN(updates); i++) {
		struct oid base, tree;
		char *paths;

		must(update(&base, NULL, updates[i].base));
		if (!updates[i].result) {
			must_fail(ERR_INVALID,
				  update(&tree, &base, updates[i].changes));
			continue;
		}
		must(update(&tree, &base, updates[i].changes));
		paths = paths_of(&tree);
		cr_assert(eq(str, paths, (char *)updates[i].result), "%s: %s",
			  updates[i].base, updates[i].changes);
		free(paths);
	}
}

/* Bytes as printf takes them. */
static const char *const damaged[] = {
	"100644 a",
	"100644 a\\0",
	"100644 a\\0too short",
	"100644 \\0aaaaaaaaaaaaaaaaaaaa",
	" a\\0aaaaaaaaaaaaaaaaaaaa",
	"100648 a\\0aaaaaaaaaaaaaaaaaaaa",
	"1006440 a\\0aaaaaaaaaaaaaaaaaaaa",
	"100644",
	"100644 a\\0aaaaaaaaaaaaaaaaaaaa40000 b",
};

static struct oid write_raw_tree(const char *bytes)
{
	char *hex = sandbox_output(&box,
				   "printf '%s' | git -C r.git hash-object -w "
				   "-t tree --literally --stdin",
				   bytes);
	struct oid tree;

	cr_assert(oid_parse(&tree, hex));
	free(hex);
	return tree;
}

Test(tree, what_git_would_not_write_is_refused)
{
	for (size_t i = 0; i < ARRAY_LEN(damaged); i++) {
		struct oid tree, base = write_raw_tree(damaged[i]);

		must_fail(ERR_PROTOCOL, update(&tree, &base, "x"));
	}
	must_fail(ERR_PROTOCOL, update(&blob, &blob, "x"));
}

Test(tree, one_that_is_not_sorted_is_found_in_and_sorted)
{
	struct oid base = write_raw_tree("100644 c\\0aaaaaaaaaaaaaaaaaaaa"
					 "100644 b\\0aaaaaaaaaaaaaaaaaaaa"
					 "100644 a\\0aaaaaaaaaaaaaaaaaaaa");
	struct oid tree, sorted;

	must(update(&tree, &base, "a b c"));
	must(update(&sorted, NULL, "a b c"));
	cr_assert(oid_equal(&tree, &sorted));
}

Test(tree, lists_files_in_gits_order)
{
	struct tree_list list;
	struct oid tree;

	must(update(&tree, NULL, "a/x a/y/z a.b b"));
	must(tree_list(&list, repo, &tree, "", true, 10, &err));
	cr_assert(eq(sz, list.len, 4));
	cr_assert(eq(str, list.items[0].path, "a.b"));
	cr_assert(eq(str, list.items[2].path, "a/y/z"));
	cr_assert(eq(u32, list.items[2].mode, MODE_FILE));
	cr_assert(oid_equal(&list.items[2].id, &blob));
	tree_list_release(&list);
	must(tree_list(&list, repo, &tree, "a", false, 10, &err));
	cr_assert(eq(sz, list.len, 1));
	cr_assert(eq(str, list.items[0].path, "a/x"));
	tree_list_release(&list);
	must(tree_list(&list, repo, &tree, "none", true, 10, &err));
	cr_assert(eq(sz, list.len, 0));
	must(tree_list(&list, repo, &tree, "b", true, 10, &err));
	cr_assert(eq(sz, list.len, 0));
	must_fail(ERR_TOO_LARGE,
		  tree_list(&list, repo, &tree, "", true, 3, &err));
}

Test(tree, a_missing_one_is_no_empty_one)
{
	struct oid none = { { 7 } };
	struct tree_list list;

	must_fail(ERR_NOT_FOUND,
		  tree_list(&list, repo, &none, "", true, 10, &err));
}

Test(tree, finds_entries_by_path)
{
	struct tree_entry entry;
	struct oid tree;

	must(update(&tree, NULL, "a/x b"));
	must(tree_find(&entry, repo, &tree, "a/x", &err));
	cr_assert(oid_equal(&entry.id, &blob));
	must(tree_find(&entry, repo, &tree, "a", &err));
	cr_assert(eq(u32, entry.mode, MODE_TREE));
	must(tree_find(&entry, repo, &tree, "", &err));
	cr_assert(oid_equal(&entry.id, &tree));
	must_fail(ERR_NOT_FOUND, tree_find(&entry, repo, &tree, "c", &err));
	must_fail(ERR_NOT_FOUND, tree_find(&entry, repo, &tree, "b/x", &err));
}

Test(tree, too_deep_a_tree_is_refused)
{
	char *path = xstrdup("d");
	struct tree_change change = { .mode = MODE_FILE, .id = &blob };
	struct oid tree;

	for (int i = 0; i < 200; i++) {
		char *longer = xstrf("%s/d", path);

		free(path);
		path = longer;
	}
	change.path = path;
	must_fail(ERR_INVALID,
		  tree_update(&tree, repo, NULL, &change, 1, &err));
	free(path);
}

Test(tree, is_that_of_the_commit)
{
	struct oid tree, commit, found;

	must(update(&tree, NULL, "a"));
	must(commit_write(&commit, repo,
			  &(struct commit_draft){ &tree, NULL, 0, "m" }, &err));
	must(tree_of_commit(&found, repo, &commit, &err));
	cr_assert(oid_equal(&tree, &found));
	must_fail(ERR_NOT_FOUND, tree_of_commit(&found, repo, &tree, &err));
}
