/* Lists refs of a remote, again and again, and says what it took.
 * Usage: bench_remote list URL PREFIX COUNT
 *        bench_remote fetch URL DIR REFSPEC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "core/clock.h"
#include "repo/fetch.h"

static double cpu_ms(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
	       (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

static long memory_kib(void)
{
	struct rusage usage;

	getrusage(RUSAGE_SELF, &usage);
	return usage.ru_maxrss;
}

static int list(const char *url, const char *prefix, struct err *err)
{
	struct remote_refs refs;

	if (remote_list_refs(&refs, url, &prefix, 1, NULL, err) < 0)
		return -1;
	remote_refs_release(&refs);
	return 0;
}

static int fetch(const char *url, const char *dir, const char *refspec,
		 struct err *err)
{
	struct fetch_request request = { .url = url,
					 .refspecs = &refspec,
					 .refspec_count = 1 };
	struct fetch_result result;
	struct repo *repo;
	int ret;

	if (repo_init_bare(&repo, dir, err) < 0)
		return -1;
	ret = repo_fetch(&result, repo, &request, err);
	if (!ret)
		fetch_result_release(&result);
	repo_free(repo);
	return ret;
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;
	int64_t started_ms;
	double started_cpu;
	long count = 1;
	int ret = 0;

	if (argc != 5) {
		fprintf(stderr, "usage: bench_remote list|fetch URL ...\n");
		return 2;
	}
	repo_setup();
	started_ms = clock_mono_ms();
	started_cpu = cpu_ms();
	if (!strcmp(argv[1], "list")) {
		count = strtol(argv[4], NULL, 10);
		for (long i = 0; !ret && i < count; i++)
			ret = list(argv[2], argv[3], &err);
	} else {
		ret = fetch(argv[2], argv[3], argv[4], &err);
	}
	if (ret < 0) {
		fprintf(stderr, "bench_remote: %s\n", err.msg);
		return 1;
	}
	printf("%.2f %.2f %ld\n",
	       (double)(clock_mono_ms() - started_ms) / (double)count,
	       (cpu_ms() - started_cpu) / (double)count, memory_kib());
	repo_teardown();
	return 0;
}
