/*
 * referee doctor: does this installation have what it needs?
 */
#include <stdio.h>

#include "app/doctor.h"
#include "cli/cli.h"
#include "cli/output.h"

static const char *repo_dir;

static const struct option options[] = {
	OPTION_REPO(repo_dir),
	{ 0 },
};

static enum cli_exit run(const struct cli *cli)
{
	static const char *const words[] = { "fine", "note", "bad" };
	struct doctor_report report;
	struct settings settings;
	enum cli_exit code = output_settings(&settings, cli);

	if (code != CLI_OK)
		return code;
	if (!cli->quiet)
		printf("fine  configuration: %s\n",
		       settings.path ? settings.path : "none, so defaults");
	doctor_examine(&report, repo_dir, &settings);
	for (size_t i = 0; i < report.len; i++) {
		const struct doctor_check *check = &report.items[i];

		if (check->state == DOCTOR_BAD)
			code = CLI_FAILED;
		if (check->state == DOCTOR_BAD || !cli->quiet)
			printf("%-4s  %s: %s\n", words[check->state],
			       check->subject, check->text);
	}
	doctor_report_release(&report);
	settings_release(&settings);
	return code;
}

const struct command cmd_doctor = {
	.name = "doctor",
	.args = "",
	.summary = "check the installation, keys and remotes",
	.options = options,
	.run = run,
};
