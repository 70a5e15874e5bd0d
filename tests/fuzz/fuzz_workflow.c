/* Any bytes as a workflow: it is read, and then can be asked, or it is not and
 * at least one mistake says why. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "workflow/trigger.h"
#include "workflow/workflow.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ask(const struct workflow *workflow,
		const struct agent_list *agents)
{
	static const char *const names[] = { "App/A.swift", "b.kt", "" };
	static const char *const labels[] = { "ios" };
	struct changed_paths paths;
	struct facts facts = { .event = EVENT_PULL_REQUEST,
			       .action = PULL_OPENED,
			       .base_branch = "main",
			       .labels = labels,
			       .label_count = 1,
			       .author = "ada",
			       .title = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!",
			       .paths = &paths,
			       .coverage = -1 };
	struct reasons reasons = { 0 };
	enum holds explained;
	char definition[17];

	changed_paths_init(&paths, names, 3);
	explained = workflow_test(workflow, &facts, NULL, &reasons);
	if (explained != workflow_test(workflow, &facts, NULL, NULL))
		abort();
	workflow_definition(definition, workflow, agents);
	reasons_release(&reasons);
	changed_paths_release(&paths);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct agent_list agents;
	static struct settings settings;
	struct workflow_names names = { &agents, &settings };
	struct mistakes mistakes = { 0 };
	struct workflow *workflow;

	if (!agents.len) {
		agent_list_add_shipped(&agents);
		settings_init(&settings);
	}
	workflow = workflow_parse("f.yml", (const char *)data, size, &names,
				  &mistakes);
	if (workflow)
		ask(workflow, &agents);
	else if (!mistakes.errors)
		abort();
	for (size_t i = 0; i < mistakes.len; i++)
		if (strchr(mistakes.items[i].text, '\n'))
			abort();
	workflow_free(workflow);
	mistakes_release(&mistakes);
	return 0;
}
