/*
 * referee symbols: what files declare.
 */
#include <stdio.h>

#include "app/symbols.h"
#include "cli/output.h"

static const char *repo_dir, *format;

static const struct option options[] = {
	OPTION_REPO(repo_dir),
	OPTION_TEXT_OR_JSON(format),
	{ 0 },
};

static void print(const char *text, size_t len, void *payload UNUSED)
{
	fwrite(text, 1, len, stdout);
}

static enum cli_exit run(const struct cli *cli)
{
	struct symbols_options symbols = {
		.repo_dir = repo_dir,
		.first = cli->argc > 0 ? cli->argv[0] : NULL,
		.second = cli->argc > 1 ? cli->argv[1] : NULL,
		.as_json = output_is_json(format),
	};
	struct strvec problems = STRVEC_INIT;
	struct err err = ERR_INIT;
	enum cli_exit code = CLI_OK;

	if (output_check_text_or_json(format) != CLI_OK)
		return CLI_USAGE;
	if (symbols_print(&symbols, print, NULL, &problems, &err) < 0)
		code = cli_fail(cli_exit_of(&err), &err);
	for (size_t i = 0; i < problems.len; i++)
		cli_failf(CLI_OK, "%s", problems.v[i]);
	strvec_release(&problems);
	return code;
}

const struct command cmd_symbols = {
	.name = "symbols",
	.args = "[REV] [PATH]",
	.summary = "list what files declare, at a revision or as they are",
	.max_args = 2,
	.options = options,
	.run = run,
};
