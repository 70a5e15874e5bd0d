#include "workflow/tests_job.h"

#include <fts.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "code/junit.h"
#include "core/alloc.h"
#include "core/buf.h"
#include "core/limits.h"
#include "core/text.h"
#include "io/child.h"
#include "io/file.h"
#include "io/sandbox.h"
#include "io/work.h"
#include "repo/export.h"
#include "workflow/generated.h"

#define GIB ((int64_t)1024 * 1024 * 1024)

enum {
	MOST_ENTRIES = 500000, /* looked at for reports  */
	MOST_REPORTS = 2000,
	REPORT_BYTES = 8 * 1024 * 1024,
	TOLD_BYTES = 8000, /* of the end of the output */
};

struct tests_job {
	struct tests_input input;
	struct work *work;
	char *folder;          /* ours, gone in the end */
	char *copy;            /* in it: the change     */
	struct timespec start; /* files made later are the run's */
	struct generated_files files;
	struct json *answer;
	struct err err;
	tests_done_fn *done;
	void *payload;
};

/* Follows no link. */
static void remove_all(char *folder)
{
	char *roots[] = { folder, NULL };
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	FTSENT *at;

	while (walk && (at = fts_read(walk))) {
		if (at->fts_info == FTS_D)
			/* A test may have locked us out. */
			(void)chmod(at->fts_accpath, 0700);
		else if (at->fts_info == FTS_DP)
			(void)rmdir(at->fts_accpath);
		else
			(void)unlink(at->fts_accpath);
	}
	if (walk)
		fts_close(walk);
}

static int make_folder(struct tests_job *job, struct err *err)
{
	const char *base = getenv("TMPDIR");

	job->folder = xstrf("%s/referee-tests-XXXXXX",
			    base && *base == '/' ? base : "/tmp");
	if (!mkdtemp(job->folder)) {
		err_set_errno(err, "%s", job->folder);
		free(job->folder);
		job->folder = NULL;
		return -1;
	}
	job->copy = xstrf("%s/change", job->folder);
	return file_make_dirs(job->copy, 0700, err);
}

/* When the file system says it is now. */
static int take_time(struct tests_job *job, struct err *err)
{
	char *mark = xstrf("%s/mark", job->folder);
	struct stat st;
	int ret = file_write_atomic(mark, "", 0, 0600, err);

	if (!ret && stat(mark, &st) < 0)
		ret = err_set_errno(err, "%s", mark);
	if (!ret)
		job->start = st.st_ctim;
	free(mark);
	return ret;
}

static int make_copy(struct tests_job *job, struct cancel *cancel,
		     struct err *err)
{
	struct repo *repo = NULL;
	int ret = -1;

	if (repo_reopen(&repo, job->input.repo, err) < 0 ||
	    generated_tree(&job->files, repo, job->input.head, job->input.files,
			   err) < 0)
		goto out;
	if (tree_export(repo, &job->files.tree, job->copy, 4 * GIB, cancel,
			err) < 0 ||
	    take_time(job, err) < 0)
		goto out;
	ret = 0;
out:
	repo_free(repo);
	return ret;
}

static bool is_report(const struct tests_job *job, const FTSENT *at)
{
	const struct timespec *made;
	size_t len = strlen(at->fts_name);

	if (at->fts_info != FTS_F || !S_ISREG(at->fts_statp->st_mode) ||
	    len < 5 || strcmp(at->fts_name + len - 4, ".xml") != 0)
		return false;
	made = &at->fts_statp->st_ctim;
	return made->tv_sec > job->start.tv_sec ||
	       (made->tv_sec == job->start.tv_sec &&
		made->tv_nsec > job->start.tv_nsec);
}

/* Whatever XML the run left that counts tests. */
static bool count_reports(struct junit_counts *counts,
			  const struct tests_job *job)
{
	char *roots[] = { job->copy, NULL };
	FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
	size_t seen = 0, reports = 0;
	bool found = false;
	FTSENT *at;

	while (walk && seen++ < MOST_ENTRIES && (at = fts_read(walk))) {
		struct err err = ERR_INIT;
		struct buf text;

		if (!is_report(job, at) || reports++ >= MOST_REPORTS)
			continue;
		buf_init(&text, REPORT_BYTES);
		if (!file_read(&text, at->fts_accpath, &err) &&
		    !junit_add(counts, text.ptr, text.len, &err))
			found = true;
		buf_release(&text);
	}
	if (walk)
		fts_close(walk);
	return found;
}

static void add_end(struct buf *out, const struct buf *from, size_t max)
{
	size_t cut = from->len > max ? from->len - max : 0;
	const char *line = cut ? memchr(from->ptr + cut, '\n', from->len - cut)
			       : NULL;
	const char *start = line ? line + 1 : from->ptr + cut;

	text_add_clean(out, start, (size_t)(from->ptr + from->len - start),
		       true);
	if (out->len && out->ptr[out->len - 1] != '\n')
		buf_addch(out, '\n');
}

