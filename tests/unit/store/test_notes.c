#include "sandbox.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/random.h"
#include "repo/object.h"
#include "repo/refs.h"
#include "store/notes.h"
#include "store/state_ref.h"

static struct sandbox box;
static struct repo *repo;
static struct err err;

static void set_up(void)
{
	char *path;

	sandbox_init(&box);
	repo_setup();
	sandbox_run(&box, "git init -q w && cd w && for i in 1 2 3; do "
			  "git commit -q --allow-empty -m $i && git tag c$i; "
			  "done");
	path = sandbox_path(&box, "w");
	must(repo_open(&repo, path, &err));
	free(path);
}

static void tear_down(void)
{
	sandbox_run(&box, "git -C w fsck --full --strict");
	repo_free(repo);
	repo_teardown();
	sandbox_release(&box);
}

TestSuite(notes, .init = set_up, .fini = tear_down);

static struct oid at(const char *revision)
{
	char *hex = sandbox_output(&box, "git -C w rev-parse %s", revision);
	struct oid oid;

	cr_assert(oid_parse(&oid, hex));
	free(hex);
	return oid;
}

static int try_to_put(struct repo *to, const struct oid *commit,
		      const char *workflow, const char *text)
{
	char run[ULID_SIZE], *section, *trailer;
	struct note_change change = { .commit = *commit, .workflow = workflow };
	int ret;

	ulid_new(run);
	section = xstrf("%s: pass - %s\n\n  %s\n", workflow, text, text);
	trailer = xstrf("Referee-Run: %s %s pass 0123456789abcdef 0.01 USD",
			run, workflow);
	change.section = section;
	change.trailer = trailer;
	ret = notes_put(to, &change, 1, &err);
	free(section);
	free(trailer);
	return ret;
}

static void put(struct repo *to, const struct oid *commit, const char *workflow,
		const char *text)
{
	must(try_to_put(to, commit, workflow, text));
}

static char *shown(const char *revision)
{
	return sandbox_output(&box,
			      "git -C w notes --ref=referee show %s | "
			      "sed 's/^\\(Referee-Run:\\) [0-9A-Z]* /\\1 /'",
			      revision);
}

static void assert_note(const char *revision, const char *expected)
{
	char *text = shown(revision);

	cr_assert(eq(str, text, (char *)expected));
	free(text);
}

#define TAIL(id) "Referee-Run: " id " pass 0123456789abcdef 0.01 USD"

Test(notes, are_what_git_shows)
{
	struct oid c1 = at("c1");
	struct buf text;
	char *trailers;

	put(repo, &c1, "b-review", "one");
	put(repo, &c1, "a-tests", "two");
	put(repo, &c1, "b-review", "three");
	assert_note("c1", "a-tests: pass - two\n\n  two\n\nb-review: pass - "
			  "three\n\n  three\n\n" TAIL("a-tests") "\n" TAIL(
				  "b-review"));
	trailers = sandbox_output(
		&box, "cd w && git notes --ref=referee show c1 | "
		      "git interpret-trailers --parse | wc -l && "
		      "git log -1 --notes=referee c1 | grep -c 'three$'");
	cr_assert(eq(str, trailers, "2\n2"));
	free(trailers);
	buf_init(&text, 10000);
	must(notes_read(&text, repo, &c1, &err));
	cr_assert(strstr(text.ptr, "b-review: pass - three") != NULL);
	buf_release(&text);
}

Test(notes, keep_what_people_wrote_with_git)
{
	struct oid c1 = at("c1");

	sandbox_run(&box, "cd w && git notes --ref=referee add -m 'by Ada' c1");
	put(repo, &c1, "review", "one");
	sandbox_run(&box, "cd w && git notes --ref=referee append -m "
			  "'by Bob' c1");
	put(repo, &c1, "review", "two");
	assert_note("c1",
		    "by Ada\n\nby Bob\n\nreview: pass - two\n\n  two\n\n" TAIL(
			    "review"));
}

Test(notes, of_many_commits_go_into_one_commit)
{
	struct note_change changes[3];
	char *count, *tags[] = { "c3", "c1", "c2" };

	for (size_t i = 0; i < 3; i++)
		changes[i] = (struct note_change){
			.commit = at(tags[i]),
			.workflow = "r",
			.section = "r: skipped - draft",
			.trailer = "Referee-Run: 01HF7YAT000000000000000001 r "
				   "skipped 0123456789abcdef 0 USD",
		};
	must(notes_put(repo, changes, 3, &err));
	must(notes_put(repo, changes, 3, &err)); /* changes nothing */
	must(notes_put(repo, changes, 0, &err));
	count = sandbox_output(&box, "cd w && git rev-list --count "
				     "refs/notes/referee && git notes "
				     "--ref=referee list | wc -l");
	cr_assert(eq(str, count, "1\n3"));
	free(count);
}

