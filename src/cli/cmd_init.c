/*
 * referee init: a starter workflow and configuration, and git set up for notes.
 */
#include <stdio.h>
#include <stdlib.h>

#include "app/init.h"
#include "cli/cli.h"
#include "config/settings.h"

static void print_each(const char *what, const struct strvec *items)
{
	for (size_t i = 0; i < items->len; i++)
		printf("%s  %s\n", what, items->v[i]);
}

static enum cli_exit run(const struct cli *cli)
{
	const char *dir = cli->argc ? cli->argv[0] : NULL;
	char *user_path = cli->config_path ? NULL : settings_user_path();
	struct init_result result;
	struct err err = ERR_INIT;
	int ret;

	ret = init_project(&result, dir,
			   cli->config_path ? cli->config_path : user_path,
			   &err);
	print_each("made", &result.made);
	if (!cli->quiet)
		print_each("kept", &result.kept);
	init_result_release(&result);
	free(user_path);
	if (ret < 0)
		return cli_fail(cli_exit_of(&err), &err);
	if (!cli->quiet)
		puts("Next: commit .referee, then try 'referee run' on a "
		     "branch.");
	return CLI_OK;
}

const struct command cmd_init = {
	.name = "init",
	.args = "[DIR]",
	.summary = "make a starter workflow and configuration, show notes",
	.max_args = 1,
	.run = run,
};
