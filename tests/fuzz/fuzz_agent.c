/* Any bytes as an agent's file: it is a definition, or a mistake says why. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "agents/definition.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct agent_list list = { 0 };
	struct mistakes mistakes = { 0 };
	bool added = agent_list_add(&list, "a.md", (const char *)data, size,
				    &mistakes);

	if (added != (list.len == 1) || added == (mistakes.errors > 0))
		abort();
	if (added && (!*list.items[0]->name || !*list.items[0]->instructions))
		abort();
	agent_list_release(&list);
	mistakes_release(&mistakes);
	return 0;
}