static void add_summary(struct json *answer, const struct child_result *result,
			const struct junit_counts *counts, bool counted)
{
	char *summary;

	if (counted)
		summary = xstrf("%zu tests passed, %zu failed, %zu skipped.",
				counts->passed, counts->failed,
				counts->skipped);
	else if (result->signal)
		summary = xstrf("The test command was ended by signal %d.",
				result->signal);
	else
		summary = xstrf("The test command ended with status %d; it "
				"left no JUnit report to count.",
				result->exit_status);
	json_set_string(answer, "summary", summary);
	free(summary);
}

static struct json *make_answer(const struct tests_job *job,
				const struct child_result *result)
{
	struct junit_counts counts = { 0 };
	bool counted = count_reports(&counts, job);
	bool failed = result->exit_status != 0;
	struct json *answer = json_new_object();
	struct json *list;
	struct buf output;

	/* A command that fails without a failed test has failed all the same.
	 */
	if (failed && !counts.failed)
		counts.failed = 1;
	json_set_int(answer, "passed", (int64_t)counts.passed);
	json_set_int(answer, "failed", (int64_t)counts.failed);
	json_set_int(answer, "skipped", (int64_t)counts.skipped);
	json_set_bool(answer, "counted", counted);
	json_set_int(answer, "exit_status", result->exit_status);
	list = json_set_array(answer, "failures");
	for (size_t i = 0; i < counts.failed_name_count; i++)
		json_add_string(list, counts.failed_names[i]);
	list = json_set_array(answer, "refused");
	for (size_t i = 0; i < job->files.refused.len; i++)
		json_add_string(list, job->files.refused.v[i]);
	buf_init(&output, (size_t)8 * TOLD_BYTES);
	add_end(&output, &result->output, TOLD_BYTES);
	add_end(&output, &result->error, TOLD_BYTES / 2);
	json_set_string(answer, "output", output.ptr);
	buf_release(&output);
	add_summary(answer, result, &counts, counted);
	junit_counts_release(&counts);
	return answer;
}

static int run_command(struct tests_job *job, struct cancel *cancel,
		       struct err *err)
{
	static const struct child_variable variables[] = {
		{ "PATH", "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
		  NULL },
		{ "HOME", "/tmp", NULL },
		{ "LANG", "C.UTF-8", NULL },
		{ "CI", "true", NULL },
	};
	struct sandbox sandbox = {
		.directory = job->copy,
		.limits = { .processes = 1024,
			    .memory_bytes = 8 * GIB,
			    .cpu_seconds = job->input.timeout_ms / 1000 * 8,
			    .file_bytes = 2 * GIB },
	};
	struct child_command command = {
		.variables = variables,
		.variable_count = ARRAY_LEN(variables),
		.directory = "/",
		.timeout_ms = job->input.timeout_ms,
		.max_output_bytes = LIMIT_TEST_OUTPUT_BYTES,
	};
	struct strvec argv = STRVEC_INIT;
	struct child_result result;
	int ret;

	sandbox_add_words(&argv, &sandbox);
	for (size_t i = 0; i < job->input.command->len; i++)
		strvec_add(&argv, job->input.command->v[i]);
	command.argv = (const char *const *)argv.v;
	ret = child_run(&result, &command, cancel, err);
	if (!ret)
		job->answer = make_answer(job, &result);
	else
		err_prefix(err, "the test command");
	child_result_release(&result);
	strvec_release(&argv);
	return ret;
}

static void run_in_worker(void *payload, struct cancel *cancel)
{
	struct tests_job *job = payload;

	if (sandbox_check(cancel, &job->err) == 0 &&
	    make_folder(job, &job->err) == 0 &&
	    make_copy(job, cancel, &job->err) == 0)
		(void)!run_command(job, cancel, &job->err);
	if (job->folder)
		remove_all(job->folder);
}

static void end_job(const struct err *err, void *payload)
{
	struct tests_job *job = payload;

	if (err)
		job->err = *err;
	if (job->answer)
		job->done(job->answer, NULL, job->payload);
	else
		job->done(NULL, &job->err, job->payload);
	generated_files_release(&job->files);
	free(job->folder);
	free(job->copy);
	free(job);
}

int tests_job_start(struct tests_job **out, struct loop *loop,
		    const struct tests_input *input, tests_done_fn *done,
		    void *payload, struct err *err)
{
	struct tests_job *job = xcalloc(1, sizeof(*job));

	job->input = *input;
	job->done = done;
	job->payload = payload;
	if (work_start(&job->work, loop, run_in_worker, end_job, job, err) <
	    0) {
		free(job);
		return -1;
	}
	*out = job;
	return 0;
}

void tests_job_cancel(struct tests_job *job)
{
	if (job)
		work_cancel(job->work);
}
