/*
 * referee map: the most important declarations of a project.
 */
#include <stdio.h>
#include <stdlib.h>

#include "app/project_map.h"
#include "cli/cli.h"
#include "core/limits.h"
#include "core/text.h"

enum { MOST_TOKENS = 1000000 };

static const char *repo_dir;
static long tokens;

static const struct option options[] = {
	{ .type = OPTION_NUMBER,
	  .name = "tokens",
	  .arg = "N",
	  .help = "how long it may be, as a model counts; 2000",
	  .value = &tokens },
	OPTION_REPO(repo_dir),
	{ 0 },
};

static enum cli_exit run(const struct cli *cli UNUSED)
{
	struct err err = ERR_INIT;
	enum cli_exit code = CLI_OK;
	struct buf text, clean;

	if (tokens > MOST_TOKENS)
		return cli_failf(CLI_USAGE, "--tokens: at most %d",
				 MOST_TOKENS);
	buf_init(&text, LIMIT_MAP_BYTES);
	buf_init(&clean, 2 * LIMIT_MAP_BYTES);
	if (project_map(&text, repo_dir, tokens ? (size_t)tokens : 2000, &err) <
	    0) {
		code = cli_fail(cli_exit_of(&err), &err);
	} else {
		text_add_clean(&clean, text.ptr, text.len, true);
		fwrite(clean.ptr, 1, clean.len, stdout);
	}
	buf_release(&text);
	buf_release(&clean);
	return code;
}

const struct command cmd_map = {
	.name = "map",
	.args = "",
	.summary = "show the structure of the project, what matters first",
	.options = options,
	.run = run,
};
