/*
 * referee dismiss: a person says that a finding is none.
 */
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "app/known.h"
#include "cli/cli.h"
#include "core/alloc.h"
#include "core/limits.h"
#include "core/text.h"

static const char *repo_dir, *reason;

static const struct option options[] = {
	{ .type = OPTION_STRING,
	  .name = "reason",
	  .arg = "TEXT",
	  .help = "why it is none; must be said",
	  .value = &reason },
	OPTION_REPO(repo_dir),
	{ 0 },
};

/* As git would sign; without a name of the user, that of the account. The
 * caller frees it. */
static char *who(struct repo *repo)
{
	const char *from_env = getenv("GIT_AUTHOR_NAME");
	const struct passwd *account;
	char *name;

	if (from_env && *from_env)
		return xstrdup(from_env);
	name = repo_config(repo, "user.name");
	if (name && *name)
		return name;
	free(name);
	account = getpwuid(getuid());
	return account ? xstrdup(account->pw_name)
		       : xstrf("uid %ld", (long)getuid());
}

static enum cli_exit dismiss(struct repo *repo, const char *prefix,
			     const char *why, bool quiet)
{
	struct known_dismissed done;
	struct err err = ERR_INIT;
	char *by = who(repo);
	int ret = known_dismiss(&done, repo, prefix, by, why, &err);

	free(by);
	if (ret < 0 && err.code == ERR_NOT_FOUND)
		return cli_failf(CLI_NOTHING,
				 "%s; 'referee findings --all' lists them",
				 err.msg);
	if (ret < 0)
		return cli_fail(cli_exit_of(&err), &err);
	if (!quiet) {
		char *title = text_clean(done.title, false);

		printf("%s %s  %s%s%s\n",
		       done.was_dismissed ? "was dismissed already, the reason "
					    "is added:"
					  : "dismissed",
		       done.fingerprint, done.path ? done.path : "",
		       done.path ? "  " : "", title);
		free(title);
	}
	known_dismissed_release(&done);
	return CLI_OK;
}

static enum cli_exit run(const struct cli *cli)
{
	struct repo *repo = NULL;
	struct err err = ERR_INIT;
	char *why = text_clean(reason ? reason : "", false);
	enum cli_exit code;

	why[text_cut(why, strlen(why), LIMIT_FINDING_BODY)] = '\0';
	if (!why[strspn(why, " ")])
		code = cli_failf(CLI_USAGE,
				 "why? Say it with --reason TEXT: others will "
				 "want to know");
	else if (repo_open(&repo, repo_dir, &err) < 0)
		code = cli_fail(CLI_NOTHING, &err);
	else
		code = dismiss(repo, cli->argv[0], why, cli->quiet);
	free(why);
	repo_free(repo);
	return code;
}

const struct command cmd_dismiss = {
	.name = "dismiss",
	.args = "FINGERPRINT",
	.summary = "say that a finding is none, and why",
	.min_args = 1,
	.max_args = 1,
	.options = options,
	.run = run,
};