Test(notes, that_are_binary_are_not_overwritten)
{
	struct note_change change = {
		.commit = at("c1"),
		.workflow = "r",
		.section = "r: pass",
		.trailer = "Referee-Run: 01HF7YAT000000000000000001 r pass",
	};

	sandbox_run(&box, "cd w && printf 'a\\0b' >bin && git notes "
			  "--ref=referee add -C $(git hash-object -w bin) c1");
	must_fail(ERR_INVALID, notes_put(repo, &change, 1, &err));
}

static void fetch_theirs(void)
{
	sandbox_run(&box, "cd w && git fetch -q ../other "
			  "+refs/notes/referee:refs/notes/origin/referee");
}

Test(notes, are_united_with_those_of_others)
{
	struct oid c1 = at("c1"), c2 = at("c2"), c3 = at("c3"), theirs;
	struct repo *other;
	char *path;

	put(repo, &c1, "a", "both start here");
	put(repo, &c3, "a", "both start here");
	sandbox_run(&box, "git clone -q w other && cd other && git fetch -q "
			  "origin refs/notes/referee:refs/notes/referee");
	path = sandbox_path(&box, "other");
	must(repo_open(&other, path, &err));
	put(other, &c1, "b", "theirs");
	put(other, &c2, "b", "only theirs");
	repo_free(other);
	sandbox_run(&box, "cd other && git notes --ref=referee append -m Ada "
			  "c2 && git notes --ref=referee remove c3");
	put(repo, &c1, "c", "ours");
	fetch_theirs();
	theirs = at("refs/notes/origin/referee");
	must(notes_unite(repo, &theirs, &err));
	assert_note("c1", "a: pass - both start here\n\n  both start here\n\n"
			  "b: pass - theirs\n\n  theirs\n\n"
			  "c: pass - ours\n\n  ours\n\n" TAIL("a") "\n" TAIL(
				  "b") "\n" TAIL("c"));
	assert_note("c2", "b: pass - only theirs\n\n  only theirs\n\n" TAIL(
				  "b") "\n\nAda");
	sandbox_run(&box, "cd w && ! git notes --ref=referee show c3 && "
			  "git merge-base --is-ancestor "
			  "refs/notes/origin/referee refs/notes/referee && "
			  "cd ../other && git fetch -q ../w "
			  "refs/notes/referee:refs/notes/referee");
	free(path);
}

Test(notes, follow_when_only_others_wrote)
{
	struct oid c1 = at("c1"), theirs, ours;

	sandbox_run(&box, "git clone -q w other && git -C other notes "
			  "--ref=referee add -m Ada c1");
	fetch_theirs();
	theirs = at("refs/notes/origin/referee");
	must(notes_unite(repo, &theirs, &err));
	must(notes_unite(repo, &theirs, &err));
	ours = at(NOTES_REF);
	cr_assert(oid_equal(&ours, &theirs));
	put(repo, &c1, "a", "one");
	must(notes_unite(repo, &theirs, &err));
	assert_note("c1", "Ada\n\na: pass - one\n\n  one\n\n" TAIL("a"));
}

Test(notes, with_another_beginning_are_united_too)
{
	struct oid c1 = at("c1"), theirs;

	put(repo, &c1, "a", "one");
	sandbox_run(&box, "git clone -q w other && git -C other notes "
			  "--ref=referee add -m Ada c1");
	fetch_theirs();
	theirs = at("refs/notes/origin/referee");
	must(notes_unite(repo, &theirs, &err));
	assert_note("c1", "Ada\n\na: pass - one\n\n  one\n\n" TAIL("a"));
}

