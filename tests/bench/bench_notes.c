/*
 * A note on top of few and of many, and a hundred notes in one commit against a
 * hundred times `git notes add`. Prints ratios to what the design asks for. The
 * two sides of a ratio take turns, so that other work on the machine meets
 * both.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/alloc.h"
#include "core/random.h"
#include "repo/fanout.h"
#include "repo/object.h"
#include "repo/refs.h"
#include "store/notes.h"
#include "store/state_ref.h"

#define BATCH  100
#define ADDED  1 /* by git in a round, one process each */
#define ROUNDS 9

static const size_t sizes[] = { 1000, 100000, 1000000 };
#define SIZES (sizeof(sizes) / sizeof(sizes[0]))

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

/* One of the repositories, and what was measured in each round. */
struct place {
	char *dir;
	struct repo *repo;
	double one[ROUNDS], batch[ROUNDS], git[ROUNDS];
};

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

/* Milliseconds for one batch of `count` notes. */
static double put(struct repo *repo, size_t count)
{
	struct note_change *changes = xcalloc(count, sizeof(*changes));
	double start;

	for (size_t i = 0; i < count; i++)
		changes[i] = (struct note_change){
			.commit = random_commit(),
			.workflow = "review",
			.section = "review: pass\n\n  Reviewed 7 of 7 files.",
			.trailer = "Referee-Run: 01HF7YAT000000000000000001 "
				   "review pass 0123456789abcdef 0.01 USD",
		};
	start = now_ms();
	must(notes_put(repo, changes, count, &err));
	free(changes);
	return now_ms() - start;
}

/* Takes the command over. */
static void shell(char *command)
{
	if (system(command) != 0) { /* NOLINT(cert-env33-c) */
		fprintf(stderr, "bench_notes: %s failed\n", command);
		exit(EXIT_FAILURE);
	}
	free(command);
}

static void make_commits(const char *dir)
{
	shell(xstrf(
		"cd '%s' && t=$(git mktree </dev/null) && for i in $(seq %d); "
		"do "
		"git -c user.name=a -c user.email=a@b commit-tree -m $i $t; "
		"done >commits",
		dir, ADDED));
}

/* Milliseconds for one `git notes add`, process included, as people use it. */
static double add_with_git(const char *dir)
{
	double start = now_ms();

	shell(xstrf(
		"cd '%s' && head -n %d commits | while read -r c; do git -c "
		"user.name=a -c user.email=a@b notes --ref=referee add -f -m "
		"\"note $$\" $c; done 2>/dev/null",
		dir, ADDED));
	return (now_ms() - start) / ADDED;
}

static int compare(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static double median(const double *values)
{
	double sorted[ROUNDS];

	memcpy(sorted, values, sizeof(sorted));
	qsort(sorted, ROUNDS, sizeof(*sorted), compare);
	return sorted[ROUNDS / 2];
}

static void measure(struct place *places)
{
	for (size_t i = 0; i < SIZES; i++) {
		make_commits(places[i].dir);
		put(places[i].repo, 1); /* warm */
		add_with_git(places[i].dir);
	}
	for (int round = 0; round < ROUNDS; round++)
		for (size_t i = 0; i < SIZES; i++) {
			struct place *place = &places[i];

			place->one[round] = put(place->repo, 1);
			place->batch[round] = put(place->repo, BATCH);
			place->git[round] = add_with_git(place->dir);
		}
}

static void tell(const struct place *places)
{
	for (size_t i = 0; i < SIZES; i++) {
		double one = median(places[i].one);
		double batch = median(places[i].batch);
		double git = median(places[i].git);

		printf("at %zu notes: a note %.1f ms, %.2f of that at %zu (at "
		       "most 2); %d in one commit %.1f ms, as many `git notes "
		       "add` %.0f ms, ratio %.1f (at least 50)\n",
		       sizes[i], one, one / median(places[0].one), sizes[0],
		       BATCH, batch, BATCH * git, BATCH * git / batch);
	}
	printf("(we sync what we write, git as it is set up does not)\n");
}

int main(void)
{
	char top[] = "/tmp/referee-bench-XXXXXX";
	struct place places[SIZES] = { { 0 } };

	if (!mkdtemp(top))
		return EXIT_FAILURE;
	repo_setup();
	for (size_t i = 0; i < SIZES; i++) {
		places[i].dir = xstrf("%s/%zu.git", top, sizes[i]);
		places[i].repo = make(places[i].dir, sizes[i]);
	}
	measure(places);
	tell(places);
	for (size_t i = 0; i < SIZES; i++) {
		repo_free(places[i].repo);
		free(places[i].dir);
	}
	repo_teardown();
	shell(xstrf("rm -rf '%s'", top));
	return EXIT_SUCCESS;
}
