/*
 * referee: finds the command, reads its options, runs it.
 */
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

#include "app/process.h"
#include "cli/cli.h"
#include "core/log.h"
#include "core/text.h"

/* A new command is a file, a line here and one in cli.h. */
/* clang-format off */
const struct command *const cli_commands[] = {
	&cmd_run,
	&cmd_poll,
	&cmd_show,
	&cmd_log,
	&cmd_findings,
	&cmd_dismiss,
	&cmd_check,
	&cmd_scan,
	&cmd_symbols,
	&cmd_map,
	&cmd_plan,
	&cmd_backtest,
	&cmd_cost,
	&cmd_stats,
	&cmd_metrics,
	&cmd_init,
	&cmd_doctor,
	&cmd_gc,
	&cmd_version,
	&cmd_help,
	&cmd_complete,
	NULL,
};
/* clang-format on */

static struct cli cli;
static bool wants_help, wants_version;

const struct option cli_global_options[] = {
	{ .type = OPTION_STRING,
	  .name = "config",
	  .arg = "FILE",
	  .help = "read this configuration, not the usual one",
	  .value = &cli.config_path },
	{ .type = OPTION_FLAG,
	  .name = "quiet",
	  .letter = 'q',
	  .help = "only results and errors",
	  .value = &cli.quiet },
	{ .type = OPTION_FLAG,
	  .name = "verbose",
	  .letter = 'v',
	  .help = "say what is being done",
	  .value = &cli.verbose },
	{ .type = OPTION_FLAG,
	  .name = "help",
	  .letter = 'h',
	  .help = "how to use the command",
	  .value = &wants_help },
	{ .type = OPTION_FLAG,
	  .name = "version",
	  .help = "the version",
	  .value = &wants_version,
	  .hidden = true },
	{ 0 },
};

const struct command *cli_command_find(const char *name)
{
	for (size_t i = 0; cli_commands[i]; i++)
		if (!strcmp(cli_commands[i]->name, name))
			return cli_commands[i];
	return NULL;
}

enum cli_exit cli_fail(enum cli_exit code, const struct err *err)
{
	return cli_failf(code, "%s", err->msg);
}

enum cli_exit cli_failf(enum cli_exit code, const char *fmt, ...)
{
	char *raw = NULL;
	char *clean;
	va_list ap;

	va_start(ap, fmt);
	if (vasprintf(&raw, fmt, ap) < 0)
		abort();
	va_end(ap);
	clean = text_clean(raw, true);
	fprintf(stderr, "referee: %s\n", clean);
	free(clean);
	free(raw);
	return code;
}

enum cli_exit cli_exit_of(const struct err *err)
{
	return err->code == ERR_INVALID ? CLI_USAGE : CLI_NOTHING;
}

enum cli_exit cli_exit_worse(enum cli_exit a, enum cli_exit b)
{
	static const enum cli_exit order[] = { CLI_USAGE, CLI_NOTHING,
					       CLI_FAILED, CLI_FINDINGS };

	for (size_t i = 0; i < ARRAY_LEN(order); i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return CLI_OK;
}

bool cli_colour(int fd)
{
	const char *no_colour = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return isatty(fd) && !(no_colour && *no_colour) &&
	       !(term && !strcmp(term, "dumb"));
}

static void print_options(const struct option *table)
{
	char left[64];

	for (; table && table->type != OPTION_END; table++) {
		if (table->hidden)
			continue;
		snprintf(left, sizeof(left), "%s%c%s--%s%s%s",
			 table->letter ? "-" : "  ",
			 table->letter ? table->letter : ' ',
			 table->letter ? ", " : " ", table->name,
			 table->arg ? " " : "", table->arg ? table->arg : "");
		printf("  %-30s %s\n", left, table->help);
	}
}

void cli_help(const struct command *command)
{
	const struct option *option;

	printf("usage: referee %s", command->name);
	for (option = command->options; option && option->type != OPTION_END;
	     option++) {
		if (option->hidden)
			continue;
		printf(" [--%s%s%s]%s", option->name, option->arg ? " " : "",
		       option->arg ? option->arg : "",
		       option->type == OPTION_LIST ? "..." : "");
	}
	printf("%s%s\n\n%c%s.\n", *command->args ? " " : "", command->args,
	       command->summary[0] -
		       ('a' - 'A') * (command->summary[0] >= 'a' &&
				      command->summary[0] <= 'z'),
	       command->summary + 1);
	if (command->options && command->options->type != OPTION_END) {
		printf("\noptions:\n");
		print_options(command->options);
	}
	printf("\ncommon options:\n");
	print_options(cli_global_options);
}

static enum cli_exit unknown_command(const char *name)
{
	const char *names[64];
	const char *near;
	size_t count = 0;

