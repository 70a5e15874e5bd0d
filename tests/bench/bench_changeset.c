/*
 * A changeset of a large change against `git diff` doing the same: 3,000 files,
 * of which 600 are edited, 150 moved and edited, 50 added and 50 deleted.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/alloc.h"
#include "repo/changeset.h"

#define ROUNDS 7

static const char making[] =
	"set -e; git init -q . && git config gc.auto 0\n"
	"perl -e '"
	"srand 1; my $n = 3000; my %text;"
	"sub line { join(\"\", map { \" word\" . int rand 900 } 1..8) . "
	"\"\\n\" }"
	"sub put { my ($p, $t) = @_; print \"M 100644 inline $p\\ndata \","
	" length $t, \"\\n$t\\n\" }"
	"sub head { print \"commit refs/heads/main\\n\","
	" \"committer A <a\\@b> $_[0] +0000\\ndata 1\\nx\\n\" }"
	"head(1);"
	"for my $i (1..$n) { $text{$i} = join \"\", map { line() }"
	" 1..(50 + rand 400); put(\"d\" . $i % 60 . \"/f$i.swift\", $text{$i}) "
	"}"
	"head(2);"
	"for my $i (1..850) { my $p = \"d\" . $i % 60 . \"/f$i.swift\";"
	" my @l = split /^/, $text{$i}; $l[rand @l] = line() for 1..12;"
	" splice @l, rand @l, 3; my $t = join \"\", @l;"
	" if ($i <= 600) { put($p, $t) }"
	" elsif ($i <= 750) { print \"D $p\\n\"; put(\"moved/g$i.swift\", $t) }"
	" elsif ($i <= 800) { print \"D $p\\n\" }"
	" else { put(\"new/n$i.swift\", join \"\", map { line() } 1..200) } }"
	"' | git fast-import --quiet && git repack -adq && git tag head main "
	"&& "
	"git tag base main~";

/* Processor time rather than the clock, which other work on the machine moves.
 * `who`: RUSAGE_SELF, or RUSAGE_CHILDREN for git. */
static double used_ms(int who)
{
	struct rusage used;

	getrusage(who, &used);
	return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1e3 +
	       (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e3;
}

static int by_value(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;

	return (left > right) - (left < right);
}

static double median(double *times)
{
	qsort(times, ROUNDS, sizeof(*times), by_value);
	return times[ROUNDS / 2];
}

static void shell(const char *commands)
{
	if (system(commands) != 0) { /* NOLINT: a fixed command */
		fprintf(stderr, "bench: failed: %s\n", commands);
		exit(EXIT_FAILURE);
	}
}

/* Everything, from opening the repository to the key. */
static int once(struct changeset *out, struct err *err)
{
	struct repo *repo = NULL;
	struct oid base, head;
	int ret = -1;

	if (repo_open(&repo, ".", err) < 0)
		return -1;
	if (repo_resolve(&base, repo, "base", err) == 0 &&
	    repo_resolve(&head, repo, "head", err) == 0)
		ret = changeset_make(out, repo, &base, &head, NULL, err);
	repo_free(repo);
	return ret;
}

static int measure(struct err *err)
{
	double ours[ROUNDS], git[ROUNDS], our_time, git_time;
	struct changeset changes;

	for (int i = 0; i < ROUNDS; i++) {
		double start = used_ms(RUSAGE_SELF);

		if (once(&changes, err) < 0)
			return -1;
		ours[i] = used_ms(RUSAGE_SELF) - start;
		start = used_ms(RUSAGE_CHILDREN);
		shell("git diff -M base...head >/dev/null");
		git[i] = used_ms(RUSAGE_CHILDREN) - start;
		if (i + 1 < ROUNDS)
			changeset_release(&changes);
	}
	our_time = median(ours);
	git_time = median(git);
	printf("changeset: %zu files, +%zu -%zu: %.0f ms, git diff %.0f ms, "
	       "ratio %.2f (at most 1.2)\n",
	       changes.file_count, changes.additions, changes.deletions,
	       our_time, git_time, our_time / git_time);
	changeset_release(&changes);
	return our_time > 1.2 * git_time;
}

int main(void)
{
	char dir[] = "/tmp/referee-bench-XXXXXX";
	struct err err = ERR_INIT;
	char *clean;
	int ret;

	if (!mkdtemp(dir) || chdir(dir) != 0)
		return EXIT_FAILURE;
	repo_setup();
	shell(making);
	ret = measure(&err);
	if (ret < 0)
		fprintf(stderr, "bench: %s\n", err.msg);
	repo_teardown();
	clean = xstrf("rm -rf '%s'", dir);
	shell(clean);
	free(clean);
	return ret ? EXIT_FAILURE : EXIT_SUCCESS;
}