Test(notes, of_several_processes_are_all_there)
{
	enum { PROCESSES = 4, NOTES = 8 };
	struct oid c1 = at("c1");
	char *path = sandbox_path(&box, "w"), *count;
	pid_t pids[PROCESSES];

	for (int i = 0; i < PROCESSES; i++) {
		pids[i] = fork();
		if (pids[i])
			continue;
		/* No assertions in a child: they would wait for ever. */
		if (repo_open(&repo, path, &err) < 0)
			_exit(1);
		for (int n = 0; n < NOTES; n++) {
			char *id = xstrf("w%d-%d", i, n);

			if (try_to_put(repo, &c1, id, "x") < 0)
				_exit(2);
			free(id);
		}
		_exit(0);
	}
	for (int i = 0; i < PROCESSES; i++) {
		int status;

		waitpid(pids[i], &status, 0);
		cr_assert(eq(int, status, 0));
	}
	count = sandbox_output(&box, "cd w && git notes --ref=referee show c1 "
				     "| grep -c ^Referee-Run:");
	cr_assert(eq(str, count, "32"));
	free(count);
	free(path);
}

/* Writes `count` notes onto `ref` as one commit with a flat tree: what a tool
 * without fan-out leaves. */
static void write_flat(const char *ref, int seed, int count)
{
	sandbox_run(
		&box,
		"awk 'BEGIN { srand(%d); print \"commit %s\\ncommitter a "
		"<a@b> 1700000000 +0000\\ndata 1\\nx\";"
		"for (i = 1; i <= %d; i++) { text = \"Looked at \" i \" of "
		"%d\";"
		"name = \"\"; for (j = 0; j < 10; j++) name = name "
		"sprintf(\"%%04x\", int(rand() * 65536));"
		"printf \"M 100644 inline %%s\\ndata %%d\\n%%s\\n\\n\", name, "
		"length(text) + 1, text } }' | git -C w fast-import --quiet",
		seed, ref, count, seed);
}

static void expect_lines(const char *lines, const char *command)
{
	char *seen = sandbox_output(&box, "%s", command);

	cr_assert(eq(str, seen, (char *)lines));
	free(seen);
}

/*
 * 20,000 notes in one flat tree; elsewhere git adds to them, merges 20,000
 * others, and makes its own fan-out of it all. What we wrote meanwhile and what
 * is there goes together, and git takes the result over as it is.
 */
Test(notes, of_forty_thousand_commits_lose_nothing_to_git)
{
	struct oid c1 = at("c1"), c2 = at("c2"), theirs;
	char *text;

	write_flat(NOTES_REF, 1, 20000);
	sandbox_run(&box, "git clone -q w elsewhere && cd elsewhere && "
			  "git config user.name a && git config user.email a@b "
			  "&& git fetch -q origin "
			  "refs/notes/referee:refs/notes/referee");
	put(repo, &c1, "pr-review", "ours");
	put(repo, &c2, "pr-review", "ours, too");
	write_flat("refs/notes/others", 2, 20000);
	sandbox_run(&box,
		    "cd elsewhere && git fetch -q origin "
		    "refs/notes/others:refs/notes/others && "
		    "git notes --ref=referee add -m 'By hand.' c1 && "
		    "git notes --ref=referee add -m 'By hand, too.' c3 && "
		    "git notes --ref=referee merge -q -s cat_sort_uniq others "
		    "&& git -C ../w fetch -q ../elsewhere "
		    "refs/notes/referee:refs/notes/theirs");
	theirs = at("refs/notes/theirs");
	must(notes_unite(repo, &theirs, &err));
	expect_lines("40003", "git -C w notes --ref=referee list | wc -l");
	/* All of theirs as they are, but c1, which both wrote. */
	expect_lines("1", "git -C w notes --ref=theirs list | sort >a; "
			  "git -C w notes --ref=referee list | sort >b; "
			  "comm -23 a b | wc -l");
	text = shown("c1");
	cr_assert(strstr(text, "By hand.") && strstr(text, "ours"));
	free(text);
	text = shown("c2");
	cr_assert(strstr(text, "ours, too") != NULL);
	free(text);
	text = shown("c3");
	cr_assert(eq(str, text, "By hand, too."));
	free(text);
	/* git goes on from it, after one more of its own. */
	sandbox_run(&box,
		    "cd elsewhere && git notes --ref=referee append -m Later. "
		    "c3 && git fetch -q ../w "
		    "refs/notes/referee:refs/notes/united && "
		    "git notes --ref=referee merge -q -s cat_sort_uniq united "
		    "&& git fsck --full");
	expect_lines("40003",
		     "git -C elsewhere notes --ref=referee list | wc -l");
	expect_lines("1", "git -C elsewhere notes --ref=referee show c3 | "
			  "grep -c Later.");
}
