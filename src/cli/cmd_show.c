/*
 * referee show: the stored results of a commit again.
 */
#include <stdio.h>
#include <stdlib.h>

#include "app/known.h"
#include "app/stored.h"
#include "cli/cli.h"
#include "cli/output.h"
#include "core/alloc.h"

static const char *repo_dir, *format;

static const struct option options[] = {
	OPTION_REPO(repo_dir),
	{ .type = OPTION_STRING,
	  .name = "format",
	  .arg = "F",
	  .help = "text, markdown, json, sarif, rdjson or codequality",
	  .value = &format },
	{ 0 },
};

static void print(const struct run_list *list, const char *head)
{
	struct report_run *runs = xcalloc(list->len, sizeof(*runs));
	struct report report = { .runs = runs,
				 .count = list->len,
				 .base = list->items[0].base,
				 .head = head };

	for (size_t i = 0; i < list->len; i++)
		runs[i].record = &list->items[i];
	output_report(format, &report);
	free(runs);
}

/* As it is to be seen, without what was dismissed since. */
static int load(struct run_list *list, struct strvec *missing,
		struct repo *repo, const struct oid *commit, struct err *err)
{
	if (stored_runs(list, missing, repo, commit, err) < 0)
		return -1;
	return known_hide_list(repo, list, err);
}

static enum cli_exit run(const struct cli *cli)
{
	const char *revision = cli->argc ? cli->argv[0] : "HEAD";
	struct strvec missing = STRVEC_INIT;
	struct run_list list = { 0 };
	struct repo *repo = NULL;
	struct err err = ERR_INIT;
	char head[OID_HEX_SIZE];
	struct oid commit;
	enum cli_exit code = output_check_format(format);

	if (code != CLI_OK)
		return code;
	code = CLI_NOTHING;
	if (repo_open(&repo, repo_dir, &err) < 0 ||
	    repo_resolve(&commit, repo, revision, &err) < 0) {
		cli_fail(CLI_NOTHING, &err);
	} else if (load(&list, &missing, repo, &commit, &err) < 0) {
		cli_failf(CLI_NOTHING, "%s: %s", revision,
			  err.code == ERR_NOT_FOUND && !missing.len
				  ? "no stored result; 'referee run' makes one"
				  : err.msg);
	} else {
		oid_format(head, &commit);
		print(&list, head);
		for (size_t i = 0; i < missing.len; i++)
			fprintf(stderr,
				"referee: the record of %s is not "
				"here\n",
				missing.v[i]);
		code = CLI_OK;
	}
	run_list_release(&list);
	strvec_release(&missing);
	repo_free(repo);
	return code;
}

const struct command cmd_show = {
	.name = "show",
	.args = "[REV]",
	.summary = "show the stored results of a commit",
	.max_args = 1,
	.options = options,
	.run = run,
};
