/*
 * referee check: every mistake in the configuration, workflows, agents, rules.
 */
#include <stdio.h>

#include "app/check.h"
#include "cli/cli.h"
#include "cli/output.h"

static const char *repo_dir;

static const struct option options[] = {
	OPTION_REPO(repo_dir),
	{ 0 },
};

static enum cli_exit run(const struct cli *cli)
{
	struct mistakes mistakes = { 0 };
	struct strvec paths = STRVEC_INIT;
	struct check_counts counts;
	struct settings settings;
	struct err err = ERR_INIT;
	enum cli_exit code = output_settings(&settings, cli);
	int ret;

	if (code != CLI_OK)
		return code;
	for (int i = 0; i < cli->argc; i++)
		strvec_add(&paths, cli->argv[i]);
	if (paths.len)
		ret = check_files(&counts, &paths, &settings, &mistakes, &err);
	else
		ret = check_work_tree(&counts, repo_dir, &settings, &mistakes,
				      &err);
	mistakes_sort(&mistakes);
	output_mistakes(&mistakes);
	if (ret < 0)
		code = cli_fail(paths.len ? CLI_USAGE : cli_exit_of(&err),
				&err);
	else if (mistakes.errors)
		code = CLI_USAGE;
	else if (!cli->quiet)
		printf("%s: fine; %zu workflows, %zu agents, %zu rules\n",
		       settings.path ? settings.path : "no configuration",
		       counts.workflows, counts.agents, counts.rules);
	mistakes_release(&mistakes);
	strvec_release(&paths);
	settings_release(&settings);
	return code;
}

const struct command cmd_check = {
	.name = "check",
	.args = "[FILE]...",
	.summary =
		"report every mistake in configuration, workflows and agents",
	.max_args = -1,
	.options = options,
	.run = run,
};
