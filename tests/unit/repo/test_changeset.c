#include "made.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

#include "core/alloc.h"
#include "core/limits.h"

static struct made made;
static struct err err;

static void set_up(void)
{
	made_init(&made);
	made_run(&made, "mkdir -p App; seq 30 >App/A.swift\n"
			"git add . && git commit -qm base && git tag base");
}

static void tear_down(void)
{
	made_release(&made);
}

TestSuite(changeset, .init = set_up, .fini = tear_down);

static void commit(const char *commands)
{
	made_run(&made, commands);
	made_run(&made, "git add -A && git commit -qm change");
}

static void assert_agrees(const char *base, const char *head)
{
	char *ours = made_listing(&made);
	char *theirs = git_listing(&made, base, head);

	cr_expect(eq(str, ours, theirs));
	free(ours);
	free(theirs);
}

/* Each one change on top of the base: what becomes of `path`, and git's own
 * list of files and counts is the same. */
static const struct {
	const char *commands, *path;
	char status;
	enum file_omitted omitted;
	enum file_class file_class;
	size_t additions, deletions, hunks;
} cases[] = {
	{ "sed -i 's/^15$/x/' App/A.swift", "App/A.swift", 'M', OMIT_NOTHING,
	  CLASS_SOURCE, 1, 1, 1 },
	{ "sed -i '1d;30d' App/A.swift", "App/A.swift", 'M', OMIT_NOTHING,
	  CLASS_SOURCE, 0, 2, 2 },
	{ "git rm -q App/A.swift && touch keep", "App/A.swift", 'D',
	  OMIT_NOTHING, CLASS_SOURCE, 0, 30, 1 },
	{ "touch empty.swift", "empty.swift", 'A', OMIT_NOTHING, CLASS_SOURCE,
	  0, 0, 0 },
	{ "mkdir T && git mv App/A.swift T/B.swift", "T/B.swift", 'R',
	  OMIT_NOTHING, CLASS_SOURCE, 0, 0, 0 },
	{ "git mv App/A.swift B.kt && echo x >>B.kt", "B.kt", 'R', OMIT_NOTHING,
	  CLASS_SOURCE, 1, 0, 1 },
	{ "cp App/A.swift B.swift; echo x >>App/A.swift", "B.swift", 'C',
	  OMIT_NOTHING, CLASS_SOURCE, 30, 0, 1 },
	{ "chmod +x App/A.swift", "App/A.swift", 'M', OMIT_NOTHING,
	  CLASS_SOURCE, 0, 0, 0 },
	{ "rm App/A.swift; ln -s ../x App/A.swift", "App/A.swift", 'T',
	  OMIT_NOTHING, CLASS_SOURCE, 1, 30, 1 },
	{ "ln -s nowhere link", "link", 'A', OMIT_NOTHING, CLASS_OTHER, 1, 0,
	  1 },
	{ "printf 'a\\0b' >i.png", "i.png", 'A', OMIT_BINARY, CLASS_ASSET, 0, 0,
	  0 },
	{ "printf '\\0' >>App/A.swift", "App/A.swift", 'M', OMIT_BINARY,
	  CLASS_SOURCE, 0, 0, 0 },
	{ "{ head -c 8000 /dev/zero | tr '\\0' x; printf 'a\\0b\\n'; } >t.c",
	  "t.c", 'A', OMIT_NOTHING, CLASS_SOURCE, 1, 0, 1 },
	{ "sed -i 's/$/\\r/' App/A.swift", "App/A.swift", 'M', OMIT_NOTHING,
	  CLASS_SOURCE, 30, 30, 1 },
	{ "printf 31 >>App/A.swift", "App/A.swift", 'M', OMIT_NOTHING,
	  CLASS_SOURCE, 1, 0, 1 },
	{ "printf '%s' \"$(seq 30)\" >App/A.swift", "App/A.swift", 'M',
	  OMIT_NOTHING, CLASS_SOURCE, 1, 1, 1 },
	{ "rm -r App && echo x >App", "App", 'A', OMIT_NOTHING, CLASS_OTHER, 1,
	  0, 1 },
	{ "rm App/A.swift && mkdir App/A.swift && echo x >App/A.swift/x.m",
	  "App/A.swift/x.m", 'A', OMIT_NOTHING, CLASS_SOURCE, 1, 0, 1 },
	{ "git update-index --add --cacheinfo "
	  "160000,0123456789012345678901234567890123456789,Sub",
	  "Sub", 'A', OMIT_SUBMODULE, CLASS_OTHER, 1, 0, 0 },
	{ "printf 'version https://git-lfs.github.com/spec/v1\\noid "
	  "sha256:%064d\\nsize 12\\n' 7 >video.mov",
	  "video.mov", 'A', OMIT_LFS, CLASS_ASSET, 3, 0, 0 },
	{ "printf x >\"$(printf 'caf\\351 \\t.swift')\"", "caf\351 \t.swift",
	  'A', OMIT_NOTHING, CLASS_SOURCE, 1, 0, 1 },
	{ "echo 1 >Podfile.lock", "Podfile.lock", 'A', OMIT_NOTHING, CLASS_LOCK,
	  1, 0, 1 },
	{ "mkdir Pods && echo 1 >Pods/x.m", "Pods/x.m", 'A', OMIT_NOTHING,
	  CLASS_VENDORED, 1, 0, 1 },
};

