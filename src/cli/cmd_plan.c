/*
 * referee plan: which workflows this change is for, why or why not, who would
 * be asked, and what that would cost.
 */
#include <stdio.h>
#include <stdlib.h>

#include "app/outlook.h"
#include "cli/cli.h"
#include "cli/output.h"
#include "store/record.h"

static const char *repo_dir, *base, *head, *service, *format;
static struct strvec workflows;

static const struct option options[] = {
	OPTION_REPO(repo_dir),
	OPTION_BASE(base),
	{ .type = OPTION_STRING,
	  .name = "head",
	  .arg = "REV",
	  .help = "look at this commit, not HEAD",
	  .value = &head },
	{ .type = OPTION_LIST,
	  .name = "workflow",
	  .arg = "ID|FILE",
	  .help = "look at this one only, as if it were run by hand",
	  .value = &workflows },
	{ .type = OPTION_STRING,
	  .name = "service",
	  .arg = "NAME",
	  .help = "as if this service were asked instead of every other",
	  .value = &service },
	OPTION_TEXT_OR_JSON(format),
	{ 0 },
};

static const char *dollars(char out[MONEY_TEXT_SIZE], const struct json *at,
			   const char *name)
{
	money_format(out, json_int_or(at, name, 0));
	return out;
}

static void print_change(const struct json *doc)
{
	const struct json *percent = json_find(doc, "coverage.percent");
	const char *from = json_string_or(doc, "coverage.from", "");

	printf("%s..%.10s: %lld files, %lld lines\n",
	       json_string_or(doc, "base_name", ""),
	       json_string_or(doc, "head", ""),
	       (long long)json_int_or(doc, "files", 0),
	       (long long)json_int_or(doc, "lines_changed", 0));
	if (json_is_number(percent))
		printf("Coverage: %.1f%% (%s)\n",
		       json_double_or(doc, "coverage.percent", 0), from);
	else
		printf("Coverage: not known: %s\n", from);
	if (!json_int_or(doc, "files", 0))
		printf("Nothing changed: nothing would run.\n");
}

/* "runs", "does not run" ... */
static const char *outcome_of(const struct json *workflow)
{
	if (json_get(workflow, "stored"))
		return "judged before";
	if (json_get(workflow, "unknown"))
		return "would be skipped";
	if (json_get(workflow, "tasks"))
		return "would run";
	return "would not run";
}

static void print_reasons(const struct json *workflow)
{
	const struct json *reasons = json_get(workflow, "reasons");
	const struct json *at;
	int64_t trigger = 0;

	for (at = json_first(reasons); at; at = json_next(at)) {
		const struct json *holds = json_get(at, "holds");
		int64_t own = json_int_or(at, "trigger", 0);

		if (own != trigger)
			printf("  or\n");
		trigger = own;
		printf("  %-3s %s: %s\n",
		       json_is_null(holds)                ? "?"
		       : json_bool_or(at, "holds", false) ? "yes"
							  : "no",
		       json_string_or(at, "subject", ""),
		       json_string_or(at, "text", ""));
	}
}

/* What is asked before the service itself. */
static void print_batch(const struct json *at)
{
	const struct json *batch = json_get(at, "batch");
	char cost[MONEY_TEXT_SIZE];

	printf("      asks %s (%s) in a batch, waits up to %lld hours, up to "
	       "$%s\n",
	       json_string_or(at, "service", ""),
	       json_string_or(at, "model", ""),
	       (long long)json_int_or(batch, "wait_ms", 0) / 3600000,
	       dollars(cost, batch, "worst_case_nusd"));
}

static void print_service(const struct json *at, bool is_first)
{
	const char *skipped = json_string_or(at, "skipped", NULL);
	const char *model = json_string_or(at, "model", NULL);
	const char *gone = json_string_or(at, "mapped_from", NULL);
	const struct json *waits = json_get(at, "waits_ms"), *wait;
	char cost[MONEY_TEXT_SIZE];

	if (json_get(at, "batch"))
		print_batch(at);
	printf("      %s %s",
	       is_first && !json_get(at, "batch") ? "asks" : "then",
	       json_string_or(at, "service", ""));
	if (model)
		printf(" (%s%s%s)", model, gone ? " for the retired " : "",
		       gone ? gone : "");
	if (json_get(at, "attempts"))
		printf(", %lld times",
		       (long long)json_int_or(at, "attempts", 1));
	for (wait = json_first(waits); wait; wait = json_next(wait))
		printf("%s%.1f", wait == json_first(waits) ? ", waits " : " + ",
		       (double)json_int_or(wait, "", 0) / 1000);
	if (json_first(waits))
		printf(" s");
	if (json_int_or(at, "worst_case_nusd", 0))
		printf(", up to $%s each",
		       dollars(cost, at, "worst_case_nusd"));
	else
		printf(", free");
	if (json_bool_or(at, "stand_in", false))
		printf(", to stand in");
	if (skipped)
		printf("; passed over: %s", skipped);
	putchar('\n');
}

