/*
 * referee findings: what is known of earlier findings, and what became of them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/output.h"
#include "core/alloc.h"
#include "core/limits.h"
#include "report/known.h"

static const char *repo_dir, *format;
static bool only_open, of_all;

static const struct option options[] = {
	{ .type = OPTION_FLAG,
	  .name = "open",
	  .help = "only open ones, no fixed and no dismissed ones",
	  .value = &only_open },
	{ .type = OPTION_FLAG,
	  .name = "all",
	  .help = "of every branch and pull, not only of this branch",
	  .value = &of_all },
	OPTION_REPO(repo_dir),
	OPTION_TEXT_OR_JSON(format),
	{ 0 },
};

static void say_nothing(const struct known_report *report,
			const struct pull_list *list, const char *branch)
{
	const char *what = only_open ? "open finding" : "finding";

	if (!list->len)
		fprintf(stderr, "referee: no finding is known here yet; "
				"'referee run' looks for some\n");
	else if (branch && report->count < list->len)
		fprintf(stderr,
			"referee: no %s on %s; --all shows every branch and "
			"pull\n",
			what, branch);
	else
		fprintf(stderr, "referee: no %s\n", what);
}

static void print(const struct known_report *report,
		  const struct pull_list *list, const char *branch)
{
	bool as_json = output_is_json(format);
	struct buf out;

	buf_init(&out, LIMIT_PREVIEW_BYTES);
	if (as_json)
		known_report_json(&out, report);
	else
		known_report_text(&out, report);
	fwrite(out.ptr, 1, out.len, stdout);
	if (!as_json && !known_report_count(report))
		say_nothing(report, list, branch);
	buf_release(&out);
}

/* Those of the branch; of every branch and pull if it is NULL. */
static void show(const struct pull_list *list, const char *branch)
{
	const struct pull_state **states = xcalloc(list->len + 1,
						   sizeof(*states));
	struct known_report report = { .states = states,
				       .only_open = only_open,
				       .headings = !branch };

	for (size_t i = 0; i < list->len; i++)
		if (!branch || (list->items[i].branch &&
				!strcmp(list->items[i].branch, branch)))
			states[report.count++] = &list->items[i];
	print(&report, list, branch);
	free(states);
}

static enum cli_exit run(const struct cli *cli UNUSED)
{
	struct pull_list list = { 0 };
	struct repo *repo = NULL;
	struct err err = ERR_INIT;
	char *branch = NULL;
	enum cli_exit code = CLI_OK;

	if (output_check_text_or_json(format) != CLI_OK)
		return CLI_USAGE;
	if (repo_open(&repo, repo_dir, &err) < 0 ||
	    pull_states_list(&list, repo, &err) < 0) {
		code = cli_fail(CLI_NOTHING, &err);
	} else {
		if (!of_all && repo_work_dir(repo))
			branch = repo_head_branch(repo);
		show(&list, branch);
	}
	free(branch);
	pull_list_release(&list);
	repo_free(repo);
	return code;
}

const struct command cmd_findings = {
	.name = "findings",
	.args = "",
	.summary = "list the findings on this branch and what became of them",
	.options = options,
	.run = run,
};
