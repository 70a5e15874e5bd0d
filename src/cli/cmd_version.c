#include <stdio.h>

#include "cli/cli.h"

static enum cli_exit run(const struct cli *cli UNUSED)
{
	puts(PACKAGE_STRING);
	return CLI_OK;
}

const struct command cmd_version = {
	.name = "version",
	.args = "",
	.summary = "print the version",
	.run = run,
};
