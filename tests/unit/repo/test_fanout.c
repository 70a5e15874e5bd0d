#include "sandbox.h"
#include "unit.h"

#include <stdlib.h>

#include "core/alloc.h"
#include "repo/fanout.h"
#include "repo/object.h"
#include "repo/refs.h"
#include "repo/tree.h"

#define REF "refs/notes/referee"

static struct sandbox box;
static struct repo *repo;
static struct err err;

static void set_up(void)
{
	char *path;

	sandbox_init(&box);
	repo_setup();
	path = sandbox_path(&box, "r.git");
	must(repo_init_bare(&repo, path, &err));
	free(path);
}

static void tear_down(void)
{
	repo_free(repo);
	repo_teardown();
	sandbox_release(&box);
}

TestSuite(fanout, .init = set_up, .fini = tear_down);

/* The name of a commit for tests: "aa", "bb" ... repeated, or whole. */
static const char *name_of(char out[OID_HEX_SIZE], const char *start)
{
	size_t len = strlen(start);

	for (size_t i = 0; i < OID_HEX_SIZE - 1; i++)
		out[i] = start[i < len ? i : i % len];
	out[OID_HEX_SIZE - 1] = '\0';
	return out;
}

static struct oid commit_of(const char *start)
{
	char hex[OID_HEX_SIZE];
	struct oid oid;

	cr_assert(oid_parse(&oid, name_of(hex, start)));
	return oid;
}

/* Sets a file of `text` at the commit's name with slashes behind the digits
 * given. */
static struct oid put_at(const struct oid *tree, const char *start,
			 const int *digits, const char *text)
{
	char hex[OID_HEX_SIZE], path[64] = "";
	struct oid blob, out;
	struct tree_change change = { path, MODE_FILE, &blob };
	size_t from = 0;

	name_of(hex, start);
	for (; *digits; digits++) {
		strncat(path, hex + from, (size_t)*digits);
		strcat(path, "/");
		from += (size_t)*digits;
	}
	strcat(path, hex + from);
	must(blob_write(&blob, repo, text, strlen(text), &err));
	must(tree_update(&out, repo, tree, &change, 1, &err));
	return out;
}

static struct oid set_note(const struct oid *tree, const char *start,
			   const char *text)
{
	struct fanout_change change = { .commit = commit_of(start) };
	struct oid blob, out;

	if (text) {
		must(blob_write(&blob, repo, text, strlen(text), &err));
		change.blob = &blob;
	}
	must(fanout_update(&out, repo, tree, &change, 1, &err));
	return out;
}

static char *paths_of(const struct oid *tree)
{
	char hex[OID_HEX_SIZE];

	oid_format(hex, tree);
	return sandbox_output(&box,
			      "git -C r.git ls-tree -r --name-only %s | sed "
			      "'s,\\([0-9a-f]\\{4\\}\\)[0-9a-f]*$,\\1,' | "
			      "tr '\\n' ' ' | sed 's/ $//'",
			      hex);
}

static void assert_paths(const struct oid *tree, const char *expected)
{
	char *paths = paths_of(tree);

	cr_assert(eq(str, paths, (char *)expected));
	free(paths);
}

static void assert_text(const struct oid *tree, const char *start,
			const char *expected)
{
	struct oid commit = commit_of(start), blob;
	struct buf buf;

	must(fanout_find(&blob, repo, tree, &commit, &err));
	buf_init(&buf, 1000);
	must(blob_read(&buf, repo, &blob, &err));
	cr_assert(eq(str, buf.ptr, (char *)expected));
	buf_release(&buf);
}

static const int flat[] = { 0 }, one[] = { 2, 0 }, two[] = { 2, 2, 0 },
		 three[] = { 2, 2, 2, 0 };

Test(fanout, reads_notes_at_any_depth)
{
	struct oid tree, commit = commit_of("ee"), blob;

	tree = put_at(NULL, "aa", flat, "A");
	tree = put_at(&tree, "bb", one, "B");
	tree = put_at(&tree, "cc", two, "C");
	tree = put_at(&tree, "dd", three, "D");
	assert_text(&tree, "aa", "A");
	assert_text(&tree, "bb", "B");
	assert_text(&tree, "cc", "C");
	assert_text(&tree, "dd", "D");
	must_fail(ERR_NOT_FOUND,
		  fanout_find(&blob, repo, &tree, &commit, &err));
	must_fail(ERR_NOT_FOUND, fanout_find(&blob, repo, NULL, &commit, &err));
}

Test(fanout, writes_two_levels)
{
	struct oid tree = set_note(NULL, "aa", "A");

	tree = set_note(&tree, "aab", "AB");
	tree = set_note(&tree, "bb", "B");
	assert_paths(&tree, "aa/aa/aaaa aa/ba/abaa bb/bb/bbbb");
	tree = set_note(&tree, "aa", NULL);
	assert_paths(&tree, "aa/ba/abaa bb/bb/bbbb");
	tree = set_note(&tree, "bb", NULL);
	tree = set_note(&tree, "bb", NULL);
	assert_paths(&tree, "aa/ba/abaa");
}

