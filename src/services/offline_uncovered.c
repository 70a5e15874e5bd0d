#include <stdlib.h>
#include <string.h>

#include "code/coverage.h"
#include "core/limits.h"
#include "services/offline_job.h"

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
	const char *from = job->question->coverage_from;
	struct coverage_count count =
		coverage_of_change(coverage, job->question->changeset);

	if (count.total)
		strvec_addf(&job->remarks,
			    "Tests run %.0f%% of the added lines that can be "
			    "run (%s).",
			    coverage_percent(count), from ? from : "a report");
	else
		strvec_addf(&job->remarks,
			    "The coverage report (%s) does not speak of the "
			    "added lines.",
			    from ? from : "given");
}

int offline_uncovered(struct offline_job *job, struct err *err)
{
	const struct changeset *changeset = job->question->changeset;
	const struct coverage *coverage = job->question->coverage;
	const char *from = job->question->coverage_from;

	if (!coverage) {
		strvec_addf(&job->remarks,
			    "Which added lines tests run is not known: %s.",
			    from ? from : "there is no coverage report");
		return 0;
	}
	for (size_t i = 0; i < changeset->file_count; i++)
		if (offline_is_product(&changeset->files[i]) &&
		    offline_is_readable(&changeset->files[i]) &&
		    take_file(job, coverage, &changeset->files[i], err) < 0)
			return -1;
	add_remark(job, coverage);
	return 0;
}
