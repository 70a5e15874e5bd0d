/*
 * referee __complete -- WORD...: candidates for the last word, one a line, for
 * the shells' completions in contrib/completions/.
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "config/settings.h"
#include "core/severity.h"
#include "report/report.h"

static void offer(const char *word, const char *prefix)
{
	if (!strncmp(word, prefix, strlen(prefix)))
		puts(word);
}

static void offer_commands(const char *prefix)
{
	for (size_t i = 0; cli_commands[i]; i++)
		if (!cli_commands[i]->hidden)
			offer(cli_commands[i]->name, prefix);
}

static void offer_options(const struct option *table, const char *prefix)
{
	char word[64];

	for (; table && table->type != OPTION_END; table++) {
		snprintf(word, sizeof(word), "--%s", table->name);
		if (!table->hidden)
			offer(word, prefix);
	}
}

static void offer_formats(const struct settings *settings UNUSED,
			  const char *prefix)
{
	for (const char *const *name = report_format_names(); *name; name++)
		offer(*name, prefix);
}

static void offer_severities(const struct settings *settings UNUSED,
			     const char *prefix)
{
	for (int i = 0; i < SEVERITY_COUNT; i++)
		offer(severity_name((enum severity)i), prefix);
}

static void offer_services(const struct settings *settings, const char *prefix)
{
	for (size_t i = 0; i < settings->service_count; i++)
		offer(settings->services[i].name, prefix);
}

static void offer_projects(const struct settings *settings, const char *prefix)
{
	for (size_t i = 0; i < settings->project_count; i++)
		offer(settings->projects[i].name, prefix);
}

/* What may stand behind an option, or as an argument of a command. */
static const struct values {
	const char *after;
	void (*offer)(const struct settings *settings, const char *prefix);
} values[] = {
	{ "--format", offer_formats },
	{ "--fail-on", offer_severities },
	{ "--service", offer_services },
	{ "poll", offer_projects },
};

static void offer_values(const struct cli *cli, const char *after,
			 const char *prefix)
{
	struct mistakes mistakes = { 0 };
	struct settings settings;
	struct err ignored = ERR_INIT;

	for (size_t i = 0; i < ARRAY_LEN(values); i++) {
		if (strcmp(values[i].after, after) != 0)
			continue;
		if (settings_load(&settings, cli->config_path, &mistakes,
				  &ignored) < 0)
			settings_init(&settings);
		values[i].offer(&settings, prefix);
		settings_release(&settings);
		mistakes_release(&mistakes);
	}
}

static enum cli_exit run(const struct cli *cli)
{
	const char *prefix = cli->argv[cli->argc - 1];
	const char *before = cli->argc > 1 ? cli->argv[cli->argc - 2] : "";
	const struct command *command = NULL;

	for (int i = 0; i < cli->argc - 1 && !command; i++)
		command = cli_command_find(cli->argv[i]);
	if (*prefix == '-') {
		if (command)
			offer_options(command->options, prefix);
		offer_options(cli_global_options, prefix);
		return CLI_OK;
	}
	if (!command || command == &cmd_help)
		offer_commands(prefix);
	else if (*before == '-')
		offer_values(cli, before, prefix);
	else
		offer_values(cli, command->name, prefix);
	return CLI_OK;
}

const struct command cmd_complete = {
	.name = "__complete",
	.args = "-- WORD...",
	.summary = "print what the last word may become",
	.min_args = 1,
	.max_args = -1,
	.hidden = true,
	.run = run,
};