static void check(size_t i)
{
	const struct changed_file *file = made_file(&made, cases[i].path);

	cr_expect(file_status_letter(file->status) == cases[i].status, "%s",
		  cases[i].commands);
	cr_expect(file->omitted == cases[i].omitted, "%s", cases[i].commands);
	cr_expect(file->file_class == cases[i].file_class, "%s",
		  cases[i].commands);
	cr_expect(eq(sz, file->additions, cases[i].additions), "%s",
		  cases[i].commands);
	cr_expect(eq(sz, file->deletions, cases[i].deletions), "%s",
		  cases[i].commands);
	cr_expect(eq(sz, file->hunk_count, cases[i].hunks), "%s",
		  cases[i].commands);
}

Test(changeset, kinds_of_changes)
{
	for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
		made_run(&made, "git reset -q --hard base && git clean -qfd");
		made_run(&made, cases[i].commands);
		made_run(&made, "git -c core.filemode=true add . "
				"':!Sub' && git commit -qm change");
		made_change(&made, "base", "HEAD", NULL);
		check(i);
		assert_agrees("base", "HEAD");
	}
}

Test(changeset, submodules_move_and_go)
{
	static const char *const commands[] = {
		"git update-index --cacheinfo "
		"160000,1111111111111111111111111111111111111111,Sub",
		"git update-index --force-remove Sub",
		"git update-index --force-remove Sub; rm -rf Sub; seq 3 >Sub; "
		"git add Sub",
	};
	static const size_t counts[][2] = { { 1, 1 }, { 0, 1 }, { 3, 1 } };

	made_run(&made, "git update-index --add --cacheinfo "
			"160000,0123456789012345678901234567890123456789,Sub "
			"&& git commit -qm sub && git tag sub");
	for (size_t i = 0; i < ARRAY_LEN(commands); i++) {
		made_run(&made, "git reset -q --hard sub");
		made_run(&made, commands[i]);
		made_run(&made, "git commit -qm change && rm -rf Sub");
		made_change(&made, "sub", "HEAD", NULL);
		cr_expect(eq(sz, made.changes.additions, counts[i][0]));
		cr_expect(eq(sz, made.changes.deletions, counts[i][1]));
		cr_expect(made_file(&made, "Sub")->omitted == OMIT_SUBMODULE);
		assert_agrees("sub", "HEAD");
	}
}

Test(changeset, a_pull_cannot_hide_a_file_by_attributes)
{
	const struct changed_file *file;

	commit("echo '*.swift -diff linguist-generated' >.gitattributes; "
	       "echo x >>App/A.swift");
	made_change(&made, "base", "HEAD", NULL);
	file = made_file(&made, "App/A.swift");
	cr_expect(file->omitted == OMIT_NOTHING);
	cr_expect(eq(sz, file->hunk_count, 1));
	cr_expect(not(file->is_generated));
	made_change(&made, "base", "HEAD", "HEAD");
	file = made_file(&made, "App/A.swift");
	cr_expect(file->omitted == OMIT_ATTRIBUTE);
	cr_expect(eq(sz, file->hunk_count, 0));
	cr_expect(eq(sz, file->additions, 1));
	cr_expect(file->is_generated);
}

