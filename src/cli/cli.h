#ifndef CLI_CLI_H
#define CLI_CLI_H

#include <stdbool.h>
#include <stddef.h>

#include "cli/options.h"
#include "core/err.h"

/** What the shell sees. Kept stable: scripts and hooks depend on it. */
enum cli_exit {
	CLI_OK = 0,
	CLI_FINDINGS = 1, /* findings at or above --fail-on           */
	CLI_USAGE = 2,    /* wrong usage or configuration             */
	CLI_FAILED = 3,   /* some run failed                          */
	CLI_NOTHING = 4,  /* nothing could be done: no repository ... */
};

/** What every command is given. */
struct cli {
	const char *config_path; /* --config; NULL: the usual places */
	bool quiet;
	bool verbose;
	int argc; /* arguments that are no options */
	char **argv;
};

/** One command. Each lives in cli/cmd_NAME.c and defines exactly one. */
struct command {
	const char *name;
	const char *args;       /* shown behind the options: "[PROJECT]..." */
	const char *summary;    /* one line, no full stop                   */
	int min_args, max_args; /* max -1: any number                    */
	const struct option *options; /* ends with a zeroed one; or NULL */
	bool hidden;                  /* not among those people see */
	enum cli_exit (*run)(const struct cli *cli);
};

/** Every command in the order of `referee help`, NULL-terminated. */
extern const struct command *const cli_commands[];
const struct command *cli_command_find(const char *name);

/* Options that several commands have, in the same words; `variable` is a const
 * char *. */
#define OPTION_REPO(variable)                                          \
	{                                                              \
		.type = OPTION_STRING, .name = "repo", .arg = "DIR",   \
		.help = "the clone to look at, not the one we are in", \
		.value = &(variable)                                   \
	}
#define OPTION_REPO_ONLY(variable)                                   \
	{                                                            \
		.type = OPTION_STRING, .name = "repo", .arg = "DIR", \
		.help = "of this clone, not of the installation",    \
		.value = &(variable)                                 \
	}
#define OPTION_BASE(variable)                                             \
	{                                                                 \
		.type = OPTION_STRING, .name = "base", .arg = "REV",      \
		.help = "compare with this, not with the default branch", \
		.value = &(variable)                                      \
	}
#define OPTION_SINCE(variable)                                             \
	{                                                                  \
		.type = OPTION_STRING, .name = "since", .arg = "DATE",     \
		.help = "runs from then on; the last 30 days if not said", \
		.value = &(variable)                                       \
	}
#define OPTION_TEXT_OR_JSON(variable)                                \
	{                                                            \
		.type = OPTION_STRING, .name = "format", .arg = "F", \
		.help = "text or json", .value = &(variable)         \
	}

/** The options that every command takes. */
extern const struct option cli_global_options[];

/** "referee: <message>" on stderr; returns `code`. */
enum cli_exit cli_fail(enum cli_exit code, const struct err *err);

/** As cli_fail() for a message of its own. */
enum cli_exit cli_failf(enum cli_exit code, const char *fmt, ...) PRINTF(2, 3);

/** The exit status an error asks for: bad input is CLI_USAGE, everything else
 * that kept us from working CLI_NOTHING. */
enum cli_exit cli_exit_of(const struct err *err);

/** Of several the first of 2, 4, 3, 1, 0. */
enum cli_exit cli_exit_worse(enum cli_exit a, enum cli_exit b);

/** May the stream have colour? A terminal, and NO_COLOR is not set. */
bool cli_colour(int fd);

/** Usage, options and summary of one command, as `--help` prints them. */
void cli_help(const struct command *command);

extern const struct command cmd_backtest;
extern const struct command cmd_check;
extern const struct command cmd_complete;
extern const struct command cmd_doctor;
extern const struct command cmd_cost;
extern const struct command cmd_dismiss;
extern const struct command cmd_findings;
extern const struct command cmd_gc;
extern const struct command cmd_help;
extern const struct command cmd_init;
extern const struct command cmd_log;
extern const struct command cmd_map;
extern const struct command cmd_metrics;
extern const struct command cmd_plan;
extern const struct command cmd_poll;
extern const struct command cmd_run;
extern const struct command cmd_scan;
extern const struct command cmd_show;
extern const struct command cmd_stats;
extern const struct command cmd_symbols;
extern const struct command cmd_version;

#endif /* CLI_CLI_H */
