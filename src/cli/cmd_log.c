/*
 * referee log: stored runs, newest first, a line each.
 */
#include <stdio.h>

#include "app/known.h"
#include "cli/cli.h"
#include "core/clock.h"
#include "report/report.h"
#include "store/runs.h"

static const char *repo_dir;
static long count = 10;

static const struct option options[] = {
	OPTION_REPO(repo_dir),
	{ .type = OPTION_NUMBER,
	  .name = "number",
	  .letter = 'n',
	  .arg = "N",
	  .help = "how many; 10 if not said",
	  .value = &count },
	{ 0 },
};

static void print_line(const struct run_record *record)
{
	char at[CLOCK_TEXT_SIZE], cost[MONEY_TEXT_SIZE];
	struct buf outcome;

	buf_init(&outcome, 4096);
	report_outcome(&outcome, record);
	clock_format(at, record->started_at_ms);
	money_format(cost, record->cost_nusd);
	printf("%.16s  %.10s  %s: %s  $%s\n", at, record->head,
	       record->workflow, outcome.ptr, cost);
	buf_release(&outcome);
}

/* As they are to be seen, without what was dismissed since. */
static int load(struct run_list *list, struct repo *repo, struct err *err)
{
	if (runs_list(list, repo, 0, (size_t)count, err) < 0)
		return -1;
	return known_hide_list(repo, list, err);
}

static enum cli_exit run(const struct cli *cli UNUSED)
{
	struct run_list list = { 0 };
	struct repo *repo = NULL;
	struct err err = ERR_INIT;
	enum cli_exit code = CLI_OK;

	if (repo_open(&repo, repo_dir, &err) < 0 || load(&list, repo, &err) < 0)
		code = cli_fail(CLI_NOTHING, &err);
	for (size_t i = 0; i < list.len; i++)
		print_line(&list.items[i]);
	if (code == CLI_OK && !list.len)
		fprintf(stderr, "referee: no run is stored here yet\n");
	run_list_release(&list);
	repo_free(repo);
	return code;
}

const struct command cmd_log = {
	.name = "log",
	.args = "",
	.summary = "list stored runs, newest first",
	.options = options,
	.run = run,
};