Test(changeset, attributes_decide_what_is_generated_or_vendored)
{
	commit("mkdir Pods Ext; echo 1 >Pods/a.m; echo 1 >Ext/b.m; echo 1 >c.m;"
	       "printf 'Pods/** -linguist-vendored\\nExt/* linguist-vendored\\n"
	       "c.m linguist-generated=true\\n' >.gitattributes");
	made_change(&made, "base", "HEAD", "HEAD");
	cr_expect(made_file(&made, "Pods/a.m")->file_class == CLASS_SOURCE);
	cr_expect(made_file(&made, "Ext/b.m")->file_class == CLASS_VENDORED);
	cr_expect(made_file(&made, "c.m")->file_class == CLASS_GENERATED);
}

Test(changeset, lines_have_numbers_text_and_a_heading)
{
	const struct changed_file *file;
	const struct hunk *hunk;

	made_run(&made, "{ echo 'class Wallet {'; seq 20; } >W.swift; "
			"git add . && git commit -qm w && git tag w");
	commit("sed -i 's/^15$/a\\r\\nb/' W.swift");
	made_change(&made, "w", "HEAD", NULL);
	file = changeset_find(&made.changes, "W.swift");
	cr_assert(file != NULL);
	cr_assert(eq(sz, file->hunk_count, 1));
	hunk = &file->hunks[0];
	cr_expect(eq(str, hunk->heading, "class Wallet {"));
	cr_expect(eq(int, hunk->new_start, 13));
	cr_expect(eq(int, hunk->new_count, 8));
	cr_expect(eq(int, hunk->old_count, 7));
	cr_assert(eq(sz, hunk->line_count, 9));
	cr_expect(hunk->lines[3].origin == '-');
	cr_expect(eq(int, hunk->lines[3].old_line, 16));
	cr_expect(eq(int, hunk->lines[3].new_line, 0));
	cr_expect(eq(str, (char *)hunk->lines[4].text, "a\r"));
	cr_expect(eq(int, hunk->lines[4].old_line, 0));
	cr_expect(eq(int, hunk->lines[4].new_line, 16));
	cr_expect(changed_file_has_line(file, 13));
	cr_expect(changed_file_has_line(file, 20));
	cr_expect(not(changed_file_has_line(file, 12)));
	cr_expect(not(changed_file_has_line(file, 21)));
	cr_expect(not(changed_file_has_line(file, 0)));
}

Test(changeset, finds_files_of_the_head_only)
{
	commit("git mv App/A.swift B.swift; seq 5 >C.swift");
	made_run(&made, "git tag c");
	commit("git rm -q C.swift; echo x >>B.swift");
	made_change(&made, "base", "HEAD", NULL);
	cr_expect(changeset_find(&made.changes, "B.swift") != NULL);
	cr_expect(changeset_find(&made.changes, "App/A.swift") == NULL);
	made_change(&made, "c", "HEAD", NULL);
	cr_expect(changeset_find(&made.changes, "C.swift") == NULL);
	made_change(&made, "HEAD", "HEAD", NULL);
	cr_expect(changeset_find(&made.changes, "B.swift") == NULL);
}

Test(changeset, the_merge_base_is_compared)
{
	char hex[OID_HEX_SIZE], *base;

	made_run(&made, "git checkout -qb topic && echo x >>App/A.swift && "
			"git commit -qam topic && git checkout -q main && "
			"echo y >other && git add . && git commit -qm other");
	made_change(&made, "main", "topic", NULL);
	cr_expect(eq(sz, made.changes.file_count, 1));
	base = sandbox_output(&made.box, "git -C work rev-parse base");
	oid_format(hex, &made.changes.base);
	cr_expect(eq(str, hex, base));
	assert_agrees("main", "topic");
	free(base);
}

