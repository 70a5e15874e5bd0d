/*
 * A note on top of many, a hundred notes in one commit, against `git notes
 * add`. Prints ratios to what the design asks for.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/clock.h"
#include "core/random.h"
#include "repo/fanout.h"
#include "repo/object.h"
#include "repo/refs.h"
#include "store/notes.h"
#include "store/state_ref.h"

#define FEW      1000
#define MANY     100000
#define BATCH    100
#define ADDED    20 /* by git, one process each */
#define REPEATED 20

static struct err err;

static void must(int ret)
{
	if (ret < 0) {
		fprintf(stderr, "bench_notes: %s\n", err.msg);
		exit(EXIT_FAILURE);
	}
}

static struct oid random_commit(void)
{
	struct oid oid;

	random_bytes(&oid, sizeof(oid));
	return oid;
}

/* A repository with `count` notes, packed: as after `git maintenance`. */
static struct repo *make(const char *dir, size_t count)
{
	char *command = xstrf("git -C '%s' fast-import --quiet", dir);
	struct repo *repo;
	FILE *out;

	must(repo_init_bare(&repo, dir, &err));
	out = popen(command, "w"); /* NOLINT(cert-env33-c) */
	if (!out)
		exit(EXIT_FAILURE);
	fputs("blob\nmark :1\ndata 7\na note\n\ncommit " NOTES_REF
	      "\ncommitter a <a@b> 1700000000 +0000\ndata 6\nnotes\n\n",
	      out);
	for (size_t i = 0; i < count; i++) {
		struct oid commit = random_commit();
		char hex[OID_HEX_SIZE];

		oid_format(hex, &commit);
		fprintf(out, "M 100644 :1 %.2s/%.2s/%s\n", hex, hex + 2,
			hex + 4);
	}
	if (pclose(out) != 0)
		exit(EXIT_FAILURE);
	free(command);
	repo_free(repo); /* opened before the pack was there */
	must(repo_open_bare(&repo, dir, &err));
	return repo;
}

/* Milliseconds for one batch of `count` notes. */
static double put(struct repo *repo, size_t count)
{
	struct note_change *changes = xcalloc(count, sizeof(*changes));
	int64_t start;

	for (size_t i = 0; i < count; i++)
		changes[i] = (struct note_change){
			.commit = random_commit(),
			.workflow = "review",
			.section = "review: pass\n\n  Reviewed 7 of 7 files.",
			.trailer = "Referee-Run: 01HF7YAT000000000000000001 "
				   "review pass 0123456789abcdef 0.01 USD",
		};
	start = clock_mono_ms();
	must(notes_put(repo, changes, count, &err));
	free(changes);
	return (double)(clock_mono_ms() - start);
}

static double put_many_times(struct repo *repo)
{
	double ms = 0;

	put(repo, 1); /* warm */
	for (int i = 0; i < REPEATED; i++)
		ms += put(repo, 1);
	return ms / REPEATED;
}

/* Milliseconds for one `git notes add`, process included, as people use it. */
static double add_with_git(const char *dir)
{
	char *make_commits =
		xstrf("cd '%s' && t=$(git mktree </dev/null) && for i in $(seq "
		      "%d); do git -c user.name=a -c user.email=a@b "
		      "commit-tree -m $i $t; done >commits",
		      dir, ADDED);
	char *add = xstrf("cd '%s' && while read -r c; do git -c user.name=a "
			  "-c user.email=a@b notes --ref=referee add -m note "
			  "$c; done <commits",
			  dir);
	int64_t start;

	if (system(make_commits) != 0) /* NOLINT(cert-env33-c) */
		exit(EXIT_FAILURE);
	start = clock_mono_ms();
	if (system(add) != 0) /* NOLINT(cert-env33-c) */
		exit(EXIT_FAILURE);
	free(make_commits);
	free(add);
	return (double)(clock_mono_ms() - start) / ADDED;
}

int main(void)
{
	char top[] = "/tmp/referee-bench-XXXXXX";
	char *few_dir, *many_dir, *clean;
	struct repo *few, *many;
	double at_few, at_many, batch, git;

	if (!mkdtemp(top))
		return EXIT_FAILURE;
	few_dir = xstrf("%s/few.git", top);
	many_dir = xstrf("%s/many.git", top);
	repo_setup();
	few = make(few_dir, FEW);
	many = make(many_dir, MANY);
	at_few = put_many_times(few);
	at_many = put_many_times(many);
	batch = put(many, BATCH);
	git = add_with_git(many_dir);
	printf("a note at %d notes: %.1f ms, at %d: %.1f ms, ratio %.2f "
	       "(at most 2)\n",
	       FEW, at_few, MANY, at_many, at_many / at_few);
	printf("%d notes in one commit: %.0f ms; %d times `git notes add`: "
	       "%.0f ms, %.1f times as fast (git without, we with fsync)\n",
	       BATCH, batch, BATCH, git * BATCH, git * BATCH / batch);
	repo_free(few);
	repo_free(many);
	repo_teardown();
	clean = xstrf("rm -rf '%s'", top);
	if (system(clean) != 0) /* NOLINT(cert-env33-c) */
		return EXIT_FAILURE;
	free(clean);
	free(few_dir);
	free(many_dir);
	return EXIT_SUCCESS;
}
