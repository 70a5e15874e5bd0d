#include "app/coverage.h"

#include <stdlib.h>
#include <string.h>

#include "app/coverage_reports.h"
#include "core/alloc.h"
#include "core/limits.h"
#include "core/log.h"
#include "core/text.h"
#include "core/words.h"
#include "io/child.h"
#include "repo/refs.h"

#define SEARCH_PATH "/usr/local/bin:/usr/bin:/bin"

/* More of what a command says when it fails is of no use. */
enum { COMPLAINT_MAX = 200 };

static int load_note(struct change_coverage *out, struct repo *repo,
		     const char *ref, const struct changeset *changeset,
		     struct err *err)
{
	struct coverage_note note;
	struct oid tip;

	if (ref_read(&tip, repo, ref, err) < 0) {
		if (err->code == ERR_NOT_FOUND)
			err_set(err, ERR_NOT_FOUND, "there is no %s here", ref);
		return -1;
	}
	if (coverage_load_note(&out->report, &note, repo, ref, &changeset->head,
			       err) < 0)
		return -1;
	if (note.behind && coverage_forget_moved(&out->report, repo, changeset,
						 &note.commit, err) < 0)
		return -1;
	if (note.behind)
		out->from = xstrf("%s, %u commit%s back", ref, note.behind,
				  note.behind == 1 ? "" : "s");
	else
		out->from = xstrdup(ref);
	return 0;
}

static int read_output(struct change_coverage *out,
		       const struct child_result *result, struct err *err)
{
	size_t from = result->error.len > COMPLAINT_MAX
			      ? result->error.len - COMPLAINT_MAX
			      : 0;
	char *said;

	if (!result->exit_status)
		return coverage_parse(&out->report, result->output.ptr,
				      result->output.len, err);
	said = text_clean(result->error.ptr + from, false);
	for (size_t len = strlen(said); len && said[len - 1] == ' '; len--)
		said[len - 1] = '\0';
	err_set(err, ERR_UNAVAILABLE, "exit status %d%s%s", result->exit_status,
		*said ? ": " : "", said);
	free(said);
	return -1;
}

/* Runs where the clone's work tree is, or its git directory; told the head. */
static int load_command(struct change_coverage *out, struct repo *repo,
			const char *words, const struct oid *head,
			struct cancel *cancel, struct err *err)
{
	char hex[OID_HEX_SIZE];
	const struct child_variable variables[] = {
		{ .name = "PATH", .value = SEARCH_PATH },
		{ .name = "GIT_DIR", .value = repo_git_dir(repo) },
		{ .name = "REFEREE_HEAD", .value = hex },
	};
	struct child_command command = {
		.variables = variables,
		.variable_count = ARRAY_LEN(variables),
		.directory = repo_work_dir(repo) ? repo_work_dir(repo)
						 : repo_git_dir(repo),
		.timeout_ms = LIMIT_COVERAGE_WAIT_MS,
		.max_output_bytes = LIMIT_COVERAGE_BYTES,
	};
	struct child_result result = { 0 };
	struct strvec argv = STRVEC_INIT;
	const char **words_z = NULL;
	int ret = -1;

	oid_format(hex, head);
	if (words_split(&argv, words, err) < 0)
		goto out;
	words_z = xcalloc(argv.len + 1, sizeof(*words_z));
	for (size_t i = 0; i < argv.len; i++)
		words_z[i] = argv.v[i];
	command.argv = words_z;
	ret = child_run(&result, &command, cancel, err);
	if (ret == 0)
		ret = read_output(out, &result, err);
	child_result_release(&result);
	if (ret == 0)
		out->from = xstrdup(words);
out:
	free(words_z);
	strvec_release(&argv);
	return ret;
}

static int load(struct change_coverage *out, struct repo *repo,
		const struct changeset *changeset,
		const struct project_settings *project, struct cancel *cancel,
		struct err *err)
{
	const struct oid *head = &changeset->head;
	enum coverage_source source = project ? project->coverage
					      : COVERAGE_NONE;

	switch (source) {
	case COVERAGE_NOTE:
		return load_note(out, repo, project->coverage_from, changeset,
				 err);
	case COVERAGE_FILE:
		return coverage_read_files(&out->report, &out->from, repo,
					   project->coverage_from, head, err);
	case COVERAGE_COMMAND:
		return load_command(out, repo, project->coverage_from, head,
				    cancel, err);
	case COVERAGE_NONE:
	default:
		return load_note(out, repo, COVERAGE_DEFAULT_REF, changeset,
				 err);
	}
}

static double ratio_of(struct coverage_count count)
{
	return count.total ? (double)count.covered / (double)count.total : -1;
}

/* What is not there is no surprise; what is there and cannot be read is. */
static void tell_why(struct change_coverage *out, const char *where,
		     const struct err *err)
{
	if (err->code != ERR_NOT_FOUND && err->code != ERR_CANCELLED)
		log_warn("coverage: %s: %s", where, err->msg);
	free(out->from);
	out->from = xstrdup(err->msg);
}

void change_coverage_load(struct change_coverage *out, struct repo *repo,
			  const struct changeset *changeset,
			  const struct project_settings *project,
			  struct cancel *cancel)
{
	const char *where = project && project->coverage_from
				    ? project->coverage_from
				    : COVERAGE_DEFAULT_REF;
	struct err err = ERR_INIT;

	*out = (struct change_coverage){ .percent = -1, .added = -1 };
	if (load(out, repo, changeset, project, cancel, &err) < 0) {
		coverage_release(&out->report);
		tell_why(out, where, &err);
		return;
	}
	out->percent = coverage_percent(out->report.count);
	out->added = ratio_of(coverage_of_change(&out->report, changeset));
	out->is_known = out->percent >= 0;
}

void change_coverage_release(struct change_coverage *coverage)
{
	coverage_release(&coverage->report);
	free(coverage->from);
	*coverage = (struct change_coverage){ .percent = -1, .added = -1 };
}

const char *settings_tests_refused(const struct project_settings *project)
{
	if (!project || project->tests != TESTS_CI)
		return NULL;
	return "tests = ci leaves them to the project's CI: `referee poll` "
	       "pushes the branch and waits for it, `run` does not";
}