Test(changeset, of_branches_that_merged_each_other)
{
	made_run(&made,
		 "git checkout -qb one && echo 1 >one && git add . && "
		 "git commit -qm one && git checkout -qb two base && "
		 "echo 2 >two && git add . && "
		 "GIT_COMMITTER_DATE=2001-01-01T00:00:00Z "
		 "git commit -qm two && "
		 "git merge -q -m m one && git checkout -q one && "
		 "git merge -q -m m two^ && echo 3 >>one && git commit -qam 3");
	/* Of two merge bases the later one counts, as for git. */
	made_change(&made, "two", "one", NULL);
	cr_expect(eq(sz, made.changes.file_count, 2));
}

Test(changeset, histories_without_a_common_commit)
{
	made_run(&made, "git checkout -q --orphan other && "
			"git commit -qm other");
	must_fail(ERR_NOT_FOUND, made_try(&made, "main", "other", &err));
}

Test(changeset, a_missing_blob_is_named)
{
	char *blob;

	commit("echo x >>App/A.swift");
	blob = sandbox_output(&made.box, "cd work && git rev-parse "
					 "HEAD:App/A.swift");
	sandbox_run(&made.box, "cd work && rm -f .git/objects/%.2s/%s", blob,
		    blob + 2);
	must_fail(ERR_NOT_FOUND, made_try(&made, "base", "HEAD", &err));
	cr_expect(strstr(err.msg, blob) != NULL, "%s", err.msg);
	cr_expect(strstr(err.msg, "App/A.swift") != NULL, "%s", err.msg);
	free(blob);
}

Test(changeset, a_missing_tree_is_named)
{
	char *tree;

	commit("echo x >>App/A.swift");
	tree = sandbox_output(&made.box, "cd work && git rev-parse HEAD:App");
	sandbox_run(&made.box, "cd work && rm -f .git/objects/%.2s/%s", tree,
		    tree + 2);
	must_fail(ERR_NOT_FOUND, made_try(&made, "base", "HEAD", &err));
	cr_expect(strstr(err.msg, tree) != NULL, "%s", err.msg);
	cr_expect(strstr(err.msg, "App/") != NULL, "%s", err.msg);
	free(tree);
}

Test(changeset, a_shallow_clone_says_how_to_get_more)
{
	made_run(&made,
		 "git checkout -qb topic && echo 1 >t && git add . && "
		 "git commit -qm t && git checkout -q main && echo 2 >m && "
		 "git add . && git commit -qm m && cd .. && mv work whole && "
		 "git clone -q --depth 1 --no-single-branch "
		 "\"file://$PWD/whole\" work");
	must_fail(ERR_NOT_FOUND,
		  made_try(&made, "origin/main", "origin/topic", &err));
	cr_expect(strstr(err.msg, "shallow") != NULL, "%s", err.msg);
	cr_expect(strstr(err.msg, "git fetch") != NULL, "%s", err.msg);
}

Test(changeset, ten_thousand_files)
{
	commit("mkdir d && cd d && seq 10000 | split -a 4 -l 1 - f");
	made_change(&made, "base", "HEAD", NULL);
	cr_expect(eq(sz, made.changes.file_count, 10000));
	cr_expect(eq(sz, made.changes.additions, 10000));
	assert_agrees("base", "HEAD");
}

/* fast-import: one blob under that many names. */
#define MANY_FILES                                                           \
	"{ echo blob; echo mark :1; echo data 2; echo x; "                   \
	"echo commit refs/heads/many%ld; echo 'committer A <a@b> 1 +0000'; " \
	"echo data 1; echo m; echo from refs/tags/base; "                    \
	"seq 100 %ld | sed 's|..$|/&|;s|^|M 100644 :1 d|'; } | git "         \
	"fast-import --quiet"

Test(changeset, too_many_files_are_refused)
{
	char *commands = xstrf(MANY_FILES, 1L, LIMIT_CHANGED_FILES + 101L);

	made_run(&made, commands);
	must_fail(ERR_TOO_LARGE, made_try(&made, "base", "many1", &err));
	free(commands);
	commands = xstrf(MANY_FILES, 2L, LIMIT_CHANGED_FILES + 99L);
	made_run(&made, commands);
	made_change(&made, "base", "many2", NULL);
	cr_expect(eq(sz, made.changes.file_count, LIMIT_CHANGED_FILES));
	free(commands);
}

