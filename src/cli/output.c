#include "cli/output.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/log.h"

static const char *or_default(const char *format)
{
	return format ? format : "text";
}

enum cli_exit output_check_format(const char *format)
{
	const char *const *names = report_format_names();
	struct buf list;

	if (report_format_find(or_default(format)))
		return CLI_OK;
	buf_init(&list, 1000);
	for (size_t i = 0; names[i]; i++)
		buf_addf(&list, "%s%s", i ? ", " : "", names[i]);
	cli_failf(CLI_USAGE, "no format '%s'; there are %s", format, list.ptr);
	buf_release(&list);
	return CLI_USAGE;
}

void output_report(const char *format, const struct report *report)
{
	struct report coloured = *report;
	struct buf text;

	buf_init(&text, SIZE_MAX / 4);
	coloured.colour = cli_colour(STDOUT_FILENO);
	report_format_find(or_default(format))->render(&text, &coloured);
	fwrite(text.ptr, 1, text.len, stdout);
	buf_release(&text);
}

bool output_is_json(const char *format)
{
	return format && !strcmp(format, "json");
}

enum cli_exit output_check_text_or_json(const char *format)
{
	if (!format || !strcmp(format, "text") || output_is_json(format))
		return CLI_OK;
	return cli_failf(CLI_USAGE, "--format: text or json, not '%s'", format);
}

void output_json(const struct json *doc)
{
	char *text = json_print_pretty(doc);

	puts(text);
	free(text);
}

void output_mistakes(const struct mistakes *mistakes)
{
	struct buf text;

	buf_init(&text, SIZE_MAX / 4);
	mistakes_format(&text, mistakes);
	fputs(text.ptr, stderr);
	buf_release(&text);
}

enum cli_exit output_settings(struct settings *out, const struct cli *cli)
{
	struct mistakes mistakes = { 0 };
	struct err err = ERR_INIT;
	enum cli_exit code = CLI_OK;

	if (settings_load(out, cli->config_path, &mistakes, &err) < 0)
		return cli_fail(CLI_USAGE, &err);
	output_mistakes(&mistakes);
	if (mistakes.errors)
		code = CLI_USAGE;
	if (code != CLI_OK)
		settings_release(out);
	else if (out->log_format == LOG_FORMAT_JSON)
		log_set_json(true);
	mistakes_release(&mistakes);
	return code;
}
