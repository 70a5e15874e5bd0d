#include <stdlib.h>
#include <string.h>

#include "code/coverage.h"
#include "core/limits.h"
#include "services/offline_job.h"

#define COVERAGE_REF "refs/notes/coverage"

enum { RANGES_TOLD = 8 };

/* Lines of one file that the change adds and no test runs. */
struct gaps {
	const struct coverage_file *coverage;
	const struct offline_file *file;
	uint32_t first; /* 0: none */
	size_t lines, ranges;
	struct buf told; /* "4-9, 12" */
};

static bool is_gap(const struct gaps *gaps, uint32_t line)
{
	return gaps->file->added[line] &&
	       coverage_line_state(gaps->coverage, line) == LINE_UNCOVERED;
}

static void find_gaps(struct gaps *gaps)
{
	size_t end = gaps->file->added_len;

	for (uint32_t line = 1; line < end; line++) {
		uint32_t from = line;

		if (!is_gap(gaps, line))
			continue;
		while (line + 1 < end && is_gap(gaps, line + 1))
			line++;
		if (!gaps->first)
			gaps->first = from;
		gaps->lines += line - from + 1;
		if (gaps->ranges++ >= RANGES_TOLD)
			continue;
		buf_addf(&gaps->told, "%s%u", gaps->ranges > 1 ? ", " : "",
			 from);
		if (line > from)
			buf_addf(&gaps->told, "-%u", line);
	}
}

static void tell(struct offline_job *job, const struct gaps *gaps)
{
	const struct offline_file *file = gaps->file;
	struct buf body;
	char *quote;

	buf_init(&body, LIMIT_FINDING_BODY);
	buf_addf(&body, "No test runs line%s %s%s, which the change adds. ",
		 gaps->lines == 1 ? "" : "s", gaps->told.ptr,
		 gaps->ranges > RANGES_TOLD ? " and more" : "");
	buf_addstr(&body, "What is never run by a test is first tried by "
			  "users. Add a test that gets there, or say why "
			  "none is needed. (rule uncovered-lines)");
	quote = offline_line(file, gaps->first);
	offline_add(job, &(struct offline_remark){
				 .path = file->file->path,
				 .line = (int)gaps->first,
				 .quote = quote,
				 .severity = SEVERITY_MINOR,
				 .category = "tests",
				 .title = "Added lines that no test runs",
				 .body = body.ptr,
				 .rule = "uncovered-lines",
			 });
	free(quote);
	buf_release(&body);
}

static int take_file(struct offline_job *job, const struct coverage *coverage,
		     const struct changed_file *changed, struct err *err)
{
	struct offline_file file;
	struct gaps gaps = {
		.coverage = coverage_find(coverage, changed->path),
		.file = &file,
	};

	if (!gaps.coverage)
		return 0;
	if (offline_check(job, err) < 0 ||
	    offline_file_load(&file, job->question->repo, changed, err) < 0)
		return -1;
	buf_init(&gaps.told, LIMIT_FINDING_BODY);
	find_gaps(&gaps);
	if (gaps.lines)
		tell(job, &gaps);
	buf_release(&gaps.told);
	offline_file_release(&file);
	return 0;
}

static void add_remark(struct offline_job *job, const struct coverage *coverage)
{
	struct coverage_count count =
		coverage_of_change(coverage, job->question->changeset);

	if (count.total)
		strvec_addf(&job->remarks,
			    "Tests run %.0f%% of the added lines that can be "
			    "run.",
			    coverage_percent(count));
	else
		strvec_add(&job->remarks, "The coverage report does not speak "
					  "of the added lines.");
}

int offline_uncovered(struct offline_job *job, struct err *err)
{
	const struct changeset *changeset = job->question->changeset;
	struct coverage coverage = { 0 };
	struct err missing = ERR_INIT;
	unsigned behind = 0;
	int ret = 0;

	/* Lines of another commit's report are other lines. */
	if (coverage_load_note(&coverage, &behind, job->question->repo,
			       COVERAGE_REF, &changeset->head, &missing) < 0 ||
	    behind) {
		strvec_add(&job->remarks,
			   "Which added lines tests run is not known: there "
			   "is no coverage report on the head commit.");
		goto out;
	}
	for (size_t i = 0; ret == 0 && i < changeset->file_count; i++)
		if (offline_is_product(&changeset->files[i]) &&
		    offline_is_readable(&changeset->files[i]))
			ret = take_file(job, &coverage, &changeset->files[i],
					err);
	if (ret == 0)
		add_remark(job, &coverage);
out:
	coverage_release(&coverage);
	return ret;
}