/* Thirty trees, each holding the next ten times. */
Test(changeset, a_tree_that_explodes_is_refused)
{
	made_run(&made,
		 "tree=$(git mktree </dev/null)\n"
		 "for i in $(seq 30); do\n"
		 "  tree=$(for j in 0 1 2 3 4 5 6 7 8 9; do\n"
		 "    printf '040000 tree %s\\t%s\\n' $tree $j; done | "
		 "git mktree); done\n"
		 "git branch bomb $(git commit-tree -p base -m b $tree)");
	must_fail(ERR_TOO_LARGE, made_try(&made, "base", "bomb", &err));
}

Test(changeset, a_deep_tree_is_refused)
{
	made_run(
		&made,
		"tree=$(git rev-parse base^{tree})\n"
		"for i in $(seq 200); do tree=$(printf '040000 tree %s\\td\\n' "
		"$tree | git mktree); done\n"
		"git branch deep $(git commit-tree -p base -m d $tree)");
	must_fail(ERR_TOO_LARGE, made_try(&made, "base", "deep", &err));
}

Test(changeset, a_huge_file_is_not_looked_into)
{
	const struct changed_file *file;

	commit("truncate -s 100M huge.c; echo x >>App/A.swift; "
	       "yes x | head -c 1048576 >fits.c; "
	       "yes x | head -c 1048577 >large.c");
	made_change(&made, "base", "HEAD", NULL);
	file = made_file(&made, "huge.c");
	cr_expect(file->omitted == OMIT_OVERSIZED);
	cr_expect(eq(sz, file->hunk_count, 0));
	cr_expect(made_file(&made, "large.c")->omitted == OMIT_OVERSIZED);
	cr_expect(made_file(&made, "fits.c")->omitted == OMIT_NOTHING);
	cr_expect(eq(sz, made_file(&made, "fits.c")->additions, 524288));
	cr_expect(eq(sz, made_file(&made, "App/A.swift")->hunk_count, 1));
}

/* Twelve files of 100,000 lines: two too many. Lock files go first. */
Test(changeset, past_the_limit_files_are_left_out)
{
	size_t left_out = 0;

	commit("for i in 0 1 2 3 4 5 6 7 8 9; do yes $i | head -n 100000 "
	       ">a$i.lock; done; for i in 1 2; do yes $i | head -n 100000 "
	       ">z$i.c; done");
	made_change(&made, "base", "HEAD", NULL);
	for (size_t i = 0; i < made.changes.file_count; i++)
		left_out += made.changes.files[i].omitted == OMIT_DIFF_LIMIT;
	cr_expect(eq(sz, left_out, 2));
	cr_expect(eq(sz, made.changes.additions, 1000000));
	cr_expect(made_file(&made, "z2.c")->omitted == OMIT_NOTHING);
	cr_expect(made_file(&made, "a9.lock")->omitted == OMIT_DIFF_LIMIT);
}

Test(changeset, too_many_renames_are_matched_by_name_only)
{
	made_run(&made, "mkdir d && for i in $(seq 201); do "
			"seq $i 3 $((i + 60)) >d/f$i; done\n"
			"seq 40 >d/Same.kt\n"
			"git add . && git commit -qm many && git tag many");
	commit("mkdir e && for i in $(seq 201); do { cat d/f$i; echo x; } "
	       ">e/g$i; done; { cat d/Same.kt; echo y; } >e/Same.kt; rm -r d");
	made_change(&made, "many", "HEAD", NULL);
	cr_expect(made.changes.exact_renames_only);
	cr_expect(made_file(&made, "e/Same.kt")->status == FILE_RENAMED);
	cr_expect(made_file(&made, "e/g1")->status == FILE_ADDED);
}

Test(changeset, says_why_a_file_was_left_out)
{
	for (int i = OMIT_BINARY; i <= OMIT_ATTRIBUTE; i++)
		cr_expect(strlen(file_omitted_reason(i)) > 3);
	cr_expect(eq(str, (char *)file_omitted_reason(OMIT_NOTHING), ""));
}
