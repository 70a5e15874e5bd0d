#include <stdio.h>

#include "cli/cli.h"

static void print_commands(void)
{
	puts("usage: referee [--config FILE] [--quiet|--verbose] COMMAND "
	     "[ARGUMENT...]\n\n"
	     "AI agent workflows on a team's changes, driven by git alone.\n");
	for (size_t i = 0; cli_commands[i]; i++)
		if (!cli_commands[i]->hidden)
			printf("  %-10s %s\n", cli_commands[i]->name,
			       cli_commands[i]->summary);
	puts("\n'referee help COMMAND' or 'referee COMMAND --help' tells more; "
	     "so do the manual\npages referee(1), referee.conf(5), "
	     "referee-workflow(5), referee-agent(5) and\nreferee-refs(7).");
}

static enum cli_exit run(const struct cli *cli)
{
	const struct command *command;

	if (!cli->argc) {
		print_commands();
		return CLI_OK;
	}
	command = cli_command_find(cli->argv[0]);
	if (!command)
		return cli_failf(CLI_USAGE,
				 "no command '%s'; see 'referee help'",
				 cli->argv[0]);
	cli_help(command);
	return CLI_OK;
}

const struct command cmd_help = {
	.name = "help",
	.args = "[COMMAND]",
	.summary = "list the commands, or tell how to use one",
	.max_args = 1,
	.run = run,
};