	for (size_t i = 0; count < ARRAY_LEN(names) && cli_commands[i]; i++)
		if (!cli_commands[i]->hidden)
			names[count++] = cli_commands[i]->name;
	near = text_closest(name, names, count);
	if (near)
		return cli_failf(CLI_USAGE,
				 "no command '%s'; did you mean '%s'?", name,
				 near);
	return cli_failf(CLI_USAGE, "no command '%s'; see 'referee help'",
			 name);
}

/* Options may stand before the command too: the first argument that is none is
 * its name. Values of global options are passed over. */
static int find_command_word(int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		if (argv[i][0] != '-')
			return i;
		if (!strcmp(argv[i], "--config"))
			i++;
	}
	return -1;
}

static enum cli_exit check_arguments(const struct command *command, int argc)
{
	if (argc < command->min_args)
		return cli_failf(CLI_USAGE,
				 "%s wants %s; see 'referee %s --help'",
				 command->name, command->args, command->name);
	if (command->max_args >= 0 && argc > command->max_args)
		return cli_failf(
			CLI_USAGE,
			"%s: too many arguments; see 'referee %s --help'",
			command->name, command->name);
	return CLI_OK;
}

static enum cli_exit run_command(const struct command *command)
{
	enum cli_exit code;

	if (wants_help) {
		cli_help(command);
		return CLI_OK;
	}
	code = check_arguments(command, cli.argc);
	if (code != CLI_OK)
		return code;
	if (cli.quiet)
		log_set_level(LOG_ERROR);
	else if (cli.verbose)
		log_set_level(LOG_DEBUG);
	process_setup();
	code = command->run(&cli);
	process_teardown();
	return code;
}

static enum cli_exit dispatch(int argc, char **argv)
{
	const struct command *command;
	struct err err = ERR_INIT;
	int word = find_command_word(argc, argv);

	cli.argc = argc;
	cli.argv = argv;
	if (word < 0) {
		if (options_parse(&cli.argc, argv, cli_global_options, NULL,
				  &err) < 0)
			return cli_fail(CLI_USAGE, &err);
		if (wants_version)
			return cmd_version.run(&cli);
		cmd_help.run(&cli);
		return wants_help ? CLI_OK : CLI_USAGE;
	}
	command = cli_command_find(argv[word]);
	if (!command)
		return unknown_command(argv[word]);
	memmove(argv + word, argv + word + 1,
		(size_t)(argc - word - 1) * sizeof(*argv));
	cli.argc = argc - 1;
	if (options_parse(&cli.argc, argv, command->options, cli_global_options,
			  &err) < 0)
		return cli_failf(CLI_USAGE, "%s: %s", command->name, err.msg);
	return run_command(command);
}

int main(int argc, char **argv)
{
	enum cli_exit code;

#ifdef __linux__
	prctl(PR_SET_DUMPABLE, 0); /* keys are in memory: no core, no ptrace */
#endif
	signal(SIGPIPE, SIG_IGN);
	code = dispatch(argc - 1, argv + 1);
	if (fflush(stdout) || ferror(stdout))
		return CLI_NOTHING;
	return (int)code;
}
