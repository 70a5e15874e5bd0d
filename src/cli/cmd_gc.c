/*
 * referee gc: old results and leftovers go, git repacks.
 */
#include <stdio.h>

#include "app/gc.h"
#include "cli/cli.h"
#include "cli/output.h"

static const char *repo_dir;

static const struct option options[] = {
	{ .type = OPTION_STRING,
	  .name = "repo",
	  .arg = "DIR",
	  .help = "only this clone",
	  .value = &repo_dir },
	{ 0 },
};

static void print_count(size_t count, const char *what, const char **separator)
{
	if (!count)
		return;
	printf("%s%zu %s%s", *separator, count, what, count == 1 ? "" : "s");
	*separator = ", ";
}

static void print(const struct gc_done *done)
{
	const char *separator = " ";

	printf("%s:", done->name);
	print_count(done->records, "old record", &separator);
	print_count(done->states, "old state", &separator);
	print_count(done->heads, "pull head", &separator);
	print_count(done->replies, "old reply file", &separator);
	print_count(done->locks, "stale lock", &separator);
	print_count(done->packs, "unfinished pack", &separator);
	print_count(done->objects, "unfinished object", &separator);
	printf("%s%s\n", *separator == ',' ? " removed" : " nothing to remove",
	       done->is_repacked ? ", repacked" : "");
}

/* Prints and ends it. */
static enum cli_exit tell(struct gc_done *done, bool quiet)
{
	enum cli_exit code = done->failed ? CLI_NOTHING : CLI_OK;

	if (done->left_out)
		fprintf(stderr, "referee: %s: %s%s\n", done->name,
			done->failed ? "" : "left out: ", done->left_out);
	else if (!quiet)
		print(done);
	if (done->not_repacked) {
		fprintf(stderr, "referee: %s: not repacked: %s\n", done->name,
			done->not_repacked);
		code = CLI_NOTHING;
	}
	gc_done_release(done);
	return code;
}

static enum cli_exit of_installation(const struct settings *settings,
				     bool quiet)
{
	enum cli_exit code = CLI_OK;
	struct gc_done done;

	for (size_t i = 0; i < settings->project_count; i++) {
		gc_project(&done, settings, &settings->projects[i]);
		code = cli_exit_worse(code, tell(&done, quiet));
	}
	gc_installation(&done, settings);
	return cli_exit_worse(code, tell(&done, quiet));
}

static enum cli_exit run_with(const struct settings *settings, bool quiet)
{
	enum cli_exit code = CLI_OK;
	struct repo *repo = NULL;
	struct err err = ERR_INIT;
	struct gc_done done;

	if (!repo_open(&repo, repo_dir, &err)) {
		gc_clone(&done, repo, settings);
		code = tell(&done, quiet);
	} else if (repo_dir || !settings->project_count ||
		   err.code != ERR_NOT_FOUND) {
		code = cli_fail(CLI_NOTHING, &err);
	}
	if (!repo_dir && settings->project_count)
		code = cli_exit_worse(code, of_installation(settings, quiet));
	repo_free(repo);
	return code;
}

static enum cli_exit run(const struct cli *cli)
{
	struct settings settings;
	enum cli_exit code = output_settings(&settings, cli);

	if (code != CLI_OK)
		return code;
	code = run_with(&settings, cli->quiet);
	settings_release(&settings);
	return code;
}

const struct command cmd_gc = {
	.name = "gc",
	.args = "",
	.summary = "remove what is old, clean up, repack",
	.options = options,
	.run = run,
};