Test(fanout, moves_what_it_meets_and_loses_nothing)
{
	struct oid tree;

	tree = put_at(NULL, "aa", flat, "A");
	tree = put_at(&tree, "bb", one, "B");
	tree = put_at(&tree, "bbc", one, "BC");
	tree = put_at(&tree, "dd", three, "D");
	tree = put_at(&tree, "dddde", three, "DE");
	tree = set_note(&tree, "bb", "new");
	tree = set_note(&tree, "ddddf", "DF");
	assert_text(&tree, "aa", "A");
	assert_text(&tree, "bb", "new");
	assert_text(&tree, "bbc", "BC");
	assert_text(&tree, "dd", "D");
	assert_text(&tree, "dddde", "DE");
	assert_paths(&tree, "aa/aa/aaaa bb/bb/bbbb bb/cb/bcbb dd/dd/dddd "
			    "dd/dd/eddd dd/dd/fddd");
}

Test(fanout, joins_notes_of_one_commit)
{
	struct oid tree;

	tree = put_at(NULL, "aa", flat, "first\n");
	tree = put_at(&tree, "aa", two, "second\n");
	tree = set_note(&tree, "bb", "B");
	assert_text(&tree, "aa", "second\n\nfirst\n");
	assert_paths(&tree, "aa/aa/aaaa bb/bb/bbbb");
}

Test(fanout, tells_of_all_copies)
{
	struct oid tree, commit = commit_of("aa");
	struct fanout_copies copies;

	tree = put_at(NULL, "aa", flat, "1");
	tree = put_at(&tree, "aa", one, "2");
	tree = put_at(&tree, "aa", three, "3");
	must(fanout_find_all(&copies, repo, &tree, &commit, &err));
	cr_assert(eq(sz, copies.count, 3));
}

Test(fanout, keeps_what_is_no_note)
{
	struct oid blob, tree;
	struct tree_change others[] = {
		{ "README", MODE_FILE, &blob },
		{ "aa/note.txt", MODE_FILE, &blob },
		{ "aa/aa/aa/deep.txt", MODE_FILE, &blob },
		{ "zz/x", MODE_FILE, &blob },
	};

	must(blob_write(&blob, repo, "x", 1, &err));
	must(tree_update(&tree, repo, NULL, others, ARRAY_LEN(others), &err));
	tree = put_at(&tree, "aa", three, "A");
	tree = set_note(&tree, "aaaac", "AC");
	assert_paths(&tree, "README aa/aa/aa/deep.txt aa/aa/aaaa aa/aa/caaa "
			    "aa/note.txt zz/x");
	assert_text(&tree, "aa", "A");
}

struct tally {
	size_t count;
	size_t max;
};

static bool count_note(const struct oid *commit, const struct oid *blob,
		       void *payload)
{
	struct tally *tally = payload;

	cr_assert(not(oid_is_zero(commit)));
	cr_assert(object_exists(repo, blob));
	return ++tally->count < tally->max;
}

Test(fanout, visits_every_note_until_told_to_stop)
{
	struct tally tally = { 0, 100 };
	struct oid tree;

	tree = put_at(NULL, "aa", flat, "A");
	tree = put_at(&tree, "bb", one, "B");
	tree = put_at(&tree, "dd", three, "D");
	must(fanout_each(repo, &tree, count_note, &tally, &err));
	cr_assert(eq(sz, tally.count, 3));
	tally = (struct tally){ 0, 2 };
	must(fanout_each(repo, &tree, count_note, &tally, &err));
	cr_assert(eq(sz, tally.count, 2));
}

/* git writes notes at its own depths, we take over, git reads ours. */
Test(fanout, agrees_with_git)
{
	enum { COMMITS = 40 };
	struct oid tip, tree, blob, commit;
	struct fanout_change changes[COMMITS];
	char *list, *next;
	size_t count = 0;

	sandbox_run(&box,
		    "cd r.git && t=$(git mktree </dev/null) && for i in "
		    "$(seq %d); do git commit-tree -m $i $t; done >../commits "
		    "&& for c in $(head -20 ../commits); do "
		    "git notes --ref=referee add -m by-git $c; done",
		    COMMITS);
	list = sandbox_output(&box, "cat commits");
	must(blob_write(&blob, repo, "by referee\n", 11, &err));
	for (char *hex = strtok_r(list, "\n", &next); hex;
	     hex = strtok_r(NULL, "\n", &next), count++) {
		cr_assert(oid_parse(&changes[count].commit, hex));
		changes[count].blob = &blob;
	}
	cr_assert(eq(sz, count, COMMITS));
	must(ref_read(&tip, repo, REF, &err));
	must(tree_of_commit(&tree, repo, &tip, &err));
	must(fanout_update(&tree, repo, &tree, changes + 20, 20, &err));
	must(commit_write(&commit, repo,
			  &(struct commit_draft){ &tree, &tip, 1, "notes\n" },
			  &err));
	must(ref_move(repo, REF, &tip, &commit, "test", &err));
	sandbox_run(&box,
		    "cd r.git && git fsck --full --strict && "
		    "test $(git notes --ref=referee list | wc -l) = 40 && "
		    "for c in $(tail -20 ../commits); do git notes "
		    "--ref=referee show $c | grep -qx 'by referee' || exit 1; "
		    "done && for c in $(head -20 ../commits); do git notes "
		    "--ref=referee show $c | grep -qx by-git || exit 1; done "
		    "&& git notes --ref=referee add -f -m last "
		    "$(head -1 ../commits) && "
		    "test $(git notes --ref=referee list | wc -l) = 40");
	free(list);
}