/* That several agents are asked in one request, and what that comes to. */
static void print_together(const struct json *task)
{
	const struct json *names = json_get(task, "together_with"), *name;
	const struct json *request = json_get(task, "one_request");
	char cost[MONEY_TEXT_SIZE];

	if (!names)
		return;
	printf("      in one request with");
	for (name = json_first(names); name; name = json_next(name))
		printf("%s %s", name == json_first(names) ? "" : ",",
		       json_string_or(name, "", ""));
	printf(": up to %lld tokens in and %lld out, $%s; else alone:\n",
	       (long long)json_int_or(request, "input_tokens", 0),
	       (long long)json_int_or(request, "max_output_tokens", 0),
	       dollars(cost, request, "expected_nusd"));
}

static void print_task(const struct json *at)
{
	const struct json *after = json_get(at, "after"), *before;
	const struct json *services = json_get(at, "services"), *one;
	const char *phase = json_string_or(at, "phase", NULL);
	const char *nobody = json_string_or(at, "asks_nobody", NULL);
	bool is_hopeless = !nobody;

	printf("    %s", json_string_or(at, "agent", ""));
	if (phase)
		printf(" (%s)", phase);
	if (nobody)
		printf(", asks nobody: %s", nobody);
	else
		printf(", %s (%s), up to %lld tokens in and %lld out",
		       json_string_or(at, "complexity", ""),
		       json_string_or(at, "complexity_why", ""),
		       (long long)json_int_or(at, "input_tokens", 0),
		       (long long)json_int_or(at, "max_output_tokens", 0));
	for (before = json_first(after); before; before = json_next(before))
		printf("%s%s", before == json_first(after) ? "; after " : ", ",
		       json_string_or(before, "", ""));
	putchar('\n');
	print_together(at);
	for (one = json_first(services); one; one = json_next(one)) {
		print_service(one, one == json_first(services));
		is_hopeless &= json_get(one, "skipped") != NULL;
	}
	if (is_hopeless)
		printf("      nobody is left to answer: it would fail\n");
}

static void print_workflow(const struct json *workflow)
{
	const struct json *tasks = json_get(workflow, "tasks"), *task;
	char expected[MONEY_TEXT_SIZE], most[MONEY_TEXT_SIZE];

	printf("\n%s: %s - %s\n", json_string_or(workflow, "workflow", ""),
	       outcome_of(workflow), json_string_or(workflow, "title", ""));
	print_reasons(workflow);
	if (json_bool_or(workflow, "is_named", false))
		printf("  it is named, so that its triggers do not count\n");
	if (json_get(workflow, "unknown"))
		printf("  because %s is not known\n",
		       json_string_or(workflow, "unknown", ""));
	if (json_get(workflow, "stored"))
		printf("  the result of %s is shown: %s, %lld findings; "
		       "nobody is asked\n",
		       json_string_or(workflow, "stored.started_at", ""),
		       json_string_or(workflow, "stored.verdict", ""),
		       (long long)json_int_or(workflow, "stored.findings", 0));
	if (json_bool_or(workflow, "relaxed", false))
		printf("  it is relaxed: a poll waits for the provider's "
		       "batch; "
		       "run asks directly\n");
	for (task = json_first(tasks); task; task = json_next(task))
		print_task(task);
	if (tasks)
		printf("    costs up to $%s, or $%s if everything has to be "
		       "tried\n",
		       dollars(expected, workflow, "expected_nusd"),
		       dollars(most, workflow, "at_most_nusd"));
}

static void print_text(const struct json *doc)
{
	const struct json *list = json_get(doc, "workflows"), *at;
	char expected[MONEY_TEXT_SIZE], most[MONEY_TEXT_SIZE];

	print_change(doc);
	for (at = json_first(list); at; at = json_next(at))
		print_workflow(at);
	printf("\nAll of it costs up to $%s, or $%s if everything has to be "
	       "tried. Nobody was asked.\n",
	       dollars(expected, doc, "expected_nusd"),
	       dollars(most, doc, "at_most_nusd"));
}

static enum cli_exit plan_with(const struct settings *settings)
{
	const struct local_options local = {
		.repo_dir = repo_dir,
		.base = base,
		.head = head,
		.workflows = &workflows,
		.service = service,
		.settings = settings,
	};
	struct mistakes mistakes = { 0 };
	struct json *doc = NULL;
	struct err err = ERR_INIT;
	enum cli_exit code = CLI_OK;
	int ret = outlook_make(&doc, &local, &mistakes, &err);

	output_mistakes(&mistakes);
	if (ret < 0)
		code = mistakes.errors ? CLI_USAGE
				       : cli_fail(cli_exit_of(&err), &err);
	else if (output_is_json(format))
		output_json(doc);
	else
		print_text(doc);
	json_free(doc);
	mistakes_release(&mistakes);
	return code;
}

static enum cli_exit run(const struct cli *cli)
{
	struct settings settings;
	enum cli_exit code = output_check_text_or_json(format);

	if (code == CLI_OK)
		code = output_settings(&settings, cli);
	if (code == CLI_OK) {
		if (service && !settings_service(&settings, service))
			code = cli_failf(CLI_USAGE, "no service '%s'", service);
		else
			code = plan_with(&settings);
		settings_release(&settings);
	}
	strvec_release(&workflows);
	return code;
}

const struct command cmd_plan = {
	.name = "plan",
	.args = "",
	.summary =
		"tell which workflows a change is for, why, and at what cost",
	.options = options,
	.run = run,
};
