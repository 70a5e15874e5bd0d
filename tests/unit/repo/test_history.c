#include "sandbox.h"
#include "unit.h"

#include <stdlib.h>

#include "core/alloc.h"
#include "core/buf.h"
#include "repo/object.h"

static struct sandbox box;
static struct repo *repo;
static struct err err;

/* main: m1 m2 m3 (merge of side) m4; side: from m1, s1; topic: from m2, t1. */
static const char history[] =
	"git init -q w && cd w && t=1700000000 && c() { t=$((t + 60)); "
	"GIT_AUTHOR_DATE=\"$t +0000\" GIT_COMMITTER_DATE=\"$t +0000\" \"$@\"; "
	"} && n() { c git commit -q --allow-empty -m $1 && git tag $1; } && "
	"n m1 && git checkout -q -b side && n s1 && git checkout -q main && "
	"n m2 && c git merge -q --no-ff -m m3 side && git tag m3 && n m4 && "
	"git checkout -q -b topic m2 && n t1 && git checkout -q --orphan alone "
	"&& n a1";

static void set_up(void)
{
	sandbox_init(&box);
	repo_setup();
	repo = NULL;
	sandbox_run(&box, "%s", history);
}

static void tear_down(void)
{
	repo_free(repo);
	repo_teardown();
	sandbox_release(&box);
}

TestSuite(history, .init = set_up, .fini = tear_down);

static void open_at(const char *name)
{
	char *path = sandbox_path(&box, name);

	must(repo_open(&repo, path, &err));
	free(path);
}

static struct oid at(const char *revision)
{
	char *hex = sandbox_output(&box, "git -C w rev-parse %s", revision);
	struct oid oid;

	cr_assert(oid_parse(&oid, hex));
	free(hex);
	return oid;
}

static bool add_subject(const struct oid *commit, void *payload)
{
	struct commit_info info;
	struct buf *out = payload;

	must(commit_read(&info, repo, commit, &err));
	buf_addf(out, "%s ", info.subject);
	commit_info_release(&info);
	return strcmp(out->ptr, "m4 m3 m2 ") != 0 || out->max != 99;
}

static void assert_walk(const char *from, bool first_parent, size_t max,
			const char *expected)
{
	struct oid start = at(from);
	struct buf out;

	buf_init(&out, max);
	must(commit_walk(repo, &start, first_parent, add_subject, &out, &err));
	cr_assert(eq(str, out.ptr, (char *)expected));
	buf_release(&out);
}

Test(history, is_walked_newest_first)
{
	open_at("w");
	assert_walk("m4", false, 100, "m4 m3 m2 s1 m1 ");
	assert_walk("m4", true, 100, "m4 m3 m2 m1 ");
	assert_walk("m4", false, 99, "m4 m3 m2 ");
}

static void assert_bases(const char *const (*pairs)[3], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		struct oid a = at(pairs[i][0]), b = at(pairs[i][1]), base;
		struct oid expected;

		if (!pairs[i][2]) {
			must_fail(ERR_NOT_FOUND,
				  repo_merge_base(&base, repo, &a, &b, &err));
			continue;
		}
		expected = at(pairs[i][2]);
		must(repo_merge_base(&base, repo, &a, &b, &err));
		cr_assert(oid_equal(&base, &expected), "%s %s", pairs[i][0],
			  pairs[i][1]);
	}
}

static const char *const bases[][3] = {
	{ "m4", "t1", "m2" }, { "t1", "m4", "m2" }, { "s1", "m2", "m1" },
	{ "m4", "s1", "s1" }, { "m4", "m4", "m4" }, { "m4", "a1", NULL },
};

Test(history, has_the_merge_bases_git_finds)
{
	open_at("w");
	assert_bases(bases, ARRAY_LEN(bases));
}

/* The shallow clone holds m4 m3 m2 s1 a1; m2 and s1 have no parents there. */
static void make_shallow(void)
{
	sandbox_run(&box, "git clone -q --depth 3 --branch main --no-tags "
			  "file://$PWD/w shallow && cd shallow && "
			  "git fetch -q --depth 1 origin alone && "
			  "! git cat-file -e $(git -C ../w rev-parse m1) && "
			  "git cat-file -e $(git -C ../w rev-parse m2)");
	open_at("shallow");
}

static const char *const shallow_bases[][3] = {
	{ "m4", "s1", "s1" },
	{ "m3", "m4", "m3" },
	{ "m4", "a1", NULL },
	{ "s1", "m2", NULL },
};

Test(history, of_a_shallow_clone_ends_at_its_border)
{
	struct oid m1 = at("m1"), m2 = at("m2"), m4 = at("m4"), base;
	bool is_ancestor;

	make_shallow();
	cr_assert(repo_is_shallow(repo));
	assert_walk("m4", false, 100, "m4 m3 m2 s1 ");
	assert_bases(shallow_bases, ARRAY_LEN(shallow_bases));
	cr_assert(strstr(err.msg, "--unshallow") != NULL, "%s", err.msg);
	must_fail(ERR_NOT_FOUND, repo_merge_base(&base, repo, &m4, &m1, &err));
	must(repo_is_ancestor(&is_ancestor, repo, &m2, &m4, &err));
	cr_assert(is_ancestor);
	must(repo_is_ancestor(&is_ancestor, repo, &m4, &m2, &err));
	cr_assert(not(is_ancestor));
}

Test(history, knows_ancestors)
{
	static const struct {
		const char *old, *young;
		bool is_ancestor;
	} pairs[] = {
		{ "m1", "m4", true },  { "s1", "m4", true },
		{ "m4", "m4", true },  { "m4", "m1", false },
		{ "t1", "m4", false }, { "a1", "m4", false },
	};

	open_at("w");
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		struct oid old = at(pairs[i].old), young = at(pairs[i].young);
		bool is_ancestor;

		must(repo_is_ancestor(&is_ancestor, repo, &old, &young, &err));
		cr_assert(eq(int, is_ancestor, pairs[i].is_ancestor));
	}
}

Test(history, names_a_missing_commit)
{
	struct oid m4 = at("m4"), t1 = at("t1"), base;
	char *hex = sandbox_output(&box, "git -C w rev-parse m2");
	struct buf out;

	sandbox_run(&box,
		    "cd w/.git/objects && rm -f $(echo %s | "
		    "sed 's,..,&/,')",
		    hex);
	open_at("w");
	buf_init(&out, 100);
	must_fail(ERR_NOT_FOUND,
		  commit_walk(repo, &m4, false, add_subject, &out, &err));
	cr_assert(strstr(err.msg, hex) != NULL, "%s", err.msg);
	/* libgit2 1.5.1 leaks 64 bytes when a walk fails. */
	with_leaks_of_others(must_fail(
		ERR_NOT_FOUND, repo_merge_base(&base, repo, &m4, &t1, &err)));
	cr_assert(strstr(err.msg, "common history") == NULL, "%s", err.msg);
	buf_release(&out);
	free(hex);
}
